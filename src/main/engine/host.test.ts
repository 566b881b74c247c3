import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { StudioError, cancelledError } from '../../shared/errors.js';
import type { EngineEvent } from '../../shared/contract/events.js';
import type { OpenGraph } from '../../shared/contract/status.js';
import type { EngineOptions, EngineOutcome } from './engine.js';
import { EngineHost, type RunningEngine } from './host.js';
import type { EngineReady, EngineRequest, FromEngine } from './protocol.js';

const ready = { provider: 'cpu', attempts: [], openMs: 1 } as unknown as EngineReady;
const outcome: EngineOutcome = { result: { kind: 'encode', codes: [1] }, timing: { wallMs: 2, sessionMs: 1 } };
const request = { kind: 'encode' } as unknown as EngineRequest;

type Run = (request: EngineRequest, signal: AbortSignal) => AsyncGenerator<EngineEvent, EngineOutcome>;

/** Ends when its signal aborts, after one event. */
const endless: Run = async function* (_request, signal) {
  yield { type: 'text', text: 'began' };
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  throw cancelledError();
};

const short: Run = async function* () {
  yield { type: 'text', text: 'on the way' };
  await Promise.resolve();
  return outcome;
};

function start(run: Run, open?: (options: EngineOptions) => Promise<RunningEngine>) {
  const sent: FromEngine[] = [];
  const dispose = vi.fn(() => Promise.resolve());
  const host = new EngineHost(open ?? (() => Promise.resolve({ ready, run, dispose })), (message) =>
    sent.push(message),
  );
  return { host, sent, dispose, kinds: () => sent.map((message) => message.type) };
}

const openMessage = { type: 'open', packDirectory: '/packs/one' };

