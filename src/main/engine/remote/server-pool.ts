/**
 * Batches over several servers: each part goes to the server with the least outstanding work. Graphs are pure, so a part whose server
 * fails is simply sent to another one, and an answer is taken once.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { cancelledError, isCancelled, serialiseError } from '../../../shared/errors.js';
import type { ServerReport } from '../../../shared/contract/servers.js';
import type { GraphTensor } from '../model/graph.js';
import { joinRows, rowsOf, sliceRows } from '../model/rows.js';
import type { CheckedServer } from './checked-server.js';
import type { RemoteGraphName } from './graphs.js';
import { isTimeOut, mayTryElsewhere } from './server-errors.js';
import { freshReport, noteAnswer } from './server-report.js';

export interface PoolTiming {
  /** How long a server that failed is left alone: the first time, and at most. Doubles with every failure in a row. */
  restMs: number;
  longestRestMs: number;
  /** Before a part is sent again where every server failed it. */
  retryMs: number;
}

const usualTiming: PoolTiming = { restMs: 2_000, longestRestMs: 60_000, retryMs: 300 };
/** Requests a server has at once: it computes one while the next one travels. Parts beyond that wait for whoever is free first. */
const inFlight = 2;

interface PooledServer {
  server: CheckedServer;
  report: ServerReport;
  requests: number;
  /** In a row. */
  failures: number;
  /** The last one. */
  failure: unknown;
  restsUntil: number;
}

type Feeds = Readonly<Record<string, GraphTensor>>;

export class ServerPool {
  readonly #servers: PooledServer[];
  readonly #timing: PoolTiming;
  /** Of the job that runs; its requests end with it. */
  #signal: AbortSignal | undefined;
  /** Parts that wait for a server to be free. */
  readonly #waiting: (() => void)[] = [];

