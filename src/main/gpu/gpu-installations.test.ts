import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StudioEvent } from '../../shared/contract/events.js';
import { cudaComponent, cudaWheel } from '../../../tests/fakes/cuda-wheel.js';
import { nativeFolder } from '../engine/model/runtime-module.js';
import { GpuInstallations, type GpuInstallationsOptions } from './gpu-installations.js';

const version = '9.9.9';
const linux = { system: 'linux', arch: 'x64' } as const;

let folder: string;
let server: Server;
/** Held until it is called: what is fetched waits for it. */
let letGo: (() => void) | null;
let events: StudioEvent[];
let options: GpuInstallationsOptions;
const client = { sendEvent: (event: StudioEvent) => void events.push(event) };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-gpu-window-'));
  events = [];
  letGo = null;
  const module = join(folder, 'studio', 'node_modules', 'onnxruntime-node');
  for (const path of [
    join(module, 'package.json'),
    join(module, 'dist', 'index.js'),
    join(nativeFolder(module), 'libonnxruntime.so.1'),
    join(dirname(module), 'onnxruntime-common', 'package.json'),
  ]) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '{}');
  }
  const card = join(folder, 'driver', 'gpus', '0000:01:00.0');
  mkdirSync(card, { recursive: true });
  writeFileSync(join(card, 'information'), 'Model: \t\t NVIDIA H200\n');
  writeFileSync(
    join(folder, 'driver', 'version'),
    'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build\n',
  );
  server = createServer((_request, response) => {
    if (letGo === null) response.end(cudaWheel);
    else letGo = () => response.end(cudaWheel);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  options = {
    dataDirectory: join(folder, 'data'),
    driverFolder: join(folder, 'driver'),
    platform: linux,
    installation: { address: `http://127.0.0.1:${port}`, components: [cudaComponent], runtime: { module, version } },
  };
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('it is offered with its card, size and licences, installed once, told about, and removed', async () => {
  const { methods } = new GpuInstallations(options);
  expect(await methods.gpuOffer(client, {})).toEqual({
    cards: ['NVIDIA H200'],
    driver: '580.95.05',
    isInstalled: false,
    obstacle: null,
    download: cudaWheel.length,
    size: expect.any(Number) as number,
    licenses: [{ name: 'MIT', address: cudaComponent.terms }],
  });
  await methods.installGpu(client, { agreed: true });
  expect(await methods.gpuOffer(client, {})).toMatchObject({ isInstalled: true });
  const phases = events.flatMap((event) => (event.channel === 'gpu-installation' ? [event.progress.phase] : []));
  expect(new Set(phases)).toEqual(new Set(['fetching', 'unpacking']));
  expect(existsSync(join(options.dataDirectory, 'gpu', version))).toBe(true);
  await methods.removeGpu(client, {});
  expect(await methods.gpuOffer(client, {})).toMatchObject({ isInstalled: false });
  expect(existsSync(join(options.dataDirectory, 'gpu'))).toBe(false);
});

test('a second one waits its turn, only its own window stops it, and stopped is not failed', async () => {
  letGo = () => {};
  const installations = new GpuInstallations(options);
  const { methods } = installations;
  const first = Promise.resolve(methods.installGpu(client, { agreed: true }));
  const outcome = first.then(
    () => 'installed',
    (error: { code: string }) => error.code,
  );
  const other = { sendEvent: () => {} };
  await expect(Promise.resolve().then(() => methods.installGpu(other, { agreed: true }))).rejects.toMatchObject({
    code: 'bad-request',
  });
  await expect(Promise.resolve().then(() => methods.removeGpu(other, {}))).rejects.toMatchObject({
    code: 'bad-request',
  });
  expect(methods.stopInstallingGpu(other, {})).toEqual({ stopped: false });
  expect(methods.stopInstallingGpu(client, {})).toEqual({ stopped: true });
  expect(await outcome).toBe('cancelled');
  expect(await methods.gpuOffer(client, {})).toMatchObject({ isInstalled: false });
  expect(installations.stop()).toBe(false);
});

test('without a card it says what is missing; other systems have nothing to install', async () => {
  rmSync(join(folder, 'driver'), { recursive: true });
  const offer = await new GpuInstallations(options).methods.gpuOffer(client, {});
  expect(offer).toMatchObject({
    cards: [],
    driver: null,
    obstacle: expect.stringContaining('shows no card') as string,
  });
  for (const platform of [
    { system: 'win32', arch: 'x64' },
    { system: 'linux', arch: 'arm64' },
  ] as const) {
    expect(await new GpuInstallations({ ...options, platform }).methods.gpuOffer(client, {})).toBeNull();
  }
});
