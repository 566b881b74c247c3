import { describe, expect, test } from 'vitest';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { radialPower } from './spectrum.js';

function grey(width: number, height: number, value: (x: number, y: number) => number): RasterImage {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      data.fill(Math.round(255 * value(x, y)), 4 * (y * width + x), 4 * (y * width + x) + 3);
  }
  return { width, height, data };
}

const largest = (power: readonly number[]): number => power.indexOf(Math.max(...power));

describe('radialPower', () => {
  test.each([
    ['across', (x: number) => x / 64],
    ['down', (_: number, y: number) => y / 64],
  ])('a wave of 12 cycles %s has its power at 12', (_name, phase) => {
    const power = radialPower(grey(64, 64, (x, y) => 0.5 + 0.4 * Math.sin(2 * Math.PI * 12 * phase(x, y))));
    expect(power).toHaveLength(33);
    expect(largest(power)).toBe(12);
    expect(power[24]!).toBeLessThan(power[12]! / 1e4);
  });

  test('any size: odd sides, and cycles count along the shorter side', () => {
    expect(largest(radialPower(grey(45, 45, (x) => 0.5 + 0.4 * Math.sin((2 * Math.PI * 9 * x) / 45))))).toBe(9);
    expect(largest(radialPower(grey(96, 48, (x) => 0.5 + 0.4 * Math.sin((2 * Math.PI * 20 * x) / 96))))).toBe(10);
    expect(radialPower(grey(1, 1, () => 1))).toEqual([0]);
  });

  test('a flat picture has no power, a contrast half as strong a quarter of it', () => {
    expect(Math.max(...radialPower(grey(32, 32, () => 0.7)))).toBeLessThan(1e-20);
    const wave = (strength: number) =>
      radialPower(grey(64, 64, (x) => 0.5 + strength * Math.sin((2 * Math.PI * 8 * x) / 64)));
    expect(wave(0.4)[8]! / wave(0.2)[8]!).toBeCloseTo(4, 1);
  });
});
