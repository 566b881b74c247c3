import { afterEach, describe, expect, test } from 'vitest';
import type { StudioError } from '../../shared/errors.js';
import { fakeManifest } from '../../../tests/fakes/engine-parts.js';
import type { FromEngine, ToEngine } from '../engine/protocol.js';
import type { EngineProcess } from './engine-process.js';
import { EngineSupervisor, type SupervisorOptions } from './engine-supervisor.js';

/** A process under the test's control. */
class FakeProcess implements EngineProcess {
  readonly received: ToEngine[] = [];
  killed = false;
  tell: (message: FromEngine) => void = () => {};
  die: (reason: string) => void = () => {};
  readonly send = (message: ToEngine) => void this.received.push(message);
  readonly onMessage = (listener: (message: FromEngine) => void) => void (this.tell = listener);
  readonly onExit = (listener: (reason: string) => void) => void (this.die = listener);
  readonly kill = () => void (this.killed = true);

  finishJob(): void {
    const result = { kind: 'describe', text: 'x' } as const;
    this.tell({ type: 'done', jobId: 'job', result, timing: { wallMs: 1, sessionMs: 1 } });
  }

  becomeReady(): void {
    const pack = { id: 'fake@1.0.0', directory: '/packs/fake', manifest: fakeManifest(), bytes: 1 };
    const attempts = [
      { provider: 'cuda', ok: false, reason: 'No CUDA.' },
      { provider: 'cpu', ok: true, reason: 'The CPU is used.' },
    ];
    this.tell({ type: 'ready', ready: { pack, provider: 'cpu', attempts, devices: [], openMs: 1 } });
  }
}

const processes: FakeProcess[] = [];
let supervisor: EngineSupervisor;
const start = (options: Partial<SupervisorOptions> = {}) => {
  processes.length = 0;
  supervisor = new EngineSupervisor({
    launch: () => {
      processes.push(new FakeProcess());
      return processes.at(-1)!;
    },
    restartDelaysMs: [1, 1],
    cancelGraceMs: 10,
    ...options,
  });
};
afterEach(() => supervisor.stop());

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: StudioError) => error.code,
  );
const processCount = (count: number) => expect.poll(() => processes.length).toBe(count);
const run = (signal = new AbortController().signal) =>
  supervisor.run('job', { kind: 'describe', source: { codes: [] } }, { signal, onEvent: () => {} });

async function open(): Promise<void> {
  const used = supervisor.use('/packs/fake');
  processes.at(-1)!.becomeReady();
  await used;
}

