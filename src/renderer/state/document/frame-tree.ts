/** Frames as a forest: who was made of whom, what collapsing hides, and how a tree is laid out. Pure; board units. */
import type { Frame } from '../../../shared/document/document.js';
import { parentsOf } from './frames.js';
import { boundsOf, childGap, frameGap, type Point } from '../board/geometry.js';

type TreeFrame = Pick<Frame, 'id' | 'x' | 'y' | 'width' | 'height' | 'origin' | 'createdAt' | 'collapsedAt' | 'locked'>;

export interface FrameTree<One extends TreeFrame = TreeFrame> {
  /** Frames whose parent is not on the board, in board order. */
  roots: One[];
  /** In board order. */
  childrenOf: (id: string) => readonly One[];
  /** Everything made of it, and of that, and so on. */
  descendantsOf: (id: string) => One[];
  rootOf: (id: string) => string;
}

/** A frame with two parents hangs under the one it changes. Frames that name each other in a ring count as roots. */
export function treeOf<One extends TreeFrame>(frames: readonly One[]): FrameTree<One> {
  const byId = new Map(frames.map((frame) => [frame.id, frame]));
  const parentOf = new Map<string, string>();
  for (const frame of frames) {
    const parent = parentsOf(frame)[0];
    if (parent !== undefined && byId.has(parent) && !leadsTo(parentOf, parent, frame.id))
      parentOf.set(frame.id, parent);
  }
  const children = new Map<string, One[]>();
  for (const frame of frames) {
    const parent = parentOf.get(frame.id);
    if (parent === undefined) continue;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [frame]);
    else siblings.push(frame);
  }
  const childrenOf = (id: string): readonly One[] => children.get(id) ?? [];
  return {
    roots: frames.filter((frame) => !parentOf.has(frame.id)),
    childrenOf,
    descendantsOf: (id) => {
      const found: One[] = [];
      const open = [...childrenOf(id)];
      for (let frame = open.pop(); frame !== undefined; frame = open.pop()) {
        found.push(frame);
        open.push(...childrenOf(frame.id));
      }
      return found;
    },
    rootOf: (id) => {
      let root = id;
      for (let parent = parentOf.get(root); parent !== undefined; parent = parentOf.get(root)) root = parent;
      return root;
    },
  };
}

function leadsTo(parentOf: ReadonlyMap<string, string>, from: string, wanted: string): boolean {
  for (let at: string | undefined = from; at !== undefined; at = parentOf.get(at)) if (at === wanted) return true;
  return false;
}

/** How many frames each collapsed one hides; the ids of all hidden ones. */
export interface Hidden {
  ids: ReadonlySet<string>;
  counts: ReadonlyMap<string, number>;
}

const nothingHidden: Hidden = { ids: new Set(), counts: new Map() };

export function hiddenFrames(frames: readonly TreeFrame[]): Hidden {
  const collapsed = frames.filter((frame) => frame.collapsedAt !== undefined);
  if (collapsed.length === 0) return nothingHidden;
  const tree = treeOf(frames);
  const ids = new Set<string>();
  const counts = new Map<string, number>();
  for (const { id, collapsedAt } of collapsed) {
    const hidden = tree.descendantsOf(id).filter(({ createdAt }) => createdAt <= collapsedAt!);
    counts.set(id, hidden.length);
    for (const one of hidden) ids.add(one.id);
  }
  return { ids, counts };
}

/** Above each frame there is room for its title. */
const rowGap = frameGap * 0.75;
const treeGap = frameGap * 1.5;

/**
 * New places for every frame that moves: children stand in a column to the right of their parent, each subtree in a strip of
 * its own, parents at the middle of their children. With `ids` only the trees those belong to are laid out, each from where
 * its root stands; without, the whole board: trees under each other, single frames in rows below. Hidden frames follow the
 * collapsed one; locked ones stay.
 */
export function layOutTrees(frames: readonly TreeFrame[], ids: readonly string[] | null): Map<string, Point> {
  const tree = treeOf(frames);
  const hidden = hiddenFrames(frames).ids;
  const places = new Map<string, Point>();
  const shownChildren = (id: string) => tree.childrenOf(id).filter((child) => !hidden.has(child.id));

  const heights = new Map<string, number>();
  const heightOf = (frame: TreeFrame): number => {
    const known = heights.get(frame.id);
    if (known !== undefined) return known;
    const children = shownChildren(frame.id);
    const stacked =
      children.reduce((sum, child) => sum + heightOf(child), 0) + rowGap * Math.max(0, children.length - 1);
    const height = Math.max(frame.height, stacked);
    heights.set(frame.id, height);
    return height;
  };
  const place = (frame: TreeFrame, x: number, top: number): void => {
    const height = heightOf(frame);
    places.set(frame.id, { x, y: Math.round(top + (height - frame.height) / 2) });
    const children = shownChildren(frame.id);
    const stacked =
      children.reduce((sum, child) => sum + heightOf(child), 0) + rowGap * Math.max(0, children.length - 1);
    let y = top + (height - stacked) / 2;
    for (const child of children) {
      place(child, x + frame.width + childGap, y);
      y += heightOf(child) + rowGap;
    }
  };

  if (ids === null) layOutBoard(tree, shownChildren, heightOf, place, places);
  else {
    const chosen = new Set(ids.map((id) => tree.rootOf(id)));
    for (const root of tree.roots) {
      if (!chosen.has(root.id)) continue;
      // The root stays where it is, so that the eye finds the tree again.
      place(root, root.x, root.y - (heightOf(root) - root.height) / 2);
    }
  }
  followCollapsed(frames, tree, hidden, places);
  for (const frame of frames) {
    const at = places.get(frame.id);
    if (at !== undefined && (frame.locked === true || (at.x === frame.x && at.y === frame.y))) places.delete(frame.id);
  }
  return places;
}

function layOutBoard(
  tree: FrameTree,
  shownChildren: (id: string) => TreeFrame[],
  heightOf: (frame: TreeFrame) => number,
  place: (frame: TreeFrame, x: number, top: number) => void,
  places: Map<string, Point>,
): void {
  const start = boundsOf(tree.roots);
  if (start === null) return;
  const inReadingOrder = tree.roots.toSorted((a, b) => a.y - b.y || a.x - b.x);
  let top = start.y;
  for (const root of inReadingOrder.filter(({ id }) => shownChildren(id).length > 0)) {
    place(root, start.x, top);
    top += heightOf(root) + treeGap;
  }
  const singles = inReadingOrder.filter(({ id }) => shownChildren(id).length === 0);
  const columns = Math.max(1, Math.ceil(Math.sqrt(singles.length * 1.6)));
  for (let first = 0; first < singles.length; first += columns) {
    const row = singles.slice(first, first + columns);
    let x = start.x;
    for (const frame of row) {
      places.set(frame.id, { x, y: top });
      x += frame.width + frameGap;
    }
    top += Math.max(...row.map(({ height }) => height)) + frameGap;
  }
}

function followCollapsed(
  frames: readonly TreeFrame[],
  tree: FrameTree,
  hidden: ReadonlySet<string>,
  places: Map<string, Point>,
): void {
  for (const frame of frames) {
    const at = places.get(frame.id);
    if (at === undefined || hidden.has(frame.id)) continue;
    const by = { x: at.x - frame.x, y: at.y - frame.y };
    for (const one of tree.childrenOf(frame.id)) {
      if (!hidden.has(one.id)) continue;
      for (const follower of [one, ...tree.descendantsOf(one.id)]) {
        if (hidden.has(follower.id)) places.set(follower.id, { x: follower.x + by.x, y: follower.y + by.y });
      }
    }
  }
}
