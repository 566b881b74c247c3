/** `edit --mask` of the command line: through the real engine and pack, file to file. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeImage, encodePng } from '../../src/main/storage/images/images.js';
import { jsonLines } from './command-line.js';
import { runHere } from './same-process.js';

/** Not the pack's shape: what the model cannot see stays as well. */
const [width, height] = [150, 100];
let cwd = '';
const read = (name: string) => decodeImage(readFileSync(join(cwd, name)));
const picture = (value: (x: number, y: number, channel: number) => number, size = width) => ({
  width: size,
  height,
  data: Uint8Array.from({ length: size * height * 4 }, (_, at) =>
    at % 4 === 3 ? 255 : value((at >> 2) % size, Math.floor((at >> 2) / size), at % 4),
  ),
});

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ddt-cli-mask-'));
  writeFileSync(join(cwd, 'in.png'), encodePng(picture((x, y, channel) => (x * 7 + y * 13 + channel * 40) % 256)));
  writeFileSync(join(cwd, 'mask.png'), encodePng(picture((x, y) => (x < 75 && y >= 40 && y < 60 ? 255 : 0))));
  writeFileSync(join(cwd, 'small.png'), encodePng(picture(() => 255, 10)));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it('changes pixels under the feathered mask and leaves every other one as it is in the file', async () => {
  const common = ['--steps', '2', '--feather', '3', '--grow', '1', '--out', 'out.png', '--json'];
  const run = await runHere(['edit', 'in.png', 'make it blue', '--mask', 'mask.png', ...common], { cwd });
  expect(run.code).toBe(0);
  const [before, after] = [read('in.png'), read('out.png')];
  expect(after).toMatchObject({ width, height });
  let changedInside = 0;
  let outside = 0;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    // The model sees the middle square; grow and feather reach four pixels and the edge of the smoothed rim.
    const reachable = x >= 25 && x < 75 + 5 && y >= 40 - 5 && y < 60 + 5;
    const same = [0, 1, 2, 3].every((channel) => before.data[4 * pixel + channel] === after.data[4 * pixel + channel]);
    if (!reachable) {
      outside++;
      expect(same, `pixel ${x}, ${y}`).toBe(true);
    } else if (!same) changedInside++;
  }
  expect(outside).toBeGreaterThan(10_000);
  expect(changedInside).toBeGreaterThan(500);
  const { images } = jsonLines(run).at(-1) as { images: { check: { outside: number; changedPixels: number } }[] };
  expect(images[0]!.check.outside).toBe(0);
  expect(images[0]!.check.changedPixels).toBeGreaterThan(0.02);
});

it('refuses a mask of another size, and writes nothing', async () => {
  const run = await runHere(['edit', 'in.png', 'make it blue', '--mask', 'small.png', '--out', 'no.png'], { cwd });
  expect(run.code).not.toBe(0);
  expect(run.stderr).toMatch(/10 × 100 pixels, the picture 150 × 100/);
  expect(() => read('no.png')).toThrow();
});
