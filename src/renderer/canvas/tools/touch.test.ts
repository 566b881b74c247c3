import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noTouch, stepTouch, type TouchEffect, type TouchInput, type TouchState } from './touch.js';

const camera = { x: 0, y: 0, zoom: 1 };
const at = (x: number, y = 0) => ({ x, y });

function play(...inputs: TouchInput[]): { state: TouchState; effects: TouchEffect[] } {
  let state = noTouch;
  const effects: TouchEffect[] = [];
  for (const input of inputs) {
    const step = stepTouch(state, input, camera);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

const toolInputs = (effects: TouchEffect[]) =>
  effects.flatMap((effect) => (effect.type === 'tool' ? [effect.input] : []));

describe('fingers', () => {
  it('one drives the tool', () => {
    const { state, effects } = play(
      { type: 'down', id: 1, at: at(0) },
      { type: 'move', id: 1, at: at(40) },
      { type: 'up', id: 1, at: at(40) },
    );
    expect(toolInputs(effects)).toEqual(['down', 'move', 'up']);
    expect(state).toEqual(noTouch);
  });

  it('a second takes the board: the tool is cancelled, what it selected is taken back, and the two zoom', () => {
    const { state, effects } = play(
      { type: 'down', id: 1, at: at(0) },
      { type: 'down', id: 2, at: at(100) },
      { type: 'move', id: 2, at: at(200) },
    );
    expect(effects.map(({ type }) => type)).toEqual(['tool', 'wait', 'wait', 'tool', 'restore', 'camera']);
    expect(effects.at(-1)).toMatchObject({ camera: { zoom: 2, x: 0 } });
    expect(state.kind).toBe('two');
  });

  it('the one left after a pinch does nothing, until a second joins it again', () => {
    const pinched: TouchInput[] = [
      { type: 'down', id: 1, at: at(0) },
      { type: 'down', id: 2, at: at(100) },
      { type: 'up', id: 1, at: at(0) },
    ];
    const before = play(...pinched).effects.length;
    const { state, effects } = play(
      ...pinched,
      { type: 'move', id: 2, at: at(300) },
      { type: 'held' },
      { type: 'down', id: 3, at: at(400) },
      { type: 'move', id: 3, at: at(500) },
    );
    expect(effects.slice(before).map(({ type }) => type)).toEqual(['camera']);
    expect(state.kind).toBe('two');
  });

  it('held still asks for the menu and is done; once it travelled it does not', () => {
    const held = play({ type: 'down', id: 1, at: at(5) }, { type: 'move', id: 1, at: at(9) }, { type: 'held' });
    expect(held.effects.at(-1)).toEqual({ type: 'menu', at: at(5) });
    expect(toolInputs(held.effects)).toEqual(['down', 'move', 'cancel']);
    expect(held.state.kind).toBe('spent');
    const moved = play({ type: 'down', id: 1, at: at(5) }, { type: 'move', id: 1, at: at(50) }, { type: 'held' });
    expect(moved.effects.some(({ type }) => type === 'menu')).toBe(false);
  });

  it('whatever they do, the tool gets whole gestures, and never while two are down', () => {
    const input: fc.Arbitrary<TouchInput> = fc.oneof(
      { weight: 8, arbitrary: fingerInput() },
      { weight: 1, arbitrary: fc.constant({ type: 'held' as const }) },
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
        let state = noTouch;
        let active = false;
        let waiting = false;
        for (const one of inputs) {
          // The timer only rings while it runs.
          if (one.type === 'held' && !waiting) continue;
          const step = stepTouch(state, one, camera);
          for (const effect of step.effects) {
            if (effect.type === 'wait') waiting = effect.on;
            if (effect.type === 'menu') expect(active).toBe(false);
            if (effect.type === 'camera') expect(active).toBe(false);
            if (effect.type !== 'tool') continue;
            expect(active).toBe(effect.input !== 'down');
            active = effect.input === 'down' || effect.input === 'move';
          }
          if (one.type === 'held') waiting = false;
          expect(active).toBe(step.state.kind === 'one');
          if (step.state.kind !== 'none') expect(step.state.fingers.size).toBeLessThanOrEqual(2);
          state = step.state;
        }
      }),
    );
  });
});

function fingerInput(): fc.Arbitrary<TouchInput> {
  return fc.record({
    type: fc.constantFrom('down' as const, 'move' as const, 'up' as const, 'cancel' as const),
    id: fc.integer({ min: 1, max: 3 }),
    at: fc.record({ x: fc.integer({ min: 0, max: 60 }), y: fc.integer({ min: 0, max: 60 }) }),
  });
}
