/** The bundle as it runs in its own process, over a real channel. */
import { build } from 'esbuild';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FromEngine, ToEngine } from './protocol.js';

const root = join(import.meta.dirname, '../../..');
const packDirectory = join(root, 'resources/packs/scenes-128');
const settings = { steps: 4, tokenGuidance: 1, textGuidance: 2, temperature: 0.7, topK: 50 };
const request = { kind: 'generate', prompt: 'a red circle', seed: 7, variations: 1, settings } as const;

let folder: string;
let entry: string;
let child: ChildProcess;
let received: FromEngine[];

beforeAll(async () => {
  // Inside the repository, so that the packages left out of the bundle are found.
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, 'engine-'));
  entry = join(folder, 'process.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'process.ts')],
    outfile: entry,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(() => {
  received = [];
  child = fork(entry, { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.on('message', (message) => received.push(message as FromEngine));
});

afterEach(async () => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
});

const send = (message: ToEngine) => child.send(message);

async function until<Type extends FromEngine['type']>(
  type: Type,
  count = 1,
): Promise<Extract<FromEngine, { type: Type }>> {
  for (;;) {
    const found = received.filter((message): message is Extract<FromEngine, { type: Type }> => message.type === type);
    if (found.length >= count) return found[count - 1]!;
    await once(child, 'message');
  }
}

describe('the engine’s process', () => {
  test('opens a pack, draws, and sends pixels that survive the channel', async () => {
    send({ type: 'open', packDirectory, providers: ['cpu'], threads: 2 });
    const { ready } = await until('ready');
    expect(ready.provider).toBe('cpu');
    send({ type: 'run', jobId: 'a', request });
    const { result, timing } = await until('done');
    if (result.kind !== 'generate') throw new Error(result.kind);
    expect(result.images[0]!.image.data).toBeInstanceOf(Uint8Array);
    expect(result.images[0]!.image.data).toHaveLength(128 * 128 * 4);
    expect(timing.wallMs).toBeGreaterThanOrEqual(timing.sessionMs);
    expect((await until('memory')).residentBytes).toBeGreaterThan(10_000_000);
  });

  test('hears a cancellation while it computes', async () => {
    send({ type: 'open', packDirectory, providers: ['cpu'], threads: 2 });
    await until('ready');
    send({ type: 'run', jobId: 'long', request: { ...request, settings: { ...settings, steps: 200 } } });
    await until('events');
    send({ type: 'cancel', jobId: 'long' });
    expect(await until('failed')).toMatchObject({ jobId: 'long', error: { code: 'cancelled' } });
    send({ type: 'run', jobId: 'next', request });
    expect(await until('done')).toMatchObject({ jobId: 'next' });
  });

  test('a pack that is missing and messages that are none leave it alive', async () => {
    child.send('nonsense');
    child.send({ type: 'run' });
    child.send({ type: 'run', jobId: 'bad', request: { kind: 'paint' } });
    send({ type: 'open', packDirectory: join(packDirectory, 'nowhere') });
    expect(await until('open-failed')).toMatchObject({ error: { code: 'pack-missing' } });
    send({ type: 'open', packDirectory, providers: ['cpu'] });
    await until('ready');
    child.send({ type: 'run', jobId: 'bad', request: { kind: 'paint' } });
    expect(await until('failed', 2)).toMatchObject({ jobId: 'bad', error: { code: 'bad-request' } });
  });

  test('ends when its parent goes', async () => {
    await until('memory');
    const exited = once(child, 'exit');
    child.disconnect();
    expect((await exited)[0]).toBe(0);
  });
});
