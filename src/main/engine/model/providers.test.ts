import { describe, expect, test } from 'vitest';
import { StudioError } from '../../../shared/errors.js';
import type { ProviderAttempt } from '../protocol.js';
import {
  chooseProvider,
  defaultThreads,
  obstacleTo,
  providersToTry,
  relativeDifference,
  type Openable,
  type ProbeOutcome,
  type ProviderFacts,
} from './providers.js';

const cpuAnswer = Float32Array.of(1, -1, 0.5);
const nothingInTheWay = () => null;

/** Providers as a table: what opening and probing each gives. */
function machine(table: Record<string, ProbeOutcome | Error>) {
  const log: string[] = [];
  const model: Openable<string> = {
    open: (provider) => {
      log.push(`open ${provider}`);
      const outcome = table[provider];
      return outcome === undefined || outcome instanceof Error
        ? Promise.reject(outcome ?? new Error('no such thing'))
        : Promise.resolve(provider);
    },
    openReference: () => {
      log.push('open reference');
      return Promise.resolve('cpu');
    },
    probe: (provider) => Promise.resolve(table[provider] as ProbeOutcome),
    dispose: (provider) => {
      log.push(`dispose ${provider}`);
      return Promise.resolve();
    },
  };
  return { model, log };
}

const cpu: ProbeOutcome = { values: cpuAnswer, milliseconds: 100 };

describe('providersToTry', () => {
  test('follows the platform, fastest kind first, the CPU last', () => {
    expect(providersToTry('linux')).toEqual(['cuda', 'webgpu', 'cpu']);
    expect(providersToTry('win32')).toEqual(['dml', 'webgpu', 'cpu']);
    expect(providersToTry('darwin')).toEqual(['webgpu', 'coreml', 'cpu']);
    expect(providersToTry('freebsd')).toEqual(['cpu']);
  });

  test('takes exactly what was asked for, each once', () => {
    expect(providersToTry('linux', ['cpu', 'webgpu', 'cpu'])).toEqual(['cpu', 'webgpu']);
    expect(providersToTry('linux', [])).toEqual(['cuda', 'webgpu', 'cpu']);
  });
});

describe('the reason', () => {
  const devices = [
    { id: 'cuda:0', name: 'GeForce' },
    { id: 'cuda:1', name: 'RTX A6000' },
  ];

  test('of a fall-back names device and missing library', async () => {
    const loader = 'Failed to load: libcudnn.so.9: cannot open shared object file: No such file or directory';
    const { model } = machine({ 'cuda:1': new Error(loader), cpu });
    const attempts: ProviderAttempt[] = [];
    await chooseProvider(['cuda:1', 'cpu'], nothingInTheWay, model, attempts, devices);
    expect(attempts[0]!.reason).toBe('cuda:1 (RTX A6000) cannot be used: the library libcudnn.so.9 is missing');
  });

  test('of a choice names the device', async () => {
    const { model } = machine({ cuda: { values: cpuAnswer, milliseconds: 10 }, cpu });
    const { attempts } = await chooseProvider(['cuda', 'cpu'], nothingInTheWay, model, [], devices);
    expect(attempts[0]!.reason).toBe('cuda (GeForce) gives the CPU’s answer 10.0 times as fast.');
  });
});

describe('obstacleTo', () => {
  const facts: ProviderFacts = {
    backends: [
      { name: 'cpu', bundled: true },
      { name: 'webgpu', bundled: true },
      { name: 'cuda', bundled: false },
    ],
    added: [],
    graphicsDevice: false,
    requested: false,
    platform: 'linux',
  };

  test('names the file that is missing, also for one device of several', () => {
    const reason = 'cuda needs libonnxruntime_providers_cuda.so, which is not installed.';
    expect(obstacleTo('cuda', facts)).toBe(reason);
    expect(obstacleTo('cuda:1', facts)).toBe(reason);
    expect(obstacleTo('cuda', { ...facts, graphicsDevice: true })).toContain('ddt-studio gpu install');
    expect(obstacleTo('cuda', { ...facts, platform: 'win32' })).toContain('onnxruntime_providers_cuda.dll');
  });

  test('knows what cannot work without trying it', () => {
    expect(obstacleTo('dml', facts)).toContain('not part of the installed onnxruntime');
    expect(obstacleTo('cuda', facts)).toContain('not installed');
    expect(obstacleTo('webgpu', facts)).toContain('no');
    expect(obstacleTo('cpu', facts)).toBeNull();
  });

  test('lets through what is there, or was asked for', () => {
    expect(obstacleTo('webgpu', { ...facts, graphicsDevice: true })).toBeNull();
    expect(obstacleTo('cuda', { ...facts, graphicsDevice: true, added: ['cuda'] })).toBeNull();
    expect(obstacleTo('webgpu', { ...facts, requested: true })).toBeNull();
    expect(obstacleTo('dml', { ...facts, requested: true })).not.toBeNull();
  });
});

