/** The real engine on the shipped pack, its decoder and encoder on servers: the same jobs, the same pixels. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { drain } from '../../../tests/fakes/engine-parts.js';
import { InferenceServer } from '../../../tests/fakes/inference-server.js';
import { isCancelled } from '../../shared/errors.js';
import { Engine, type EngineOptions } from './engine.js';
import { SessionClock, type Graphs } from './model/graph.js';
import { disposeAll, loadOnnxRuntime, openGraph } from './model/session.js';
import { loadPack, type CheckedPack } from './pack/pack.js';
import type { EngineRequest, ProviderAttempt } from './protocol.js';
import { remoteGraphsOf } from './remote/graphs.js';

const packDirectory = join(import.meta.dirname, '../../../resources/packs/scenes-128');
const settings = { steps: 2, tokenGuidance: 1, textGuidance: 1, temperature: 0.7, topK: 50 };
const generate = { kind: 'generate', prompt: 'a red circle', seed: 7, variations: 3, settings } as const;
const unused = { servers: [{ url: 'http://127.0.0.1:9' }] };

let pack: CheckedPack;
const graphs: Graphs = {};
const ending: (() => Promise<void>)[] = [];

beforeAll(async () => {
  pack = await loadPack(packDirectory);
  const runtime = await loadOnnxRuntime();
  for (const name of remoteGraphsOf(pack.manifest)) {
    graphs[name] = await openGraph(runtime, pack, name, { provider: 'cpu', threads: 1, clock: new SessionClock() });
  }
});
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
afterAll(() => disposeAll(graphs));

async function serve(served: Graphs = graphs): Promise<InferenceServer> {
  const server = await new InferenceServer({ manifest: pack.manifest, graphs: served, maxBatch: 16 }).start();
  ending.push(() => server.stop());
  return server;
}

async function open(options: Partial<EngineOptions>): Promise<Engine> {
  const engine = await Engine.open({ packDirectory, providers: ['cpu'], threads: 1, ...options });
  ending.push(() => engine.dispose());
  return engine;
}

async function pixels(engine: Engine, request: EngineRequest = generate): Promise<number[][]> {
  const { result } = await drain(engine.run(request, new AbortController().signal));
  if (result.result.kind !== 'generate') throw new Error(result.result.kind);
  return result.result.images.map(({ image }) => Array.from(image.data));
}

test('same seed, same pixels, whoever computes them; a server that dies in between costs none', async () => {
  const [first, second] = [await serve(), await serve()];
  const engine = await open({ remote: { servers: [{ url: first.url }, { url: second.url }], orHere: false } });
  expect(engine.ready.provider).toBe('servers');
  expect(engine.ready.attempts.at(-1)!.reason).toMatch(
    /^The graphs decoder(, encoder, vaeEncoder and vaeDecoder| and encoder) of the pack run on/,
  );
  const expected = await pixels(await open({}));
  const found = await pixels(engine);
  await first.stop();
  for (const again of [found, await pixels(engine)]) {
    // A batch of three may round differently from batches of one and two.
    again.forEach((image, index) =>
      expect(Math.max(...image.map((byte, at) => Math.abs(byte - expected[index]![at]!)))).toBeLessThanOrEqual(1),
    );
  }
  const [stopped, lasting] = engine.remoteWork!.servers;
  expect([stopped!.state, lasting!.state]).toEqual(['resting', 'working']);
  expect([first.broken, second.broken]).toEqual([[], []]);
}, 60_000);

test.each(['decoder', 'encoder', 'vaeEncoder', 'vaeDecoder'] as const)(
  'other weights of the %s under the same hash are found out by the pack’s golden vectors',
  async (name) => {
    const sound = graphs[name]!;
    const off: Graphs = {
      ...graphs,
      [name]: {
        ...{ name, inputs: sound.inputs, outputs: sound.outputs, dispose: async () => {} },
        run: async (feeds: Parameters<typeof sound.run>[0]) => {
          const answer = await sound.run(feeds);
          for (const { data } of Object.values(answer)) (data as Float32Array).reverse();
          return answer;
        },
      },
    };
    const server = await serve(off);
    await expect(open({ remote: { servers: [{ url: server.url }], orHere: false } })).rejects.toMatchObject({
      code: 'server-unsuitable',
      message: expect.stringContaining(`answers the pack’s own question to the ${name} graph`) as string,
    });
  },
);

test('where no server can be used this machine works and says why, or that is an error', async () => {
  const attempts: ProviderAttempt[] = [];
  const engine = await open({ remote: { ...unused, orHere: true }, attempts });
  expect(engine.ready.provider).toBe('cpu');
  expect(engine.remoteWork).toBeNull();
  expect(attempts[0]).toEqual({
    provider: 'servers',
    ok: false,
    reason: 'The server http://127.0.0.1:9 cannot be reached for its description: nothing listens there.',
  });
  await expect(open({ remote: { ...unused, orHere: false } })).rejects.toMatchObject({ code: 'server-unreachable' });
});

test('a cancelled job lets go of a server that does not answer', async () => {
  const server = await serve();
  const engine = await open({ remote: { servers: [{ url: server.url }], orHere: true } });
  server.fault = 'nothing';
  const job = new AbortController();
  const codes = Array.from({ length: pack.manifest.tokens.count }, () => 0);
  const decoding = drain(
    engine.run({ kind: 'decode', codes, t: 1, keepFrom: 0, steps: 2, seed: 1, tokenGuidance: 1 }, job.signal),
  ).catch((error: unknown) => error);
  setTimeout(() => job.abort(), 50);
  expect(isCancelled(await decoding)).toBe(true);
});
