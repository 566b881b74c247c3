import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutTile, TileBlend, tilesOf } from './tiles.js';

const sides = fc.record({
  width: fc.integer({ min: 1, max: 24 }),
  height: fc.integer({ min: 1, max: 24 }),
  side: fc.integer({ min: 1, max: 16 }),
});

test('tiles cover everything, stay inside, are of one size and no larger than asked for', () => {
  fc.assert(
    fc.property(sides, ({ width, height, side }) => {
      const covered = new Uint8Array(width * height);
      for (const tile of tilesOf(width, height, side)) {
        expect([tile.width, tile.height]).toEqual([Math.min(side, width), Math.min(side, height)]);
        expect(tile.x + tile.width <= width && tile.y + tile.height <= height).toBe(true);
        for (let y = tile.y; y < tile.y + tile.height; y++) {
          covered.fill(1, y * width + tile.x, y * width + tile.x + tile.width);
        }
      }
      expect(covered.includes(0)).toBe(false);
    }),
  );
});

test('neighbours overlap by a quarter, where a tile has four cells', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 24 }), fc.integer({ min: 25, max: 100 }), (side, width) => {
      const tiles = tilesOf(width, side, side);
      for (const [at, { x }] of tiles.entries()) {
        if (at > 0) expect(tiles[at - 1]!.x + side - x).toBeGreaterThanOrEqual(Math.round(side / 4));
      }
    }),
  );
});

test('what is cut into tiles and blended is what it was, at any scale', () => {
  const cases = fc.record({ sides, planes: fc.integer({ min: 1, max: 3 }), scale: fc.integer({ min: 1, max: 3 }) });
  fc.assert(
    fc.property(cases, ({ sides: { width, height, side }, planes, scale }) => {
      const values = Float32Array.from({ length: planes * width * height }, (_, at) => ((at * 7919) % 101) - 50);
      const blend = new TileBlend(planes, width * scale, height * scale, scale);
      for (const tile of tilesOf(width, height, side)) {
        const cut = cutTile(values, planes, { width, height }, tile);
        blend.add(enlarged(cut, planes, tile, scale), tile);
      }
      const expected = enlarged(values, planes, { width, height }, scale);
      const farthest = blend.whole.reduce((most, value, at) => Math.max(most, Math.abs(value - expected[at]!)), 0);
      expect(farthest).toBeLessThan(1e-3);
    }),
  );
});

test('where two tiles disagree one fades into the other, without a step', () => {
  const blend = new TileBlend(1, 56, 8, 1);
  const tiles = tilesOf(56, 8, 32);
  expect(tiles.map(({ x }) => x)).toEqual([0, 24]);
  tiles.forEach((tile, at) => blend.add(new Float32Array(32 * 8).fill(at), tile));
  const row = [...blend.whole.subarray(0, 56)];
  expect(row[0]).toBe(0);
  expect(row.at(-1)).toBe(1);
  row.forEach((value, at) => at > 0 && expect(value).toBeGreaterThanOrEqual(row[at - 1]!));
  expect(Math.max(...row.map((value, at) => (at === 0 ? 0 : value - row[at - 1]!)))).toBeLessThan(0.2);
});

/** Each cell as a square of `scale` pixels. */
function enlarged(
  values: Float32Array,
  planes: number,
  { width, height }: { width: number; height: number },
  scale: number,
): Float32Array {
  const large = new Float32Array(planes * width * height * scale * scale);
  for (let at = 0; at < large.length; at++) {
    const x = Math.floor((at % (width * scale)) / scale);
    const row = Math.floor(at / (width * scale));
    const [plane, y] = [Math.floor(row / (height * scale)), Math.floor((row % (height * scale)) / scale)];
    large[at] = values[(plane * height + y) * width + x]!;
  }
  return large;
}
