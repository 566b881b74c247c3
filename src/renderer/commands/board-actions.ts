/** What the board's commands do; failures are thrown to `perform`, which shows them. */
import type { Annotation, Note } from '../../shared/document/annotations.js';
import type { DocumentOperation, Frame } from '../../shared/document/document.js';
import { newArrow, newNote, noteSize } from '../canvas/tools/annotation-tools.js';
import {
  alignShifts,
  distributeShifts,
  restacked,
  type Alignment,
  type Axis,
  type Stacking,
} from '../state/board/arrange.js';
import {
  boundsOfItem,
  isFrame,
  itemsText,
  movedItem,
  putItems,
  removeItems,
  withIds,
  type BoardItem,
} from '../state/board/board-items.js';
import { documentState } from '../state/document/document.svelte.js';
import { layOutTrees, treeOf } from '../state/document/frame-tree.js';
import { count } from '../state/document/frames.js';
import { boundsOf, toBoard, type Point } from '../state/board/geometry.js';
import { notices } from '../state/studio/notices.svelte.js';
import { boardItems, selectedFrames, selectedItems } from '../state/board/selection.svelte.js';
import { view } from '../state/board/view.svelte.js';

/** Without what is locked. */
export function movableItems(items: readonly BoardItem[] = selectedItems()): BoardItem[] {
  return items.filter((item) => item.locked !== true);
}

/** Moving a collapsed frame takes along what it hides. */
function withHidden(items: readonly BoardItem[]): BoardItem[] {
  const collapsed = items.filter((item): item is Frame => isFrame(item) && item.collapsedAt !== undefined);
  if (collapsed.length === 0) return [...items];
  const tree = treeOf(documentState.frames);
  const { ids } = documentState.hidden;
  const hidden = collapsed.flatMap(({ id }) => tree.descendantsOf(id)).filter(({ id }) => ids.has(id));
  return [...items, ...new Map(hidden.map((frame) => [frame.id, frame])).values()];
}

async function commitShifts(label: string, items: readonly BoardItem[], shifts: readonly Point[]): Promise<void> {
  const moved = items.flatMap((item, index) => {
    const by = shifts[index]!;
    if (item.locked === true || (by.x === 0 && by.y === 0)) return [];
    return withHidden([item]).map((one) => movedItem(one, by));
  });
  // Two collapsed frames of one branch would move what both hide twice; the last word counts.
  const each = [...new Map(moved.map((item) => [item.id, item])).values()];
  if (each.length > 0) await documentState.commit(label, putItems(each));
}

export function moveSelected(by: Point): Promise<void> {
  return moveItems(selectedItems(), by);
}

async function moveItems(items: readonly BoardItem[], by: Point): Promise<void> {
  const moving = movableItems(items);
  if (moving.length === 0) return;
  await documentState.commit(
    `Move ${itemsText(moving)}`,
    putItems(withHidden(moving).map((item) => movedItem(item, by))),
  );
}

let lastShift: Promise<void> = Promise.resolve();

/** Moves what is selected when it is asked for, from where the move before has left it: keys come faster than moves are written down. */
function inTurn(shift: (items: readonly BoardItem[]) => Promise<void>): () => Promise<void> {
  return () => {
    const asked = [...view.selection];
    const step = () => shift(withIds(boardItems(), asked));
    return (lastShift = lastShift.then(step, step));
  };
}

export function nudge(x: number, y: number): () => Promise<void> {
  return inTurn((items) => moveItems(items, { x, y }));
}

export async function removeSelected(): Promise<void> {
  const items = movableItems();
  const kept = selectedItems().filter((item) => item.locked === true);
  if (kept.length > 0) notices.tell(`${count(kept.length, 'locked item')} stayed: unlock before deleting`);
  if (items.length === 0) return;
  await documentState.commit(`Delete ${itemsText(items)}`, removeItems(items));
  view.select(kept.map(({ id }) => id));
}

export function align(alignment: Alignment): () => Promise<void> {
  return inTurn((items) =>
    commitShifts(`Align ${itemsText(items)}`, items, alignShifts(items.map(boundsOfItem), alignment)),
  );
}

export function distribute(axis: Axis): () => Promise<void> {
  return inTurn((items) =>
    commitShifts(`Distribute ${itemsText(items)}`, items, distributeShifts(items.map(boundsOfItem), axis)),
  );
}

const stackingLabels = {
  front: 'to the front',
  forward: 'forward',
  backward: 'backward',
  back: 'to the back',
} as const;

/** Frames among frames, notes and arrows among theirs, which all lie before the frames. */
export function restack(how: Stacking): () => Promise<void> {
  return async () => {
    const items = selectedItems();
    const moving = new Set(items.map(({ id }) => id));
    const operations: DocumentOperation[] = [];
    const frameIds = documentState.frames.map(({ id }) => id);
    const nextFrames = restacked(frameIds, moving, how);
    if (nextFrames.some((id, index) => id !== frameIds[index])) {
      operations.push({ type: 'order-frames', frameIds: nextFrames });
    }
    const { annotations } = documentState;
    const order = annotations.map(({ id }) => id);
    const byId = new Map(annotations.map((one) => [one.id, one]));
    const next = restacked(order, moving, how);
    if (next.some((id, index) => id !== order[index])) {
      operations.push(...next.map((id, index) => putAt(byId.get(id)!, index)));
    }
    if (operations.length > 0) {
      await documentState.commit(`Bring ${itemsText(items)} ${stackingLabels[how]}`, operations);
    }
  };
}

