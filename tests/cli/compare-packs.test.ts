import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeImage, encodePng } from '../../src/main/storage/images/images.js';
import { jsonLines } from './command-line.js';
import { runHere } from './same-process.js';

const patience = 240_000;
let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ddt-compare-packs-'));
  for (const [name, value] of [
    ['a', 40],
    ['b', 200],
  ] as const) {
    const data = new Uint8Array(32 * 32 * 4).fill(value);
    writeFileSync(join(cwd, `${name}.png`), encodePng({ width: 32, height: 32, data }));
  }
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

test(
  'two packs on one sheet: every part of both, their curves in the result',
  async () => {
    const pictures = ['--image', 'a.png', '--to', 'b.png', '--steps', '1'];
    const run = await runHere(
      [
        'compare-packs',
        'scenes-128',
        'scenes-128',
        '--prompt',
        'a red circle',
        ...pictures,
        '--out',
        'sheet.png',
        '--json',
      ],
      { cwd },
    );
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    const result = jsonLines(run).at(-1)! as {
      type: string;
      packs: { pack: string; psnr: number; entropy: number[] }[];
    };
    expect(result).toMatchObject({ type: 'result', file: 'sheet.png' });
    const [one, other] = result.packs;
    expect(one).toEqual(other);
    expect(one!.psnr).toBeGreaterThan(5);
    expect(one!.entropy.length).toBeGreaterThan(1);
    const { width, height } = decodeImage(readFileSync(join(cwd, 'sheet.png')));
    expect(width).toBeGreaterThan(1280);
    expect(height).toBeGreaterThan(2 * 128 + 700);
  },
  patience,
);

test(
  'a pack that is not there is named, and no sheet is written',
  async () => {
    const run = await runHere(['compare-packs', 'scenes-128', 'no-such-pack', '--out', 'none.png', '--steps', '1'], {
      cwd,
    });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('no-such-pack');
    expect(existsSync(join(cwd, 'none.png'))).toBe(false);
  },
  patience,
);
