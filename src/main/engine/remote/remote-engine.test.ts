/** A pack's graphs on servers, over real connections to a strict stand-in that runs the same graphs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { InferenceServer, type Fault, type InferenceServerOptions } from '../../../../tests/fakes/inference-server.js';
import { latentTokens, writeLatentPack } from '../../../../tests/fakes/latent-pack.js';
import { isCancelled, StudioError } from '../../../shared/errors.js';
import { SessionClock, type Graphs } from '../model/graph.js';
import { Decoder } from '../model/decoder.js';
import { encodePixels } from '../model/encoder.js';
import { relativeDifference } from '../model/providers.js';
import { disposeAll, loadOnnxRuntime, openGraph } from '../model/session.js';
import { loadPack, type CheckedPack } from '../pack/pack.js';
import type { RemoteServer } from './address.js';
import { remoteGraphNames } from './graphs.js';
import { openRemote, type RemoteEngine, type RemoteSettings } from './remote-engine.js';

const fixtures = join(import.meta.dirname, '../../../../tests/fixtures/tls');
const tls = {
  key: readFileSync(join(fixtures, 'key.pem'), 'utf8'),
  cert: readFileSync(join(fixtures, 'certificate.pem'), 'utf8'),
};
const folder = mkdtempSync(join(tmpdir(), 'ddt-remote-'));
const clock = new SessionClock();
let pack: CheckedPack;
const graphs: Graphs = {};
const ending: (() => Promise<void>)[] = [];

beforeAll(async () => {
  pack = await loadPack(writeLatentPack(join(folder, 'pack')));
  const runtime = await loadOnnxRuntime();
  for (const name of remoteGraphNames) {
    graphs[name] = await openGraph(runtime, pack, name, { provider: 'cpu', threads: 1, clock });
  }
});
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
afterAll(async () => {
  await disposeAll(graphs);
  rmSync(folder, { recursive: true, force: true });
});

async function serve(options: Partial<InferenceServerOptions> = {}): Promise<InferenceServer> {
  const server = await new InferenceServer({ manifest: pack.manifest, graphs, ...options }).start();
  ending.push(() => server.stop());
  return server;
}

async function open(
  servers: readonly (InferenceServer | RemoteServer)[],
  settings: Partial<RemoteSettings> = {},
  certificates?: string,
): Promise<RemoteEngine> {
  const remote = await openRemote(
    pack,
    {
      servers: servers.map((one) => ('broken' in one ? { url: one.url } : one)),
      orHere: false,
      ...(certificates === undefined ? {} : { certificates }),
    },
    { clock, askMs: 3000, pool: { restMs: 60_000, retryMs: 1 }, ...settings },
  );
  ending.push(() => remote.close());
  return remote;
}

const rows = 6;
function decode(opened: Graphs): Promise<Float32Array> {
  const decoder = new Decoder(opened.decoder!, pack.manifest);
  const x = Float32Array.from({ length: rows * decoder.size }, (_, index) => Math.sin(index));
  const { count, codes } = latentTokens;
  const tokens = BigInt64Array.from({ length: rows * count }, (_, index) => BigInt(index % codes));
  const visible = Uint8Array.from({ length: rows * count }, (_, index) => Number(index % 3 !== 0));
  return decoder.restore(
    x,
    Float32Array.from({ length: rows }, (_, row) => row / rows),
    tokens,
    visible,
  );
}

/** A batch in parts may round differently from a whole one. */
async function expectSame(remote: RemoteEngine): Promise<void> {
  expect(relativeDifference(await decode(remote.graphs), await decode(graphs))).toBeLessThan(1e-5);
}

const failure = (promise: Promise<unknown>): Promise<StudioError> =>
  promise.then(
    () => {
      throw new Error('It was to fail.');
    },
    (error: unknown) => error as StudioError,
  );

