import fc from 'fast-check';
import { expect, it } from 'vitest';
import { foreignSyntaxHint } from './prompt-hints.js';
import { runs } from '../../../tests/property-runs.js';

it.each([
  ['a {2$$red|blue|green} star', '{2$$'],
  ['a (red:1.3) circle', '(red:1.3)'],
  ['a [red|blue] circle', '[red|blue]'],
  ['a [dog:cat:0.5] here', '[dog:cat:0.5]'],
  ['a circle <lora:name_v2:0.8>', '<lora:name_v2:0.8>'],
  ['a ((very red)) circle', '((very red))'],
  ['a red++ circle', '++'],
  ['a __colour__ circle', '__colour__'],
  ['embedding:easynegative', 'embedding:easynegative'],
  ['a red circle --ar 16:9', '--ar 16:9'],
  ['a red circle BREAK a star', 'BREAK'],
  ['a {0.5::red|blue} circle', '{0.5::'],
  ['a {{red}} circle', '{{red}}'],
  ['a [[red]] circle', '[[red]]'],
  ['a [red:0.5] circle', '[red:0.5]'],
  ['a 1.5::red:: circle', '1.5::'],
  ['a red circle::2 a star', '::2'],
  ['("a circle", "a star").and()', '.and('],
  ['a red circle.swap(a star)', '.swap('],
  ['a red circle AND a star', 'AND'],
])('names what means nothing here: %s', (prompt, sign) => {
  expect(foreignSyntaxHint(prompt)).toContain(`“${sign}”`);
});

it.each([
  'a red circle',
  'a {red|blue} circle',
  'two stars (one large, one small)',
  'a – b -- c',
  '3:4, at 12:30',
  'it says “A|B”',
  'a sign that says SALT AND PEPPER',
  'a list [one, two]; a {red|{dark|light} blue} circle',
  'std::vector on a screen, at 10:30:15',
])('says nothing of ordinary words: %s', (prompt) => {
  expect(foreignSyntaxHint(prompt)).toBeNull();
});

it('is one sentence however many there are, and survives any text', () => {
  expect(foreignSyntaxHint('(a:1) (b:1) (c:1) (d:1) (e:1)')).toBe(
    '“(a:1)”, “(b:1)”, “(c:1)” and 2 more: other programs’ signs mean nothing here and are read as ordinary words.',
  );
  const signs = fc.string({ unit: fc.constantFrom('(', ')', '[', ']', '<', ':', '|', '1', '.', '$', '_', 'a', ' ', '+', '-'), maxLength: 3000 }); // prettier-ignore
  fc.assert(
    fc.property(signs, (text) => void foreignSyntaxHint(text)),
    { numRuns: runs(50) },
  );
});

it('thousands of braces in each other are no sign of another program, and end', () => {
  expect(foreignSyntaxHint(`${'{a|'.repeat(3000)}b${'}'.repeat(3000)}`)).toBeNull();
});
