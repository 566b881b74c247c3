import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gpuReport, type GpuFacts } from './gpu-report.js';

let driverFolder = '';
beforeEach(() => {
  driverFolder = mkdtempSync(join(tmpdir(), 'ddt-driver-'));
});
afterEach(() => rmSync(driverFolder, { recursive: true, force: true }));

function driver(version: string, card = 'NVIDIA GeForce RTX 4090'): void {
  const place = join(driverFolder, 'gpus', '0000:01:00.0');
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'information'), `Model: \t\t ${card}\nIRQ: 1\n`);
  const line = `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  ${version}  Release Build\n`;
  writeFileSync(join(driverFolder, 'version'), `${line}GCC version: gcc 14.2.0\n`);
}

const facts = (changes: Partial<GpuFacts> = {}): GpuFacts => ({
  runtime: '1.30.0',
  installed: null,
  arch: 'x64',
  driverFolder,
  providers: {
    backends: ['cpu', 'webgpu', 'cuda'].map((name) => ({ name, bundled: name !== 'cuda' })),
    added: [],
    graphicsDevice: true,
    platform: 'linux',
  },
  ...changes,
});

test('a card with a new driver and no libraries: what is missing, and the command that brings it', async () => {
  driver('580.95.05');
  const report = await gpuReport(facts());
  expect(report).toMatchObject({
    cards: [{ id: 'cuda:0', name: 'NVIDIA GeForce RTX 4090' }],
    driver: '580.95.05',
    providers: [
      { provider: 'cuda', obstacle: expect.stringContaining('libonnxruntime_providers_cuda.so') as string },
      { provider: 'webgpu', obstacle: null },
      { provider: 'cpu', obstacle: null },
    ],
  });
  expect(report.advice).toContain('ddt-studio gpu install');
});

test('with CUDA installed nothing stands in its way', async () => {
  driver('595.58.03');
  const { providers } = facts();
  const report = await gpuReport(
    facts({ installed: '/data/gpu/1.30.0', providers: { ...providers, added: ['cuda'] } }),
  );
  expect(report.providers[0]).toEqual({ provider: 'cuda', obstacle: null });
  expect(report.advice).toMatch(/is installed/);
});

test('too old a driver is named with the version that is needed', async () => {
  driver('535.183.01');
  expect((await gpuReport(facts())).advice).toMatch(/535\.183\.01.*580 or newer/);
});

test('without a card, and on other systems, it says what takes its place', async () => {
  expect(await gpuReport(facts())).toMatchObject({ driver: null, cards: [] });
  expect((await gpuReport(facts())).advice).toMatch(/shows no card/);
  const on = async (platform: NodeJS.Platform, arch = 'x64') =>
    (await gpuReport(facts({ arch, providers: { ...facts().providers, platform } }))).advice;
  expect(await on('win32')).toContain('DirectML');
  expect(await on('darwin', 'arm64')).toContain('Core ML');
  expect(await on('linux', 'arm64')).toContain('no CUDA libraries for this processor');
});
