import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GifWriter } from './gif.js';
import type { RasterImage } from './images.js';
import { ColourCount, NearestColour } from './colour-palette.js';
import { runs } from '../../../tests/property-runs.js';

/** What a viewer shows after each frame, as palette indices, with the delays in hundredths of a second. */
function play(file: Uint8Array): {
  width: number;
  height: number;
  frames: number[][];
  delays: number[];
  palette: Uint8Array;
} {
  const word = (at: number) => file[at]! | (file[at + 1]! << 8);
  const [width, height] = [word(6), word(8)];
  const palette = file.subarray(13, 13 + 768);
  const screen = new Array<number>(width * height).fill(0);
  const frames: number[][] = [];
  const delays: number[] = [];
  let at = 13 + 768;
  let transparent = -1;
  for (;;) {
    const kind = file[at++]!;
    if (kind === 0x3b) return { width, height, frames, delays, palette };
    if (kind === 0x21) {
      const label = file[at++]!;
      if (label === 0xf9) {
        delays.push(word(at + 2));
        transparent = (file[at + 1]! & 1) === 1 ? file[at + 4]! : -1;
      }
      while (file[at] !== 0) at += file[at]! + 1;
      at++;
      continue;
    }
    expect(kind).toBe(0x2c);
    const area = { left: word(at), top: word(at + 2), width: word(at + 4), height: word(at + 6) };
    at += 9;
    const smallest = file[at++]!;
    const data: number[] = [];
    while (file[at] !== 0) {
      data.push(...file.subarray(at + 1, at + 1 + file[at]!));
      at += file[at]! + 1;
    }
    at++;
    const indices = expand(data, smallest);
    expect(indices).toHaveLength(area.width * area.height);
    indices.forEach((index, pixel) => {
      const place = (area.top + Math.floor(pixel / area.width)) * width + area.left + (pixel % area.width);
      if (index !== transparent) screen[place] = index;
    });
    frames.push([...screen]);
  }
}

/** The reader's side of the compression, written from the format's description. */
function expand(data: number[], smallest: number): number[] {
  const clear = 1 << smallest;
  const output: number[] = [];
  let [bit, width] = [0, smallest + 1];
  let strings: number[][] = [];
  let previous: number[] | null = null;
  for (;;) {
    let code = 0;
    for (let place = 0; place < width; place++, bit++) code |= ((data[bit >> 3]! >> (bit & 7)) & 1) << place;
    if (code === clear) {
      strings = Array.from({ length: clear + 2 }, (_, index) => [index]);
      width = smallest + 1;
      previous = null;
      continue;
    }
    if (code === clear + 1) return output;
    const string: number[] = strings[code] ?? [...previous!, previous![0]!];
    output.push(...string);
    if (previous !== null && strings.length < 4096) strings.push([...previous, string[0]!]);
    if (strings.length === 1 << width && width < 12) width++;
    previous = string;
  }
}

/** Colours 0…n-1 of a grey palette, one for each pixel. */
const greys = Uint8Array.from({ length: 3 * 32 }, (_, at) => 8 * Math.floor(at / 3));
function picture(width: number, height: number, indices: readonly number[]): RasterImage {
  const data = new Uint8Array(4 * width * height);
  indices.forEach((index, pixel) => data.set([8 * index, 8 * index, 8 * index, 255], 4 * pixel));
  return { width, height, data };
}

it('plays back exactly what was written', () => {
  const film = fc.integer({ min: 1, max: 40 }).chain((width) =>
    fc.integer({ min: 1, max: 40 }).chain((height) => {
      const frame = fc.array(fc.integer({ min: 0, max: 31 }), { minLength: width * height, maxLength: width * height });
      return fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        frames: fc.array(frame, { minLength: 1, maxLength: 4 }),
      });
    }),
  );
  fc.assert(
    fc.property(film, ({ width, height, frames }) => {
      const writer = new GifWriter(width, height, greys);
      for (const frame of frames) writer.add(picture(width, height, frame), 100);
      const played = play(writer.finish());
      expect([played.width, played.height]).toEqual([width, height]);
      expect(played.frames).toEqual(frames);
    }),
    { numRuns: runs(60) },
  );
});

it('survives tables that run full: large noise, and large flat areas', () => {
  const [width, height] = [300, 200];
  let state = 1;
  const noise = Array.from({ length: width * height }, () => (state = (state * 48271) % 2147483647) % 32);
  const flat = noise.map(() => 3);
  const writer = new GifWriter(width, height, greys);
  for (const frame of [noise, flat, flat]) writer.add(picture(width, height, frame), 40);
  const played = play(writer.finish());
  expect(played.frames).toEqual([noise, flat, flat]);
  expect(played.delays).toEqual([4, 4, 4]);
});

it('writes little for a frame that hardly changes', () => {
  const indices = Array.from({ length: 100 * 100 }, (_, at) => (at * 7) % 32);
  const writer = new GifWriter(100, 100, greys);
  writer.add(picture(100, 100, indices), 100);
  const before = writer.finish().length;
  const again = new GifWriter(100, 100, greys);
  again.add(picture(100, 100, indices), 100);
  again.add(picture(100, 100, indices.with(5050, 31)), 100);
  expect(again.finish().length - before).toBeLessThan(32);
});

it('keeps up to as many colours as there are exactly', () => {
  const count = new ColourCount();
  count.add(
    picture(
      32,
      1,
      Array.from({ length: 32 }, (_, index) => index),
    ),
  );
  const palette = count.palette(255);
  expect(palette).toHaveLength(3 * 32);
  expect([...palette].sort((a, b) => a - b)).toEqual([...greys]);
});

it('reduces many colours to few, close to what they were', () => {
  const side = 64;
  const data = new Uint8Array(4 * side * side);
  for (let pixel = 0; pixel < side * side; pixel++) {
    data.set([4 * (pixel % side), 4 * Math.floor(pixel / side), 128, 255], 4 * pixel);
  }
  const count = new ColourCount();
  count.add({ width: side, height: side, data });
  const palette = count.palette(64);
  expect(palette.length).toBeLessThanOrEqual(3 * 64);
  const nearest = new NearestColour(palette);
  let worst = 0;
  for (let at = 0; at < data.length; at += 4) {
    const index = nearest.of(data[at]!, data[at + 1]!, data[at + 2]!);
    for (let channel = 0; channel < 3; channel++) {
      worst = Math.max(worst, Math.abs(palette[3 * index + channel]! - data[at + channel]!));
    }
  }
  expect(worst).toBeLessThan(40);
});

it('has a colour even for nothing', () => {
  expect(new ColourCount().palette(255)).toEqual(new Uint8Array(3));
});
