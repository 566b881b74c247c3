import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PackManifest } from '../../src/shared/packs/pack.js';
import { checkFindings, writeFindings, type FindingsPlace } from './findings.js';
import { proportion } from './task.js';

const manifest = {
  name: 'tiny',
  version: '1.0.0',
  examples: { prompts: [], instructions: [], questions: [] },
  files: [{ path: 'worst-cases.png', bytes: 1, sha256: 'a' }],
  provenance: {
    evaluation: 'world-v2, graphs 123',
    scores: [proportion('edit.success', [true, false]), proportion('edit.recolour', [true])],
  },
} as unknown as PackManifest;
const page =
  '# Findings\n\nBy hand.\n\n<!-- tiny: written by npm run eval, not by hand -->\n<!-- tiny: end -->\n\nMore.\n';

let place: FindingsPlace;
let path = '';
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'ddt-findings-'));
  place = { root, directory: join(root, 'resources', 'packs', 'tiny') };
  path = join(root, 'docs', 'findings.md');
  mkdirSync(join(root, 'docs'));
  writeFileSync(path, page);
});
afterEach(() => rmSync(place.root, { recursive: true }));

it('writes between the markers and nothing else, the same a second time', async () => {
  expect(await writeFindings(manifest, place)).toBe(true);
  const text = readFileSync(path, 'utf8');
  expect(text.startsWith('# Findings\n\nBy hand.\n')).toBe(true);
  expect(text.endsWith('<!-- tiny: end -->\n\nMore.\n')).toBe(true);
  expect(text).toContain('| Edits that succeed | 0.500 [0.095, 0.905] | 2 | ≥ 0.90 |');
  expect(text).not.toContain('recolour');
  expect(text).toContain('](../resources/packs/tiny/worst-cases.png)');
  await writeFindings(manifest, place);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

it('notices a page that states something else', async () => {
  await expect(checkFindings(manifest, place)).rejects.toThrowError(/findings.md states something else/);
  await writeFindings(manifest, place);
  await expect(checkFindings(manifest, place)).resolves.toBeUndefined();
});

it('leaves alone a page without markers and packs that are not shipped', async () => {
  expect(await writeFindings({ ...manifest, name: 'other' }, place)).toBe(false);
  expect(await writeFindings(manifest, { ...place, directory: join(place.root, 'elsewhere', 'tiny') })).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe(page);
});
