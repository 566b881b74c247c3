import { expect, it } from 'vitest';
import type { TimelinePosition } from '../../../shared/contract/events.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { animationFrame, thinned, timelineAnimation } from './animation.js';

const labels = { title: 'a red circle', subtitle: 'pack p@1, seed 7', count: 4 };

function flat(value: number, width = 8, height = 4): RasterImage {
  return { width, height, data: new Uint8Array(4 * width * height).fill(value) };
}

function positionAt(index: number, t: number, share?: number): TimelinePosition {
  const shares =
    share === undefined ? {} : { background: share, layout: share, colour: share, shape: share, texture: share };
  return {
    index,
    t,
    visibleTokens: Math.round(4 * t),
    noised: flat(250),
    alone: flat(200),
    restored: flat(150),
    ...(share === undefined ? {} : { shares: shares as NonNullable<TimelinePosition['shares']> }),
  };
}

it('is a GIF with a frame for each position', () => {
  const file = timelineAnimation([positionAt(0, 0), positionAt(1, 0.5), positionAt(2, 1)], labels);
  expect(new TextDecoder().decode(file.subarray(0, 6))).toBe('GIF89a');
  const frames = file.reduce(
    (found, byte, at) => found + Number(byte === 0x21 && file[at + 1] === 0xf9 && file[at + 2] === 4),
    0,
  );
  expect(frames).toBe(3);
});

it('grows the bars with what is there', () => {
  const lit = (share: number) =>
    animationFrame(positionAt(0, 0.5, share), labels).data.reduce((sum, value) => sum + value, 0);
  expect(lit(0.9)).toBeGreaterThan(lit(0.1));
});

it('leaves the bars out where nothing was measured', () => {
  const [without, measured] = [positionAt(0, 0.5), positionAt(0, 0.5, 1)].map((one) => animationFrame(one, labels));
  expect(measured!.height).toBeGreaterThan(without!.height);
  expect(measured!.width).toBe(without!.width);
});

it('thins evenly and keeps both ends', () => {
  expect(thinned([1, 2, 3], 5)).toEqual([1, 2, 3]);
  expect(thinned([0, 1, 2, 3, 4, 5, 6, 7, 8], 5)).toEqual([0, 2, 4, 6, 8]);
});
