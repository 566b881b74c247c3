import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  stepMask,
  type MaskContext,
  type MaskEffect,
  type MaskInput,
  type MaskTool,
  type MaskToolState,
} from './mask-tools.js';

/** Two frames of 100 × 100 units over 50 × 50 pixels, side by side, at twice their size on screen. */
const frames = ['a', 'b'].map((id, index) => ({
  id,
  ...{ x: index * 100, y: 0, width: 100, height: 100, pixelWidth: 50, pixelHeight: 50 },
}));
const context = (tool: MaskTool): MaskContext => ({ tool, camera: { x: 10, y: 0, zoom: 2 }, frames, selection: ['a'] });
const at = (x: number, y: number) => ({ x: 10 + 2 * x, y: 2 * y });

function play(tool: MaskTool, inputs: [MaskInput['type'], number, number][], opposite = false) {
  let state: MaskToolState = { kind: 'idle' };
  const effects: MaskEffect[] = [];
  for (const [type, x, y] of inputs) {
    const step = stepMask(state, { type, screen: at(x, y), opposite }, context(tool));
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

describe('mask tools', () => {
  it('the brush paints from point to point in pixels of the mask and ends once', () => {
    const { state, effects } = play('brush', [
      ['down', 10, 20],
      ['move', 30, 20],
      ['up', 30, 20],
    ]);
    expect(effects).toEqual([
      { type: 'target', frameId: 'a' },
      { type: 'paint', frameId: 'a', from: { x: 5, y: 10 }, to: { x: 5, y: 10 }, erase: false },
      { type: 'paint', frameId: 'a', from: { x: 5, y: 10 }, to: { x: 15, y: 10 }, erase: false },
      { type: 'end-stroke', frameId: 'a' },
    ]);
    expect(state.kind).toBe('idle');
  });

  it('Shift draws on from where the last stroke on the frame ended', () => {
    let state: MaskToolState = { kind: 'idle' };
    const press = (x: number, y: number, straight: boolean) => {
      const down = stepMask(state, { type: 'down', screen: at(x, y), opposite: false, straight }, context('brush'));
      state = stepMask(down.state, { type: 'up', screen: at(x, y), opposite: false }, context('brush')).state;
      return down.effects.find(({ type }) => type === 'paint');
    };
    expect(press(10, 20, true)).toMatchObject({ from: { x: 5, y: 10 }, to: { x: 5, y: 10 } });
    expect(press(30, 20, true)).toMatchObject({ from: { x: 5, y: 10 }, to: { x: 15, y: 10 } });
    expect(press(40, 20, false)).toMatchObject({ from: { x: 20, y: 10 } });
    // Another frame has no last stroke.
    expect(press(150, 20, true)).toMatchObject({ frameId: 'b', from: { x: 25, y: 10 } });
  });

  it('the eraser takes away, Alt turns both round', () => {
    expect(play('eraser', [['down', 10, 10]]).effects[1]).toMatchObject({ erase: true });
    expect(play('eraser', [['down', 10, 10]], true).effects[1]).toMatchObject({ erase: false });
    expect(play('brush', [['down', 10, 10]], true).effects[1]).toMatchObject({ erase: true });
  });

  it('a press on another frame chooses that one, a press beside all does nothing', () => {
    expect(play('brush', [['down', 150, 10]]).effects[0]).toEqual({ type: 'target', frameId: 'b' });
    expect(play('brush', [['down', 250, 10]])).toEqual({ state: { kind: 'idle' }, effects: [] });
  });

  it('a stroke goes on outside its frame and over another one', () => {
    const { effects } = play('brush', [
      ['down', 90, 10],
      ['move', 150, 10],
    ]);
    expect(effects.at(-1)).toMatchObject({ frameId: 'a', to: { x: 75, y: 5 } });
  });

  it('the rectangle fills its four corners on release, a click fills nothing', () => {
    const { effects } = play('mask-rectangle', [
      ['down', 40, 60],
      ['move', 30, 30],
      ['up', 20, 20],
    ]);
    expect(effects.at(-1)).toEqual({
      type: 'fill',
      frameId: 'a',
      erase: false,
      points: [
        { x: 20, y: 30 },
        { x: 10, y: 30 },
        { x: 10, y: 10 },
        { x: 20, y: 10 },
      ],
    });
    const click = play('mask-rectangle', [
      ['down', 40, 60],
      ['up', 40, 60],
    ]);
    expect(click.effects.map(({ type }) => type)).toEqual(['target', 'outline']);
  });

  it('the lasso keeps the way it went, not every tremble', () => {
    const { effects } = play('lasso', [
      ['down', 0, 0],
      ['move', 40, 0],
      ['move', 40.2, 0],
      ['move', 40, 40],
      ['up', 0, 40],
    ]);
    expect(effects.at(-1)).toMatchObject({
      type: 'fill',
      points: [
        { x: 0, y: 0 },
        { x: 20, y: 0 },
        { x: 20, y: 20 },
        { x: 0, y: 20 },
      ],
    });
  });

  it('whatever the pointer does: what was begun ends or is abandoned, and a release leaves nothing behind', () => {
    const input = fc.record({
      type: fc.constantFrom('down', 'move', 'up', 'cancel' as const),
      screen: fc.record({ x: fc.integer({ min: -50, max: 500 }), y: fc.integer({ min: -50, max: 300 }) }),
      opposite: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.constantFrom<MaskTool>('brush', 'eraser', 'mask-rectangle', 'lasso'),
        fc.array(input),
        (tool, inputs) => {
          let state: MaskToolState = { kind: 'idle' };
          let open = 0;
          for (const one of inputs) {
            const step = stepMask(state, one as MaskInput, context(tool));
            for (const effect of step.effects) {
              if (effect.type === 'target') open++;
              if (effect.type === 'end-stroke' || effect.type === 'abandon') open--;
              if (effect.type === 'outline' && effect.points === null) open--;
            }
            state = step.state;
            expect(open).toBe(state.kind === 'idle' ? 0 : 1);
            if (one.type === 'up' || one.type === 'cancel') expect(state.kind).toBe('idle');
          }
        },
      ),
    );
  });
});