describe('graphs on a server', () => {
  test.each([
    ['bytes', undefined],
    ['JSON alone', []],
  ])('answer as they do here, in %s, in parts no larger than it takes', async (_, extensions) => {
    const server = await serve(extensions === undefined ? {} : { extensions });
    const remote = await open([server]);
    await expectSame(remote);
    const pixels = new Float32Array(3 * 128 * 128).fill(0.25);
    const codes = await encodePixels(remote.graphs.encoder!, pack.manifest, pixels);
    expect(codes).toEqual(await encodePixels(graphs.encoder!, pack.manifest, pixels));
    expect(server.broken).toEqual([]);
    expect(server.rows).toEqual({ decoder: rows, encoder: 1 });
    expect(remote.reason).toContain(`${server.url} (stand-in 1)`);
  });

  test('are shared by several: every row is computed once, and each server says how fast it was', async () => {
    const servers = [await serve(), await serve(), await serve()];
    const remote = await open(servers);
    await expectSame(remote);
    expect(servers.map((server) => server.rows['decoder'])).toEqual([2, 2, 2]);
    const { servers: reports, runHere } = remote.work();
    expect(runHere).toBeNull();
    for (const report of reports) {
      expect(report).toMatchObject({ state: 'working', rows: 2, outstanding: 0, problem: null });
      expect(report.latencyMs).toBeGreaterThan(0);
      expect(report.rowsPerSecond).toBeGreaterThan(0);
    }
  });

  test('go to the server with the least outstanding work: what a slow one has not begun, others do', async () => {
    let release = (): void => {};
    const slow = await serve({ maxBatch: 1, gate: new Promise((resolve) => (release = resolve)) });
    const quick = await serve({ maxBatch: 1 });
    const remote = await open([slow, quick]);
    quick.onAnswer = () => {
      if (quick.rows['decoder'] === rows - 2) release();
    };
    await expectSame(remote);
    expect([slow.rows['decoder'], quick.rows['decoder']]).toEqual([2, rows - 2]);
  });

  test('a server that dies costs nothing, and nothing is taken twice', async () => {
    const [dying, lasting] = [await serve(), await serve()];
    const remote = await open([dying, lasting]);
    await decode(remote.graphs);
    await dying.stop();
    await expectSame(remote);
    expect(dying.rows['decoder']! + lasting.rows['decoder']!).toBe(2 * rows);
    expect(remote.work().servers.map(({ state }) => state)).toEqual(['resting', 'working']);
    expect(remote.work().servers[0]!.problem).toContain(dying.url);
    // It rests: the next batch does not even try it.
    const asked = lasting.requests;
    await decode(remote.graphs);
    expect(lasting.requests).toBeGreaterThan(asked);
  });

  test('a cancelled job ends its requests at once', async () => {
    const server = await serve();
    const remote = await open([server]);
    server.fault = 'nothing';
    const job = new AbortController();
    remote.during(job.signal);
    const running = failure(decode(remote.graphs));
    setTimeout(() => job.abort(), 30);
    expect(isCancelled(await running)).toBe(true);
    expect(remote.work().servers[0]).toMatchObject({ state: 'working', outstanding: 0 });
  });
});

describe('what a server gets wrong is one sentence that names it', () => {
  test.each<[Fault, string, string]>([
    ['wrong shape', 'server-unsuitable', 'of shape'],
    ['wrong type', 'server-unsuitable', 'FP16'],
    ['nan', 'server-unsuitable', 'holds what is no number'],
    ['cut off', 'server-unsuitable', 'ends before'],
    ['html', 'server-unsuitable', 'cannot be used'],
    ['busy', 'server-unreachable', 'no room'],
    ['hang up', 'server-unreachable', 'hung up'],
    ['nothing', 'server-unreachable', 'did not answer in time'],
    ['empty', 'server-unsuitable', 'cannot be used'],
  ])('%s', async (fault, code, words) => {
    const server = await serve();
    const remote = await open([server], { inferMs: 150 });
    server.fault = fault;
    const error = await failure(decode(remote.graphs));
    expect(error).toBeInstanceOf(StudioError);
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(error.message).toContain(server.url);
    expect(error.message).toContain('decoder graph');
    expect(error.message).not.toContain('\n');
    expect(error.remedy).not.toBe('');
  });

  test('codes of another codebook', async () => {
    const server = await serve();
    const remote = await open([server]);
    server.fault = 'wrong code';
    const error = await failure(encodePixels(remote.graphs.encoder!, pack.manifest, new Float32Array(3 * 128 * 128)));
    expect(error.message).toContain('no codes of this pack');
  });

  test('another one takes over from it, and it is not asked again', async () => {
    const [wrong, right] = [await serve(), await serve()];
    const remote = await open([wrong, right]);
    wrong.fault = 'nan';
    await expectSame(remote);
    expect(remote.work().servers[0]).toMatchObject({ state: 'refused' });
    const asked = wrong.requests;
    await decode(remote.graphs);
    expect(wrong.requests).toBe(asked);
  });

  test('this machine takes over where that is wanted, and it is said', async () => {
    const server = await serve();
    let opened = 0;
    const openHere = (name: keyof Graphs) => {
      opened += 1;
      return Promise.resolve({ ...graphs[name]!, run: graphs[name]!.run.bind(graphs[name]), dispose: async () => {} });
    };
    const remote = await open([server], { openHere });
    await server.stop();
    await expectSame(remote);
    await decode(remote.graphs);
    expect(opened).toBe(1);
    expect(remote.work().runHere).toContain(`decoder graph ran on this machine, because: The server ${server.url}`);
  });

  test('while it rests nobody waits for it, where this machine can do the work', async () => {
    const server = await serve();
    const openHere = (name: keyof Graphs) =>
      Promise.resolve({ ...graphs[name]!, run: graphs[name]!.run.bind(graphs[name]), dispose: async () => {} });
    const remote = await open([server], { openHere, inferMs: 50 });
    server.fault = 'nothing';
    await expectSame(remote);
    const asked = server.requests;
    await expectSame(remote);
    expect(server.requests).toBe(asked);
  });
});