function putAt(annotation: Annotation, index: number): DocumentOperation {
  return { type: 'put-annotation', annotation, index };
}

export function unlocked<Item extends BoardItem>(item: Item): Item {
  const copy = { ...item };
  delete copy.locked;
  return copy;
}

/** Locks all; unlocks when all are locked already. */
export async function toggleLock(): Promise<void> {
  const items = selectedItems();
  const locks = items.some((item) => item.locked !== true);
  const next = items.map((item) => (locks ? { ...item, locked: true } : unlocked(item)));
  await documentState.commit(`${locks ? 'Lock' : 'Unlock'} ${itemsText(items)}`, putItems(next));
}

/** The trees of the selected frames, or everything. */
export async function layOut(): Promise<void> {
  const chosen = selectedFrames().map(({ id }) => id);
  const places = layOutTrees(documentState.frames, chosen.length === 0 ? null : chosen);
  const moved = documentState.frames
    .filter(({ id }) => places.has(id))
    .map((one) => ({ ...one, ...places.get(one.id)! }));
  if (moved.length === 0) return notices.tell('Everything stands in order already');
  await documentState.commit(`Lay out ${count(moved.length)}`, putItems(moved));
  const shown = documentState.shownFrames;
  const bounds = boundsOf(chosen.length === 0 ? shown : treeMembers(chosen, shown));
  if (bounds !== null) view.reveal(bounds);
}

function treeMembers(ids: readonly string[], frames: readonly Frame[]): Frame[] {
  const tree = treeOf(frames);
  const roots = new Set(ids.map((id) => tree.rootOf(id)));
  return frames.filter(({ id }) => roots.has(tree.rootOf(id)));
}

/** Whether `toggleCollapse` would collapse; else it expands. */
export function wouldCollapse(): boolean {
  return selectedParents().some(({ collapsedAt }) => collapsedAt === undefined);
}

function selectedParents(): Frame[] {
  const tree = treeOf(documentState.frames);
  return selectedFrames().filter(({ id }) => tree.childrenOf(id).length > 0);
}

/** Hides what was made of the selected frames; shows it again when all are collapsed already. */
export async function toggleCollapse(): Promise<void> {
  const frames = selectedParents();
  const collapses = wouldCollapse();
  const collapsedAt = new Date().toISOString();
  const next = frames.map((frame) => {
    const copy = { ...frame };
    delete copy.collapsedAt;
    return collapses ? { ...copy, collapsedAt } : copy;
  });
  await documentState.commit(`${collapses ? 'Collapse' : 'Expand'} ${itemsText(frames)}`, putItems(next));
  const { ids } = documentState.hidden;
  view.select(view.selection.filter((id) => !ids.has(id)));
}

export function canCollapse(): boolean {
  return selectedParents().length > 0;
}

/** The selected frame with all that was made of it. */
export function selectBranch(): void {
  const tree = treeOf(documentState.shownFrames);
  const ids = selectedFrames().flatMap(({ id }) => [id, ...tree.descendantsOf(id).map((one) => one.id)]);
  view.select([...new Set(ids)]);
}

/** A new note at a board point, or in the middle of the board, open for writing. */
export function addNote(at: Point | null = null): void {
  const { width, height } = view.viewport;
  const middle = toBoard(view.camera, { x: width / 2, y: height / 2 });
  const corner = at ?? { x: middle.x - noteSize.width / 2, y: middle.y - noteSize.height / 2 };
  view.writing = newNote(roundedPoint(corner), view.noteColour);
}

export function selectedNote(): Note | null {
  const items = selectedItems();
  const [only] = items;
  return items.length === 1 && only !== undefined && !isFrame(only) && only.kind === 'note' ? only : null;
}

export function writeSelectedNote(): void {
  const note = selectedNote();
  if (note !== null && note.locked !== true) view.writing = note;
}

/** From the first to the second of two selected items, edge to edge. */
export async function connectSelected(): Promise<void> {
  const items = view.selection.flatMap((id) => selectedItems().filter((item) => item.id === id));
  const [first, second] = items.map(boundsOfItem);
  if (first === undefined || second === undefined) return;
  const ends = [first, second].map((box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 }));
  const isSideways = Math.abs(ends[1]!.x - ends[0]!.x) >= Math.abs(ends[1]!.y - ends[0]!.y);
  const [axis, length] = isSideways ? (['x', 'width'] as const) : (['y', 'height'] as const);
  const forward = Math.sign(ends[1]![axis] - ends[0]![axis]);
  ends[0]![axis] += forward * (first[length] / 2 + connectGap);
  ends[1]![axis] -= forward * (second[length] / 2 + connectGap);
  const arrow = newArrow(roundedPoint(ends[0]!), roundedPoint(ends[1]!), view.noteColour);
  await documentState.commit('Draw an arrow', putItems([arrow]));
  view.select([arrow.id]);
}

/** Between an item and the arrow that points to it. */
const connectGap = 8;

function roundedPoint({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) };
}

/** Changes the selected notes and arrows, as one step. */
export async function changeAnnotations(label: string, change: (one: Annotation) => Annotation): Promise<void> {
  const items = movableItems().filter((item): item is Annotation => !isFrame(item));
  const changed = items.map(change).filter((one, index) => one !== items[index]);
  if (changed.length > 0) await documentState.commit(label, putItems(changed));
}
