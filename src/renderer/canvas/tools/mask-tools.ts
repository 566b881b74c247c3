/**
 * The mask tools as a state machine: brush and eraser paint, rectangle and lasso fill on release. A press chooses the frame
 * under it. Pure; masks/mask-pointer.svelte.ts carries the effects out.
 */
import { maskSizeFor } from '../../../shared/pictures/mask.js';
import type { MaskPoint } from '../../state/masks/mask-shapes.js';
import { contains, toBoard, toScreen, type Camera, type Point, type Rectangle } from '../../state/board/geometry.js';

export const maskTools = ['brush', 'eraser', 'mask-rectangle', 'lasso'] as const;
export type MaskTool = (typeof maskTools)[number];

export function isMaskTool(tool: string): tool is MaskTool {
  return (maskTools as readonly string[]).includes(tool);
}

export interface MaskInput {
  type: 'down' | 'move' | 'up' | 'cancel';
  /** CSS pixels from the board's top left corner. */
  screen: Point;
  /** Alt: takes away instead of adding, and the other way round for the eraser. */
  opposite: boolean;
  /** Shift: a stroke begins where the last one on this frame ended. */
  straight?: boolean;
}

export interface MaskedFrame extends Rectangle {
  id: string;
  pixelWidth: number;
  pixelHeight: number;
}

export interface MaskContext {
  tool: MaskTool;
  camera: Camera;
  /** Back to front. */
  frames: readonly MaskedFrame[];
  selection: readonly string[];
}

export type MaskToolState =
  /** `last`: where the last stroke ended. */
  | { kind: 'idle'; last?: { frameId: string; at: MaskPoint } }
  | { kind: 'painting'; frameId: string; last: MaskPoint; erase: boolean }
  | { kind: 'outlining'; frameId: string; points: readonly MaskPoint[]; erase: boolean };

/** Points are pixels of the frame's mask. */
export type MaskEffect =
  | { type: 'target'; frameId: string }
  | { type: 'paint'; frameId: string; from: MaskPoint; to: MaskPoint; erase: boolean }
  | { type: 'end-stroke'; frameId: string }
  /** The outline so far, for showing; null: none any more. */
  | { type: 'outline'; frameId: string; points: readonly MaskPoint[] | null }
  | { type: 'fill'; frameId: string; points: readonly MaskPoint[]; erase: boolean }
  | { type: 'abandon' };

export interface MaskStep {
  state: MaskToolState;
  effects: MaskEffect[];
}

const idle: MaskToolState = { kind: 'idle' };
/** Pixels of the mask a lasso travels before it notes another point. */
const lassoStep = 0.75;

export function stepMask(state: MaskToolState, input: MaskInput, context: MaskContext): MaskStep {
  // A second pointer has no say in what the first one does.
  if (state.kind !== 'idle' && input.type === 'down') return { state, effects: [] };
  switch (state.kind) {
    case 'idle':
      return input.type === 'down' ? press(state, input, context) : { state, effects: [] };
    case 'painting':
      return paint(state, input, context);
    case 'outlining':
      return outline(state, input, context);
  }
}

/** A screen point in pixels of a frame's mask; may lie outside it. */
export function toMask(frame: MaskedFrame, camera: Camera, screen: Point): MaskPoint {
  const board = toBoard(camera, screen);
  const size = maskSizeFor(frame.pixelWidth, frame.pixelHeight);
  return {
    x: ((board.x - frame.x) / frame.width) * size.width,
    y: ((board.y - frame.y) / frame.height) * size.height,
  };
}

/** The other way round: where a point of a frame's mask is on the screen. */
export function toScreenOfMask(frame: MaskedFrame, camera: Camera, point: MaskPoint): Point {
  const size = maskSizeFor(frame.pixelWidth, frame.pixelHeight);
  return toScreen(camera, {
    x: frame.x + (point.x / size.width) * frame.width,
    y: frame.y + (point.y / size.height) * frame.height,
  });
}

