import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkRecord } from '../src/main/cli/evaluation/pack-record.js';
import type { PackManifest } from '../src/shared/pack.js';

const packs = join(import.meta.dirname, '..', 'resources', 'packs');
const names = readdirSync(packs).filter((name) => !name.startsWith('.'));

it('at least one pack is shipped', () => {
  expect(names.length).toBeGreaterThan(0);
});

// A pack may be shipped unmeasured; scores that are not its own may not.
it.each(names)('%s: scores on the card are those of the graphs in the pack', async (name) => {
  const directory = join(packs, name);
  const manifest = JSON.parse(readFileSync(join(directory, 'pack.json'), 'utf8')) as PackManifest;
  if (manifest.provenance.evaluation === undefined) expect(manifest.provenance.scores).toEqual([]);
  else await checkRecord(directory);
});
