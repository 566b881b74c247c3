import { assert, constantFrom, integer, property, record, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridLimits, gridParameters, type GridAxis, type GridParameter } from './grid-axis.js';
import {
  decodeRequest,
  jobsOf,
  originOf,
  planGrid,
  type GridBase,
  type GridPlan,
  writingRequest,
} from './grid-plan.js';
import { describedSetting, settingNames, settingOf } from '../jobs/settings.js';

const base: GridBase = {
  prompt: 'a red circle',
  seed: 7,
  settings: { steps: 16, tokenGuidance: 1, textGuidance: 4, temperature: 0.5, topK: 50 },
};

const axis = (parameter: GridParameter, values: readonly (number | string)[]) => ({ parameter, values }) as GridAxis;
const planned = (columns: GridAxis, rows: GridAxis | null = null, from = base): GridPlan => {
  const { plan, problem } = planGrid(from, columns, rows);
  expect(problem).toBeNull();
  return plan!;
};

const anyAxis = record({
  parameter: constantFrom(...gridParameters),
  numbers: uniqueArray(integer({ min: 0, max: 30 }), { minLength: 1, maxLength: gridLimits.values }),
}).map(({ parameter, numbers }) =>
  axis(parameter, parameter === 'prompt' ? numbers.map((n) => `prompt ${n}`) : numbers),
);

/** The value a recipe has of a parameter. */
const valueOf = (cell: GridPlan['cells'][number], parameter: GridParameter) =>
  parameter === 'prompt' || parameter === 'seed' || parameter === 'keepFrom'
    ? cell[parameter]
    : settingOf(cell.settings, parameter);

