import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkFindings } from '../tools/evaluation/findings.js';
import { checkRecord, rewriteCard } from '../tools/evaluation/pack-record.js';
import { unknownWords } from '../src/renderer/composer/unknown-words.js';
import type { PackManifest } from '../src/shared/packs/pack.js';
import { jsonLines, runCommand } from './cli/command-line.js';

const root = join(import.meta.dirname, '..');
const packs = join(root, 'resources', 'packs');
const names = readdirSync(packs).filter((name) => !name.startsWith('.'));
const folder = mkdtempSync(join(tmpdir(), 'ddt-pack-card-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/** Half a minute on two idle cores, far more beside other work. */
const quickTimeout = 900_000;

function manifestOf(directory: string): PackManifest {
  return JSON.parse(readFileSync(join(directory, 'pack.json'), 'utf8')) as PackManifest;
}

it('at least one pack is shipped', () => {
  expect(names.length).toBeGreaterThan(0);
});

describe.each(names)('%s', (name) => {
  const directory = join(packs, name);
  const manifest = manifestOf(directory);
  // A pack may be shipped unmeasured; scores that are not its own may not.
  const measured = manifest.provenance.evaluation !== undefined;

  it('states on its card, in the findings and in pack.json the scores of its own graphs', async () => {
    if (!measured) expect(manifest.provenance.scores).toEqual([]);
    else await checkFindings(await checkRecord(directory), { root, directory });
  });

  it('knows every word of the examples it offers', () => {
    const { prompts, instructions, questions } = manifest.examples;
    const texts = [...prompts, ...instructions, ...questions];
    // One side of a comparison is not there to be asked things.
    if (manifest.purpose === undefined) expect(texts.length).toBeGreaterThan(0);
    expect(texts.flatMap((text) => unknownWords(text, manifest))).toEqual([]);
  });

  it.runIf(measured)(
    'does what its card says, a few of everything measured again',
    async () => {
      const run = await runCommand(['eval', '--quick', '--json', '--workers', '2', '--pack', directory], {
        cwd: folder,
        script: 'tools.mjs',
      });
      expect([run.code, run.stderr]).toEqual([0, '']);
      expect(jsonLines(run).at(-1)).toMatchObject({
        type: 'result',
        quick: true,
        pack: `${manifest.name}@${manifest.version}`,
      });
    },
    quickTimeout,
  );

  it.runIf(measured)(
    'is refused with a card that promises more',
    async () => {
      const boasting = join(folder, name);
      cpSync(directory, boasting, { recursive: true });
      const better = (value: number): number => value + 12;
      const scores = manifest.provenance.scores.map((one) =>
        one.measure === 'reconstruction.psnr'
          ? { ...one, value: better(one.value), interval: [better(one.interval![0]), better(one.interval![1])] }
          : one,
      );
      const boast = { ...manifest, provenance: { ...manifest.provenance, scores } };
      writeFileSync(join(boasting, 'pack.json'), JSON.stringify(boast));
      await rewriteCard(boasting);
      const run = await runCommand(['eval', '--quick', '--only', 'reconstruction', '--pack', boasting], {
        cwd: folder,
        script: 'tools.mjs',
      });
      expect(run.code).toBe(1);
      expect(run.stderr).toMatch(/does not do what its card says: reconstruction\.psnr is/);
    },
    quickTimeout,
  );
});
