/**
 * Tools as state machines: a pointer input and what the board shows go in, the next state and what should happen come out.
 * Pure; Board.svelte carries the effects out.
 */
import type { Camera, Point, Rectangle } from '../state/geometry.js';
import { contains, intersects, rectangleBetween, toBoard } from '../state/geometry.js';
import type { ToolName } from '../state/view.svelte.js';

export interface PointerInput {
  type: 'down' | 'move' | 'up' | 'cancel';
  /** CSS pixels from the board's top left corner. */
  screen: Point;
  button: 'main' | 'middle' | 'secondary' | 'none';
  /** Shift, Ctrl or Command: adds to and takes from the selection. */
  additive: boolean;
}

export interface ToolContext {
  tool: ToolName;
  /** Space is held. */
  panning: boolean;
  camera: Camera;
  /** Back to front. */
  frames: readonly (Rectangle & { id: string })[];
  selection: readonly string[];
  /** False: nothing may be moved. */
  writable: boolean;
}

export type ToolState =
  | { kind: 'idle' }
  | { kind: 'panning'; last: Point }
  | { kind: 'pressing'; from: Point; frameId: string; selectOnRelease: readonly string[] | null }
  | { kind: 'moving'; from: Point }
  | { kind: 'marquee'; from: Point; selectedBefore: readonly string[] };

export type ToolEffect =
  | { type: 'pan'; by: Point }
  | { type: 'select'; ids: readonly string[] }
  /** Show the selected frames away from their places by this many board units; null: back at their places. */
  | { type: 'preview-move'; by: Point | null }
  | { type: 'commit-move'; by: Point }
  /** Board units. */
  | { type: 'marquee'; rectangle: Rectangle | null };

export interface ToolStep {
  state: ToolState;
  effects: ToolEffect[];
}

/** A press that travels less than this stays a click. CSS pixels. */
const clickSlack = 4;
/** The title above a frame belongs to it. CSS pixels. */
export const titleHeight = 22;

const idle: ToolState = { kind: 'idle' };

export function stepTool(state: ToolState, input: PointerInput, context: ToolContext): ToolStep {
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

export function cursorOf(state: ToolState, context: Pick<ToolContext, 'tool' | 'panning'>): string {
  if (state.kind === 'panning') return 'grabbing';
  if (context.tool === 'hand' || context.panning) return 'grab';
  return 'default';
}

function press(input: PointerInput, context: ToolContext): ToolStep {
  const wantsPan =
    input.button === 'middle' || (input.button === 'main' && (context.tool === 'hand' || context.panning));
  if (wantsPan) return { state: { kind: 'panning', last: input.screen }, effects: [] };
  const frameId = frameAt(context, input.screen);
  if (input.button === 'secondary') {
    const keeps = frameId !== null && context.selection.includes(frameId);
    return { state: idle, effects: keeps ? [] : [{ type: 'select', ids: frameId === null ? [] : [frameId] }] };
  }
  if (input.button !== 'main') return { state: idle, effects: [] };
  if (frameId === null) {
    const selectedBefore = input.additive ? context.selection : [];
    return {
      state: { kind: 'marquee', from: input.screen, selectedBefore },
      effects: input.additive ? [] : [{ type: 'select', ids: [] }],
    };
  }
  return pressFrame(frameId, input, context);
}

/** A frame of a larger selection is only picked out on release, so that the whole selection can be dragged by it. */
function pressFrame(frameId: string, input: PointerInput, context: ToolContext): ToolStep {
  const selected = context.selection.includes(frameId);
  const others = context.selection.filter((id) => id !== frameId);
  if (input.additive) {
    return selected
      ? { state: { kind: 'pressing', from: input.screen, frameId, selectOnRelease: others }, effects: [] }
      : {
          state: { kind: 'pressing', from: input.screen, frameId, selectOnRelease: null },
          effects: [{ type: 'select', ids: [...context.selection, frameId] }],
        };
  }
  return {
    state: {
      kind: 'pressing',
      from: input.screen,
      frameId,
      selectOnRelease: selected && others.length > 0 ? [frameId] : null,
    },
    effects: selected ? [] : [{ type: 'select', ids: [frameId] }],
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
    return move({ kind: 'moving', from: state.from }, input, context);
  }
  return { state, effects: [] };
}

function move(state: Extract<ToolState, { kind: 'moving' }>, input: PointerInput, context: ToolContext): ToolStep {
  // Whole board units keep pixels of neighbouring frames on one grid.
  const by = {
    x: Math.round((input.screen.x - state.from.x) / context.camera.zoom),
    y: Math.round((input.screen.y - state.from.y) / context.camera.zoom),
  };
  if (input.type === 'move') return { state, effects: [{ type: 'preview-move', by }] };
  const stays = input.type === 'cancel' || (by.x === 0 && by.y === 0);
  return { state: idle, effects: [stays ? { type: 'preview-move', by: null } : { type: 'commit-move', by }] };
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
  const inside = context.frames.filter((frame) => intersects(frame, rectangle)).map((frame) => frame.id);
  const ids = [...state.selectedBefore, ...inside.filter((id) => !state.selectedBefore.includes(id))];
  return {
    state,
    effects: [
      { type: 'marquee', rectangle },
      { type: 'select', ids },
    ],
  };
}
