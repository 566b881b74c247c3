import { describe, expect, it } from 'vitest';
import { frameAt, stepTool } from './tools.js';
import type { PointerInput, ToolContext, ToolEffect, ToolState } from './tool.js';

const frames = [
  { id: 'a', x: 0, y: 0, width: 100, height: 100 },
  { id: 'b', x: 200, y: 0, width: 100, height: 100 },
  { id: 'c', x: 50, y: 50, width: 100, height: 100 },
];

const context: ToolContext = {
  tool: 'select',
  panning: false,
  camera: { x: 0, y: 0, zoom: 2 },
  frames,
  annotations: [],
  selection: [],
  viewport: { width: 2000, height: 2000 },
  noteColour: 'yellow',
  writable: true,
};

/** `at` in board units, as [x, y]. */
type Step = [type: PointerInput['type'], at: [number, number], rest?: Partial<PointerInput>];

function play(steps: Step[], change: Partial<ToolContext> = {}): { state: ToolState; effects: ToolEffect[] } {
  let state: ToolState = { kind: 'idle' };
  let now: ToolContext = { ...context, ...change };
  const all: ToolEffect[] = [];
  for (const [type, [x, y], rest] of steps) {
    const step = stepTool(
      state,
      { type, screen: { x: x * 2, y: y * 2 }, button: 'main', additive: false, ...rest },
      now,
    );
    state = step.state;
    for (const effect of step.effects) if (effect.type === 'select') now = { ...now, selection: effect.ids };
    all.push(...step.effects);
  }
  return { state, effects: all };
}

describe('hit testing', () => {
  it('finds the topmost frame, its title included', () => {
    expect(frameAt(context, { x: 150, y: 150 })).toBe('c');
    expect(frameAt(context, { x: 20, y: 20 })).toBe('a');
    expect(frameAt(context, { x: 20, y: -10 })).toBe('a');
    expect(frameAt(context, { x: 20, y: -60 })).toBeNull();
  });
});

