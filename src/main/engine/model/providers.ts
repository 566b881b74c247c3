/**
 * Which execution provider runs the model. Each is tried alone, fastest kind first and the CPU last, and must prove itself:
 * onnxruntime may silently run on the CPU instead, or compute something else. Every decision carries its reason.
 */
import { availableParallelism } from 'node:os';
import { StudioError } from '../../../shared/errors.js';
import type { EngineDevice } from '../../../shared/packs/pack.js';
import type { ProviderAttempt } from '../protocol.js';
import { deviceName, missingLibrary, parseDevice, providerLibrary } from './devices.js';

/** Fastest kind first. */
export const providerOrder = ['cuda', 'dml', 'webgpu', 'coreml', 'cpu'] as const;

/** Which providers make sense where; the rest is passed over without a word. */
const providersOfPlatform: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['cuda', 'webgpu', 'cpu'],
  win32: ['dml', 'webgpu', 'cpu'],
  darwin: ['webgpu', 'coreml', 'cpu'],
};

/** One answer of the decoder to a fixed question, and how long the second run took. */
export interface ProbeOutcome {
  values: Float32Array;
  milliseconds: number;
}

/** What is to run, and how it is tried on a provider. */
export interface Openable<Opened> {
  /** Opens everything on this provider; throws when it cannot be had. */
  open: (provider: string) => Promise<Opened>;
  /** Opens on the CPU what `probe` asks and no more: a model of gigabytes does not fit into memory twice. */
  openReference: () => Promise<Opened>;
  probe: (opened: Opened) => Promise<ProbeOutcome>;
  dispose: (opened: Opened) => Promise<void>;
}

export interface ProviderChoice<Opened> {
  provider: string;
  opened: Opened;
  attempts: ProviderAttempt[];
}

/** Largest difference to the CPU's answer that still counts as the same, in units of the answer's own spread. */
export const tolerance = 0.05;

/** The order to try: what was asked for, else what suits the platform; always ends with the CPU unless it was left out on purpose. */
export function providersToTry(platform: NodeJS.Platform, requested?: readonly string[]): string[] {
  if (requested !== undefined && requested.length > 0) return [...new Set(requested)];
  const suited = providersOfPlatform[platform] ?? ['cpu'];
  return providerOrder.filter((provider) => suited.includes(provider));
}

/** What is known before anything is tried. */
export interface ProviderFacts {
  /** From onnxruntime: what it was built with, and whether the libraries for it came along. */
  backends: readonly { name: string; bundled: boolean }[];
  /** Libraries that were added to the installed onnxruntime later. */
  added: readonly string[];
  /** Whether the operating system shows a graphics device. */
  graphicsDevice: boolean;
  /** Asked for by name: tried even where it will hardly work. */
  requested: boolean;
  platform: NodeJS.Platform;
}

/** Why a provider is not even tried, in one sentence; null = try it. */
export function obstacleTo(device: string, facts: ProviderFacts): string | null {
  const { provider } = parseDevice(device);
  const backend = facts.backends.find(({ name }) => name === provider);
  if (backend === undefined) return `${provider} is not part of the installed onnxruntime on this platform.`;
  if (facts.requested || provider === 'cpu') return null;
  if (!backend.bundled && !facts.added.includes(provider)) {
    const isOffered = provider === 'cuda' && facts.platform === 'linux' && facts.graphicsDevice;
    const way = isOffered ? ' With an NVIDIA card “ddt-studio gpu install” brings it.' : '';
    return `${provider} needs ${providerLibrary(provider, facts.platform)}, which is not installed.${way}`;
  }
  if (!facts.graphicsDevice) return `${provider} needs a graphics device, and this machine shows none.`;
  return null;
}

/**
 * `obstacle` says why a provider is not tried at all. Throws `engine-failed` with every reason when none works; a
 * damaged pack ends the search at once, since no provider can mend it. `attempts` is filled as the search goes.
 */