describe('EngineSupervisor', () => {
  test('opens the pack with the options and reports why the device was chosen', async () => {
    start({ providers: ['cpu'], threads: 3 });
    await open();
    expect(processes[0]!.received).toEqual([
      { type: 'open', packDirectory: '/packs/fake', providers: ['cpu'], threads: 3 },
    ]);
    processes[0]!.tell({ type: 'memory', residentBytes: 5 });
    expect(supervisor.status).toEqual({
      state: 'ready',
      provider: 'cpu',
      device: null,
      devices: [],
      graphs: [],
      checking: null,
      remote: null,
      chosenServers: [],
      chosenDevice: null,
      providerReason: 'No CUDA. The CPU is used.',
      error: null,
      restarts: 0,
      memory: 5,
    });
  });

  test('a driver that takes the engine down while it opens is not tried again, unless it was asked for', async () => {
    start();
    const used = supervisor.use('/packs/fake');
    processes[0]!.die('signal SIGSEGV');
    await processCount(2);
    expect(processes[1]!.received).toEqual([{ type: 'open', packDirectory: '/packs/fake', providers: ['cpu'] }]);
    processes[1]!.becomeReady();
    await used;
    expect(supervisor.status.providerReason).toMatch(/^The engine ended while it tried the graphics devices/);
    supervisor.stop();
    // A crash at work says nothing about the driver that had opened.
    start();
    await open();
    processes[0]!.die('signal SIGKILL');
    await processCount(2);
    expect(processes[1]!.received[0]).not.toHaveProperty('providers');
    supervisor.stop();
    start({ providers: ['cuda'] });
    void supervisor.use('/packs/fake').catch(() => {});
    processes[0]!.die('signal SIGSEGV');
    await processCount(2);
    expect(processes[1]!.received).toMatchObject([{ providers: ['cuda'] }]);
  });

  test('a pack that does not open in time ends with its process, and another one opens', async () => {
    start({ openLimitMs: 30 });
    await expect(supervisor.use('/packs/endless')).rejects.toMatchObject({
      code: 'engine-failed',
      message: 'The model pack was not open after 0.03 seconds, so its engine was ended.',
    });
    expect(processes[0]!.killed).toBe(true);
    expect(supervisor.status).toMatchObject({ state: 'failed', error: { code: 'engine-failed' } });
    supervisor.stop();
    start();
    await open();
    expect(supervisor.status.state).toBe('ready');
  });

  test('an opening that is given up is ended at once; one that is done is not', async () => {
    start();
    const waiting = codeOf(supervisor.use('/packs/endless'));
    supervisor.abandonOpening();
    expect(await waiting).toBe('cancelled');
    expect(processes[0]!.killed).toBe(true);
    const used = supervisor.use('/packs/fake');
    processes[1]!.becomeReady();
    await used;
    supervisor.abandonOpening();
    expect(supervisor.status.state).toBe('ready');
  });

  test('a pack that is being checked says how far it is, and has all the time it needs while it goes on', async () => {
    // Together longer than the limit, each far below it, so that a busy machine does not decide.
    start({ openLimitMs: 1_500 });
    const opening = supervisor.use('/packs/large');
    for (let done = 1; done <= 4; done++) {
      await new Promise((resolve) => setTimeout(resolve, 450));
      processes[0]!.tell({ type: 'checking', done, total: 6 });
      expect(supervisor.status.checking).toEqual({ done, total: 6 });
    }
    processes[0]!.becomeReady();
    await opening;
    expect(supervisor.status).toMatchObject({ state: 'ready', checking: null });
    const waiting = codeOf(supervisor.use('/packs/stuck'));
    processes[1]!.tell({ type: 'checking', done: 1, total: 6 });
    expect(await waiting).toBe('engine-failed');
    expect(supervisor.status.checking).toBeNull();
  });

  test('memory is given back between jobs, and the next job opens the pack again', async () => {
    start();
    await open();
    const job = run();
    await expect.poll(() => processes[0]!.received.at(-1)?.type).toBe('run');
    supervisor.unload();
    expect(processes[0]!.killed).toBe(false);
    processes[0]!.finishJob();
    await job;
    const graphs = [{ name: 'lm', provider: 'cpu', reason: null }] as const;
    processes[0]!.tell({ type: 'graphs', open: [...graphs] });
    expect(supervisor.status.graphs).toEqual(graphs);
    supervisor.unload();
    expect(processes[0]!.killed).toBe(true);
    expect(supervisor.status).toMatchObject({ state: 'stopped', memory: null, graphs: [] });
    expect(supervisor.pack).not.toBeNull();
    const next = run();
    await processCount(2);
    expect(processes[1]!.received).toMatchObject([{ type: 'open', packDirectory: '/packs/fake' }]);
    processes[1]!.becomeReady();
    await expect.poll(() => processes[1]!.received.at(-1)?.type).toBe('run');
    processes[1]!.finishJob();
    await next;
  });

  test('a job that is cancelled does not wait for a pack that never opens', async () => {
    start();
    const opening = codeOf(supervisor.use('/packs/endless'));
    const cancel = new AbortController();
    const job = codeOf(run(cancel.signal));
    cancel.abort();
    expect(await job).toBe('cancelled');
    supervisor.abandonOpening();
    expect(await opening).toBe('cancelled');
  });

  test('after every crash a new process; after too many it rests until it is needed', async () => {
    start();
    await open();
    processes[0]!.die('signal SIGSEGV');
    await processCount(2);
    processes[1]!.die('exit code 1');
    await processCount(3);
    const waiting = codeOf(supervisor.ready());
    processes[2]!.die('exit code 1');
    expect(await waiting).toBe('engine-stopped');
    expect(supervisor.status).toMatchObject({ state: 'failed', restarts: 2, error: { code: 'engine-stopped' } });
    const running = run();
    await processCount(4);
    processes[3]!.becomeReady();
    await expect.poll(() => processes[3]!.received.at(-1)?.type).toBe('run');
    processes[3]!.finishJob();
    expect((await running).result).toEqual({ kind: 'describe', text: 'x' });
  });

  test('a cancelled job is asked first and ended with its process when it does not yield', async () => {
    start();
    await open();
    const cancellation = new AbortController();
    const running = codeOf(run(cancellation.signal));
    await expect.poll(() => processes[0]!.received.at(-1)?.type).toBe('run');
    cancellation.abort();
    expect(processes[0]!.received.at(-1)).toEqual({ type: 'cancel', jobId: 'job' });
    expect(processes[0]!.killed).toBe(false);
    expect(await running).toBe('cancelled');
    expect(processes[0]!.killed).toBe(true);
    expect(processes).toHaveLength(2);
  });

  test('a cancelled job that yields leaves its process alone', async () => {
    start();
    await open();
    const cancellation = new AbortController();
    const running = codeOf(run(cancellation.signal));
    await expect.poll(() => processes[0]!.received.at(-1)?.type).toBe('run');
    cancellation.abort();
    processes[0]!.tell({
      type: 'failed',
      jobId: 'job',
      error: { code: 'cancelled', message: '', remedy: '' },
    });
    expect(await running).toBe('cancelled');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(processes[0]!.killed).toBe(false);
  });

  test('another pack means another process; the old one is not heard any more', async () => {
    start();
    await open();
    const running = codeOf(run());
    await expect.poll(() => processes[0]!.received.at(-1)?.type).toBe('run');
    const used = codeOf(supervisor.use('/packs/broken'));
    expect(await running).toBe('engine-stopped');
    expect(processes[0]!.killed).toBe(true);
    processes[0]!.die('signal SIGKILL');
    processes[0]!.tell({ type: 'memory', residentBytes: 99 });
    const error = { code: 'pack-damaged' as const, message: 'm', remedy: 'r' };
    processes[1]!.tell({ type: 'open-failed', error, attempts: [] });
    expect(await used).toBe('pack-damaged');
    expect(supervisor.status).toMatchObject({ state: 'failed', error, memory: null });
    expect(supervisor.pack).toBeNull();
    expect(processes).toHaveLength(2);
  });

  test('stopped means stopped: nothing is started afterwards', async () => {
    start();
    await open();
    processes[0]!.die('exit code 1');
    supervisor.stop();
    expect(await codeOf(supervisor.use('/packs/fake'))).toBe('engine-stopped');
    expect(await codeOf(run())).toBe('engine-stopped');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(processes).toHaveLength(1);
  });

  test('without a pack it says so', async () => {
    start();
    expect(await codeOf(run())).toBe('pack-missing');
  });
});
