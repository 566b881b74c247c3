/** Plans and edits that keep the rest, through the command line and a pack that plans. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeImage } from '../../src/main/storage/images/images.js';
import { readMetadata } from '../../src/main/storage/records/png-metadata.js';
import { writeLatentPack } from '../fakes/latent-pack.js';
import { jsonLines } from './command-line.js';
import { runHere } from './same-process.js';

let cwd = '';
const read = (name: string) => decodeImage(readFileSync(join(cwd, name)));
const recipeOf = (name: string) => readMetadata(readFileSync(join(cwd, name)), read(name))?.recipe;
const run = (...parameters: string[]) => runHere([...parameters, '--pack', 'latent', '--json'], { cwd });

interface Made {
  images: { plan?: string; check?: { region?: number; outside: number | null } }[];
}
const resultOf = async (running: ReturnType<typeof run>) => jsonLines(await running).at(-1) as unknown as Made;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ddt-cli-plan-'));
  writeLatentPack(join(cwd, 'latent'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

let plan = '';
beforeAll(async () => {
  const lines = jsonLines(await run('generate', 'w8 w9', '--out', 'a.png'));
  plan = (lines.at(-1) as unknown as Made).images[0]!.plan!;
  expect(lines.filter(({ type }) => type === 'plan').at(-1)).toMatchObject({ variation: 0, text: plan });
});

it('draws from the model’s plan, which the file remembers and which draws the same again', async () => {
  expect(plan).toMatch(/^w\d+/);
  expect(recipeOf('a.png')).toMatchObject({ text: 'w8 w9', plan });
  const again = await resultOf(run('generate', 'w8 w9', '--plan', plan, '--out', 'again.png'));
  expect(again.images[0]!.plan).toBe(plan);
  expect(Buffer.compare(read('again.png').data, read('a.png').data)).toBe(0);
});

it('draws straight from the words where no plan is wanted', async () => {
  const { images } = await resultOf(run('generate', 'w8 w9', '--no-plan', '--out', 'b.png'));
  expect(images[0]).not.toHaveProperty('plan');
  expect(recipeOf('b.png')).not.toHaveProperty('plan');
});

it('edits only the region it finds, or all of the picture with --whole', async () => {
  const kept = await resultOf(run('edit', 'a.png', 'w9', '--plan', 'w12 w13', '--out', 'kept.png'));
  expect(kept.images[0]).toMatchObject({ plan: 'w12 w13', check: { region: expect.any(Number) as number } });
  expect(recipeOf('kept.png')).toMatchObject({ task: 'edit', plan: 'w12 w13', keepsRest: true });
  const whole = await resultOf(run('edit', 'a.png', 'w9', '--no-plan', '--whole', '--out', 'whole.png'));
  expect(whole.images[0]!.check).not.toHaveProperty('region');
  expect(recipeOf('whole.png')).not.toHaveProperty('keepsRest');
});

it('refuses a plan where the pack has none, with a way out', async () => {
  const command = ['generate', 'a red circle', '--plan', 'x', '--out', 'c.png', '--pack', 'study-timestep'];
  const { code, stderr } = await runHere(command, { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(/cannot plan what it draws.\n.+/);
});
