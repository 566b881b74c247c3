import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  added,
  composite,
  covered,
  effectiveMask,
  feathered,
  grown,
  imageFromMask,
  inverted,
  isEmpty,
  maskFromImage,
  maskSizeFor,
  removed,
  resized,
  type Mask,
} from './mask.js';

it('knows which share of it is covered', () => {
  expect(covered({ width: 2, height: 2, data: Uint8Array.of(255, 0, 0, 51) })).toBeCloseTo(0.3, 9);
  expect(covered({ width: 0, height: 0, data: new Uint8Array() })).toBe(0);
});

const side = fc.integer({ min: 1, max: 14 });
/** Mostly hard edges, as people paint them. */
const coverage = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 255) }, fc.integer({ min: 0, max: 255 }));
const masks = fc
  .tuple(side, side)
  .chain(([width, height]) =>
    fc
      .array(coverage, { minLength: width * height, maxLength: width * height })
      .map((values): Mask => ({ width, height, data: Uint8Array.from(values) })),
  );
const radius = fc.integer({ min: 0, max: 9 });

/** Chebyshev distance from a pixel to the nearest one with any coverage. */
function squareDistance({ width, height, data }: Mask, x: number, y: number): number {
  let nearest = Infinity;
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      if (data[row * width + column]! > 0)
        nearest = Math.min(nearest, Math.max(Math.abs(row - y), Math.abs(column - x)));
  return nearest;
}

describe('mask settings', () => {
  it('feathering reaches exactly as far as it says, and not a pixel farther', () => {
    fc.assert(
      fc.property(masks, radius, (mask, by) => {
        const soft = feathered(mask, by);
        for (let y = 0; y < mask.height; y++)
          for (let x = 0; x < mask.width; x++)
            if (squareDistance(mask, x, y) > by) expect(soft.data[y * mask.width + x]).toBe(0);
      }),
    );
    const edge = { width: 9, height: 1, data: Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 0) };
    expect(feathered(edge, 3).data[3]).toBeGreaterThan(0);
    expect(feathered(edge, 3).data[4]).toBe(0);
  });

  it('feathering an inverted mask is inverting a feathered one', () => {
    fc.assert(
      fc.property(masks, radius, (mask, by) => {
        const one = feathered(inverted(mask), by).data;
        const other = inverted(feathered(mask, by)).data;
        one.forEach((value, at) => expect(Math.abs(value - other[at]!)).toBeLessThanOrEqual(1));
      }),
    );
  });

  it('nothing stays nothing and everything stays everything', () => {
    fc.assert(
      fc.property(
        side,
        side,
        radius,
        fc.integer({ min: -9, max: 9 }),
        fc.constantFrom(0, 255),
        (w, h, feather, grow, v) => {
          const flat = { width: w, height: h, data: new Uint8Array(w * h).fill(v) };
          expect(effectiveMask(flat, { grow, feather }).data).toEqual(flat.data);
          expect(effectiveMask(flat, { grow, feather }, w * 2, h * 3).data.every((value) => value === v)).toBe(true);
        },
      ),
    );
  });

  it('growing covers every pixel within the radius and nothing beyond the next one', () => {
    fc.assert(
      fc.property(masks, radius, (painted, by) => {
        const mask = { ...painted, data: painted.data.map((value) => (value > 127 ? 255 : 0)) };
        const wide = grown(mask, by);
        for (let y = 0; y < mask.height; y++)
          for (let x = 0; x < mask.width; x++) {
            let nearest = Infinity;
            for (let row = 0; row < mask.height; row++)
              for (let column = 0; column < mask.width; column++)
                if (mask.data[row * mask.width + column] === 255)
                  nearest = Math.min(nearest, Math.hypot(row - y, column - x));
            const value = wide.data[y * mask.width + x]!;
            if (nearest <= by) expect(value).toBe(255);
            if (nearest >= by + 1) expect(value).toBe(0);
          }
      }),
    );
  });

  it('growing only adds, narrowing only takes, and both keep their order', () => {
    fc.assert(
      fc.property(masks, radius, (mask, by) => {
        const wide = grown(mask, by).data;
        const narrow = grown(mask, -by).data;
        mask.data.forEach((value, at) => {
          expect(wide[at]).toBeGreaterThanOrEqual(value);
          expect(narrow[at]).toBeLessThanOrEqual(value);
        });
        grown(mask, by + 1).data.forEach((value, at) => expect(value).toBeGreaterThanOrEqual(wide[at]!));
      }),
    );
  });

  it('inverting twice, and reading a mask back from its picture, changes nothing', () => {
    fc.assert(
      fc.property(masks, (mask) => {
        expect(inverted(inverted(mask))).toEqual(mask);
        expect(maskFromImage(imageFromMask(mask))).toEqual(mask);
      }),
    );
  });

  it('what is added and taken away again is gone', () => {
    fc.assert(
      fc.property(masks, (mask) => {
        expect(removed(added(mask, mask), mask).data.every((value) => value <= 127)).toBe(true);
        expect(isEmpty(removed(mask, { ...mask, data: mask.data.map(() => 255) }))).toBe(true);
      }),
    );
  });

  it('a large picture has a smaller mask of its shape', () => {
    expect(maskSizeFor(128, 96)).toEqual({ width: 128, height: 96 });
    expect(maskSizeFor(8192, 4096)).toEqual({ width: 1024, height: 512 });
    expect(maskSizeFor(8192, 1)).toEqual({ width: 1024, height: 1 });
  });

  it('another size keeps the share of the picture that is covered', () => {
    const left = { width: 10, height: 10, data: Uint8Array.from({ length: 100 }, (_, at) => (at % 10 < 5 ? 255 : 0)) };
    for (const [width, height] of [
      [4, 4],
      [30, 20],
      [10, 3],
    ] as const) {
      const other = resized(left, width, height);
      const mean = other.data.reduce((sum, value) => sum + value, 0) / other.data.length;
      expect(mean).toBeCloseTo(127.5, 0);
    }
  });
});

describe('a masked edit', () => {
  const pictures = masks.chain((mask) =>
    fc.record({
      mask: fc.constant(mask),
      base: fc.uint8Array({ minLength: mask.data.length * 4, maxLength: mask.data.length * 4 }),
      edit: fc.uint8Array({ minLength: mask.data.length * 4, maxLength: mask.data.length * 4 }),
      feather: radius,
      grow: fc.integer({ min: -4, max: 4 }),
    }),
  );

  it('leaves every pixel outside the feathered mask bit-identical, and takes the inside from the edit', () => {
    fc.assert(
      fc.property(pictures, ({ mask: painted, base, edit, feather, grow }) => {
        const mask = effectiveMask(painted, { grow, feather });
        const size = { width: mask.width, height: mask.height };
        const opaque = edit.map((value, at) => (at % 4 === 3 ? 255 : value));
        const result = composite({ ...size, data: base }, { ...size, data: opaque }, mask);
        mask.data.forEach((value, pixel) => {
          const range = [4 * pixel, 4 * pixel + 4] as const;
          if (value === 0) expect(result.data.slice(...range)).toEqual(base.slice(...range));
          if (value === 255) expect(result.data.slice(...range)).toEqual(opaque.slice(...range));
        });
      }),
    );
  });

  it('mixes by coverage along the soft edge', () => {
    const one = (value: number) => ({ width: 1, height: 1, data: Uint8Array.of(value, value, value, 255) });
    const half = { width: 1, height: 1, data: Uint8Array.of(51) };
    expect([...composite(one(0), one(200), half).data]).toEqual([40, 40, 40, 255]);
  });
});
