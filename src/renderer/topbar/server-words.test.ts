import { expect, test } from 'vitest';
import type { ServerReport } from '../../shared/contract/servers.js';
import { paceWords, stateWords } from './server-words.js';

const report: ServerReport = {
  url: 'https://gpu-box:8000',
  product: 'triton 2.60.0',
  state: 'working',
  problem: null,
  latencyMs: null,
  rowsPerSecond: null,
  rows: 0,
  outstanding: 0,
};

test('a server says what it does and how fast', () => {
  expect([stateWords(report), paceWords(report)]).toEqual(['Ready.', '']);
  const busy = { ...report, outstanding: 8, rows: 64, latencyMs: 41.6, rowsPerSecond: 9.87 };
  expect([stateWords(busy), paceWords(busy)]).toEqual([
    'Working at 8 rows.',
    '42 ms a request, 9.9 rows/s, 64 rows so far.',
  ]);
});

test('a server that writes counts tokens', () => {
  const writing: ServerReport = { ...report, counts: 'tokens', rows: 96, latencyMs: 8.2, rowsPerSecond: 120 };
  expect(paceWords(writing)).toBe('8 ms a token, 120 tokens/s, 96 tokens so far.');
});

test('a server that failed says why, and whether it is asked again', () => {
  const problem = 'The server https://gpu-box:8000 cannot be reached for the decoder graph: it hung up.';
  expect(stateWords({ ...report, state: 'resting', problem })).toBe(`${problem} It is asked again soon.`);
  expect(stateWords({ ...report, state: 'refused', problem })).toContain('not used any more');
});
