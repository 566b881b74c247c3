import { expect, it } from 'vitest';
import { presentName, withPresentNames } from './settings.js';

it('reads settings by the names they had before, the present name first', () => {
  expect(withPresentNames({ steps: 4, candidates: 3 })).toEqual({ steps: 4, bestOf: 3 });
  expect(withPresentNames({ candidates: 3, bestOf: 2 })).toEqual({ bestOf: 2 });
  expect(withPresentNames({ bestOf: 2, candidates: 3 })).toEqual({ bestOf: 2 });
  expect([presentName('candidates'), presentName('bestOf')]).toEqual(['bestOf', 'bestOf']);
});

it('leaves alone what has no former name, whatever it is', () => {
  for (const value of [null, undefined, 7, 'candidates', [3], { steps: 4, toString: 1 }]) {
    expect(withPresentNames(value)).toBe(value);
  }
  for (const name of ['steps', 'toString', '', null]) expect(presentName(name)).toBe(name);
});
