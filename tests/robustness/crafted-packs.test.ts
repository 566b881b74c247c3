/** Packs whose pack.json somebody made up: refused with findings, and never a reason to show no other pack. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listPacks } from '../../src/main/engine/pack/pack.js';
import { parseManifest } from '../../src/main/engine/pack/pack-manifest.js';
import { fakeManifest } from '../fakes/engine-parts.js';
import { runs } from '../property-runs.js';

interface Change {
  place: string[];
  change: string;
  name: string;
  value: Json;
}
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const files = ['encoder.onnx', 'decoder.onnx', 'lm.onnx', 'tokenizer.json'];
const sound = JSON.parse(
  JSON.stringify(fakeManifest({ files: files.map((path) => ({ path, bytes: 1, sha256: '0'.repeat(64) })) })),
) as Json;
const names = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'length',
  'name',
  'files',
  'path',
  '..',
  '\u202e',
  'a\nb',
];
const values: fc.Arbitrary<Json> = fc.oneof(
  fc.jsonValue() as fc.Arbitrary<Json>,
  fc.constantFrom<Json>(1e9, -1, 1.5, 1e308, '', '../../etc/passwd', 'C:\\x', 'x'.repeat(100_000), [], {}, null),
  fc.constantFrom(...names),
);

/** The steps to somewhere in a value. */
function placesIn(value: Json, above: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [above];
  return [above, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...above, key]))];
}
const places = placesIn(sound).filter((steps) => steps.length > 0);

const changes = fc.array(
  fc.record({
    place: fc.constantFrom(...places),
    change: fc.constantFrom('replace', 'remove', 'add'),
    name: fc.oneof(fc.constantFrom(...names), fc.string()),
    value: values,
  }),
  { minLength: 1, maxLength: 4 },
);

function changed(all: readonly Change[]): string {
  const manifest = structuredClone(sound);
  for (const { place, change, name, value } of all) {
    let at = manifest as Record<string, Json>;
    for (const step of place.slice(0, -1)) {
      const inner = at[step];
      if (typeof inner !== 'object' || inner === null) break;
      at = inner as Record<string, Json>;
    }
    const last = change === 'add' ? name : place.at(-1)!;
    if (Array.isArray(at) && last === 'length') continue;
    if (change === 'remove') delete at[last];
    // A value of its own: another change may lead into it.
    else
      Object.defineProperty(at, last, {
        value: structuredClone(value),
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return JSON.stringify(manifest);
}

/** Deep, cut off, or with some letters of it others. */
const texts = fc.oneof(
  { weight: 6, arbitrary: changes.map(changed) },
  {
    weight: 1,
    arbitrary: fc.nat(JSON.stringify(sound).length).map((length) => JSON.stringify(sound).slice(0, length)),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 20_000 }).map((depth) => '{"a":['.repeat(depth) + ']}'.repeat(depth)),
  },
  { weight: 1, arbitrary: fc.string() },
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-packs-'));
  for (const name of ['good', 'bad']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'good', 'pack.json'), JSON.stringify(sound));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('any pack.json is a manifest or a list of findings, and hides no other pack', async () => {
  const counts = { taken: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const parsed = parseManifest(text);
      if (Array.isArray(parsed)) {
        counts.refused++;
        expect(parsed.length).toBeGreaterThan(0);
        for (const finding of parsed) expect(finding).toMatchObject({ file: 'pack.json', rule: expect.any(String) });
      } else counts.taken++;
      writeFileSync(join(folder, 'bad', 'pack.json'), text);
      const listed = await listPacks([folder]);
      expect(listed.map(({ directory }) => directory)).toContain(join(folder, 'good'));
      expect(listed).toHaveLength(Array.isArray(parsed) ? 1 : 2);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    }),
    { numRuns: runs(200) },
  );
  expect(counts.refused).toBeGreaterThan(counts.taken);
});
