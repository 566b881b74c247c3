import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLease } from './lease.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddt-lease-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('another process holds the lease until it dies, however it dies', async () => {
  const path = join(directory, 'lease');
  const sqlite = createRequire(import.meta.url).resolve('@photostructure/sqlite');
  const script = `
    const { DatabaseSync } = require(${JSON.stringify(sqlite)});
    const database = new DatabaseSync(${JSON.stringify(path)});
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    console.log('held');
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  expect(takeLease(path)).toBeNull();
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const lease = takeLease(path);
  expect(lease).not.toBeNull();
  expect(takeLease(path)).toBeNull();
  lease!.release();
  const again = takeLease(path);
  expect(again).not.toBeNull();
  again!.release();
});
