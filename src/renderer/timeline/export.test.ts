import { expect, it } from 'vitest';
import { curveCsv, timelineFileName } from './export.js';

it('writes one line per token, coarse to fine, with what is known of it', () => {
  const csv = curveCsv({
    schedule: { kind: 'power', exponent: 1 },
    count: 2,
    codes: [7, 9],
    certainty: [
      { entropy: 0.5, alternatives: [] },
      { entropy: 1.25, alternatives: [] },
    ],
  });
  expect(csv).toBe(
    'token,code,t_from,t_to,visible_tokens,entropy_nats\n' +
      '2,9,0.500000,1.000000,2,1.2500\n' +
      '1,7,0.000000,0.500000,1,0.5000\n',
  );
});

it('leaves unknown fields empty', () => {
  const csv = curveCsv({ schedule: { kind: 'power', exponent: 1 }, count: 1, codes: null, certainty: null });
  expect(csv.split('\n')[1]).toBe('1,,0.000000,1.000000,1,');
});

it('names files so that every system takes them', () => {
  expect(timelineFileName('a “red” circle: 1/2?', 'csv')).toBe('a red circle 1 2 - timeline.csv');
  expect(timelineFileName('???', 'png')).toBe('image - timeline.png');
});
