import { expect, it } from 'vitest';
import { curveCsv, lanesCsv, timelineFileName } from './timeline-tables.js';

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
  expect(timelineFileName('a “red” circle: 1/2?', 'lanes', 'csv')).toBe('a red circle 1 2 - lanes.csv');
  expect(timelineFileName('???', 'sheet', 'png')).toBe('image - sheet.png');
});

it('writes the lanes from noise to clean, empty where nothing was measured', () => {
  const shares = { background: 1, layout: 0.5, colour: 0.25, shape: 0.125, texture: 0 };
  const lines = lanesCsv([
    { t: 0.25, visibleTokens: 2, shares, sharesAlone: { ...shares, background: 0.75 } },
    { t: 1, visibleTokens: 4 },
  ]).split('\n');
  expect(lines[0]).toMatch(
    /^t,visible_tokens,background_restored,.*,texture_restored,background_alone,.*,texture_alone$/,
  );
  expect(lines[1]).toBe('1.000000,4,,,,,,,,,,');
  expect(lines[2]).toBe('0.250000,2,1.0000,0.5000,0.2500,0.1250,0.0000,0.7500,0.5000,0.2500,0.1250,0.0000');
  expect(lines).toHaveLength(4);
});

it('adds what is read, quoted, with who reads it, only where anything is', () => {
  const words = 'a "red" ring, on blue';
  const [head, noise, clean] = lanesCsv([
    { t: 0, visibleTokens: 0 },
    { t: 1, visibleTokens: 4, reading: { by: 'language model', words, confidence: 0.5 } },
  ]).split('\n');
  expect(head).toMatch(/,texture_alone,read_by,reading,reading_confidence$/);
  expect(noise).toBe('1.000000,4,,,,,,,,,,,language model,"a ""red"" ring, on blue",0.5000');
  expect(clean).toBe('0.000000,0,,,,,,,,,,,,"",');
});
