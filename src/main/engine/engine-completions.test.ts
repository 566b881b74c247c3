/** The real engine on a pack whose language model a server of completions runs, held against the same pack with that model as a graph. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CompletionsServer, type WritingFault } from '../../../tests/fakes/completions-server.js';
import { drain } from '../../../tests/fakes/engine-parts.js';
import {
  darClasses,
  darShape,
  servedModel,
  writeReadingPack,
  writeServedPack,
} from '../../../tests/fakes/family-packs.js';
import { InferenceServer } from '../../../tests/fakes/inference-server.js';
import type { EngineEvent } from '../../shared/contract/events.js';
import { isCancelled } from '../../shared/errors.js';
import { Engine, type EngineOptions } from './engine.js';
import { LanguageModel } from './model/language-model.js';
import { SessionClock, type Graph, type Graphs } from './model/graph.js';
import { disposeAll, loadOnnxRuntime, openGraph } from './model/session.js';
import { loadPack } from './pack/pack.js';
import type { EngineRequest, ProviderAttempt, ResultOf } from './protocol.js';

const folder = mkdtempSync(join(tmpdir(), 'ddt-completions-'));
const packDirectory = writeServedPack(join(folder, 'served'));
const wholeDirectory = writeReadingPack(join(folder, 'whole'));
const { count } = darShape.tokens;
const settings = { steps: 1, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
const generate = { kind: 'generate', prompt: darClasses[2], seed: 7, variations: 1, settings } as const;
const greedy = { ...generate, settings: { ...settings, temperature: 0 } };
const codes = Array.from({ length: count }, (_, index) => (index * 7) % 32);

let graph: Graph;
let language: LanguageModel;
let whole: Engine;
beforeAll(async () => {
  const pack = await loadPack(wholeDirectory);
  graph = await openGraph(await loadOnnxRuntime(), pack, 'lm', {
    provider: 'cpu',
    threads: 1,
    clock: new SessionClock(),
  });
  language = new LanguageModel(graph, pack.manifest.languageModel!);
  whole = await Engine.open({ packDirectory: wholeDirectory, providers: ['cpu'], threads: 1 });
});
const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
afterAll(async () => {
  await whole.dispose();
  await graph.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(options: { served?: string; token?: string } = {}): Promise<CompletionsServer> {
  const server = await new CompletionsServer({ model: language, served: servedModel, ...options }).start();
  ending.push(() => server.stop());
  return server;
}

async function open(
  servers: readonly { url: string; token?: string }[],
  more: Partial<EngineOptions> = {},
): Promise<Engine> {
  const remote = servers.length === 0 ? {} : { remote: { servers, orHere: false } };
  const engine = await Engine.open({ packDirectory, providers: ['cpu'], threads: 1, ...remote, ...more });
  ending.push(() => engine.dispose());
  return engine;
}

async function run<Request extends EngineRequest>(
  engine: Engine,
  request: Request,
  signal = new AbortController().signal,
) {
  const { events, result } = await drain(engine.run(request, signal));
  return { events, result: result.result as ResultOf<Request['kind']> };
}

const tokensOf = (events: readonly EngineEvent[]) => events.filter((event) => event.type === 'token');

async function errorOf(engine: Engine, request: EngineRequest): Promise<{ code: string; message: string }> {
  const error: unknown = await run(engine, request).then(
    () => Promise.reject(new Error('It was to fail.')),
    (thrown: unknown) => thrown,
  );
  return error as { code: string; message: string };
}

describe('a language model on a server', () => {
  test('writes the tokens and is as sure of them as the same model here', async () => {
    const server = await serve();
    const engine = await open([server]);
    expect(engine.ready.provider).toBe('cpu');
    expect(engine.ready.attempts[0]).toEqual({
      provider: 'servers',
      ok: true,
      reason: `The language model ${servedModel} runs on ${server.url}.`,
    });
    for (const request of [greedy, { ...greedy, variations: 2 }]) {
      const [found, expected] = [await run(engine, request), await run(whole, request)];
      expect(found.result.images.map((one) => one.codes)).toEqual(expected.result.images.map((one) => one.codes));
      expect(found.result.images[0]!.image).toEqual(expected.result.images[0]!.image);
      found.result.images[0]!.certainty.forEach(({ entropy, alternatives }, index) => {
        const here = expected.result.images[0]!.certainty[index]!;
        expect(entropy).toBeCloseTo(here.entropy, 4);
        expect(alternatives.map(({ code }) => code)).toEqual(here.alternatives.map(({ code }) => code));
        alternatives.forEach(({ probability }, at) =>
          expect(probability).toBeCloseTo(here.alternatives[at]!.probability, 4),
        );
      });
    }
    expect(server.broken).toEqual([]);
    expect(engine.remoteWork).toMatchObject({
      graphs: ['lm'],
      servers: [{ url: server.url, counts: 'tokens', state: 'working', rows: 3 * count, outstanding: 0 }],
      runHere: null,
    });
  });

  test('says each token when it comes', async () => {
    const server = await serve();
    const engine = await open([server]);
    let release!: () => void;
    const gate = new Promise<void>((resolve) => (release = resolve));
    server.onId = (written) => (written === 3 ? gate : undefined);
    const job = engine.run(greedy, new AbortController().signal);
    let told = 0;
    while (told < 3) {
      const next = await job.next();
      if (!('type' in next.value)) throw new Error('It ended.');
      if (next.value.type === 'token') told += 1;
    }
    expect(server.ids).toBe(3);
    release();
    expect(tokensOf((await drain(job)).events)).toHaveLength(count - 3);
  });

  test('the same seed writes the same, whatever is written beside it', async () => {
    const engine = await open([await serve()]);
    const of = async (change: object) =>
      (await run(engine, { ...generate, ...change })).result.images.map((one) => one.codes);
    const [first] = await of({});
    expect(await of({})).toEqual([first]);
    const [again, second] = await of({ variations: 2 });
    expect(again).toEqual(first);
    expect(second).not.toEqual(first);
    expect(await of({ seed: 8 })).toEqual([second]);
  });

  test('temperature, top-k and top-p are the server’s to keep', async () => {
    const server = await serve();
    await run(await open([server]), { ...generate, settings: { ...settings, temperature: 0.5, topK: 9, topP: 0.8 } });
    expect(server.requests[0]).toMatchObject({
      temperature: 0.5,
      top_k: 9,
      top_p: 0.8,
      max_tokens: count,
      logprobs: 48,
    });
  });

  test('kept tokens stand, and what follows is written behind them', async () => {
    const server = await serve();
    const engine = await open([server]);
    // The four coarsest, and one in the middle.
    const kept = codes.map((code, index) => (index >= count - 4 || index === 5 ? code : null));
    const [found, expected] = [await run(engine, { ...greedy, kept }), await run(whole, { ...greedy, kept })];
    expect(found.result.images[0]!.codes).toEqual(expected.result.images[0]!.codes);
    expect(server.requests.map((one) => one.max_tokens)).toEqual([count - 4 - 6, 5]);
    expect(found.result.images[0]!.certainty[5]).toEqual({
      entropy: 0,
      alternatives: [{ code: codes[5], probability: 1 }],
    });
  });

  test('describes and answers as the same model here', async () => {
    const server = await serve();
    const engine = await open([server]);
    for (const request of [
      { kind: 'describe', source: { codes } },
      { kind: 'ask', source: { codes }, question: darClasses[1] },
    ] as const) {
      const [found, expected] = [await run(engine, request), await run(whole, request)];
      expect(found.result.text).toBe(expected.result.text);
      expect(found.result.text).not.toBe('');
    }
    expect(server.broken).toEqual([]);
  });

  test('beside a server that runs graphs', async () => {
    const pack = await loadPack(packDirectory);
    const graphs: Graphs = {};
    for (const name of ['encoder', 'decoder'] as const) {
      graphs[name] = await openGraph(await loadOnnxRuntime(), pack, name, {
        provider: 'cpu',
        threads: 1,
        clock: new SessionClock(),
      });
    }
    ending.push(() => disposeAll(graphs));
    const other = await new InferenceServer({ manifest: pack.manifest, graphs }).start();
    ending.push(() => other.stop());
    const engine = await open([other, await serve()]);
    expect(engine.ready.provider).toBe('servers');
    expect(engine.remoteWork!.graphs).toEqual(['decoder', 'encoder', 'lm']);
    expect((await run(engine, greedy)).result.images[0]!.codes).toEqual(
      (await run(whole, greedy)).result.images[0]!.codes,
    );
    expect(other.rows).toMatchObject({ decoder: 1 });
  });
});

describe('a server that fails in mid-picture', () => {
  test('costs no token: another one goes on behind what it wrote', async () => {
    const [first, second] = [await serve(), await serve()];
    const engine = await open([first, second]);
    first.fault = 'hang up';
    const { result, events } = await run(engine, greedy);
    expect(result.images[0]!.codes).toEqual((await run(whole, greedy)).result.images[0]!.codes);
    expect(tokensOf(events)).toHaveLength(count);
    expect([first.ids, second.ids]).toEqual([3, count - 3]);
    expect(engine.remoteWork!.servers.map(({ state }) => state)).toEqual(['resting', 'working']);
    // It is left alone for a while.
    await run(engine, greedy);
    expect(first.requests).toHaveLength(1);
  });

  test('and comes back goes on itself', async () => {
    const server = await serve();
    const engine = await open([server]);
    server.fault = 'hang up';
    server.onId = (written) => void (written === 3 && server.requests.length === 2 && (server.fault = null));
    expect((await run(engine, greedy)).result.images[0]!.codes).toEqual(
      (await run(whole, greedy)).result.images[0]!.codes,
    );
  });

  test.each<[WritingFault, string, string]>([
    ['words', 'server-unsuitable', 'answers words for the language model lab/dar-tiny where ids were asked for.'],
    ['no logprobs', 'server-unsuitable', 'does not say how sure the language model lab/dar-tiny was.'],
    ['not allowed', 'server-unsuitable', 'wrote id 0 by the language model lab/dar-tiny, which may not stand there.'],
    ['not a stream', 'server-unsuitable', 'does not stream what the language model lab/dar-tiny writes.'],
    ['no event', 'server-unsuitable', 'that cannot be used: an event of it is none.'],
    ['html', 'server-unsuitable', 'does not stream what the language model lab/dar-tiny writes.'],
    ['too short', 'server-unreachable', 'broke off the language model lab/dar-tiny: it ended after 0 of 1 ids.'],
    ['hang up', 'server-unreachable', 'cannot be reached for the language model lab/dar-tiny: it hung up.'],
    ['aborted', 'server-unreachable', 'broke off the language model lab/dar-tiny: it ended with “abort”.'],
    ['error event', 'server-unreachable', 'broke off the language model lab/dar-tiny: it says “EngineCore died”.'],
    ['busy', 'server-unreachable', 'failed at the language model lab/dar-tiny (503). It says “the queue is full”.'],
  ])('%s: one sentence, and the rest of the engine works', async (fault, code, words) => {
    const server = await serve();
    const engine = await open([server]);
    server.fault = fault;
    const error = await errorOf(engine, greedy);
    expect(error.code).toBe(code);
    expect(error.message).toContain(`The server ${server.url} `);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('\n');
    const decoding = { kind: 'decode', codes, t: 1, keepFrom: 0, steps: 1, seed: 1, tokenGuidance: 1 } as const;
    expect((await run(engine, decoding)).result.image.width).toBe(64);
  });

  test('one that writes on and on is hung up on', async () => {
    const server = await serve();
    const engine = await open([server]);
    server.fault = 'too many';
    expect((await run(engine, greedy)).result.images[0]!.codes).toHaveLength(count);
  });
});

test('a cancelled job lets go of a server that does not go on', async () => {
  const server = await serve();
  const engine = await open([server]);
  const job = new AbortController();
  server.onId = () => {
    setTimeout(() => job.abort(), 20);
    return new Promise(() => undefined);
  };
  expect(isCancelled(await run(engine, greedy, job.signal).catch((error: unknown) => error))).toBe(true);
  server.onId = () => undefined;
  expect((await run(engine, greedy)).result.images).toHaveLength(1);
});

describe('without a server that has the model', () => {
  const decoding = { kind: 'decode', codes, t: 1, keepFrom: 0, steps: 1, seed: 1, tokenGuidance: 1 } as const;

  test('none named: everything but writing works, and writing says what is missing', async () => {
    const engine = await open([]);
    expect((await run(engine, decoding)).result.image.width).toBe(64);
    const error = await errorOf(engine, greedy);
    expect(error.code).toBe('server-unreachable');
    expect(error.message).toBe(
      `The pack dar-served writes with the language model ${servedModel} on a server, and has none. None was named.`,
    );
  });

  test.each([
    [{ served: 'another/model' }, undefined, `has no language model ${servedModel}.`],
    [{ token: 'right' }, 'wrong', 'wants another token (401).'],
    [{ token: 'right' }, undefined, 'wants another token (401).'],
  ])('%o asked with the token %s', async (options, token, words) => {
    const server = await serve(options);
    const attempts: ProviderAttempt[] = [];
    const named = token === undefined ? { url: server.url } : { url: server.url, token };
    const engine = await open([], { remote: { servers: [named], orHere: true }, attempts });
    expect(attempts[0]!.ok).toBe(false);
    expect(attempts[0]!.reason).toContain(words);
    expect((await errorOf(engine, greedy)).message).toContain(words);
  });

  test('a wrong address must not be taken for nothing on the command line', async () => {
    await expect(open([{ url: 'http://127.0.0.1:9' }])).rejects.toMatchObject({ code: 'server-unreachable' });
  });

  test('a token goes along as it is asked for', async () => {
    const server = await serve({ token: 'right' });
    const engine = await open([{ url: server.url, token: 'right' }]);
    expect((await run(engine, greedy)).result.images).toHaveLength(1);
  });
});

describe('what a server does not tell', () => {
  test.each([
    ['guidance by text', { ...generate, settings: { ...settings, textGuidance: 3 } }, 'cannot be guided by text'],
    ['the best of several', { ...generate, settings: { ...settings, bestOf: 2 } }, 'tells only what was likeliest'],
    [
      'entropy in other orders',
      { kind: 'entropy', sources: [{ codes }], strides: [1] },
      'tells only what was likeliest',
    ],
  ] as [string, EngineRequest, string][])('%s is refused, and why', async (_, request, words) => {
    const error = await errorOf(await open([await serve()]), request);
    expect([error.code, error.message]).toEqual(['task-unsupported', expect.stringContaining(words)]);
  });
});
