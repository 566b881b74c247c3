/** The engine's facade: opens a pack on the best provider and runs jobs as async generators of events. */
import { basename } from 'node:path';
import { serialiseError, StudioError } from '../../shared/errors.js';
import type { EngineEvent } from '../../shared/contract/events.js';
import type { GraphName } from '../../shared/packs/pack.js';
import { ablate } from './jobs/ablate.js';
import { captions } from './jobs/captions.js';
import { codesTensor, Decoder } from './model/decoder.js';
import { edit, generate } from './jobs/generate.js';
import { SessionClock, type DescribedGraph, type Graphs } from './model/graph.js';
import { LazyGraphs } from './model/lazy-graphs.js';
import { tellingOpenings } from './openings.js';
import { brokenGraphRule } from './pack/graph-contract.js';
import { graphPorts } from './pack/graph-ports.js';
import { loadPack, packError, readTokenizer, type CheckedPack, type CheckListener } from './pack/pack.js';
import { damaged } from './pack/pack-files.js';
import { assembleParts, type EngineParts } from './pack/open-pack.js';
import type { EngineReady, EngineRequest, EngineResult, EngineTiming, ProviderAttempt } from './protocol.js';
import { countByPlace, namedDevices } from './model/devices.js';
import { chooseProvider, defaultThreads, obstacleTo, providersToTry, type ProbeOutcome } from './model/providers.js';
import { gaussianNoise } from './model/random.js';
import { ask, describe, encode } from './jobs/describe.js';
import { decode } from './jobs/decode.js';
import { film } from './jobs/film.js';
import { disposeAll, loadOnnxRuntime, openGraph, providerFacts } from './model/session.js';
import { measureEntropy } from './jobs/analysis-entropy.js';
import { compareSeeds, measureSpectrum } from './jobs/analysis-pictures.js';
import { timeline } from './jobs/timeline.js';
import type { RemoteOptions } from './remote/address.js';
import { findWriter, type Writing } from './remote/find-writer.js';
import { openRemote, type RemoteEngine } from './remote/remote-engine.js';
import { mayTryElsewhere } from './remote/server-errors.js';
import type { RemoteWork } from '../../shared/contract/servers.js';
import type { OpenGraph } from '../../shared/contract/status.js';

export interface EngineOptions {
  packDirectory: string;
  /** Where hashes of large files are kept from one start to the next; absent: nowhere. */
  verdictFile?: string;
  /** Only these providers, in this order, `cuda:1` being the second device of one; absent: `DDT_STUDIO_PROVIDERS` (comma-separated), else what suits the platform. */
  providers?: readonly string[];
  /** Threads inside one graph; absent: `DDT_STUDIO_THREADS`, else by the number of processors. */
  threads?: number;
  /** Servers that run what takes long; the rest then runs on the CPU here. */
  remote?: RemoteOptions;
  /** Hears how much of the pack has been checked; of a large one every byte is read. */
  onChecked?: CheckListener;
  /** Filled while providers are tried, so that a failure can show them. */
  attempts?: ProviderAttempt[];
}

export interface EngineOutcome {
  result: EngineResult;
  timing: EngineTiming;
}

export class Engine {
  private busy = false;

  private constructor(
    readonly ready: EngineReady,
    private readonly parts: EngineParts,
    private readonly graphs: Graphs,
    private readonly lazy: LazyGraphs,
    private readonly clock: SessionClock,
    private readonly remote: RemoteEngine | null,
    private readonly writing: Writing,
  ) {}

  /** Which servers run what, how fast; null where everything runs here. */
  get remoteWork(): RemoteWork | null {
    const graphs = this.remote?.work() ?? null;
    const writers = this.writing.reports();
    if (writers.length === 0) return graphs;
    const { graphs: names = [], servers = [], runHere = null } = graphs ?? {};
    return { graphs: [...names, 'lm'], servers: [...servers, ...writers], runHere };
  }

  /** Graphs that are in this machine's memory. */
  get openGraphs(): OpenGraph[] {
    return this.lazy.open;
  }

