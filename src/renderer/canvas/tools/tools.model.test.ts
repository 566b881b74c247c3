/** Any sequence of inputs to the tools, against what a person may rely on. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Annotation } from '../../../shared/document/annotations.js';
import { stepMask, type MaskEffect, type MaskInput, type MaskToolState } from './mask-tools.js';
import { stepTool } from './tools.js';
import { idle, type PointerInput, type ToolContext, type ToolEffect, type ToolState } from './tool.js';
import { runs } from '../../../../tests/property-runs.js';

const frames = [
  { id: 'a', x: 0, y: 0, width: 100, height: 100 },
  { id: 'b', x: 200, y: 0, width: 100, height: 100, locked: true },
  { id: 'c', x: 50, y: 50, width: 100, height: 100 },
];
const annotations: Annotation[] = [
  { kind: 'note', id: 'n', x: 0, y: 200, width: 80, height: 60, text: 'x', fontSize: 12, colour: 'blue' },
  { kind: 'arrow', id: 'r', from: { x: 120, y: 200 }, to: { x: 280, y: 260 }, colour: 'red' },
  { kind: 'arrow', id: 'l', from: { x: 0, y: 320 }, to: { x: 280, y: 330 }, colour: 'red', locked: true },
];
const itemIds = [...frames, ...annotations].map(({ id }) => id);
const lockedIds = ['b', 'l'];

const screen = fc.record({ x: fc.integer({ min: -60, max: 660 }), y: fc.integer({ min: -60, max: 760 }) });
const input: fc.Arbitrary<PointerInput> = fc.record({
  type: fc.constantFrom('down' as const, 'move' as const, 'move' as const, 'up' as const, 'cancel' as const),
  screen,
  button: fc.constantFrom('main' as const, 'main' as const, 'main' as const, 'middle' as const, 'secondary' as const),
  additive: fc.boolean(),
  straight: fc.boolean(),
  loose: fc.boolean(),
});
const tools = fc.constantFrom('select', 'hand', 'note', 'arrow', 'brush') satisfies fc.Arbitrary<ToolContext['tool']>;
const contexts = fc.record({
  tool: tools,
  panning: fc.boolean(),
  writable: fc.boolean(),
  selection: fc.subarray(itemIds),
  zoom: fc.constantFrom(0.5, 1, 2),
});

interface Shown {
  selection: readonly string[];
  tool: ToolContext['tool'];
  dragged: boolean;
  marquee: boolean;
  drafted: boolean;
}

/** What Board shows after an effect. */
function after(shown: Shown, effect: ToolEffect): Shown {
  switch (effect.type) {
    case 'select':
      return { ...shown, selection: effect.ids };
    case 'preview-move':
      return { ...shown, dragged: effect.by !== null };
    // What was committed is no preview any more.
    case 'commit-move':
      return { ...shown, dragged: false };
    case 'marquee':
      return { ...shown, marquee: effect.rectangle !== null };
    case 'preview-annotation':
      return { ...shown, drafted: effect.annotation !== null };
    case 'commit-annotation':
      return { ...shown, drafted: false };
    case 'tool':
      return { ...shown, tool: effect.tool };
    default:
      return shown;
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}

describe('the board’s tools, whatever is pressed', () => {
  it('leave nothing behind when idle, choose only what is there, and change nothing that may not be changed', () => {
    fc.assert(
      fc.property(contexts, fc.array(input, { maxLength: 40 }), ({ zoom, ...given }, inputs) => {
        let shown: Shown = {
          ...{ selection: given.selection, tool: given.tool },
          ...{ dragged: false, marquee: false, drafted: false },
        };
        let state: ToolState = idle;
        for (const one of inputs) {
          const context: ToolContext = deepFreeze({
            ...given,
            ...{ selection: shown.selection, tool: shown.tool },
            camera: { x: 10, y: 20, zoom },
            ...{ frames, annotations, viewport: { width: 600, height: 700 }, noteColour: 'yellow' as const },
          });
          const step = stepTool(deepFreeze(state), deepFreeze(one), context);
          const commits = step.effects.filter(({ type }) => type.startsWith('commit-') || type === 'write-note');
          expect(commits.length).toBeLessThanOrEqual(given.writable ? 1 : 0);
          if (commits.length > 0) expect(one.type).toBe('up');
          for (const effect of step.effects) {
            if (effect.type === 'select') {
              expect(new Set(effect.ids).size).toBe(effect.ids.length);
              for (const id of effect.ids) expect(itemIds).toContain(id);
            }
            if (effect.type === 'commit-move') expect(effect.by.x !== 0 || effect.by.y !== 0).toBe(true);
            if (effect.type === 'commit-annotation') expect(lockedIds).not.toContain(effect.annotation.id);
            shown = after(shown, effect);
          }
          state = step.state;
          if (one.type === 'cancel' || one.type === 'up') expect(state.kind).toBe('idle');
          if (state.kind === 'idle') expect(shown).toMatchObject({ dragged: false, marquee: false, drafted: false });
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it('a marquee adds what it touches and nothing that is locked', () => {
    fc.assert(
      fc.property(screen, fc.array(screen, { minLength: 1, maxLength: 6 }), (from, path) => {
        let selection: readonly string[] = [];
        let state: ToolState = { kind: 'marquee', from, selectedBefore: [] };
        for (const at of path) {
          const context: ToolContext = {
            ...{ tool: 'select', panning: false, writable: true, noteColour: 'yellow', selection },
            ...{ camera: { x: 0, y: 0, zoom: 1 }, frames, annotations, viewport: { width: 600, height: 700 } },
          };
          const step = stepTool(state, { type: 'move', screen: at, button: 'none', additive: false }, context);
          for (const effect of step.effects) if (effect.type === 'select') selection = effect.ids;
          state = step.state;
        }
        expect(selection.filter((id) => lockedIds.includes(id))).toEqual([]);
        const to = path.at(-1)!;
        const covers = (x: number, y: number): boolean =>
          Math.min(from.x, to.x) < x &&
          x < Math.max(from.x, to.x) &&
          Math.min(from.y, to.y) < y &&
          y < Math.max(from.y, to.y);
        if (covers(100, 100)) expect(selection).toEqual(expect.arrayContaining(['c']));
      }),
    );
  });
});

describe('the mask tools, whatever is pressed', () => {
  const masked = frames.map((frame) => ({ ...frame, pixelWidth: 64, pixelHeight: 64 }));
  const maskInput: fc.Arbitrary<MaskInput> = fc.record({
    type: fc.constantFrom('down' as const, 'move' as const, 'move' as const, 'up' as const, 'cancel' as const),
    screen,
    opposite: fc.boolean(),
  });

  it('draw on one frame in one way from press to release, and end each stroke once', () => {
    const tool = fc.constantFrom('brush' as const, 'eraser' as const, 'mask-rectangle' as const, 'lasso' as const);
    fc.assert(
      fc.property(tool, fc.array(maskInput, { maxLength: 40 }), (chosen, inputs) => {
        let state: MaskToolState = { kind: 'idle' };
        let gesture: MaskEffect[] = [];
        for (const one of inputs) {
          const context = { tool: chosen, camera: { x: 0, y: 0, zoom: 1 }, frames: masked, selection: ['a'] };
          const before = state;
          const step = stepMask(deepFreeze(state), deepFreeze(one), deepFreeze(context));
          state = step.state;
          if (before.kind === 'idle' && one.type !== 'down') expect(step.effects).toEqual([]);
          gesture.push(...step.effects);
          if (one.type === 'up' || one.type === 'cancel') expect(state.kind).toBe('idle');
          if (state.kind !== 'idle') continue;
          const drawn = gesture.filter(({ type }) => type !== 'abandon');
          const ids = new Set(drawn.flatMap((effect) => ('frameId' in effect ? [effect.frameId] : [])));
          const ways = new Set(drawn.flatMap((effect) => ('erase' in effect ? [effect.erase] : [])));
          expect(ids.size).toBeLessThanOrEqual(1);
          expect(ways.size).toBeLessThanOrEqual(1);
          const ends = gesture.filter(({ type }) => type === 'end-stroke' || type === 'fill' || type === 'abandon');
          const paints = gesture.some(({ type }) => type === 'paint');
          if (paints) expect(ends).toHaveLength(1);
          else expect(ends.length).toBeLessThanOrEqual(1);
          if (before.kind !== 'idle' && one.type === 'cancel') {
            expect(gesture.some(({ type }) => type === 'fill' || type === 'end-stroke')).toBe(false);
          }
          // No outline is left on the screen.
          const outlines = gesture.filter((effect) => effect.type === 'outline');
          expect(outlines.at(-1)?.points ?? null).toBeNull();
          gesture = [];
        }
      }),
      { numRuns: runs(300) },
    );
  });
});