describe('a server is checked before it is used', () => {
  const opening = (servers: readonly (InferenceServer | RemoteServer)[], certificates?: string) =>
    failure(open(servers, {}, certificates));

  test('nothing listens there', async () => {
    const server = await serve();
    await server.stop();
    expect(await opening([server])).toMatchObject({
      code: 'server-unreachable',
      message: expect.stringContaining('nothing listens there') as string,
    });
  });

  test('it speaks another protocol', async () => {
    const server = await serve();
    server.fault = 'html';
    expect((await opening([server])).message).toBe(
      `The server ${server.url} does not speak the Open Inference Protocol (KServe v2): its description is none.`,
    );
  });

  test('it is not ready', async () => {
    for (const status of [400, 503]) {
      const error = await opening([await serve({ notReady: status })]);
      expect(error.message).toContain('is not ready for work');
    }
  });

  test('it has another pack, or does not say which', async () => {
    const another = await opening([await serve({ hash: 'f'.repeat(64) })]);
    expect(another.message).toContain('has the decoder graph of another pack than latent 1.0.0');
    expect((await opening([await serve({ hash: null })])).message).toContain('does not say from which pack');
  });

  test('it lacks a graph, or has one of other shapes', async () => {
    const { decoder, ...others } = graphs;
    expect((await opening([await serve({ graphs: others })])).message).toContain('knows nothing of the decoder graph');
    const changed = { ...decoder!, inputs: decoder!.inputs.map((one) => ({ ...one, shape: [...one.shape, 3] })) };
    expect((await opening([await serve({ graphs: { ...others, decoder: changed } })])).message).toContain(
      'decoder graph that has the input',
    );
  });

  test('it wants a token; with it all is well, and the token is in no message', async () => {
    const token = 'secret-token-7';
    const server = await serve({ token });
    const wrong = await opening([{ url: server.url, token: 'secret-token-8' }]);
    expect(wrong).toMatchObject({ code: 'server-refused' });
    expect(JSON.stringify([wrong.serialise(), wrong.stack])).not.toContain('secret-token-8');
    expect((await opening([server])).code).toBe('server-refused');
    const remote = await open([{ url: server.url, token }]);
    await decode(remote.graphs);
    expect(JSON.stringify([remote.work(), remote.reason])).not.toContain(token);
  });

  test('a token goes over no open line', async () => {
    const error = await opening([{ url: 'http://gpu-box.invalid:8000', token: 'secret-token-7' }]);
    expect(error.message).toBe(
      'The token was not sent to http://gpu-box.invalid:8000, because that line is not encrypted.',
    );
  });

  test('its certificate has to be trusted, and be for its name', async () => {
    const server = await serve({ tls });
    expect(await opening([server])).toMatchObject({
      code: 'server-refused',
      message: expect.stringContaining('certificate') as string,
    });
    const otherName = { url: server.url.replace('localhost', '127.0.0.1') };
    expect((await opening([otherName], tls.cert)).message).toContain('its certificate is for another name');
    const remote = await open([server], {}, tls.cert);
    await expectSame(remote);
  });

  test('of several, those that can be used are; the others are named', async () => {
    const [good, bad] = [await serve(), await serve({ hash: null })];
    const remote = await open([bad, good]);
    await expectSame(remote);
    expect(remote.work().servers.map(({ url }) => url)).toEqual([good.url]);
    expect(remote.reason).toContain(`The server ${bad.url} does not say from which pack`);
  });
});