export async function chooseProvider<Opened>(
  order: readonly string[],
  obstacle: (provider: string) => string | null,
  model: Openable<Opened>,
  attempts: ProviderAttempt[],
  devices: readonly EngineDevice[] = [],
): Promise<ProviderChoice<Opened>> {
  for (const provider of order) {
    const name = deviceName(provider, devices);
    const called = name === null ? provider : `${provider} (${name})`;
    const note = (ok: boolean, reason: string): void => void attempts.push({ provider, ok, reason });
    const hindrance = obstacle(provider);
    if (hindrance !== null) {
      note(false, hindrance);
      continue;
    }
    let opened: Opened;
    try {
      opened = await model.open(provider);
    } catch (error) {
      if (error instanceof StudioError) throw error;
      note(false, `${called} cannot be used: ${reasonIn(error)}`);
      continue;
    }
    if (provider === 'cpu') {
      const before = attempts.map((attempt) => attempt.provider).join(' and ');
      note(
        true,
        before === '' ? 'The CPU is the only device asked for.' : `The CPU is used because ${before} could not be.`,
      );
      return { provider, opened, attempts };
    }
    const fault = await faultOf(opened, model);
    if (fault.fault === null) {
      note(true, `${called} gives the CPU’s answer ${fault.speed.toFixed(1)} times as fast.`);
      return { provider, opened, attempts };
    }
    await model.dispose(opened);
    note(false, `${called} was passed over: ${fault.fault}.`);
  }
  throw new StudioError(
    'engine-failed',
    'The model could not be opened on any device.',
    'Choose the device “cpu”, or reinstall the studio.',
    { detail: attempts.map((attempt) => attempt.reason).join('\n') },
  );
}

/** Runs the same question on the provider and on the CPU. */
async function faultOf<Opened>(
  opened: Opened,
  model: Openable<Opened>,
): Promise<{ fault: string | null; speed: number }> {
  let reference: Opened | undefined;
  try {
    const answer = await model.probe(opened);
    reference = await model.openReference();
    const expected = await model.probe(reference);
    const speed = expected.milliseconds / answer.milliseconds;
    const difference = relativeDifference(answer.values, expected.values);
    if (!(difference <= tolerance)) {
      return { fault: `its answer differs from the CPU’s by ${(difference * 100).toFixed(0)} %`, speed };
    }
    // A silent fall back to the CPU, or a GPU drawn in software, shows as no gain.
    if (speed < 1.1) return { fault: `it is no faster than the CPU (${speed.toFixed(1)} times)`, speed };
    return { fault: null, speed };
  } catch (error) {
    return { fault: `a first run failed: ${reasonIn(error)}`, speed: 0 };
  } finally {
    if (reference !== undefined) await model.dispose(reference);
  }
}

/** Largest absolute difference over the largest absolute expected value; NaN anywhere gives NaN. */
export function relativeDifference(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) return Infinity;
  let largest = 0;
  let scale = 1e-6;
  for (let index = 0; index < found.length; index++) {
    const difference = Math.abs(found[index]! - expected[index]!);
    if (Number.isNaN(difference)) return NaN;
    largest = Math.max(largest, difference);
    scale = Math.max(scale, Math.abs(expected[index]!));
  }
  return largest / scale;
}

/** Half the logical processors of a larger machine (they are usually twice the cores), one left to the window. */
export function defaultThreads(logical = availableParallelism()): number {
  if (logical <= 2) return logical;
  if (logical <= 4) return logical - 1;
  return Math.min(8, Math.floor(logical / 2));
}

/**
 * The part of an onnxruntime message a person can use: the library that is missing, else its first line without source paths and
 * asserted conditions in front.
 */
export function reasonIn(error: unknown): string {
  const text =
    error instanceof StudioError
      ? (error.detail ?? error.message)
      : error instanceof Error
        ? error.message
        : String(error);
  const library = missingLibrary(text);
  if (library !== null) return `the library ${library} is missing`;
  return text
    .split('\n')[0]!
    .replace(/^.* was false\. /, '')
    .slice(0, 300);
}