describe('chooseProvider', () => {
  test('takes the first that gives the CPU’s answer faster, and opens nothing behind it', async () => {
    const { model, log } = machine({ cuda: { values: cpuAnswer, milliseconds: 10 }, cpu });
    const choice = await chooseProvider(['cuda', 'webgpu', 'cpu'], nothingInTheWay, model, []);
    expect(choice).toMatchObject({ provider: 'cuda', opened: 'cuda' });
    expect(choice.attempts).toEqual([
      { provider: 'cuda', ok: true, reason: expect.stringContaining('10.0 times') as string },
    ]);
    expect(log).toEqual(['open cuda', 'open reference', 'dispose cpu']);
  });

  test('passes over what is missing, throws, answers wrongly, with NaN, or no faster, each with its reason', async () => {
    const { model, log } = machine({
      dml: new Error('No adapter'),
      webgpu: { values: Float32Array.of(1, -1, 0.7), milliseconds: 10 },
      coreml: { values: Float32Array.of(1, NaN, 0.5), milliseconds: 10 },
      slow: { values: cpuAnswer, milliseconds: 99 },
      cpu,
    });
    const obstacle = (provider: string) => (provider === 'cuda' ? 'The libraries cuda needs are not installed.' : null);
    const choice = await chooseProvider(['cuda', 'dml', 'webgpu', 'coreml', 'slow', 'cpu'], obstacle, model, []);
    expect(choice.provider).toBe('cpu');
    expect(choice.attempts.map(({ ok }) => ok)).toEqual([false, false, false, false, false, true]);
    expect(choice.attempts.map(({ reason }) => reason)).toEqual([
      'The libraries cuda needs are not installed.',
      'dml cannot be used: No adapter',
      'webgpu was passed over: its answer differs from the CPU’s by 20 %.',
      'coreml was passed over: its answer differs from the CPU’s by NaN %.',
      'slow was passed over: it is no faster than the CPU (1.0 times).',
      'The CPU is used because cuda and dml and webgpu and coreml and slow could not be.',
    ]);
    expect(log).not.toContain('open cuda');
    expect(log.filter((line) => line === 'dispose webgpu')).toHaveLength(1);
  });

  test('a source path in front of a runtime message is left out', async () => {
    const message = '/src/webgpu_context.cc:136 Init() status == Success was false. Failed to get an adapter.\nmore';
    const { model } = machine({ webgpu: new Error(message), cpu });
    const { attempts } = await chooseProvider(['webgpu', 'cpu'], nothingInTheWay, model, []);
    expect(attempts[0]!.reason).toBe('webgpu cannot be used: Failed to get an adapter.');
  });

  test('says so with every reason when nothing works', async () => {
    const attempts: ProviderAttempt[] = [];
    const { model } = machine({ webgpu: new Error('No adapter') });
    await expect(chooseProvider(['webgpu'], nothingInTheWay, model, attempts)).rejects.toMatchObject({
      code: 'engine-failed',
      detail: 'webgpu cannot be used: No adapter',
    });
    expect(attempts).toHaveLength(1);
  });

  test('a damaged pack ends the search', async () => {
    const { model, log } = machine({ cuda: new StudioError('pack-damaged', 'broken', 'mend it'), cpu });
    await expect(chooseProvider(['cuda', 'cpu'], nothingInTheWay, model, [])).rejects.toMatchObject({
      code: 'pack-damaged',
    });
    expect(log).toEqual(['open cuda']);
  });
});

test('relativeDifference measures against the largest expected value', () => {
  expect(relativeDifference(Float32Array.of(2, 0), Float32Array.of(4, 0))).toBe(0.5);
  expect(relativeDifference(Float32Array.of(1), Float32Array.of(1, 2))).toBe(Infinity);
});

test('threads leave room for the window', () => {
  expect([1, 2, 3, 4, 8, 16, 64].map((logical) => defaultThreads(logical))).toEqual([1, 2, 2, 3, 4, 8, 8]);
});
