/** Without the real servers: that they are passed over with a reason, and what is written for them. `remote-proof` runs them. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort, startProcess } from './real-servers.js';
import { mlserver } from './mlserver.js';
import { triton } from './triton.js';

const hash = 'a'.repeat(64);
let folder: string;
let version: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-real-servers-'));
  version = join(folder, 'scenes-128-decoder', '1');
  mkdirSync(version, { recursive: true });
  const config = 'backend: "onnxruntime"\ninstance_group [ { count: 1 kind: KIND_AUTO } ]\n';
  writeFileSync(join(version, '..', 'config.pbtxt'), config);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['nvidia-pytriton', triton],
  ['mlserver', mlserver],
])('where %s is not installed the reason says how to', (name, kind) => {
  expect(kind.fault(folder)).toMatch(new RegExp(`is not there: .*pip install ${name} onnxruntime\\.$`));
});

test('MLServer gets each model with the pack’s hash, and no port for metrics', async () => {
  await mlserver.prepare(folder, hash);
  const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
  expect(read('scenes-128-decoder', 'model-settings.json')).toEqual({
    name: 'scenes-128-decoder',
    implementation: 'mlserver_runtime.PackGraph',
    parameters: { uri: './1/model.onnx', extra: { ddt_pack_sha256: hash } },
  });
  expect(read('settings.json')).toMatchObject({ host: '127.0.0.1', parallel_workers: 0, metrics_endpoint: null });
});

test('Triton gets its Python backend and keeps the rest of the configuration', async () => {
  await triton.prepare(folder, hash);
  expect(readFileSync(join(version, '..', 'config.pbtxt'), 'utf8')).toBe(
    'backend: "python"\ninstance_group [ { count: 1 kind: KIND_CPU } ]\n',
  );
  expect(existsSync(join(version, 'model.py'))).toBe(true);
});

test('a server that ends before it is ready says its last words', async () => {
  const starting = startProcess({
    name: 'A server',
    command: process.execPath,
    parameters: ['-e', 'console.error("no such model"); process.exit(3)'],
    environment: {},
    port: await freePort(),
  });
  await expect(starting).rejects.toMatchObject({ code: 'engine-failed', detail: 'no such model\n' });
});

test('a command that is not there is said, too', async () => {
  const nowhere = join(folder, 'nothing');
  const parts = { name: 'A server', command: nowhere, parameters: [], environment: {}, port: await freePort() };
  await expect(startProcess(parts)).rejects.toMatchObject({ detail: expect.stringContaining('ENOENT') as string });
}, 20_000);
