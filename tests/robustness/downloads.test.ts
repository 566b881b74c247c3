import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bundled } from '../fakes/bundled.js';
import { Downloads } from '../../src/main/studio/downloads.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'ddt-downloads-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const offer = (downloads: Downloads) => downloads.offer('a b.ddt', (path) => writeFileSync(path, 'copy'));

test('an address works once, and what nobody took goes with the studio', () => {
  const downloads = new Downloads(data);
  const [taken, left] = [offer(downloads), offer(downloads)];
  const found = downloads.take(taken)!;
  expect(found.fileName).toBe('a b.ddt');
  expect(downloads.take(taken)).toBeNull();
  const waiting = downloads.take(left)!;
  expect(existsSync(waiting.path)).toBe(true);
  downloads.close();
  expect(existsSync(waiting.path)).toBe(false);
});

test('a second studio that starts and ends leaves the first one’s downloads alone', () => {
  const first = new Downloads(data);
  const address = offer(first);
  const second = new Downloads(data);
  offer(second);
  second.close();
  expect(existsSync(first.take(address)!.path)).toBe(true);
  first.close();
});

test('what a killed studio left goes at the next start', async () => {
  const script = await bundled('downloads', 'src/main/studio/downloads.ts');
  const killed = `const { Downloads } = await import(${JSON.stringify(script)}); const { writeFileSync } = await import('node:fs');
    let made; new Downloads(${JSON.stringify(data)}).offer('x', (path) => writeFileSync((made = path), 'x'));
    console.log(made); process.kill(process.pid, 'SIGKILL')`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', killed], { encoding: 'utf8' });
  expect(existsSync(stdout.trim())).toBe(true);
  new Downloads(data);
  expect(existsSync(stdout.trim())).toBe(false);
});