/** The frame a press would paint on: the one selected where it lies under the pointer, else the topmost there. */
export function maskTarget(
  { camera, frames, selection }: Omit<MaskContext, 'tool'>,
  screen: Point,
): MaskedFrame | null {
  const board = toBoard(camera, screen);
  const under = frames.filter((frame) => contains(frame, board));
  return under.find(({ id }) => selection.length === 1 && selection[0] === id) ?? under.at(-1) ?? null;
}

function press(state: Extract<MaskToolState, { kind: 'idle' }>, input: MaskInput, context: MaskContext): MaskStep {
  const frame = maskTarget(context, input.screen);
  if (frame === null) return { state, effects: [] };
  const { tool } = context;
  const point = toMask(frame, context.camera, input.screen);
  const erase = (tool === 'eraser') !== input.opposite;
  const target: MaskEffect = { type: 'target', frameId: frame.id };
  if (tool === 'brush' || tool === 'eraser') {
    const from = input.straight === true && state.last?.frameId === frame.id ? state.last.at : point;
    return {
      state: { kind: 'painting', frameId: frame.id, last: point, erase },
      effects: [target, { type: 'paint', frameId: frame.id, from, to: point, erase }],
    };
  }
  return { state: { kind: 'outlining', frameId: frame.id, points: [point], erase }, effects: [target] };
}

function paint(state: Extract<MaskToolState, { kind: 'painting' }>, input: MaskInput, context: MaskContext): MaskStep {
  const frame = context.frames.find(({ id }) => id === state.frameId);
  if (frame === undefined || input.type === 'cancel') return { state: idle, effects: [{ type: 'abandon' }] };
  const { frameId, erase, last } = state;
  const to = toMask(frame, context.camera, input.screen);
  const travelled = to.x !== last.x || to.y !== last.y;
  const effects: MaskEffect[] = travelled ? [{ type: 'paint', frameId, from: last, to, erase }] : [];
  if (input.type !== 'up') return { state: { ...state, last: to }, effects };
  return { state: { kind: 'idle', last: { frameId, at: to } }, effects: [...effects, { type: 'end-stroke', frameId }] };
}

function outline(
  state: Extract<MaskToolState, { kind: 'outlining' }>,
  input: MaskInput,
  context: MaskContext,
): MaskStep {
  const { frameId, erase } = state;
  const frame = context.frames.find(({ id }) => id === frameId);
  const none: MaskEffect = { type: 'outline', frameId, points: null };
  if (frame === undefined || input.type === 'cancel') return { state: idle, effects: [none] };
  const points = extended(state.points, toMask(frame, context.camera, input.screen), context.tool);
  const closed = context.tool === 'mask-rectangle' ? corners(points) : points;
  if (input.type !== 'up') {
    return { state: { ...state, points }, effects: [{ type: 'outline', frameId, points: closed }] };
  }
  // A click encloses nothing.
  const fill: MaskEffect[] =
    closed.length < 3 || isThin(closed) ? [] : [{ type: 'fill', frameId, points: closed, erase }];
  return { state: idle, effects: [none, ...fill] };
}

function extended(points: readonly MaskPoint[], next: MaskPoint, tool: MaskTool): readonly MaskPoint[] {
  if (tool === 'mask-rectangle') return [points[0]!, next];
  const last = points.at(-1)!;
  return Math.hypot(next.x - last.x, next.y - last.y) < lassoStep ? points : [...points, next];
}

function corners(points: readonly MaskPoint[]): MaskPoint[] {
  const [a, b] = [points[0]!, points.at(-1)!];
  return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
}

function isThin(points: readonly MaskPoint[]): boolean {
  const extent = (values: number[]) => Math.max(...values) - Math.min(...values);
  return extent(points.map(({ x }) => x)) < 0.5 || extent(points.map(({ y }) => y)) < 0.5;
}
