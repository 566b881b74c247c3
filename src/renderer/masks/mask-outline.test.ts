import fc from 'fast-check';
import { expect, it } from 'vitest';
import { maskOutline } from './mask-outline.js';

const maskOf = (...rows: string[]) => ({
  width: rows[0]!.length,
  height: rows.length,
  data: Uint8Array.from(rows.join(''), (sign) => (sign === '#' ? 255 : 0)),
});

it('runs once around what is covered, and around its holes', () => {
  expect(maskOutline(maskOf('....', '.##.', '....'))).toBe('M1 1L3 1L3 2L1 2Z');
  expect(maskOutline(maskOf('...'))).toBe('');
  expect(maskOutline(maskOf('###', '#.#', '###')).match(/M/g)).toHaveLength(2);
});

it('encloses exactly the covered pixels, whatever their shape', () => {
  const masks = fc
    .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }))
    .chain(([width, height]) =>
      fc
        .array(fc.constantFrom(0, 100, 128, 255), { minLength: width * height, maxLength: width * height })
        .map((values) => ({ width, height, data: Uint8Array.from(values) })),
    );
  fc.assert(
    fc.property(masks, (mask) => {
      const loops = [...maskOutline(mask).matchAll(/M([^Z]+)Z/g)].map((match) =>
        match[1]!.split('L').map((pair) => pair.split(' ').map(Number) as [number, number]),
      );
      for (let y = 0; y < mask.height; y++)
        for (let x = 0; x < mask.width; x++) {
          // Even-odd: how many vertical edges lie to the right of the pixel's middle.
          let crossings = 0;
          for (const loop of loops)
            loop.forEach(([ax, ay], index) => {
              const [bx, by] = loop[(index + 1) % loop.length]!;
              if (ax === bx && ax > x + 0.5 && Math.min(ay, by) <= y && y < Math.max(ay, by)) crossings++;
            });
          expect(crossings % 2 === 1).toBe(mask.data[y * mask.width + x]! >= 128);
        }
    }),
  );
});
