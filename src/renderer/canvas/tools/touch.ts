/**
 * Fingers on the board as a state machine: one drives the tool, two move and zoom the board, one held still asks for the menu.
 * Pure; canvas/tools/board-pointer.svelte.ts carries the effects out.
 */
import type { Camera, Point } from '../../state/board/geometry.js';
import { noFingers, pinch, withFinger, withoutFinger, type Fingers } from './pinch.js';

export type TouchState =
  | { kind: 'none' }
  /** `held`: it has not travelled yet, so it may still ask for the menu. */
  | { kind: 'one'; fingers: Fingers; from: Point; held: boolean }
  | { kind: 'two'; fingers: Fingers }
  /** Fingers that are left over: they do nothing more until they are lifted, or become two. */
  | { kind: 'spent'; fingers: Fingers };

/** CSS pixels from the board's top left corner. `held`: the finger has lain still for `holdMs`. */
export type TouchInput = { type: 'down' | 'move' | 'up' | 'cancel'; id: number; at: Point } | { type: 'held' };

export type TouchEffect =
  | { type: 'tool'; input: 'down' | 'move' | 'up' | 'cancel'; at: Point }
  /** What the first finger did to the selection before the second one came is taken back. */
  | { type: 'restore' }
  | { type: 'camera'; camera: Camera }
  /** For what is under the finger. */
  | { type: 'menu'; at: Point }
  /** Start or stop waiting for `held`. */
  | { type: 'wait'; on: boolean };

export interface TouchStep {
  state: TouchState;
  effects: TouchEffect[];
}

/** How long a finger lies still before it means the menu, milliseconds. */
export const holdMs = 500;
/** A finger that travels less than this lies still; it is less exact than a mouse. CSS pixels. */
export const holdSlack = 10;

export const noTouch: TouchState = { kind: 'none' };

export function stepTouch(state: TouchState, input: TouchInput, camera: Camera): TouchStep {
  if (input.type === 'held') return hold(state);
  const fingers = state.kind === 'none' ? noFingers : state.fingers;
  if (input.type === 'down') return put(state, withFinger(fingers, input.id, input.at), input);
  if (!fingers.has(input.id)) return { state, effects: [] };
  if (input.type === 'move') return travel(state, input, camera);
  return lift(state, withoutFinger(fingers, input.id), input.type, input.at);
}

function put(state: TouchState, fingers: Fingers, { id, at }: { id: number; at: Point }): TouchStep {
  if (state.kind === 'none') {
    return {
      state: { kind: 'one', fingers, from: at, held: true },
      effects: [
        { type: 'tool', input: 'down', at },
        { type: 'wait', on: true },
      ],
    };
  }
  if (state.kind === 'two' || !fingers.has(id) || fingers.size < 2) return { state, effects: [] };
  const effects: TouchEffect[] =
    state.kind === 'one'
      ? [{ type: 'wait', on: false }, { type: 'tool', input: 'cancel', at: state.from }, { type: 'restore' }]
      : [];
  return { state: { kind: 'two', fingers }, effects };
}

function travel(state: TouchState, { id, at }: { id: number; at: Point }, camera: Camera): TouchStep {
  if (state.kind === 'none') return { state, effects: [] };
  const fingers = withFinger(state.fingers, id, at);
  if (state.kind === 'two') {
    return {
      state: { kind: 'two', fingers },
      effects: [{ type: 'camera', camera: pinch(camera, state.fingers, fingers) }],
    };
  }
  if (state.kind !== 'one') return { state: { ...state, fingers }, effects: [] };
  const held = state.held && Math.hypot(at.x - state.from.x, at.y - state.from.y) <= holdSlack;
  const effects: TouchEffect[] = [{ type: 'tool', input: 'move', at }];
  if (state.held && !held) effects.push({ type: 'wait', on: false });
  return { state: { ...state, fingers, held }, effects };
}

function lift(state: TouchState, left: Fingers, input: 'up' | 'cancel', at: Point): TouchStep {
  const next: TouchState = left.size === 0 ? noTouch : { kind: 'spent', fingers: left };
  if (state.kind !== 'one') return { state: next, effects: [] };
  return {
    state: noTouch,
    effects: [
      { type: 'wait', on: false },
      { type: 'tool', input, at },
    ],
  };
}

function hold(state: TouchState): TouchStep {
  if (state.kind !== 'one' || !state.held) return { state, effects: [] };
  return {
    state: { kind: 'spent', fingers: state.fingers },
    effects: [
      { type: 'tool', input: 'cancel', at: state.from },
      { type: 'menu', at: state.from },
    ],
  };
}