describe('select tool', () => {
  it('selects the frame that is pressed', () => {
    expect(play([['down', [10, 10]]]).effects).toEqual([{ type: 'select', ids: ['a'] }]);
  });

  it('clears the selection on empty board', () => {
    expect(play([['down', [400, 400]]], { selection: ['a'] }).effects).toEqual([{ type: 'select', ids: [] }]);
  });

  it('adds with shift and takes away on release', () => {
    const shift = { additive: true };
    expect(play([['down', [210, 10], shift]], { selection: ['a'] }).effects).toEqual([
      { type: 'select', ids: ['a', 'b'] },
    ]);
    const away = play(
      [
        ['down', [10, 10], shift],
        ['up', [10, 10], shift],
      ],
      { selection: ['a', 'b'] },
    );
    expect(away.effects).toEqual([{ type: 'select', ids: ['b'] }]);
  });

  it('drags a whole selection by one of its frames and picks that one out on a mere click', () => {
    const selection = ['a', 'b'];
    const drag = play(
      [
        ['down', [10, 10]],
        ['move', [30.4, 15]],
        ['up', [30.4, 15]],
      ],
      { selection },
    );
    expect(drag.effects).toEqual([
      { type: 'preview-move', by: { x: 20, y: 5 }, guides: [] },
      { type: 'commit-move', by: { x: 20, y: 5 } },
    ]);
    expect(drag.state).toEqual({ kind: 'idle' });
    const copy = play(
      [
        ['down', [10, 10]],
        ['move', [30, 15]],
        ['up', [30, 15], { copy: true }],
      ],
      { selection },
    );
    expect(copy.effects.at(-1)).toEqual({ type: 'commit-move', by: { x: 20, y: 5 }, copy: true });
    const click = play(
      [
        ['down', [10, 10]],
        ['up', [10, 10]],
      ],
      { selection },
    );
    expect(click.effects).toEqual([{ type: 'select', ids: ['a'] }]);
  });

  it('takes a trembling hand for a click', () => {
    const { effects } = play([
      ['down', [10, 10]],
      ['move', [11, 11]],
      ['up', [11, 11]],
    ]);
    expect(effects).toEqual([{ type: 'select', ids: ['a'] }]);
  });

  it('commits nothing when the drag is cancelled or comes back', () => {
    const cancelled = play([
      ['down', [10, 10]],
      ['move', [60, 60]],
      ['cancel', [60, 60]],
    ]);
    const back = play([
      ['down', [10, 10]],
      ['move', [60, 60]],
      ['up', [10, 10]],
    ]);
    for (const { effects } of [cancelled, back]) {
      expect(effects.at(-1)).toEqual({ type: 'preview-move', by: null, guides: [] });
      expect(effects.some((effect) => effect.type === 'commit-move')).toBe(false);
    }
  });

  it('draws a dragged frame to the edges of its neighbours and says which', () => {
    const drag = (rest: Partial<PointerInput> = {}) =>
      play([
        ['down', [10, 10]],
        ['move', [10, 307], rest],
        ['up', [10, 307], rest],
      ]).effects;
    const [, preview, commit] = drag();
    expect(commit).toEqual({ type: 'commit-move', by: { x: 0, y: 297 } });
    expect(preview).toMatchObject({
      guides: [
        { axis: 'x', at: 50 },
        { axis: 'x', at: 100 },
      ],
    });
    const near = play([
      ['down', [10, 10]],
      ['move', [10, 158]],
      ['up', [10, 158]],
    ]).effects;
    expect(near.at(-1)).toEqual({ type: 'commit-move', by: { x: 0, y: 150 } });
    const loose = play([
      ['down', [10, 10]],
      ['move', [10, 158], { loose: true }],
      ['up', [10, 158], { loose: true }],
    ]).effects;
    expect(loose.at(-1)).toEqual({ type: 'commit-move', by: { x: 0, y: 148 } });
  });

  it('moves along one axis only with shift', () => {
    const { effects } = play([
      ['down', [10, 10]],
      ['move', [110, 60], { straight: true, loose: true }],
      ['up', [110, 60], { straight: true, loose: true }],
    ]);
    expect(effects.at(-1)).toEqual({ type: 'commit-move', by: { x: 100, y: 0 } });
  });

  it('leaves what is locked: a drag on it stretches a marquee, which passes over it', () => {
    const locked = frames.map((frame) => (frame.id === 'a' ? { ...frame, locked: true } : frame));
    const { effects } = play(
      [
        ['down', [10, 10]],
        ['move', [60, 60]],
        ['up', [60, 60]],
      ],
      { frames: locked },
    );
    expect(effects.some(({ type }) => type === 'preview-move' || type === 'commit-move')).toBe(false);
    expect(effects).toContainEqual({ type: 'select', ids: ['c'] });
  });

  it('moves nothing in a window that may only look', () => {
    const { effects } = play(
      [
        ['down', [10, 10]],
        ['move', [60, 60]],
        ['up', [60, 60]],
      ],
      { writable: false },
    );
    expect(effects).toEqual([{ type: 'select', ids: ['a'] }]);
  });

  it('selects what the marquee touches and forgets the rectangle', () => {
    const { effects, state } = play([
      ['down', [-20, -20]],
      ['move', [60, 60]],
      ['up', [60, 60]],
    ]);
    expect(effects).toContainEqual({ type: 'select', ids: ['a', 'c'] });
    expect(effects).toContainEqual({ type: 'marquee', rectangle: { x: -20, y: -20, width: 80, height: 80 } });
    expect(effects.at(-1)).toEqual({ type: 'marquee', rectangle: null });
    expect(state).toEqual({ kind: 'idle' });
  });

  it('gives back the old selection when an adding marquee is cancelled', () => {
    const shift = { additive: true };
    const { effects } = play(
      [
        ['down', [-20, -20], shift],
        ['move', [60, 60], shift],
        ['cancel', [60, 60], shift],
      ],
      { selection: ['b'] },
    );
    expect(effects).toContainEqual({ type: 'select', ids: ['b', 'a', 'c'] });
    expect(effects.at(-1)).toEqual({ type: 'select', ids: ['b'] });
  });

  it('selects for the context menu what is not selected yet', () => {
    const secondary = { button: 'secondary' } as const;
    expect(play([['down', [210, 10], secondary]], { selection: ['a'] }).effects).toEqual([
      { type: 'select', ids: ['b'] },
    ]);
    expect(play([['down', [10, 10], secondary]], { selection: ['a', 'b'] }).effects).toEqual([]);
  });
});

describe('panning', () => {
  it.each([
    ['the hand', { tool: 'hand' }, {}],
    ['space', { panning: true }, {}],
    ['the middle button', {}, { button: 'middle' }],
  ] as const)('works with %s', (_name, change, rest) => {
    const { effects, state } = play(
      [
        ['down', [10, 10], rest],
        ['move', [15, 30], rest],
        ['move', [16, 30], rest],
        ['up', [16, 30], rest],
      ],
      change,
    );
    expect(effects).toEqual([
      { type: 'pan', by: { x: 10, y: 40 } },
      { type: 'pan', by: { x: 2, y: 0 } },
    ]);
    expect(state).toEqual({ kind: 'idle' });
  });
});
