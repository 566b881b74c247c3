/** The evaluation over two servers, of which one dies in the middle, against the same evaluation on this machine. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PackScore } from '../../src/shared/packs/pack.js';
import { jsonLines, repository, runCommand } from '../cli/command-line.js';
import { packOnServers, type PackOnServers } from '../fakes/pack-on-servers.js';

interface SmallSet {
  images: { file: string };
  scenes: unknown[];
}

const cwd = mkdtempSync(join(tmpdir(), 'ddt-eval-remote-'));
const data = join(cwd, 'few.json');
/** Two of each engine, of which there are two, to each server. */
const goldenRows = 4;
let servers: PackOnServers;

beforeAll(async () => {
  const folder = join(repository, 'resources', 'evaluation');
  const set = JSON.parse(readFileSync(join(folder, 'world-v2.json'), 'utf8')) as SmallSet;
  const few: SmallSet = {
    ...set,
    images: { ...set.images, file: relative(cwd, join(folder, set.images.file)) },
    scenes: set.scenes.slice(0, 2),
  };
  writeFileSync(data, JSON.stringify(few));
  servers = await packOnServers();
});
afterAll(async () => {
  await servers.close();
  rmSync(cwd, { recursive: true, force: true });
});

async function evaluated(...more: string[]): Promise<PackScore[]> {
  const parameters = ['eval', '--data', data, '--only', 'reconstruction', '--json', ...more];
  const run = await runCommand(parameters, { cwd, script: 'tools.mjs' });
  expect([run.code, run.stderr]).toEqual([0, '']);
  return jsonLines(run).at(-1)!['scores'] as PackScore[];
}

it('two servers give the scores of this machine and run every step, though one dies in the middle', async () => {
  const [dying, lasting] = [await servers.serve(), await servers.serve()];
  try {
    const ran = (graph: string): number => (dying.rows[graph] ?? 0) + (lasting.rows[graph] ?? 0);
    let died = false;
    dying.onAnswer = () => {
      // Past the golden questions of both engines, with pictures still to come.
      if ((dying.rows['decoder'] ?? 0) <= goldenRows) return;
      died = true;
      void dying.stop();
    };
    const far = await evaluated('--remote', dying.url, '--remote', lasting.url);
    expect([dying.broken, lasting.broken]).toEqual([[], []]);
    expect(died).toBe(true);
    expect(lasting.rows['decoder']).toBeGreaterThan(goldenRows);
    // Two pictures in 16 steps and twice in one (the pack's own); what dies with its server is run again.
    expect(ran('decoder')).toBeGreaterThanOrEqual(2 * goldenRows + 2 * (16 + 1 + 1));
    expect(ran('encoder')).toBeGreaterThanOrEqual(2);
    const near = await evaluated('--workers', '1');
    expect(far.map(({ measure, count }) => [measure, count])).toEqual(
      near.map(({ measure, count }) => [measure, count]),
    );
    expect(far.length).toBeGreaterThan(3);
    // Shares of so few pictures are the same or far apart; decibels may differ by the rounding of batches.
    for (const [at, { measure, value }] of far.entries()) expect(value, measure).toBeCloseTo(near[at]!.value, 2);
  } finally {
    await Promise.all([dying.stop(), lasting.stop()]);
  }
}, 600_000);
