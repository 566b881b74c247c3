/** The graphs of a pack on inference servers: found, checked and opened as `Graph`s, with this machine behind them where that is wanted. */
import { serialiseError, StudioError } from '../../../shared/errors.js';
import type { RemoteWork } from '../../../shared/contract/servers.js';
import type { DescribedGraph, Graph, Graphs, GraphTensor, SessionClock } from '../model/graph.js';
import type { CheckedPack } from '../pack/pack.js';
import type { RemoteOptions } from './address.js';
import { checkServer, type CheckedServer, type CheckOptions } from './checked-server.js';
import { ServerConnection } from './connection.js';
import { checkGolden } from './golden-check.js';
import { remoteGraphsOf, type RemoteGraphName } from './graphs.js';
import { mayTryElsewhere } from './server-errors.js';
import { ServerPool, type PoolTiming } from './server-pool.js';

export interface RemoteSettings extends CheckOptions {
  clock: SessionClock;
  /** Opens a graph on this machine, once, when no server can run it; absent: that is an error. */
  openHere?: (graph: RemoteGraphName) => Promise<Graph>;
  pool?: Partial<PoolTiming>;
}

export interface RemoteEngine {
  graphs: Graphs;
  /** One sentence: which servers run what, and which were passed over and why. */
  reason: string;
  work: () => RemoteWork;
  during: (signal: AbortSignal | undefined) => void;
  close: () => Promise<void>;
}

/**
 * Every server is asked at once; those that cannot be used are passed over with their reason. Throws the first one's
 * `server-unreachable`, `server-refused` or `server-unsuitable` when none is left.
 */
export async function openRemote(
  pack: CheckedPack,
  { servers, certificates }: RemoteOptions,
  settings: RemoteSettings,
): Promise<RemoteEngine> {
  const asked = await Promise.allSettled(
    servers.map(async (server) => {
      const connection = new ServerConnection(server, { certificates });
      try {
        const checked = await checkServer(connection, pack.manifest, settings);
        await checkGolden(checked, pack);
        return checked;
      } catch (error) {
        await connection.close();
        throw error;
      }
    }),
  );
  const usable = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failures = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const broken = failures.find((one) => !mayTryElsewhere(one)) ?? (usable.length === 0 ? failures[0] : undefined);
  if (broken !== undefined) {
    await Promise.all(usable.map((server) => server.close()));
    throw broken;
  }
  return assemble(pack, usable, failures, settings);
}

function assemble(
  pack: CheckedPack,
  servers: readonly CheckedServer[],
  failures: readonly unknown[],
  { clock, openHere, pool: timing }: RemoteSettings,
): RemoteEngine {
  const pool = new ServerPool(servers, timing);
  const names = remoteGraphsOf(pack.manifest);
  let runHere: string | null = null;
  const onFallBack = (graph: RemoteGraphName, error: unknown): void => {
    runHere = `The ${graph} graph ran on this machine, because: ${serialiseError(error).message}`;
  };
  const graphs: Graphs = {};
  for (const name of names) {
    const { inputs, outputs } = servers[0]!.graphs.get(name)!;
    graphs[name] = new RemoteGraph(
      { name, inputs, outputs },
      pool,
      clock,
      openHere && {
        open: () => openHere(name),
        onUse: (error) => onFallBack(name, error),
      },
    );
  }
  const places = servers.map(({ url, product }) => `${url} (${product})`).join(' and ');
  const passedOver = failures.map((one) => ` ${serialiseError(one).message}`).join('');
  return {
    graphs,
    reason: `${inWords(names)} of the pack run on ${places}; the rest runs on this machine.${passedOver}`,
    work: () => ({ graphs: [...names], servers: pool.reports, runHere }),
    during: (signal) => pool.during(signal),
    close: () => pool.close(),
  };
}

interface FallBack {
  open: () => Promise<Graph>;
  onUse: (error: unknown) => void;
}

class RemoteGraph implements Graph {
  readonly name: RemoteGraphName;
  readonly inputs: Graph['inputs'];
  readonly outputs: Graph['outputs'];
  readonly dividesRows = true;
  #here: Promise<Graph> | undefined;

  constructor(
    { name, inputs, outputs }: DescribedGraph & { name: RemoteGraphName },
    private readonly pool: ServerPool,
    private readonly clock: SessionClock,
    private readonly fallBack: FallBack | undefined,
  ) {
    this.name = name;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  async run(feeds: Readonly<Record<string, GraphTensor>>): Promise<Record<string, GraphTensor>> {
    const began = performance.now();
    const { obstacle } = this.pool;
    try {
      // Servers that rest are left alone where there is another way: each try could take as long as the time-out.
      if (this.fallBack !== undefined && obstacle !== undefined)
        return await this.#runHere(this.fallBack, obstacle, feeds);
      return await this.pool.run(this.name, feeds);
    } catch (error) {
      if (this.fallBack === undefined || !mayTryElsewhere(error)) throw error;
      return await this.#runHere(this.fallBack, error, feeds);
    } finally {
      this.clock.milliseconds += performance.now() - began;
    }
  }

  async #runHere(
    fallBack: FallBack,
    reason: unknown,
    feeds: Readonly<Record<string, GraphTensor>>,
  ): Promise<Record<string, GraphTensor>> {
    fallBack.onUse(reason);
    this.#here ??= fallBack.open();
    return (await this.#here).run(feeds);
  }

  async dispose(): Promise<void> {
    // The connections belong to the pool, which several graphs share.
    const here = await this.#here?.catch(() => undefined);
    await here?.dispose();
  }
}

function inWords(names: readonly string[]): string {
  if (names.length === 0)
    throw new StudioError('pack-unsupported', 'This pack has no graph that servers run.', 'Use this machine.');
  const all = names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
  return `The graphs ${all}`;
}
