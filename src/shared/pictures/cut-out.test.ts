import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutOut, paste } from './cut-out.js';

const picture = (width: number, height: number, channels: number) => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * channels }, (_, at) => at % 251),
});

it('cuts out what lies in the rectangle', () => {
  expect(cutOut(picture(3, 2, 1), { x: 1, y: 0, width: 2, height: 2 })).toEqual({
    width: 2,
    height: 2,
    data: Uint8Array.of(1, 2, 4, 5),
  });
});

it('pasted where it was cut out, it changes nothing; elsewhere only its own place', () => {
  const sizes = fc.record({ width: fc.integer({ min: 2, max: 9 }), height: fc.integer({ min: 2, max: 9 }) });
  fc.assert(
    fc.property(sizes, fc.constantFrom(1, 4), ({ width, height }, channels) => {
      const whole = picture(width, height, channels);
      const part = cutOut(whole, { x: 1, y: 1, width: width - 1, height: height - 1 });
      const target = { ...whole, data: whole.data.slice() };
      paste(target, part, 1, 1);
      expect(target).toEqual(whole);
      // Larger than what is left of the target: cut off at its edge.
      const empty = { ...whole, data: new Uint8Array(whole.data.length) };
      paste(empty, { ...whole, data: new Uint8Array(whole.data.length).fill(9) }, 1, 1);
      expect(empty.data.filter((value) => value === 9)).toHaveLength((width - 1) * (height - 1) * channels);
      expect(empty.data[0]).toBe(0);
    }),
  );
});
