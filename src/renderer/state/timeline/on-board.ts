/** The timeline shows what the board shows, a candidate too; what is made from it needs a frame that is there to be its parent. */
import { StudioError } from '../../../shared/errors.js';
import { documentState } from '../document/document.svelte.js';

/** Throws `bad-request` for the picture of a candidate nobody has accepted. */
export function assertOnBoard({ frameId, imageId }: { frameId: string; imageId: string }): void {
  const frame = documentState.frame(frameId);
  if (frame === null || frame.imageId === imageId) return;
  throw new StudioError(
    'bad-request',
    'The timeline shows a candidate, which is no frame yet.',
    'Accept it first, or show the original, then try again.',
  );
}