  constructor(servers: readonly CheckedServer[], timing: Partial<PoolTiming> = {}) {
    this.#timing = { ...usualTiming, ...timing };
    this.#servers = servers.map((server) => ({
      server,
      requests: 0,
      failures: 0,
      failure: undefined,
      restsUntil: 0,
      report: freshReport(server.url, server.product),
    }));
  }

  get reports(): ServerReport[] {
    return this.#servers.map(({ report }) => ({ ...report }));
  }

  /** From now on requests belong to a job: they end when `signal` aborts. */
  during(signal: AbortSignal | undefined): void {
    this.#signal = signal;
  }

  /** A whole batch, divided among the servers that work. Throws what the last server that failed at a part threw, or `cancelled`. */
  async run(graph: RemoteGraphName, feeds: Feeds): Promise<Record<string, GraphTensor>> {
    const signal = this.#signal;
    // When one part cannot be had, the others need not be waited for.
    const given = new AbortController();
    const ended = signal === undefined ? given.signal : AbortSignal.any([signal, given.signal]);
    const parts = this.#divide(graph, feeds).map((part) => this.#runPart(graph, part, ended));
    try {
      return joinRows(await Promise.all(parts));
    } catch (error) {
      given.abort();
      await Promise.allSettled(parts);
      throw error;
    }
  }

  /** Why it is no use to ask now, since every server rests or is not asked again; undefined where one can be. */
  get obstacle(): unknown {
    return this.#servers.some((one) => this.#isUsable(one)) ? undefined : this.#servers.at(-1)!.failure;
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map(({ server }) => server.close()));
  }

  /** As many parts as servers can share, none larger than the least of them takes. */
  #divide(graph: RemoteGraphName, feeds: Feeds): Feeds[] {
    const rows = rowsOf(feeds);
    const usable = this.#servers.filter((one) => this.#isUsable(one));
    const among = usable.length > 0 ? usable : this.#servers;
    const most = Math.min(...among.map(({ server }) => server.graphs.get(graph)!.mostRows));
    const parts = Math.min(rows, Math.max(among.length, Math.ceil(rows / most)));
    return Array.from({ length: parts }, (_, part) => {
      const from = Math.floor((part * rows) / parts);
      const to = Math.floor(((part + 1) * rows) / parts);
      return parts === 1 ? feeds : sliceRows(feeds, from, to);
    });
  }

  async #runPart(graph: RemoteGraphName, feeds: Feeds, signal: AbortSignal): Promise<Record<string, GraphTensor>> {
    const rows = rowsOf(feeds);
    const slow = new Set<PooledServer>();
    let failure: unknown;
    // A connection may just have been closed between two requests: everyone that can be asked at all is asked twice.
    for (let round = 0; round < 2; round++) {
      const failedAt = new Set(slow);
      for (let chosen = await this.#take(failedAt, rows); chosen !== null; chosen = await this.#take(failedAt, rows)) {
        try {
          return await this.#ask(chosen, graph, feeds, signal);
        } catch (error) {
          if (isCancelled(error) || !mayTryElsewhere(error)) throw error;
          failure = error;
          failedAt.add(chosen);
          if (isTimeOut(error)) slow.add(chosen);
        }
      }
      if (this.#servers.every((one) => slow.has(one) || one.report.state === 'refused')) break;
      if (round === 0) await wait(this.#timing.retryMs, undefined, { signal }).catch(() => undefined);
    }
    if (signal.aborted) throw cancelledError();
    throw failure ?? this.#servers.at(-1)!.failure;
  }

  /**
   * Whoever has the least outstanding work among those that have not failed at this part and may be asked, once it is free; those that
   * rest only when nobody else is there. Null: nobody is left. Chosen and counted in one turn, or parts that wait together would all
   * choose the same server.
   */
  async #take(failedAt: ReadonlySet<PooledServer>, rows: number): Promise<PooledServer | null> {
    for (;;) {
      const open = this.#servers.filter((one) => !failedAt.has(one) && one.report.state !== 'refused');
      if (open.length === 0) return null;
      const usable = open.filter((one) => this.#isUsable(one));
      const among = usable.length > 0 ? usable : open;
      const chosen = among.reduce((least, one) =>
        expectedWait(one.report) < expectedWait(least.report) ? one : least,
      );
      if (chosen.requests < inFlight) {
        chosen.requests += 1;
        chosen.report.outstanding += rows;
        return chosen;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Of a server that was taken, which it gives back. */
  async #ask(
    chosen: PooledServer,
    graph: RemoteGraphName,
    feeds: Feeds,
    signal: AbortSignal,
  ): Promise<Record<string, GraphTensor>> {
    const { server, report } = chosen;
    const rows = rowsOf(feeds);
    const began = performance.now();
    try {
      const answer = await server.infer(graph, feeds, signal);
      const took = performance.now() - began;
      // Another answer of the same moment may have shown that it cannot be used.
      if (report.state !== 'refused') {
        chosen.failures = 0;
        report.state = 'working';
        report.problem = null;
      }
      noteAnswer(report, rows, took);
      return answer;
    } catch (error) {
      if (!isCancelled(error)) this.#noteFailure(chosen, error);
      throw error;
    } finally {
      chosen.requests -= 1;
      report.outstanding -= rows;
      for (const look of this.#waiting.splice(0)) look();
    }
  }

  #noteFailure(failed: PooledServer, error: unknown): void {
    const { code, message } = serialiseError(error);
    if (failed.report.state === 'refused') return;
    failed.failure = error;
    failed.report.problem = message;
    failed.report.state = code === 'server-unreachable' ? 'resting' : 'refused';
    // Requests that fail together are one failure.
    if (performance.now() < failed.restsUntil) return;
    failed.failures += 1;
    const { restMs, longestRestMs } = this.#timing;
    failed.restsUntil = performance.now() + Math.min(longestRestMs, restMs * 2 ** (failed.failures - 1));
  }

  #isUsable({ report, restsUntil }: PooledServer): boolean {
    return report.state === 'working' || (report.state === 'resting' && performance.now() >= restsUntil);
  }
}

/** Least outstanding work: rows still to come; of two as busy, the faster one. */
function expectedWait({ outstanding, rowsPerSecond }: ServerReport): number {
  return outstanding + (rowsPerSecond === null ? 0 : 1 / (1 + rowsPerSecond));
}
