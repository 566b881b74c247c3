import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StudioEvent } from '../../shared/contract/events.js';
import { writeFakePack } from '../../../tests/fakes/fake-pack.js';
import type { WindowDesktop } from '../studio/window-desktop.js';
import { PackInstallations } from './pack-installations.js';

let folder: string;
let packs: string;
let source: string;
let inUse: string | null;
let installations: PackInstallations;
let events: StudioEvent[];
let client: { sendEvent: (event: StudioEvent) => void; desktop?: WindowDesktop };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'installations-'));
  packs = join(folder, 'packs');
  source = writeFakePack(join(folder, 'from'), { name: 'fake', version: '1.0.0' });
  inUse = null;
  events = [];
  client = { sendEvent: (event) => void events.push(event) };
  installations = new PackInstallations({ packs, inUse: () => inUse });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const offer = async () => (await installations.methods.offerPack(client, { place: { path: source } }))!;
const install = async (ticket: string) => installations.methods.installPack(client, { ticket });
const there = () => (existsSync(packs) ? readdirSync(packs) : []);

test('what is offered is installed once, told about, listed and removed', async () => {
  const offered = await offer();
  expect(offered).toMatchObject({ id: 'fake@1.0.0', isInstalled: false });
  expect(there()).toEqual([]);
  expect(await install(offered.ticket)).toEqual({ id: 'fake@1.0.0' });
  expect(events.at(-1)).toMatchObject({ channel: 'pack-installation', progress: { phase: 'verifying' } });
  await expect(install(offered.ticket)).rejects.toMatchObject({ code: 'not-found' });
  expect(await installations.methods.installedPacks(client, {})).toEqual(['fake@1.0.0']);
  await installations.methods.removePack(client, { id: 'fake@1.0.0' });
  expect(there()).toEqual([]);
});

test('a pack that has changed since it was offered is not installed', async () => {
  const { ticket } = await offer();
  writeFakePack(source, { name: 'fake', version: '1.0.0', description: 'Something else.' });
  await expect(install(ticket)).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('changed'),
  });
  expect(there()).toEqual([]);
});

test('the pack in use is neither replaced nor removed; another one is replaced', async () => {
  await install((await offer()).ticket);
  expect((await offer()).isInstalled).toBe(true);
  inUse = join(packs, 'fake-1.0.0');
  await expect(install((await offer()).ticket)).rejects.toMatchObject({ message: 'fake@1.0.0 is in use.' });
  await expect(async () => installations.methods.removePack(client, { id: 'fake@1.0.0' })).rejects.toMatchObject({
    message: 'fake@1.0.0 is in use.',
  });
  inUse = null;
  writeFileSync(join(packs, 'fake-1.0.0', 'stray'), '');
  await install((await offer()).ticket);
  expect(readdirSync(join(packs, 'fake-1.0.0'))).not.toContain('stray');
});

test('one at a time; a window that stops it, or is gone, leaves nothing', async () => {
  const { ticket } = await offer();
  const other = { sendEvent: () => undefined };
  const second = (await installations.methods.offerPack(other, { place: { path: source } }))!;
  const first = install(ticket);
  await expect(async () => installations.methods.installPack(other, { ticket: second.ticket })).rejects.toMatchObject({
    message: 'A pack is being installed already.',
  });
  expect(installations.stop(other)).toBe(false);
  expect(installations.stop(client)).toBe(true);
  await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  expect(there()).toEqual([]);
});

test('a place comes from the desktop’s dialog where there is one, and only there', async () => {
  await expect(async () => installations.methods.offerPack(client, { place: { ask: 'zip' } })).rejects.toMatchObject({
    code: 'bad-request',
  });
  const asked: string[] = [];
  const choose = (title: string) => {
    asked.push(title);
    return Promise.resolve(asked.length === 1 ? source : null);
  };
  const desktop = { chooseFolder: choose, chooseZip: choose } as unknown as WindowDesktop;
  const window = { ...client, desktop };
  await expect(async () => installations.methods.offerPack(window, { place: { path: source } })).rejects.toMatchObject({
    code: 'bad-request',
  });
  expect(await installations.methods.offerPack(window, { place: { ask: 'folder' } })).toMatchObject({
    id: 'fake@1.0.0',
  });
  expect(await installations.methods.offerPack(window, { place: { ask: 'zip' } })).toBeNull();
  expect(asked).toEqual(['Install the pack in this folder', 'Install the pack in this zip file']);
  mkdirSync(join(folder, 'empty'));
  await expect(async () =>
    installations.methods.offerPack(client, { place: { path: join(folder, 'empty') } }),
  ).rejects.toMatchObject({ code: 'pack-missing' });
});
