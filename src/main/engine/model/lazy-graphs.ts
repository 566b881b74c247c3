/**
 * The graphs of a pack, each opened when it is first run: who only draws needs no encoder, and gigabytes are not read for nothing.
 * One that does not fit beside the others takes the place of those that do nothing now; they are opened again when they are needed.
 */
import { StudioError } from '../../../shared/errors.js';
import type { GraphName } from '../../../shared/packs/pack.js';
import type { OpenGraph } from '../../../shared/contract/status.js';
import type { DescribedGraph, Graph, Graphs, GraphTensor } from './graph.js';
import { reasonIn } from './providers.js';
import { isOutOfMemory } from './row-limit.js';
import { rowsOf } from './rows.js';

export interface Places {
  provider: string;
  /** Where a graph is opened that `provider` cannot have; null: nowhere else. */
  elsewhere: string | null;
  /** Throws what opening throws; a StudioError is final, wherever it was tried. */
  open: (name: GraphName, provider: string) => Promise<Graph>;
}

interface Opened {
  graph: Graph;
  place: OpenGraph;
  /** Runs under way. */
  running: number;
}

export class LazyGraphs {
  readonly graphs: Graphs = {};
  readonly #opened = new Map<GraphName, Opened>();
  readonly #opening = new Map<GraphName, Promise<Opened>>();
  #waiting = 0;
  #onChange = (): void => undefined;

  constructor(
    descriptions: readonly DescribedGraph[],
    private readonly places: Places,
  ) {
    for (const { name, inputs, outputs } of descriptions) {
      this.graphs[name] = {
        ...{ name, inputs, outputs },
        run: (feeds) => this.#run(name, feeds),
        dispose: () => this.#close(name),
      };
    }
  }

  /** Those that are open, in the order they were opened. */
  get open(): OpenGraph[] {
    return [...this.#opened.values()].map(({ place }) => place);
  }

  /** Whether somebody waits for a graph to be opened. */
  get isWaitedFor(): boolean {
    return this.#waiting > 0;
  }

  /** Resolves when `isWaitedFor` changes. For one listener at a time. */
  changed(): Promise<void> {
    return new Promise((resolve) => (this.#onChange = resolve));
  }

  /** Opens a graph on the provider and nowhere else. Throws what opening it throws. */
  async begin(name: GraphName): Promise<void> {
    const { provider, open } = this.places;
    this.#keep(await open(name, provider), { name, provider, reason: null });
  }

  /** Opens the next one that nobody has asked for yet; whether there was one and it could be opened. Who needs it later learns why not. */
  async openAnother(): Promise<boolean> {
    const names = Object.keys(this.graphs) as GraphName[];
    const name = names.find((one) => !this.#opened.has(one) && !this.#opening.has(one));
    if (name === undefined) return false;
    return this.#openingOf(name).then(
      () => true,
      () => false,
    );
  }

  async #run(name: GraphName, feeds: Readonly<Record<string, GraphTensor>>): Promise<Record<string, GraphTensor>> {
    try {
      return await this.#runOnce(name, feeds);
    } catch (error) {
      // A batch is divided before anything is closed (`limitRows`); that of the language model cannot be.
      const isWhole = name === 'lm' || rowsOf(feeds) === 1;
      if (!isOutOfMemory(error) || !isWhole || !(await this.#makeRoom(name))) throw error;
      return await this.#runOnce(name, feeds);
    }
  }

  async #runOnce(name: GraphName, feeds: Readonly<Record<string, GraphTensor>>) {
    const opened = this.#opened.get(name) ?? (await this.#waitFor(name));
    opened.running++;
    try {
      return await opened.graph.run(feeds);
    } finally {
      opened.running--;
    }
  }

  async #waitFor(name: GraphName): Promise<Opened> {
    this.#waiting++;
    this.#onChange();
    try {
      return await this.#openingOf(name);
    } finally {
      this.#waiting--;
      this.#onChange();
    }
  }

  #openingOf(name: GraphName): Promise<Opened> {
    let opening = this.#opening.get(name);
    if (opening === undefined) {
      opening = this.#openSomewhere(name).finally(() => this.#opening.delete(name));
      this.#opening.set(name, opening);
    }
    return opening;
  }

  async #openSomewhere(name: GraphName): Promise<Opened> {
    const { provider, elsewhere } = this.places;
    try {
      return this.#keep(await this.#openWithRoom(name, provider), { name, provider, reason: null });
    } catch (error) {
      if (error instanceof StudioError) throw error;
      const reason = `${provider} cannot open it: ${reasonIn(error)}`;
      if (elsewhere === null || elsewhere === provider) throw cannotOpen(name, provider, reason, error);
      return this.#keep(await this.#openWithRoom(name, elsewhere), { name, provider: elsewhere, reason });
    }
  }

  async #openWithRoom(name: GraphName, provider: string): Promise<Graph> {
    const { open } = this.places;
    try {
      return await open(name, provider);
    } catch (error) {
      if (!isOutOfMemory(error) || !(await this.#makeRoom(name))) throw error;
      return open(name, provider);
    }
  }

  /** Closes all others that do nothing now; whether there were any. */
  async #makeRoom(except: GraphName): Promise<boolean> {
    const idle = [...this.#opened.keys()].filter((name) => name !== except && this.#opened.get(name)!.running === 0);
    for (const name of idle) await this.#close(name);
    return idle.length > 0;
  }

  #keep(graph: Graph, place: OpenGraph): Opened {
    const opened = { graph, place, running: 0 };
    this.#opened.set(place.name, opened);
    return opened;
  }

  async #close(name: GraphName): Promise<void> {
    // One that is just being opened would be left open.
    await this.#opening.get(name)?.catch(() => undefined);
    const opened = this.#opened.get(name);
    this.#opened.delete(name);
    await opened?.graph.dispose();
  }
}

function cannotOpen(name: GraphName, provider: string, detail: string, cause: unknown): StudioError {
  return new StudioError(
    'engine-failed',
    `The model’s ${name} graph cannot be opened on ${provider}.`,
    'Choose the device “cpu”, or another pack.',
    { detail, cause },
  );
}
