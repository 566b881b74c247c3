import { array, assert, constant, constantFrom, integer, property, string, tuple, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisText, gridLimits, gridParameters, limitsOf, readAxis, type NumberParameter } from './grid-axis.js';
import type { PackManifest } from '../packs/pack.js';

const manifest = { tokens: { count: 32 } } as unknown as PackManifest;
const numbers = gridParameters.filter((name) => name !== 'prompt');
const values = (parameter: NumberParameter, text: string) => readAxis(parameter, text, manifest).axis?.values;
const problem = (parameter: NumberParameter, text: string) => readAxis(parameter, text, manifest).problem;

describe('numbers', () => {
  it.each([
    ['1,2,3', [1, 2, 3]],
    [' 4 , 8,16, ', [4, 8, 16]],
    ['1-5', [1, 2, 3, 4, 5]],
    ['1..9 step 2', [1, 3, 5, 7, 9]],
    ['1…8 by 3', [1, 4, 7]],
    ['5-3', [5, 4, 3]],
    ['9 to 1 step 4', [9, 5, 1]],
    ['1-3, 2, 16', [1, 2, 3, 16]],
    ['7-7', [7]],
  ])('steps %s', (text, expected) => expect(values('steps', text)).toEqual(expected));

  it('keep decimals as they were written', () => {
    expect(values('temperature', '0..1 step 0.1')).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(values('temperature', '.5, 1.25')).toEqual([0.5, 1.25]);
    expect(values('textGuidance', '1.5-4')).toEqual([1.5, 2.5, 3.5]);
  });

  it.each([
    ['', 'Write values such as 1, 2, 5 or 1-5 or 1..9 step 2.'],
    ['1,,2', 'Write values such as 1, 2, 5 or 1-5 or 1..9 step 2.'],
    ['many', '“many” is no number and no range such as 1-5 or 1..9 step 2.'],
    ['1-5 step 0', 'The step of “1-5 step 0” must be more than 0.'],
    ['1..5 step -1', 'The step of “1..5 step -1” must be more than 0.'],
    ['0', '0 does not fit: it must be a whole number from 1 to 64.'],
    ['1.5', '1.5 does not fit: it must be a whole number from 1 to 64.'],
    ['1..3 step 0.5', '1.5 does not fit: it must be a whole number from 1 to 64.'],
    ['60-70', '65 does not fit: it must be a whole number from 1 to 64.'],
    ['1-64', `That makes 64 values; the most along one side is ${gridLimits.values}.`],
  ])('of steps refuse “%s”', (text, expected) => expect(problem('steps', text)).toBe(expected));

  it('refuse a range of billions without writing it out', () => {
    expect(problem('seed', '0-4294967295')).toContain('4294967296 values');
  });

  it('know how many tokens the pack has', () => {
    expect(values('keepFrom', '0..32 step 8')).toEqual([0, 8, 16, 24, 32]);
    expect(problem('keepFrom', '33')).toContain('from 0 to 32');
  });

  it('read back as they are written', () => {
    assert(
      property(
        constantFrom(...numbers).chain((parameter) => {
          const { smallest, largest } = limitsOf(parameter, manifest);
          const fitting = integer({ min: Math.ceil(smallest), max: Math.min(Math.floor(largest), 9) });
          return tuple(constant(parameter), uniqueArray(fitting, { minLength: 1, maxLength: gridLimits.values }));
        }),
        ([parameter, list]) => {
          const { axis } = readAxis(parameter, list.join(','), manifest);
          expect(axis?.values).toEqual(list);
          expect(readAxis(parameter, axisText(axis!), manifest).axis).toEqual(axis);
        },
      ),
    );
  });

  it('of a range start at its first, never pass its last, and are evenly spaced', () => {
    const bound = integer({ min: 0, max: 0xffff_ffff });
    assert(
      property(bound, bound, integer({ min: 1, max: 0xffff_ffff }), (from, to, step) => {
        const list = values('seed', `${from}..${to} step ${step}`) as number[] | undefined;
        const count = Math.floor(Math.abs(to - from) / step) + 1;
        if (count > gridLimits.values) return void expect(list).toBeUndefined();
        expect(list).toHaveLength(count);
        expect(list![0]).toBe(from);
        const sign = Math.sign(to - from);
        list!.forEach((value, index) => expect(value).toBe(from + sign * index * step));
        expect(Math.abs(to - list!.at(-1)!)).toBeLessThan(step);
      }),
    );
  });
});

describe('prompts', () => {
  const prompts = (text: string) => readAxis('prompt', text, manifest);

  it('stand one on a line, with choices in braces written out', () => {
    expect(prompts('a red circle\n\n a {green|blue} star \na red circle').axis?.values).toEqual([
      'a red circle',
      'a green star',
      'a blue star',
    ]);
  });

  it('are missing or too many', () => {
    expect(prompts(' \n').problem).toBe('Write one prompt on each line.');
    expect(prompts('{a|b|c|d|e} {a|b|c|d|e}').problem).toContain('25 values');
    expect(prompts('{a|b}'.repeat(40)).problem).toContain('1099511627776 values');
  });
});

it('any text is either values within the limits or a sentence', () => {
  const pieces = array(constantFrom('1', '2.5', '-', '..', ',', ' step ', '0', '99', 'x', '{a|b}', '\n', ' ')).map(
    (parts) => parts.join(''),
  );
  assert(
    property(constantFrom(...gridParameters), pieces, string(), (parameter, likely, wild) => {
      for (const text of [likely, wild]) {
        const { axis, problem: fault } = readAxis(parameter, text, manifest);
        if (axis === null) {
          expect(fault).toMatch(/^.+\.$/s);
          continue;
        }
        expect(axis.values.length).toBeGreaterThan(0);
        expect(axis.values.length).toBeLessThanOrEqual(gridLimits.values);
        expect(new Set<string | number>(axis.values).size).toBe(axis.values.length);
        if (axis.parameter === 'prompt') continue;
        const { smallest, largest, whole } = limitsOf(axis.parameter, manifest);
        for (const value of axis.values) {
          expect(value).toBeGreaterThanOrEqual(smallest);
          expect(value).toBeLessThanOrEqual(largest);
          if (whole) expect(Number.isInteger(value)).toBe(true);
        }
      }
    }),
  );
});
