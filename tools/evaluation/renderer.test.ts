import { expect, it } from 'vitest';
import { toRaster } from './renderer.js';

it('turns planes in the pack’s range into pixels, and cuts what lies outside it', () => {
  const planes = Float32Array.of(-1, 1, 0, 3, -9, 0.5);
  const { width, height, data } = toRaster(planes, { width: 2, height: 1, range: [-1, 1] });
  expect([width, height]).toEqual([2, 1]);
  expect([...data]).toEqual([0, 128, 0, 255, 255, 255, 191, 255]);
});
