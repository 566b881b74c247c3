/** Who is asked when, and who is left alone: the pool over servers that are functions. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { cancelledError, isCancelled, type StudioError } from '../../../shared/errors.js';
import { float32, floatsOf, type GraphTensor } from '../model/graph.js';
import type { CheckedServer } from './checked-server.js';
import { unreachable, unsuitable } from './server-errors.js';
import { ServerPool } from './server-pool.js';

type Feeds = Readonly<Record<string, GraphTensor>>;
interface Asked extends CheckedServer {
  /** Requests so far. */
  asked: number;
  /** What it does instead of answering. */
  fails: ((signal: AbortSignal | undefined) => Promise<never>) | null;
}

function server(url: string, answering: () => Promise<void> = async () => {}): Asked {
  const one: Asked = {
    ...{ url, product: 'a function', asked: 0, fails: null, close: async () => {} },
    graphs: new Map([['decoder', { inputs: [], outputs: [], mostRows: 4 }]]),
    infer: async (_, feeds: Feeds, signal) => {
      one.asked += 1;
      if (one.fails !== null) return one.fails(signal);
      await answering();
      return { x0: feeds['x']! };
    },
  };
  return one;
}

const hangsUp = (url: string) => (): Promise<never> =>
  Promise.reject(unreachable(url, 'the decoder graph', Object.assign(new Error(), { code: 'ECONNRESET' })));
const takesTooLong = (url: string) => () =>
  Promise.reject(
    unreachable(url, 'the decoder graph', Object.assign(new Error(), { code: 'UND_ERR_HEADERS_TIMEOUT' })),
  );
const answersNonsense = (url: string) => () => Promise.reject(unsuitable(url, 'gave nonsense'));

/** As many rows of one number each. */
const batch = (rows: number): Feeds => ({
  x: float32(
    Float32Array.from({ length: rows }, (_, row) => row),
    [rows, 1],
  ),
});
const pool = (...servers: Asked[]) => new ServerPool(servers, { restMs: 60_000, longestRestMs: 60_000, retryMs: 1 });
const run = async (asked: ServerPool, rows: number) => [...floatsOf(await asked.run('decoder', batch(rows)), 'x0')];
const failure = (promise: Promise<unknown>): Promise<StudioError> =>
  promise.then(
    () => Promise.reject(new Error('It was to fail.')),
    (error: StudioError) => error,
  );

afterEach(() => vi.restoreAllMocks());

describe('a server that fails', () => {
  test('is asked once more when it is the only one, since its line may just have been closed', async () => {
    const only = server('a');
    only.fails = () => {
      only.fails = null;
      return hangsUp('a')();
    };
    expect(await run(pool(only), 3)).toEqual([0, 1, 2]);
    expect(only.asked).toBe(2);
  });

  test('is not asked once more when all the time went by', async () => {
    const [slow, other] = [server('a'), server('b')];
    slow.fails = takesTooLong('a');
    other.fails = hangsUp('b');
    expect((await failure(pool(slow, other).run('decoder', batch(1)))).message).toContain('The server b');
    expect([slow.asked, other.asked]).toEqual([1, 2]);
  });

  test('with two requests at once has failed once: it rests for the first time, not the second', async () => {
    const [dying, lasting] = [server('a'), server('b')];
    const servers = new ServerPool([dying, lasting], { restMs: 1000, longestRestMs: 60_000, retryMs: 1 });
    let now = 5000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    dying.fails = hangsUp('a');
    await servers.run('decoder', batch(16));
    expect(dying.asked).toBe(2);
    dying.fails = null;
    now += 1001;
    await servers.run('decoder', batch(16));
    expect(dying.asked).toBeGreaterThan(2);
    expect(servers.reports[0]).toMatchObject({ state: 'working', problem: null });
  });
});

describe('a server that answers nonsense', () => {
  test('is not asked again though it is the only one: the same sentence comes at once', async () => {
    const only = server('a');
    const servers = pool(only);
    only.fails = answersNonsense('a');
    const first = await failure(servers.run('decoder', batch(1)));
    only.fails = null;
    expect(await failure(servers.run('decoder', batch(1)))).toBe(first);
    expect(only.asked).toBe(1);
    expect(servers.obstacle).toBe(first);
  });

  test('stays aside when an answer of the same moment is sound', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const only = server('a', () => gate);
    const servers = pool(only);
    const sound = servers.run('decoder', batch(1));
    await expect.poll(() => only.asked).toBe(1);
    only.fails = answersNonsense('a');
    await failure(servers.run('decoder', batch(1)));
    release();
    await sound;
    expect(servers.reports[0]).toMatchObject({ state: 'refused', problem: 'The server a gave nonsense.' });
  });
});

test('there is an obstacle while every server rests, and none while one can be asked', async () => {
  const [one, other] = [server('a'), server('b')];
  const servers = pool(one, other);
  expect(servers.obstacle).toBeUndefined();
  one.fails = hangsUp('a');
  await servers.run('decoder', batch(1));
  expect(servers.obstacle).toBeUndefined();
  other.fails = hangsUp('b');
  await failure(servers.run('decoder', batch(1)));
  expect(servers.obstacle).toMatchObject({ code: 'server-unreachable' });
});

test('every row comes once and in its place, however many parts wait for few servers', async () => {
  const servers = [server('a'), server('b')];
  expect(await run(pool(...servers), 61)).toEqual(Array.from({ length: 61 }, (_, row) => row));
  expect(servers[0]!.asked + servers[1]!.asked).toBe(16);
});

test('parts that wait for a server end with their job', async () => {
  const only = server('a');
  const servers = pool(only);
  only.fails = (signal) =>
    new Promise((_, reject) => {
      const end = (): void => reject(signal!.reason as Error);
      if (signal!.aborted) end();
      else signal!.addEventListener('abort', end);
    });
  const job = new AbortController();
  servers.during(job.signal);
  const running = failure(servers.run('decoder', batch(32)));
  // Two are with the server, six wait.
  await expect.poll(() => only.asked).toBe(2);
  job.abort(cancelledError());
  expect(isCancelled(await running)).toBe(true);
  expect(servers.reports[0]).toMatchObject({ outstanding: 0, state: 'working' });
});
