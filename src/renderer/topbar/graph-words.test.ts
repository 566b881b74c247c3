import { expect, test } from 'vitest';
import { elsewhereTexts, openGraphsText } from './graph-words.js';

const decoder = { name: 'decoder', provider: 'cuda', reason: null } as const;
const lm = { name: 'lm', provider: 'cpu', reason: 'cuda cannot open it: out of memory' } as const;

test('open graphs are named, and those that are elsewhere say why', () => {
  expect(openGraphsText([])).toBe('none');
  expect(openGraphsText([decoder, lm])).toBe('decoder, language model');
  expect(elsewhereTexts([decoder, lm])).toEqual([
    'The language model runs on the CPU: cuda cannot open it: out of memory.',
  ]);
});