  /** Every graph is checked, the decoder is opened, the others once they are needed. Throws `pack-missing`, `pack-damaged`, `pack-unsupported`, `engine-failed`, and what asking servers throws. */
  static async open(options: EngineOptions): Promise<Engine> {
    const began = performance.now();
    countByPlace();
    const [pack, runtime] = await Promise.all([
      loadPack(options.packDirectory, options.verdictFile, options.onChecked),
      loadOnnxRuntime(),
    ]);
    const devices = await namedDevices();
    const clock = new SessionClock();
    const threads = options.threads ?? threadsFromEnvironment() ?? defaultThreads();
    const requested = options.providers ?? providersFromEnvironment();
    const facts = { ...(await providerFacts(runtime)), requested: requested !== undefined };
    const attempts = options.attempts ?? [];
    const graphs = await describedGraphs(pack);
    const order = providersToTry(process.platform, requested);
    const elsewhere = order.includes('cpu') ? 'cpu' : null;
    const lazyOn = (provider: string): LazyGraphs =>
      new LazyGraphs(graphs, {
        provider,
        elsewhere,
        open: (name, place) => openGraph(runtime, pack, name, { provider: place, threads, clock }),
      });
    const writing = await findWriter(pack.manifest, options.remote, attempts);
    const remote =
      writing.others === undefined ? null : await openServers(pack, lazyOn('cpu'), clock, writing.others, attempts);
    const choice =
      remote ??
      (await chooseProvider(
        order,
        (provider) => obstacleTo(provider, facts),
        {
          open: (provider) => withDecoder(lazyOn(provider)),
          openReference: () => withDecoder(lazyOn('cpu')),
          probe: (lazy) => probe(pack, lazy.graphs),
          dispose: (lazy) => disposeAll(lazy.graphs),
        },
        attempts,
        devices,
      ));
    const tokenizer = pack.manifest.tokenizer === undefined ? undefined : await readTokenizer(pack);
    const opened = remote?.graphs ?? choice.opened.graphs;
    const parts = assembleParts(pack.manifest, opened, tokenizer, writing.writer);
    const ready: EngineReady = {
      pack: pack.summary,
      provider: choice.provider,
      attempts: choice.attempts,
      devices,
      openMs: performance.now() - began,
    };
    return new Engine(ready, parts, opened, choice.opened, clock, remote?.remote ?? null, writing);
  }

  /**
   * One job at a time. Yields what a window shows; returns the result and what it cost. Throws `cancelled` soon after
   * `signal` aborts (between two runs of a graph), `bad-request` and the codes the jobs name.
   */
  async *run(request: EngineRequest, signal: AbortSignal): AsyncGenerator<EngineEvent, EngineOutcome> {
    if (this.busy) {
      throw new StudioError('engine-failed', 'The engine is busy with another job.', 'Wait until it is done.');
    }
    this.busy = true;
    const began = performance.now();
    const sessionBegan = this.clock.milliseconds;
    this.remote?.during(signal);
    try {
      const result = yield* tellingOpenings(this.start(request, signal), this.lazy);
      const sessionMs = this.clock.milliseconds - sessionBegan;
      return { result, timing: { wallMs: performance.now() - began, sessionMs } };
    } finally {
      this.remote?.during(undefined);
      this.busy = false;
    }
  }

  /**
   * Opens one more graph of a small pack before a job needs it; false when there is none, or a server runs what takes long. A job may
   * come meanwhile: it waits only if it needs that graph.
   */
  async openAnother(): Promise<boolean> {
    return this.remote === null && this.ready.pack.bytes <= openedAheadBytes && (await this.lazy.openAnother());
  }

  async dispose(): Promise<void> {
    await disposeAll(this.graphs);
    await this.remote?.close();
    await this.writing.close();
  }

  private start(request: EngineRequest, signal: AbortSignal): AsyncGenerator<EngineEvent, EngineResult> {
    switch (request.kind) {
      case 'generate':
        return generate(this.parts, request, signal);
      case 'edit':
        return edit(this.parts, request, signal);
      case 'describe':
        return describe(this.parts, request, signal);
      case 'ask':
        return ask(this.parts, request, signal);
      case 'encode':
        return encode(this.parts, request, signal);
      case 'decode':
        return decode(this.parts, request, signal);
      case 'timeline':
        return timeline(this.parts, request, signal);
      case 'captions':
        return captions(this.parts, request, signal);
      case 'ablate':
        return ablate(this.parts, request, signal);
      case 'film':
        return film(this.parts, request, signal);
      case 'entropy':
        return measureEntropy(this.parts, request, signal);
      case 'spectrum':
        return measureSpectrum(this.parts, request, signal);
      case 'seeds':
        return compareSeeds(this.parts, request, signal);
      default:
        throw unknownJob(request);
    }
  }
}

