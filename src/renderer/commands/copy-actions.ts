/** Copies of what lies on the board: duplicated here, or pasted from wherever they were copied. Failures are thrown. */
import { unlocked } from './board-actions.js';
import { boundsOfItem, isFrame, itemsText, movedItem, putItems, type BoardItem } from '../state/board/board-items.js';
import type { Copied } from '../state/board/clipboard.js';
import type { Frame } from '../../shared/document/document.js';
import { documentState } from '../state/document/document.svelte.js';
import { adoptedFrame, withParents } from '../state/document/frames.js';
import { boundsOf, placeFrames, type Point, type Rectangle } from '../state/board/geometry.js';
import { boardItems, selectedItems } from '../state/board/selection.svelte.js';
import { studio } from '../state/studio/studio.svelte.js';
import { view } from '../state/board/view.svelte.js';

/** `by`: how far from what they copy, board units; without it, into free space. */
export async function duplicateSelected(by?: Point): Promise<void> {
  const items = selectedItems();
  if (items.length > 0) await putCopies(items, 'Duplicate', by ?? freeShift(items, boundsOfAll(items)));
}

/**
 * Copies of what was copied before, which may have been moved, changed or deleted since, or lie in another project. False when
 * nothing of it is left to be had.
 */
export async function pasteItems({ documentId, items }: Copied): Promise<boolean> {
  documentState.assertWritable();
  const here = documentId === documentState.document.id ? items : await broughtHere(items);
  if (here.length === 0) return false;
  const beside = here === items ? boundsOfAll(here) : (documentState.frames.at(-1) ?? null);
  await putCopies(here, 'Paste', freeShift(here, beside));
  return true;
}

/** Items of another project, their pixels and masks copied into this one; without those that cannot be had any more. */
async function broughtHere(items: readonly BoardItem[]): Promise<BoardItem[]> {
  const brought: BoardItem[] = [];
  for (const item of items) {
    if (!isFrame(item)) brought.push(item);
    else {
      const { id: frameId, imageId } = item;
      const adopted = await studio.api.adoptPicture({ imageId, frameId }).catch(() => null);
      if (adopted !== null) brought.push(adoptedFrame(item, adopted));
    }
  }
  return brought.some(isFrame) || !items.some(isFrame) ? brought : [];
}

/** From where these are to free space to the right of `beside`, or under it. */
function freeShift(items: readonly BoardItem[], beside: Rectangle | null): Point {
  const bounds = boundsOfAll(items);
  const [place] = placeFrames(boardItems().map(boundsOfItem), bounds, 1, beside);
  return { x: Math.round(place!.x - bounds.x), y: Math.round(place!.y - bounds.y) };
}

function boundsOfAll(items: readonly BoardItem[]): Rectangle {
  return boundsOf(items.map(boundsOfItem))!;
}

/** At the same distances from each other. */
async function putCopies(items: readonly BoardItem[], what: string, by: Point): Promise<void> {
  const createdAt = new Date().toISOString();
  const ids = new Map(items.map(({ id }) => [id, crypto.randomUUID()]));
  const copies = items.map((item) => {
    const copy = unlocked({ ...movedItem(item, by), id: ids.get(item.id)! });
    // What was made of a frame that is copied too hangs under the copy.
    return isFrame(copy) ? withParents({ ...withoutRun(copy), createdAt }, ids) : copy;
  });
  await documentState.commit(`${what} ${itemsText(items)}`, putItems(copies));
  view.select(copies.map(({ id }) => id));
  view.reveal(boundsOfAll(copies));
}

/** A copy stands by itself, and does not count among those its original came with. */
function withoutRun(frame: Frame): Frame {
  const single = { ...frame };
  delete single.run;
  return single;
}
