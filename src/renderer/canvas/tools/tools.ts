/**
 * Tools as state machines: a pointer input and what the board shows go in, the next state and what should happen come out.
 * Pure; board-pointer.svelte.ts carries the effects out. Notes and arrows are drawn and shaped in annotation-tools.ts.
 */
import { boundsOfItem } from '../../state/board/board-items.js';
import {
  boundsOf,
  contains,
  distanceToSegment,
  intersects,
  rectangleBetween,
  rectangleToScreen,
  toBoard,
  type Point,
  type Rectangle,
} from '../../state/board/geometry.js';
import { snapMove, type Guide } from '../../state/board/snapping.js';
import { handleAt, stepAnnotation } from './annotation-tools.js';
import {
  type PointerInput,
  type ToolContext,
  type ToolState,
  type ToolStep,
  clickSlack,
  titleHeight,
  idle,
} from './tool.js';

/** How near, in CSS pixels, a dragged edge is drawn to another, and a pointer finds an arrow. */
const snapReach = 7;
const arrowReach = 7;

export function stepTool(state: ToolState, input: PointerInput, context: ToolContext): ToolStep {
  // A second pointer has no say in what the first one does.
  if (state.kind !== 'idle' && input.type === 'down') return { state, effects: [] };
  switch (state.kind) {
    case 'idle':
      return input.type === 'down' ? press(input, context) : { state, effects: [] };
    case 'panning':
      return pan(state, input);
    case 'pressing':
      return holdPress(state, input, context);
    case 'moving':
      return move(state, input, context);
    case 'marquee':
      return stretch(state, input, context);
    case 'drawing':
    case 'shaping':
      return stepAnnotation(state, input, context);
  }
}

/** The topmost frame under a screen point, its title included. */
export function frameAt(context: Pick<ToolContext, 'camera' | 'frames'>, screen: Point): string | null {
  const board = toBoard(context.camera, screen);
  const title = titleHeight / context.camera.zoom;
  const hit = context.frames.findLast((frame) =>
    contains({ x: frame.x, y: frame.y - title, width: frame.width, height: frame.height + title }, board),
  );
  return hit?.id ?? null;
}

/** The topmost note, arrow or frame under a screen point. */
export function itemAt(context: Pick<ToolContext, 'camera' | 'frames' | 'annotations'>, screen: Point): string | null {
  const board = toBoard(context.camera, screen);
  const reach = arrowReach / context.camera.zoom;
  const hit = context.annotations.findLast((one) =>
    one.kind === 'arrow' ? distanceToSegment(board, one.from, one.to) <= reach : contains(one, board),
  );
  return hit?.id ?? frameAt(context, screen);
}

export function cursorOf(state: ToolState, context: Pick<ToolContext, 'tool' | 'panning'>): string {
  if (state.kind === 'panning') return 'grabbing';
  if (context.tool === 'hand' || context.panning) return 'grab';
  if (context.tool === 'note' || context.tool === 'arrow' || state.kind === 'drawing') return 'crosshair';
  return 'default';
}

function press(input: PointerInput, context: ToolContext): ToolStep {
  const wantsPan =
    input.button === 'middle' || (input.button === 'main' && (context.tool === 'hand' || context.panning));
  if (wantsPan) return { state: { kind: 'panning', last: input.screen }, effects: [] };
  const itemId = itemAt(context, input.screen);
  if (input.button === 'secondary') {
    const keeps = itemId !== null && context.selection.includes(itemId);
    return { state: idle, effects: keeps ? [] : [{ type: 'select', ids: itemId === null ? [] : [itemId] }] };
  }
  if (input.button !== 'main') return { state: idle, effects: [] };
  if (context.writable && (context.tool === 'note' || context.tool === 'arrow')) {
    return { state: { kind: 'drawing', what: context.tool, from: input.screen }, effects: [] };
  }
  const handle = context.writable ? handleAt(context, input.screen) : null;
  if (handle !== null) return { state: { kind: 'shaping', ...handle, from: input.screen }, effects: [] };
  if (itemId === null) {
    const selectedBefore = input.additive ? context.selection : [];
    return {
      state: { kind: 'marquee', from: input.screen, selectedBefore },
      effects: input.additive ? [] : [{ type: 'select', ids: [] }],
    };
  }
  return pressItem(itemId, input, context);
}

/** An item of a larger selection is only picked out on release, so that the whole selection can be dragged by it. */
function pressItem(itemId: string, input: PointerInput, context: ToolContext): ToolStep {
  const selected = context.selection.includes(itemId);
  const others = context.selection.filter((id) => id !== itemId);
  if (input.additive) {
    return selected
      ? { state: { kind: 'pressing', from: input.screen, itemId, selectOnRelease: others }, effects: [] }
      : {
          state: { kind: 'pressing', from: input.screen, itemId, selectOnRelease: null },
          effects: [{ type: 'select', ids: [...context.selection, itemId] }],
        };
  }
  return {
    state: {
      kind: 'pressing',
      from: input.screen,
      itemId,
      selectOnRelease: selected && others.length > 0 ? [itemId] : null,
    },
    effects: selected ? [] : [{ type: 'select', ids: [itemId] }],
  };
}