/** A message of another version of the studio; the compiler knows of no other. */
function unknownJob(request: never): StudioError {
  const kind = String((request as { kind?: unknown } | undefined)?.kind);
  return new StudioError('bad-request', `The engine knows no job of the kind ${kind}.`, 'Restart the studio.');
}

/** In the order in which somebody who begins with a prompt needs them. */
const graphNames: GraphName[] = ['decoder', 'lm', 'vaeDecoder', 'renderer', 'encoder', 'vaeEncoder', 'probe'];

/** Packs up to this size cost little memory when all of their graphs are open. */
const openedAheadBytes = 256 * 1024 * 1024;

/** What the pack's graphs say of themselves. Throws `pack-damaged` for the first one that breaks its contract. */
async function describedGraphs(pack: CheckedPack): Promise<DescribedGraph[]> {
  const described: DescribedGraph[] = [];
  for (const name of graphNames) {
    const path = pack.graphPath(name);
    if (path === undefined) continue;
    const ports = await graphPorts(path).catch((error: unknown) => {
      throw packError(pack.directory, damaged(basename(path), error instanceof Error ? error.message : String(error)));
    });
    const graph = { name, ...ports };
    const broken = brokenGraphRule(graph, pack.manifest);
    if (broken !== null) throw packError(pack.directory, damaged(basename(path), broken));
    described.push(graph);
  }
  return described;
}

/** The decoder has a say in everything that is drawn, and tells providers apart. */
async function withDecoder(lazy: LazyGraphs): Promise<LazyGraphs> {
  await lazy.begin('decoder');
  return lazy;
}

interface ServersChoice {
  provider: 'servers';
  /** What runs here. */
  opened: LazyGraphs;
  graphs: Graphs;
  attempts: ProviderAttempt[];
  remote: RemoteEngine;
}

/** Null: no server can be used, this machine does it all, and `attempts` says why. Throws what is wrong with them where they must be used. */
async function openServers(
  pack: CheckedPack,
  here: LazyGraphs,
  clock: SessionClock,
  options: RemoteOptions,
  attempts: ProviderAttempt[],
): Promise<ServersChoice | null> {
  const openHere = (name: GraphName) => Promise.resolve(here.graphs[name]!);
  try {
    const remote = await openRemote(pack, options, { clock, ...(options.orHere ? { openHere } : {}) });
    attempts.push({ provider: 'servers', ok: true, reason: remote.reason });
    return { provider: 'servers', opened: here, graphs: { ...here.graphs, ...remote.graphs }, attempts, remote };
  } catch (error) {
    if (!options.orHere || !mayTryElsewhere(error)) throw error;
    attempts.push({ provider: 'servers', ok: false, reason: serialiseError(error).message });
    return null;
  }
}

/** The decoder's answer to fixed noise; timed on the second run, since the first one compiles. */
async function probe(pack: CheckedPack, graphs: Graphs): Promise<ProbeOutcome> {
  const { count, codebookSize } = pack.manifest.tokens;
  const decoder = new Decoder(graphs.decoder!, pack.manifest);
  const sequence = Array.from({ length: count }, (_, index) => (index * 7919) % codebookSize);
  const question = () =>
    decoder.restore(
      gaussianNoise(1, 1, decoder.size),
      Float32Array.of(0.8),
      codesTensor([sequence]),
      new Uint8Array(count).fill(1),
    );
  await question();
  const began = performance.now();
  const values = await question();
  return { values, milliseconds: performance.now() - began };
}

function providersFromEnvironment(): string[] | undefined {
  const value = process.env['DDT_STUDIO_PROVIDERS'];
  return value === undefined || value.trim() === '' ? undefined : value.split(',').map((name) => name.trim());
}

function threadsFromEnvironment(): number | undefined {
  const threads = Number(process.env['DDT_STUDIO_THREADS']);
  return Number.isInteger(threads) && threads > 0 ? threads : undefined;
}
