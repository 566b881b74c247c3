import type { ImageSource } from '../../../shared/jobs/jobs.js';
import type { Frame } from '../../../shared/document/document.js';
import { withIds, type BoardItem } from './board-items.js';
import { documentState } from '../document/document.svelte.js';
import { studio } from '../studio/studio.svelte.js';
import { view } from './view.svelte.js';

/** All that the board shows, back to front: frames, then notes and arrows. */
export function boardItems(): BoardItem[] {
  return [...documentState.shownFrames, ...documentState.annotations];
}

/** Selected frames, notes and arrows, back to front. */
export function selectedItems(): BoardItem[] {
  return withIds(boardItems(), view.selection);
}

/** Selected frames in board order; ids of frames that are gone are passed over. */
export function selectedFrames(): Frame[] {
  return withIds(documentState.shownFrames, view.selection);
}

/** The frame that panels speak about: the only selected one, else null. Reactive where it is read. */
export function selectedFrame(): Frame | null {
  const frames = selectedFrames();
  return frames.length === 1 ? frames[0]! : null;
}

/** Tokens stand for a frame only in the pack that wrote them. */
export function imageSourceOf(frame: Frame): ImageSource {
  if (frame.tokens !== null && frame.tokens.pack === studio.packId) {
    return { pack: frame.tokens.pack, codes: [...frame.tokens.codes] };
  }
  return { imageId: frame.imageId };
}
