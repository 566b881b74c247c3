import { signalToNoise } from '../pictures/psnr.js';
import { expect, it } from 'vitest';
import type { PackManifest, PackSummary } from './pack.js';
import {
  interpolationOf,
  interpolationWords,
  packComparisonStrides,
  scheduleWords,
  tokenKind,
  unlikeness,
} from './pack-comparison.js';

const timestep = {
  count: 4,
  codebookSize: 10,
  schedule: { kind: 'power', exponent: 0.5 },
  generationOrder: 'coarse-to-fine',
  keepFromTrained: true,
} satisfies PackManifest['tokens'];
const raster = {
  ...timestep,
  schedule: { kind: 'raster', columns: 2, rows: 2 },
  generationOrder: 'fine-to-coarse',
} satisfies PackManifest['tokens'];

const described = (tokens: PackManifest['tokens'], side = 128) =>
  ({ tokens, image: { width: side, height: side } }) as PackSummary['manifest'];

it('says what kind of tokens they are, and what t means for them', () => {
  expect(tokenKind({ tokens: timestep })).toBe('Timestep tokens');
  expect(tokenKind({ tokens: raster })).toBe('Spatial tokens: a raster of 2 × 2');
  expect(scheduleWords({ tokens: raster })).toMatch(/^t does not govern visibility here/);
  expect(scheduleWords({ tokens: timestep })).toContain('⌈4 · t^0.5⌉');
  const stages = { ...timestep, schedule: { kind: 'stages' as const, bounds: [0.5, 1], tokensPerStage: [2, 2] } };
  expect(scheduleWords({ tokens: stages })).toBe('k(t) grows to 4 in 2 stages of t, fine tokens first.');
});

it('B takes the place of A in the order in which the pack writes', () => {
  const [a, b] = [
    [0, 0, 0, 0],
    [1, 1, 1, 1],
  ];
  const half = (tokens: PackManifest['tokens']) => interpolationOf({ tokens }, a, b)[packComparisonStrides / 2]!.codes;
  expect(half(timestep)).toEqual([0, 0, 1, 1]);
  expect(half(raster)).toEqual([1, 1, 0, 0]);
  expect(interpolationWords({ tokens: timestep })).toBe('coarse tokens first');
  expect(interpolationWords({ tokens: raster })).toBe('cell by cell from the top left');
  expect(interpolationWords({ tokens: { ...raster, generationOrder: 'coarse-to-fine' } })).toMatch(/from the end/);
  expect(interpolationWords({ tokens: { ...timestep, generationOrder: 'fine-to-coarse' } })).toBe('fine tokens first');
});

it('names what keeps two packs from being compared number by number', () => {
  expect(unlikeness(described(timestep), described(raster))).toEqual([]);
  const other = described({ ...timestep, count: 8, codebookSize: 20 }, 64);
  const found = unlikeness(described(timestep), other);
  expect(found).toHaveLength(3);
  expect(found.join(' ')).toMatch(/K differs, 4 and 8.*10 and 20 codes.*128 × 128 and 64 × 64/);
});

it('PSNR counts colours, not opacity', () => {
  const grey = (value: number, alpha: number) => ({
    width: 1,
    height: 1,
    data: Uint8Array.of(value, value, value, alpha),
  });
  expect(signalToNoise(grey(100, 255), grey(100, 0))).toBeNull();
  expect(signalToNoise(grey(0, 255), grey(255, 255))).toBeCloseTo(0);
  expect(signalToNoise(grey(100, 255), grey(125.5, 255))).toBeCloseTo(20, 0);
});
