import { describe, expect, it } from 'vitest';
import type { Annotation, Arrow, Note } from '../../../shared/document/annotations.js';
import { handleAt, noteSize } from './annotation-tools.js';
import { itemAt, stepTool } from './tools.js';
import type { PointerInput, ToolContext, ToolEffect, ToolState } from './tool.js';

const note: Note = {
  kind: 'note',
  id: 'note',
  x: 300,
  y: 0,
  width: 200,
  height: 100,
  text: 'softer',
  fontSize: 20,
  colour: 'blue',
};
const arrow: Arrow = { kind: 'arrow', id: 'arrow', from: { x: 0, y: 200 }, to: { x: 100, y: 300 }, colour: 'red' };

const context: ToolContext = {
  tool: 'select',
  panning: false,
  camera: { x: 0, y: 0, zoom: 2 },
  frames: [{ id: 'frame', x: 280, y: 20, width: 100, height: 100 }],
  annotations: [note, arrow],
  selection: [],
  viewport: { width: 2000, height: 2000 },
  noteColour: 'green',
  writable: true,
};

/** Presses at the first place, moves over the others, releases at the last; places in board units. */
function drag(
  places: [number, number][],
  change: Partial<ToolContext> = {},
  rest: Partial<PointerInput> = {},
): { state: ToolState; effects: ToolEffect[] } {
  let state: ToolState = { kind: 'idle' };
  const effects: ToolEffect[] = [];
  const inputs: [PointerInput['type'], [number, number]][] = [
    ['down', places[0]!],
    ...places.slice(1).map((at): [PointerInput['type'], [number, number]] => ['move', at]),
    ['up', places.at(-1)!],
  ];
  for (const [type, [x, y]] of inputs) {
    const input = { type, screen: { x: x * 2, y: y * 2 }, button: 'main' as const, additive: false, ...rest };
    const step = stepTool(state, input, { ...context, ...change });
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

const lastAnnotation = (effects: ToolEffect[]): Annotation | undefined =>
  effects.flatMap((one) => ('annotation' in one && one.annotation !== null ? [one.annotation] : [])).at(-1);

describe('hit testing', () => {
  it('finds a note before the frame under it, and an arrow along its line only', () => {
    expect(itemAt(context, { x: 620, y: 60 })).toBe('note');
    expect(itemAt(context, { x: 570, y: 200 })).toBe('frame');
    expect(itemAt(context, { x: 100, y: 500 })).toBe('arrow');
    expect(itemAt(context, { x: 100, y: 560 })).toBeNull();
  });

  it('offers handles of the only selected one, unless it is locked', () => {
    const corner = { x: 1000, y: 200 };
    expect(handleAt({ ...context, selection: ['note'] }, corner)).toMatchObject({ handle: 'bottom-right' });
    expect(handleAt({ ...context, selection: ['note', 'frame'] }, corner)).toBeNull();
    const locked = { ...note, locked: true };
    expect(handleAt({ ...context, annotations: [locked], selection: ['note'] }, corner)).toBeNull();
  });
});

describe('the note tool', () => {
  it('opens a note of the usual size at a click, ready to be written, and goes back to selecting', () => {
    const { effects, state } = drag([[10, 20]], { tool: 'note' });
    expect(state).toEqual({ kind: 'idle' });
    expect(effects).toContainEqual({ type: 'tool', tool: 'select' });
    expect(effects.at(-1)).toMatchObject({
      type: 'write-note',
      annotation: { x: 10, y: 20, width: noteSize.width, height: noteSize.height, text: '', colour: 'green' },
    });
    expect(effects.some(({ type }) => type === 'commit-annotation')).toBe(false);
  });

  it('takes the rectangle that was drawn, in any direction', () => {
    const { effects } = drag(
      [
        [200, 150],
        [120, 100],
        [50, 60],
      ],
      { tool: 'note' },
    );
    expect(effects.at(-1)).toMatchObject({ annotation: { x: 50, y: 60, width: 150, height: 90 } });
  });
});

describe('the arrow tool', () => {
  it('draws from where it was pressed to where it was released', () => {
    const { effects } = drag(
      [
        [0, 0],
        [50, 50],
        [80, 20],
      ],
      { tool: 'arrow' },
    );
    expect(effects.at(-1)).toMatchObject({
      type: 'commit-annotation',
      isNew: true,
      annotation: { from: { x: 0, y: 0 }, to: { x: 80, y: 20 }, colour: 'green' },
    });
  });

  it('draws nothing at a mere click', () => {
    const { effects } = drag([[0, 0]], { tool: 'arrow' });
    expect(effects).toEqual([{ type: 'preview-annotation', annotation: null }]);
  });

  it('keeps to steps of 45° with shift', () => {
    const { effects } = drag(
      [
        [0, 0],
        [100, 8],
      ],
      { tool: 'arrow' },
      { straight: true },
    );
    expect(lastAnnotation(effects)).toMatchObject({ to: { x: 100, y: 0 } });
  });

  it('draws nothing in a window that may only look', () => {
    const { effects } = drag(
      [
        [0, 0],
        [60, 60],
      ],
      { tool: 'arrow', writable: false },
    );
    expect(effects.some((one) => 'annotation' in one)).toBe(false);
  });
});

describe('shaping', () => {
  it('keeps the opposite corner of a note and never makes it too small to write in', () => {
    const { effects } = drag(
      [
        [300, 0],
        [350, -40],
      ],
      { selection: ['note'] },
    );
    expect(effects.at(-1)).toMatchObject({
      type: 'commit-annotation',
      isNew: false,
      annotation: { x: 350, y: -40, width: 150, height: 140 },
    });
    const small = drag(
      [
        [300, 0],
        [900, 900],
      ],
      { selection: ['note'] },
    );
    expect(lastAnnotation(small.effects)).toMatchObject({ x: 460, y: 60, width: 40, height: 40 });
  });

  it('moves one end of an arrow', () => {
    const { effects } = drag(
      [
        [100, 300],
        [150, 310],
      ],
      { selection: ['arrow'] },
    );
    expect(effects.at(-1)).toMatchObject({ annotation: { from: { x: 0, y: 200 }, to: { x: 150, y: 310 } } });
  });
});