describe('a grid', () => {
  it('has a cell for every pair of values, each with its own and else what was given', () => {
    assert(
      property(anyAxis, anyAxis, (columns, rows) => {
        const { plan, problem } = planGrid(base, columns, rows);
        const count = columns.values.length * rows.values.length;
        if (columns.parameter === rows.parameter || count > gridLimits.cells) {
          expect(plan).toBeNull();
          return void expect(problem).toMatch(/\.$/);
        }
        expect(plan!.cells).toHaveLength(count);
        const given = { ...base, keepFrom: 0, row: 0, column: 0 };
        const expected = rows.values.flatMap((rowValue, row) =>
          columns.values.map((columnValue, column) => [
            row,
            column,
            ...gridParameters.map((parameter) => {
              if (parameter === columns.parameter) return columnValue;
              return parameter === rows.parameter ? rowValue : valueOf(given, parameter);
            }),
          ]),
        );
        const found = plan!.cells.map((cell) => [
          cell.row,
          cell.column,
          ...gridParameters.map((parameter) => valueOf(cell, parameter)),
        ]);
        expect(found).toEqual(expected);
      }),
    );
  });

  it('makes every cell exactly once, from tokens of its own recipe, and writes no tokens twice', () => {
    assert(
      property(anyAxis, anyAxis, (columns, rows) => {
        const { plan } = planGrid(base, columns, rows);
        if (plan === null) return;
        const made = plan.groups.flatMap(({ generated, decoded }) => [
          ...(generated === null ? [] : [generated]),
          ...decoded,
        ]);
        expect(made.toSorted((a, b) => a - b)).toEqual(plan.cells.map((_, index) => index));
        const written = new Set<string>();
        for (const { recipe, generated, decoded } of plan.groups) {
          const tokensOf = ({ prompt, seed, settings }: GridBase) =>
            JSON.stringify([
              prompt,
              seed,
              ...settingNames
                .filter((name) => describedSetting(name).part === 'writing')
                .map((name) => settingOf(settings, name)),
            ]);
          expect(written.has(tokensOf(recipe))).toBe(false);
          written.add(tokensOf(recipe));
          expect(recipe.keepFrom).toBe(0);
          for (const index of decoded) expect(tokensOf(plan.cells[index]!)).toBe(tokensOf(recipe));
          if (generated !== null) expect(plan.cells[generated]).toMatchObject(recipe);
          else for (const index of decoded) expect(plan.cells[index]!.keepFrom).toBeGreaterThan(0);
        }
        const { written: writings, decoded } = jobsOf(plan);
        expect(writings).toBe(written.size);
        expect(writings + decoded).toBeGreaterThanOrEqual(plan.cells.length);
      }),
    );
  });

  it('of edits asks for edits of one picture, and keeps the parent in what becomes of them', () => {
    const edits = { ...base, prompt: 'make it blue', parentId: 'boat', settings: { ...base.settings, bestOf: 4 } };
    const plan = planned(axis('seed', [1, 2]), null, edits);
    const edited = { source: { imageId: 'x' }, base: { imageId: 'x' }, keepsRest: plan.keepsRest };
    expect(plan.groups.map(({ recipe }) => writingRequest(recipe, edited))).toEqual(
      [1, 2].map((seed) => ({
        kind: 'edit',
        source: { imageId: 'x' },
        base: { imageId: 'x' },
        instruction: 'make it blue',
        seed,
        variations: 1,
        settings: base.settings,
      })),
    );
    expect(originOf(plan.cells[1]!, 'fake@1', { plan: undefined, keepsRest: plan.keepsRest })).toEqual({
      kind: 'edited',
      instruction: 'make it blue',
      seed: 2,
      settings: base.settings,
      pack: 'fake@1',
      parentId: 'boat',
      region: 'changed',
    });
    expect(planGrid(edits, axis('bestOf', [1, 4]), null).problem).toContain('written once');
    expect(planGrid({ ...edits, prompt: '' }, axis('seed', [1]), null).problem).toContain('no instruction');
  });

  it('of edits makes each by itself, since each keeps other parts of its picture; whole ones share what they write', () => {
    const edits = { ...base, parentId: 'boat' };
    const [steps, seeds] = [axis('steps', [4, 16]), axis('seed', [1, 2])];
    expect(planned(steps, seeds, edits)).toMatchObject({ keepsRest: true, groups: [{}, {}, {}, {}] });
    const whole = planned(steps, seeds, { ...edits, region: 'whole' });
    expect(jobsOf(whole)).toEqual({ written: 2, decoded: 2 });
    expect(planned(axis('keepFrom', [0, 16]), null, edits).keepsRest).toBe(false);
    const edited = { source: 'codes', base: 'pixels', keepsRest: whole.keepsRest };
    expect(writingRequest(whole.groups[0]!.recipe, edited)).toMatchObject({ base: 'pixels', region: 'whole' });
  });

  it('of seeds and steps writes tokens once for each seed', () => {
    const plan = planned(axis('steps', [4, 16]), axis('seed', [1, 2, 3]));
    expect(jobsOf(plan)).toEqual({ written: 3, decoded: 3 });
    expect(writingRequest(plan.groups[1]!.recipe, null)).toEqual({
      kind: 'generate',
      prompt: 'a red circle',
      seed: 2,
      variations: 1,
      settings: { ...base.settings, steps: 4 },
    });
    expect(decodeRequest(plan.cells[3]!, 'fake@1', [3, 1, 2])).toEqual({
      kind: 'decode',
      pack: 'fake@1',
      codes: [3, 1, 2],
      t: 1,
      keepFrom: 0,
      steps: 16,
      seed: 2,
      tokenGuidance: 1,
    });
  });

  it('of fewer tokens only still writes them all once', () => {
    const [group, ...more] = planned(axis('keepFrom', [8, 16])).groups;
    expect(more).toEqual([]);
    expect(group).toMatchObject({ generated: null, decoded: [0, 1], recipe: { keepFrom: 0 } });
  });

  it('needs a prompt somewhere', () => {
    const wordless = { ...base, prompt: ' ' };
    expect(planGrid(wordless, axis('seed', [1]), null).problem).toMatch(/no prompt/);
    expect(planned(axis('prompt', ['a', 'b']), null, wordless).cells).toHaveLength(2);
  });
});
