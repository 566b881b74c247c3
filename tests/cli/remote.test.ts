/** Commands whose graphs run on servers: real engines, the real pack, two stand-ins that run it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeImage } from '../../src/main/storage/images/images.js';
import { packOnServers, type PackOnServers } from '../fakes/pack-on-servers.js';
import { jsonLines } from './command-line.js';
import { runHere } from './same-process.js';

let cwd = '';
let servers: PackOnServers;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'ddt-remote-cli-'));
  servers = await packOnServers();
});
afterAll(async () => {
  await servers.close();
  rmSync(cwd, { recursive: true, force: true });
});

const grid = (out: string) => ['grid', 'a red circle', '--x', 'seed=1-4', '--y', 'steps=1,2', '--out', out];
const pixels = (name: string) => decodeImage(readFileSync(join(cwd, name))).data;

it('a grid over two servers, of which one dies in the middle, has every cell once and the same pixels', async () => {
  const [dying, lasting] = [await servers.serve(), await servers.serve()];
  try {
    const watch = setInterval(() => {
      if ((dying.rows['decoder'] ?? 0) > 6) void dying.stop();
    }, 5);
    const both = ['--remote', dying.url, '--remote', lasting.url];
    const { code, stdout, stderr } = await runHere([...grid('remote.png'), ...both, '--json'], { cwd });
    clearInterval(watch);
    expect([code, stderr]).toEqual([0, '']);
    const cells = jsonLines({ code, stdout, stderr }).filter(({ type }) => type === 'cell');
    expect(cells.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect((await runHere(grid('here.png'), { cwd })).code).toBe(0);
    const [far, near] = [pixels('remote.png'), pixels('here.png')];
    expect(far).toHaveLength(near.length);
    expect(far.reduce((most, byte, at) => Math.max(most, Math.abs(byte - near[at]!)), 0)).toBeLessThanOrEqual(2);
  } finally {
    await Promise.all([dying.stop(), lasting.stop()]);
  }
}, 60_000);

it('a server that cannot be used is one sentence with a way out', async () => {
  const { code, stderr } = await runHere([...grid('none.png'), '--remote', '127.0.0.1:9'], { cwd });
  expect(code).toBe(1);
  expect(stderr).toContain(
    'The server http://127.0.0.1:9 cannot be reached for its description: nothing listens there.',
  );
  const wrong = await runHere([...grid('none.png'), '--remote', 'ftp://box'], { cwd });
  expect(wrong.code).toBe(2);
});
