import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { recordedSet, siblingSet, worldSet } from './sets.js';

const folder = mkdtempSync(join(tmpdir(), 'ddt-sets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
for (const name of ['world-v1', 'world-v2', 'world-v10', 'examples-v1', 'validation-v11', 'mine']) {
  writeFileSync(join(folder, `${name}.json`), '{}');
}

it('a record names its set', () => {
  expect(recordedSet('world-v1, graphs a97886f2ed25')).toBe('world-v1');
  expect(recordedSet(undefined)).toBeUndefined();
});

it('a pack is judged with the set of its record, one never measured with the newest', async () => {
  expect(await worldSet('world-v1, graphs 1', folder)).toBe(join(folder, 'world-v1.json'));
  expect(await worldSet('mine, graphs 1', folder)).toBe(join(folder, 'mine.json'));
  expect(await worldSet(undefined, folder)).toBe(join(folder, 'world-v10.json'));
});

it('a set that is not there is named, and a record leads nowhere else', async () => {
  await expect(worldSet('world-v3, graphs 1', folder)).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('world-v3') as string,
  });
  writeFileSync(join(folder, '..', 'outside.json'), '{}');
  await expect(worldSet('../outside, graphs 1', folder)).rejects.toMatchObject({ code: 'not-found' });
  rmSync(join(folder, '..', 'outside.json'));
  await expect(worldSet(undefined, join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'not-found' });
});

it('examples and attribute pairs are of the same world as the scenes', async () => {
  expect(await siblingSet('examples', 'world-v1', folder)).toBe(join(folder, 'examples-v1.json'));
  expect(await siblingSet('attributes', 'validation-v2', folder)).toBe(join(folder, 'attributes-v2.json'));
  expect(await siblingSet('attributes', 'mine', folder)).toBe(join(folder, 'attributes-v10.json'));
});
