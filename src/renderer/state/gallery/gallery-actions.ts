/** What can be done with pictures of the gallery. Failures are thrown; `attempt` shows them. */
import { StudioError } from '../../../shared/errors.js';
import type { Frame } from '../../../shared/document/document.js';
import type { AdoptedPicture, GalleryItem } from '../../../shared/contract/gallery.js';
import { documentState } from '../document/document.svelte.js';
import { copyText } from '../import-export/exporting.js';
import { count, newFrame } from '../document/frames.js';
import { gallery } from './gallery.svelte.js';
import type { Point } from '../board/geometry.js';
import { placeTogether } from '../board/place-pictures.js';
import { notices } from '../studio/notices.svelte.js';
import { openProject } from '../studio/projects.js';
import { recallOrigin } from '../composer/load-origin.js';
import { studio } from '../studio/studio.svelte.js';
import { view } from '../board/view.svelte.js';

/** What a picture is called in a sentence. */
export function pictureName({ name }: Pick<GalleryItem, 'name'>): string {
  return `“${name}”`;
}

/**
 * Puts pictures on this window's board as one action. `at`: board point the first one is centred on; without it they go
 * to free space. A picture that cannot be had is reported and the others are placed.
 */
export async function placePictures(imageIds: readonly string[], at: Point | null = null): Promise<void> {
  documentState.assertWritable();
  const adopted: AdoptedPicture[] = [];
  for (const imageId of imageIds) {
    try {
      adopted.push(await studio.api.adoptPicture({ imageId }));
    } catch (thrown) {
      notices.report(thrown);
    }
  }
  if (adopted.length === 0) return;
  await placeTogether(adopted, at, {
    frameOf: placedFrame,
    label: (frames) =>
      frames.length === 1 ? `Place “${frames[0]!.name}”` : `Place ${count(frames.length, 'picture')}`,
    run: 'From the gallery',
  });
}

function placedFrame({ image, frame }: AdoptedPicture, place: Point): Frame {
  return {
    ...newFrame({ name: frame.name, place, image, origin: frame.origin, tokens: frame.tokens }),
    description: frame.description,
    answers: frame.answers,
    ...(frame.earlier === undefined ? {} : { earlier: frame.earlier }),
  };
}

/** Selects the frame that shows the picture; opens its project first when that is another one. */
export async function showOnBoard(item: GalleryItem): Promise<void> {
  const { uses } = await studio.api.galleryPicture({ imageId: item.imageId });
  const here = uses.find(({ projectId }) => projectId === documentState.document.id);
  const use = here ?? uses[0];
  if (use === undefined) {
    throw new StudioError(
      'not-found',
      `${pictureName(item)} stands on no board any more.`,
      'Place it on this board instead: Enter, or drag it there.',
    );
  }
  if (here === undefined) await openProject(use.projectId);
  const frame = documentState.frame(use.frameId);
  gallery.wide = false;
  if (frame === null) return;
  view.select([frame.id]);
  view.reveal(frame);
}

export async function recallPicture(item: GalleryItem): Promise<void> {
  const { frame } = await studio.api.galleryPicture({ imageId: item.imageId });
  recallOrigin(frame.origin);
}

export async function copyPictureText(item: GalleryItem): Promise<void> {
  if (item.text === null) return;
  await copyText(item.text, item.kind === 'edited' ? 'Instruction' : item.kind === 'imported' ? 'File name' : 'Prompt');
}

/** All of them get a star, unless all have one: then they lose it. */
export async function toggleStars(items: readonly GalleryItem[]): Promise<void> {
  if (items.length === 0) return;
  await mark(items, items.every(({ starred }) => starred) ? 'unstar' : 'star');
}

/** Boards keep what they show; the gallery hides it until it is restored. */
export async function moveToTrash(items: readonly GalleryItem[]): Promise<void> {
  if (items.length === 0) return;
  await mark(items, 'trash');
  notices.tell(`${named(items)} moved to the trash`, 'success', {
    label: 'Undo',
    run: () => restorePictures(items),
  });
}

export async function restorePictures(items: readonly GalleryItem[]): Promise<void> {
  if (items.length === 0) return;
  await mark(items, 'restore');
  notices.tell(`${named(items)} restored`, 'success');
}

/** For good: all of the trash, or only these. What boards show stays. */
export async function deleteForGood(items: readonly GalleryItem[] | null): Promise<void> {
  const { deleted, inUse } = await studio.api.emptyTrash(
    items === null ? {} : { imageIds: items.map(({ imageId }) => imageId) },
  );
  const kept =
    inUse === 0 ? '' : `; ${inUse} ${inUse === 1 ? 'stays because a board shows it' : 'stay because boards show them'}`;
  const done = deleted === 0 ? 'Nothing was deleted' : `${count(deleted, 'picture')} deleted for good`;
  notices.tell(`${done}${kept}`, deleted === 0 ? 'info' : 'success');
}

function mark(items: readonly GalleryItem[], what: 'star' | 'unstar' | 'trash' | 'restore'): Promise<unknown> {
  return studio.api.markPictures({ imageIds: items.map(({ imageId }) => imageId), mark: what });
}

function named(items: readonly GalleryItem[]): string {
  return items.length === 1 ? pictureName(items[0]!) : count(items.length, 'picture');
}