describe('EngineHost', () => {
  test('opens, runs, and reports events and the result', async () => {
    const { host, sent } = start(short);
    host.receive(openMessage);
    host.receive({ type: 'run', jobId: 'a', request });
    await vi.waitFor(() => expect(sent).toHaveLength(3));
    expect(sent).toEqual([
      { type: 'ready', ready },
      { type: 'events', jobId: 'a', events: [{ type: 'text', text: 'on the way' }] },
      { type: 'done', jobId: 'a', ...outcome },
    ]);
  });

  test('tells which graphs are open once the pack is, and after a job has opened more', async () => {
    const graphs = [{ name: 'decoder', provider: 'cpu', reason: null } as OpenGraph];
    const opening: Run = async function* (request, signal) {
      graphs.push({ name: 'lm', provider: 'cpu', reason: null });
      return yield* short(request, signal);
    };
    const dispose = () => Promise.resolve();
    const engine = { ready, run: opening, dispose, get openGraphs() { return [...graphs]; } }; // prettier-ignore
    const { host, sent } = start(short, () => Promise.resolve(engine));
    host.receive(openMessage);
    host.receive({ type: 'run', jobId: 'a', request });
    await vi.waitFor(() => expect(sent).toHaveLength(5));
    const told = sent.flatMap((message) => (message.type === 'graphs' ? [message.open.map(({ name }) => name)] : []));
    expect(told).toEqual([['decoder'], ['decoder', 'lm']]);
    expect(sent.at(-1)!.type).toBe('graphs');
  });

  test('tells now and then how much of a large pack has been checked, of a small one nothing', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const checks = async (options: EngineOptions, parts: number, pauseMs: number) => {
      for (let done = 1; done <= parts; done++) {
        await vi.advanceTimersByTimeAsync(pauseMs);
        options.onChecked!(done, parts);
      }
      return { ready, run: short, dispose: () => Promise.resolve() };
    };
    for (const [parts, pauseMs, told] of [
      [10, 100, [3, 6, 9]],
      [10, 10, []],
    ] as const) {
      const { host, sent } = start(short, (options) => checks(options, parts, pauseMs));
      host.receive(openMessage);
      await vi.waitFor(() => expect(sent.at(-1)?.type).toBe('ready'));
      expect(sent.slice(0, -1)).toEqual(told.map((done) => ({ type: 'checking', done, total: parts })));
    }
  });

  test('opens graphs ahead while nobody asks for anything, and not beside a job', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    let closed = 3;
    const openAnother = vi.fn(() => Promise.resolve(closed-- > 0));
    const dispose = () => Promise.resolve();
    const { host, kinds } = start(short, () => Promise.resolve({ ready, run: endless, dispose, openAnother }));
    host.receive(openMessage);
    host.receive({ type: 'run', jobId: 'a', request });
    await vi.advanceTimersByTimeAsync(10_000);
    expect([kinds(), openAnother.mock.calls.length]).toEqual([['ready', 'events'], 0]);
    host.receive({ type: 'cancel', jobId: 'a' });
    await vi.advanceTimersByTimeAsync(10_000);
    // Until there is none left.
    expect(openAnother).toHaveBeenCalledTimes(4);
  });

  test('a job ends soon after it was cancelled, and the next one runs', async () => {
    const { host, sent, kinds } = start(endless);
    host.receive(openMessage);
    host.receive({ type: 'run', jobId: 'a', request });
    host.receive({ type: 'run', jobId: 'b', request });
    await vi.waitFor(() => expect(kinds()).toEqual(['ready', 'events']));
    host.receive({ type: 'cancel', jobId: 'a' });
    await vi.waitFor(() => expect(kinds()).toEqual(['ready', 'events', 'failed', 'events']));
    expect(sent[2]).toMatchObject({ jobId: 'a', error: { code: 'cancelled' } });
    expect(sent[3]).toMatchObject({ jobId: 'b' });
    host.receive({ type: 'cancel', jobId: 'b' });
    await vi.waitFor(() => expect(kinds()).toHaveLength(5));
  });

  test('a job that waits can be cancelled before its turn', async () => {
    const { host, sent } = start(endless);
    host.receive(openMessage);
    host.receive({ type: 'run', jobId: 'a', request });
    host.receive({ type: 'run', jobId: 'b', request });
    host.receive({ type: 'cancel', jobId: 'b' });
    host.receive({ type: 'cancel', jobId: 'a' });
    await vi.waitFor(() => expect(sent.filter((message) => message.type === 'failed')).toHaveLength(2));
    expect(sent.filter((message) => message.type === 'events' && message.jobId === 'b')).toEqual([]);
  });

  test('without a pack a job fails and says so', async () => {
    const { host, sent } = start(short);
    host.receive({ type: 'run', jobId: 'a', request });
    await vi.waitFor(() =>
      expect(sent[0]).toMatchObject({ type: 'failed', jobId: 'a', error: { code: 'engine-failed' } }),
    );
  });

  test('a pack that cannot be opened leaves the one before in use', async () => {
    let packs = 0;
    const dispose = vi.fn(() => Promise.resolve());
    const { host, kinds, sent } = start(short, () =>
      packs++ === 0
        ? Promise.resolve({ ready, run: short, dispose })
        : Promise.reject(new StudioError('pack-damaged', 'broken', 'mend it')),
    );
    host.receive(openMessage);
    host.receive(openMessage);
    host.receive({ type: 'run', jobId: 'a', request });
    await vi.waitFor(() => expect(kinds()).toEqual(['ready', 'open-failed', 'events', 'done']));
    expect(sent[1]).toMatchObject({ error: { code: 'pack-damaged', remedy: 'mend it' }, attempts: [] });
    expect(dispose).not.toHaveBeenCalled();
  });

  test('switching packs lets the one before go', async () => {
    const { host, dispose, kinds } = start(short);
    host.receive(openMessage);
    host.receive(openMessage);
    await vi.waitFor(() => expect(kinds()).toEqual(['ready', 'ready']));
    await vi.waitFor(() => expect(dispose).toHaveBeenCalledTimes(1));
  });

  test('a bug in a job is reported as one and the process goes on', async () => {
    const { host, sent } = start(() => {
      throw new TypeError('x is undefined');
    });
    host.receive(openMessage);
    host.receive({ type: 'run', jobId: 'a', request });
    host.receive({ type: 'run', jobId: 'b', request });
    await vi.waitFor(() => expect(sent).toHaveLength(3));
    expect(sent[2]).toMatchObject({ type: 'failed', jobId: 'b', error: { code: 'internal' } });
  });

  test.each([
    undefined,
    null,
    7,
    'open',
    [],
    {},
    { type: 'fly' },
    { type: 'open' },
    { type: 'open', packDirectory: '/x', threads: 0 },
    { type: 'open', packDirectory: '/x', providers: [1] },
    { type: 'cancel' },
  ])('the malformed message %j changes nothing', async (message) => {
    const { host, kinds } = start(short);
    host.receive(message);
    host.receive(openMessage);
    await vi.waitFor(() => expect(kinds()).toEqual(['ready']));
  });

  test('a malformed message that names a job is answered', () => {
    const { host, sent } = start(short);
    host.receive({ type: 'fly', jobId: 'a' });
    expect(sent).toEqual([
      { type: 'failed', jobId: 'a', error: expect.objectContaining({ code: 'bad-request' }) as object },
    ]);
  });
});
