import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listedManifest } from './listed-manifests.js';

let folder: string;
let read: ReturnType<typeof vi.fn<() => Promise<never[]>>>;
const write = (text: string): void => writeFileSync(join(folder, 'pack.json'), text);
const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  folder = mkdtempSync(join(tmpdir(), 'ddt-listed-'));
  read = vi.fn(() => Promise.resolve([]));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

test('a manifest that lay there is read once, however many ask at a time, and again when it changed', async () => {
  write('one');
  later(10_000);
  await Promise.all(Array.from({ length: 100 }, () => listedManifest(folder, read)));
  expect(read).toHaveBeenCalledTimes(1);
  write('another');
  later(10_000);
  await listedManifest(folder, read);
  await listedManifest(folder, read);
  expect(read).toHaveBeenCalledTimes(2);
});

test('one that was just written, or is not there, is read every time', async () => {
  write('one');
  await listedManifest(folder, read);
  await listedManifest(folder, read);
  rmSync(join(folder, 'pack.json'));
  await listedManifest(folder, read);
  expect(read).toHaveBeenCalledTimes(3);
});
