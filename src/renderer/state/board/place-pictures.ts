/** Pictures from elsewhere come onto the board: several at once, as one action, and into view. */
import type { Frame } from '../../../shared/document/document.js';
import { documentState } from '../document/document.svelte.js';
import { inRun, putAll, runOf } from '../document/frames.js';
import { boundsOf, displaySize, placeBlock, type Point } from './geometry.js';
import { view } from './view.svelte.js';

export interface PlacingWords<Picture> {
  frameOf: (picture: Picture, place: Point) => Frame;
  /** What the action is called, of the frames it puts there. */
  label: (frames: readonly Frame[]) => string;
  /** What the run is called they belong to. */
  run: string;
}

/** `at`: board point the first one is centred on; without it they go to free space. */
export async function placeTogether<Picture extends { image: { width: number; height: number } }>(
  pictures: readonly Picture[],
  at: Point | null,
  { frameOf, label, run }: PlacingWords<Picture>,
): Promise<void> {
  const wasEmpty = documentState.frames.length === 0;
  const sizes = pictures.map(({ image }) => displaySize(image.width, image.height));
  const places = placeBlock(documentState.frames, sizes, at);
  const frames = pictures.map((picture, index) => frameOf(picture, places[index]!));
  await documentState.commit(label(frames), putAll(inRun(frames, runOf(frames.length, run))));
  view.select(frames.map((frame) => frame.id));
  const bounds = boundsOf(frames)!;
  if (wasEmpty) view.fit(bounds);
  else view.revealNew(bounds, sizes[0]!.width);
}
