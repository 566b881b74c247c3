/** The engine as a command uses it: its own process, one pack, jobs one after the other, ended with the command. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { cancelledError, StudioError } from '../../shared/errors.js';
import type { EngineEvent } from '../../shared/contract/events.js';
import type { PackSummary } from '../../shared/packs/pack.js';
import { checkWords } from '../../shared/jobs/prompts.js';
import { applicationPaths } from '../application.js';
import { engineEnvironment } from '../gpu/gpu-runtime.js';
import type { EngineRequest, EngineTiming, ResultOf } from '../engine/protocol.js';
import { remoteFrom } from '../servers/remote-from.js';
import { verdictFileOf } from '../storage/data-directory.js';
import { nodeLauncher } from '../supervisor/engine-process.js';
import { EngineSupervisor } from '../supervisor/engine-supervisor.js';
import type { CommandContext } from './context.js';
import type { EngineOptions } from './options.js';
import { findPack } from './packs.js';

export interface EngineSession {
  pack: PackSummary;
  provider: string;
  /** From starting the process to the pack being ready, milliseconds. */
  readyMs: number;
  run: <Request extends EngineRequest>(
    request: Request,
    onEvent?: (event: EngineEvent) => void,
  ) => Promise<{ result: ResultOf<Request['kind']>; timing: EngineTiming }>;
  /** Of the engine's process; it reports every few seconds, so this waits for a fresh figure. */
  residentBytes: () => Promise<number | null>;
  close: () => void;
}

const memoryReportMs = 3_500;

/** `place`: which of several engines side by side. Throws what finding or opening the pack throws, and `cancelled` when the command is. */
export async function openEngine(context: CommandContext, options: EngineOptions, place = 0): Promise<EngineSession> {
  const directory = await findPack(options.pack);
  const remote = options.remote === undefined ? null : remoteFrom(rotated(options.remote, place), process.env, false);
  const supervisor = new EngineSupervisor({
    launch: nodeLauncher(applicationPaths().engineScript, {
      environment: () => engineEnvironment(applicationPaths().dataDirectory),
    }),
    verdictFile: verdictFileOf(applicationPaths().dataDirectory),
    // A command ends with its engine: a crash is an answer, not something to try again behind its back.
    restartDelaysMs: [],
    onStatus: ({ checking }) => {
      if (checking !== null) context.output.progress('verifying', megabytes(checking.done), megabytes(checking.total));
    },
    ...(options.provider === undefined ? {} : { providers: [options.provider] }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    remote,
  });
  const started = performance.now();
  try {
    await unlessCancelled(context.signal, supervisor.use(directory));
  } catch (thrown) {
    const { providerReason } = supervisor.status;
    supervisor.stop();
    throw withReason(thrown, providerReason);
  }
  const { provider, providerReason } = supervisor.status;
  context.output.event({ type: 'ready', pack: supervisor.pack!.id, provider, providerReason });
  return {
    pack: supervisor.pack!,
    provider: provider ?? 'unknown',
    readyMs: performance.now() - started,
    run: async <Request extends EngineRequest>(
      request: Request,
      onEvent: (event: EngineEvent) => void = () => undefined,
    ) => {
      checkWords(request);
      const { result, timing } = await supervisor.run(randomUUID(), request, { signal: context.signal, onEvent });
      // The engine answers a request with a result of its kind; the protocol cannot say so in one type.
      return { result: result as ResultOf<Request['kind']>, timing };
    },
    residentBytes: async () => {
      await wait(memoryReportMs);
      return supervisor.status.memory;
    },
    close: () => supervisor.stop(),
  };
}

export async function withEngine(
  context: CommandContext,
  options: EngineOptions,
  work: (engine: EngineSession) => Promise<void>,
): Promise<void> {
  await withEngines(context, options, 1, ([engine]) => work(engine!));
}

/** Providers that several engines may use at once; any other is filled by one. */
const sideBySide = new Set(['cpu', 'servers']);
const mostEngines = 4;

/** For work in many parts: one engine for each server, which keeps all of them busy; one where everything runs here. */
export function enginesFor({ remote = [] }: EngineOptions): number {
  return Math.max(1, Math.min(mostEngines, new Set(remote).size));
}

/** Each engine begins with a server of its own: of those that are as busy, the first is asked. */
function rotated<Item>(items: readonly Item[], by: number): Item[] {
  return items.map((_, index) => items[(index + by) % items.length]!);
}

/** `count` engines of one pack side by side, all on the CPU or on servers; where another provider is taken it is one, which fills it alone. */
export async function withEngines(
  context: CommandContext,
  options: EngineOptions,
  count: number,
  work: (engines: readonly EngineSession[]) => Promise<void>,
): Promise<void> {
  const engines: EngineSession[] = [];
  try {
    engines.push(await openEngine(context, options));
    if (sideBySide.has(engines[0]!.provider)) {
      const more = await Promise.allSettled(
        Array.from({ length: count - 1 }, (_, index) => openEngine(context, options, index + 1)),
      );
      for (const one of more) if (one.status === 'fulfilled') engines.push(one.value);
      for (const one of more) if (one.status === 'rejected') throw one.reason;
    }
    await work(engines);
  } catch (thrown) {
    throw withoutRestart(thrown);
  } finally {
    for (const engine of engines) engine.close();
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

async function unlessCancelled<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  if (signal.aborted) throw cancelledError();
  let onAbort!: () => void;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(cancelledError());
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // The loser of the race must not become an unhandled rejection.
    promise.catch(() => undefined);
  }
}

/** A window shows what was tried beside the error; here the sentence has to say it. */
function withReason(thrown: unknown, reason: string): unknown {
  if (!(thrown instanceof StudioError) || thrown.code !== 'engine-failed' || reason === '') return thrown;
  return new StudioError(thrown.code, `${thrown.message} ${reason}`, thrown.remedy, { cause: thrown });
}

/** In a window the engine comes back by itself; a command has to be run again. */
function withoutRestart(thrown: unknown): unknown {
  if (!(thrown instanceof StudioError) || thrown.code !== 'engine-stopped') return thrown;
  return new StudioError('engine-stopped', thrown.message, 'Nothing was written; run the command again.', {
    cause: thrown,
  });
}