function pan(state: Extract<ToolState, { kind: 'panning' }>, input: PointerInput): ToolStep {
  if (input.type !== 'move') return { state: idle, effects: [] };
  const by = { x: input.screen.x - state.last.x, y: input.screen.y - state.last.y };
  return { state: { kind: 'panning', last: input.screen }, effects: [{ type: 'pan', by }] };
}

function holdPress(
  state: Extract<ToolState, { kind: 'pressing' }>,
  input: PointerInput,
  context: ToolContext,
): ToolStep {
  if (input.type === 'up') {
    return {
      state: idle,
      effects: state.selectOnRelease === null ? [] : [{ type: 'select', ids: state.selectOnRelease }],
    };
  }
  if (input.type === 'cancel') return { state: idle, effects: [] };
  const travelled = Math.hypot(input.screen.x - state.from.x, input.screen.y - state.from.y);
  if (input.type === 'move' && travelled > clickSlack && context.writable) {
    // What is locked lies there like the board itself: a drag that begins on it chooses what is around.
    if (isLocked(state.itemId, context)) {
      return stretch({ kind: 'marquee', from: state.from, selectedBefore: [] }, input, context);
    }
    return move({ kind: 'moving', from: state.from }, input, context);
  }
  return { state, effects: [] };
}

function move(state: Extract<ToolState, { kind: 'moving' }>, input: PointerInput, context: ToolContext): ToolStep {
  const { by, guides } = moveBy(state.from, input, context);
  if (input.type === 'move') return { state, effects: [{ type: 'preview-move', by, guides }] };
  const stays = input.type === 'cancel' || (by.x === 0 && by.y === 0);
  return {
    state: idle,
    effects: [
      stays
        ? { type: 'preview-move', by: null, guides: [] }
        : { type: 'commit-move', by, ...(input.copy === true ? { copy: true } : {}) },
    ],
  };
}

function moveBy(from: Point, input: PointerInput, context: ToolContext): { by: Point; guides: readonly Guide[] } {
  // Whole board units keep pixels of neighbouring frames on one grid.
  const by = {
    x: Math.round((input.screen.x - from.x) / context.camera.zoom),
    y: Math.round((input.screen.y - from.y) / context.camera.zoom),
  };
  if (input.straight === true) by[Math.abs(by.x) > Math.abs(by.y) ? 'y' : 'x'] = 0;
  const chosen = new Set(context.selection);
  const moving = boundsOf(rectanglesOf(context).filter(({ id, locked }) => chosen.has(id) && locked !== true));
  if (input.loose === true || moving === null) return { by, guides: [] };
  const others = rectanglesOf(context).filter((one) => !chosen.has(one.id) && isOnScreen(one, context));
  const snapped = snapMove(moving, by, others, snapReach / context.camera.zoom);
  if (input.straight !== true) return snapped;
  const still = by.x === 0 ? 'x' : 'y';
  return {
    by: { ...snapped.by, [still]: 0 },
    guides: snapped.guides.filter(({ axis }) => axis !== still),
  };
}

function rectanglesOf(context: ToolContext): readonly (Rectangle & { id: string; locked?: boolean })[] {
  const notes = context.annotations.map((one) => ({
    ...boundsOfItem(one),
    id: one.id,
    ...(one.locked === true ? { locked: true } : {}),
  }));
  return [...context.frames, ...notes];
}

function isOnScreen(rectangle: Rectangle, { camera, viewport }: ToolContext): boolean {
  return intersects(rectangleToScreen(camera, rectangle), { x: 0, y: 0, ...viewport });
}

function isLocked(itemId: string, context: ToolContext): boolean {
  return [...context.frames, ...context.annotations].find(({ id }) => id === itemId)?.locked === true;
}

function stretch(state: Extract<ToolState, { kind: 'marquee' }>, input: PointerInput, context: ToolContext): ToolStep {
  if (input.type === 'up') return { state: idle, effects: [{ type: 'marquee', rectangle: null }] };
  if (input.type === 'cancel') {
    return {
      state: idle,
      effects: [
        { type: 'marquee', rectangle: null },
        { type: 'select', ids: state.selectedBefore },
      ],
    };
  }
  const rectangle = rectangleBetween(toBoard(context.camera, state.from), toBoard(context.camera, input.screen));
  const inside = rectanglesOf(context)
    .filter((one) => one.locked !== true && intersects(one, rectangle))
    .map(({ id }) => id);
  const ids = [...state.selectedBefore, ...inside.filter((id) => !state.selectedBefore.includes(id))];
  return {
    state,
    effects: [
      { type: 'marquee', rectangle },
      { type: 'select', ids },
    ],
  };
}
