import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fakeManifest } from '../../../tests/fakes/engine-parts.js';
import { makeDiagnostics, type DiagnosticsSource } from './diagnostics.js';
import { openLog } from './log.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'ddt-diagnostics-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const source = (): DiagnosticsSource => ({
  version: '1.2.3',
  host: 'web',
  program: '/opt/studio',
  dataDirectory: data,
  packs: [{ id: 'scenes@1.0.0', directory: join(homedir(), 'packs', 'scenes'), manifest: fakeManifest(), bytes: 7 }],
  engine: {
    state: 'failed',
    provider: 'cpu',
    providerReason: `cuda: ${join(homedir(), 'cuda', 'libcudart.so')} is missing`,
    device: null,
    devices: [],
    graphs: [],
    checking: null,
    remote: null,
    chosenServers: [],
    chosenDevice: null,
    error: { code: 'engine-failed', message: 'Broken.', remedy: 'Again.', detail: join(data, 'packs', 'mine') },
    restarts: 2,
    memory: 5,
  },
});

const opened = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(unzipSync(makeDiagnostics(source(), new Date('2030-01-02')).bytes)).map(([name, bytes]) => [
      name,
      strFromU8(bytes),
    ]),
  );

it('holds versions, machine, engine, packs and logs', () => {
  openLog(data, 'studio').info('Engine: ready');
  openLog(data, 'engine').info('[W:onnxruntime] slow');
  const files = opened();
  expect(Object.keys(files).sort()).toEqual(['README.txt', 'facts.json', 'logs/engine.log', 'logs/studio.log']);
  const facts = JSON.parse(files['facts.json']!) as Record<string, unknown>;
  expect(facts).toMatchObject({
    made: '2030-01-02T00:00:00.000Z',
    version: '1.2.3',
    host: 'web',
    versions: { node: process.versions.node },
    machine: { architecture: process.arch },
    engine: { state: 'failed', provider: 'cpu', providerReason: 'cuda: <path>', restarts: 2 },
    packs: [{ id: 'scenes@1.0.0', bytes: 7 }],
  });
  expect(files['logs/engine.log']).toContain('[W:onnxruntime] slow');
  expect(makeDiagnostics(source(), new Date('2030-01-02')).fileName).toBe('ddt-studio-diagnostics-2030-01-02.zip');
});

it('holds no picture, prompt, name or place of the person', () => {
  const log = openLog(data, 'studio');
  log.error('A picture cannot be shown:', new Error(`${join(data, 'projects', 'Grandma’s birthday.ddt')} is damaged`));
  log.warn('There is no project “Grandma’s birthday” for “a red heart on a cake”.');
  log.warn(`Opened by ${userInfo().username} on ${hostname()} from ${homedir()}`);
  mkdirSync(join(data, 'projects'));
  writeFileSync(join(data, 'projects', 'picture.png'), Uint8Array.of(0x89, 0x50, 0x4e, 0x47));
  writeFileSync(join(data, 'logs', 'picture.png'), Uint8Array.of(0x89, 0x50, 0x4e, 0x47));
  const files = opened();
  expect(Object.keys(files).sort()).toEqual(['README.txt', 'facts.json', 'logs/studio.log']);
  const all = Object.values(files).join('\n');
  for (const own of ['birthday', 'red heart', data, tmpdir(), homedir(), 'PNG', hostname()]) {
    if (own.length >= 3) expect(all).not.toContain(own);
  }
  expect(all).toContain('<path>');
});

it('a data directory without logs has none', () => {
  expect(Object.keys(opened()).sort()).toEqual(['README.txt', 'facts.json']);
});
