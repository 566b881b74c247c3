/**
 * Engines for a comparison of packs: the one in use does its own part, any other pack is opened in a second process, which ends
 * when nobody compares any more. The first engine and what it has open are never touched.
 */
import { resolve } from 'node:path';
import { cancelledError, StudioError } from '../../../shared/errors.js';
import type { PackSummary } from '../../../shared/packs/pack.js';
import { listPacks, loadPack } from '../../engine/pack/pack.js';
import { EngineSupervisor, type SupervisorOptions } from '../../supervisor/engine-supervisor.js';

/** A window; where its host has a dialog for folders, that one is used. */
interface PackFinder {
  desktop?: { chooseFolder: (title: string) => Promise<string | null> } | undefined;
}

export interface ComparisonEnginesOptions {
  /** The engine in use. */
  engine: EngineSupervisor;
  /** As the first engine's: how the second is started. */
  supervisor: Omit<SupervisorOptions, 'onStatus'>;
  packDirectories: readonly string[];
  /** Without a comparison for so long the second process ends by itself. */
  idleMs?: number;
}

const usualIdleMs = 120_000;

export class ComparisonEngines {
  /** Folders outside the studio's own that a person opened for comparing. */
  readonly #found = new Map<string, PackSummary>();
  readonly #options: ComparisonEnginesOptions;
  #second: EngineSupervisor | null = null;
  #secondDirectory: string | null = null;
  #idle: NodeJS.Timeout | undefined;
  #busy = false;
  #unwanted = false;

  constructor(options: ComparisonEnginesOptions) {
    this.#options = options;
  }

  /** What windows call. */
  readonly methods = {
    findPack: async ({ desktop }: PackFinder, { folder }: { folder: string | null }): Promise<PackSummary | null> => {
      if (desktop === undefined) {
        if (folder !== null) return this.find(folder);
        throw new StudioError('bad-request', 'This host cannot ask for a folder.', 'Write where the pack’s folder is.');
      }
      // A page that was taken over must not make the program look at any place, a server on the network included.
      if (folder !== null) {
        throw new StudioError('bad-request', 'A folder is chosen in the dialog here.', 'Choose it there.');
      }
      const chosen = await desktop.chooseFolder('Compare with the pack in this folder');
      return chosen === null ? null : this.find(chosen);
    },
    releasePacks: (): Record<string, never> => {
      this.release();
      return {};
    },
  };

  /** Checks the pack in a folder, every file of it, and remembers it for comparing. Throws what loading a pack throws. */
  async find(folder: string): Promise<PackSummary> {
    const { directory, summary } = await loadPack(folder);
    this.#found.set(directory, summary);
    return summary;
  }

  /** An engine with that pack open, ready. Throws `pack-missing` for a folder nobody chose, and what opening throws. */
  async engineFor(directory: string, signal: AbortSignal): Promise<EngineSupervisor> {
    const { engine } = this.#options;
    await this.#assertKnown(directory);
    if (signal.aborted) throw cancelledError();
    if (engine.pack?.directory === directory) {
      await engine.ready();
      return engine;
    }
    clearTimeout(this.#idle);
    this.#busy = true;
    this.#unwanted = false;
    this.#second ??= new EngineSupervisor({ ...this.#options.supervisor, restartDelaysMs: [] });
    const second = this.#second;
    if (this.#secondDirectory !== directory || second.status.state !== 'ready') {
      this.#secondDirectory = directory;
      await second.use(directory);
    }
    return second;
  }

  /** One part of a comparison has ended: the second engine waits for the next, not for ever. */
  rest(): void {
    this.#busy = false;
    clearTimeout(this.#idle);
    if (this.#unwanted) this.stop();
    if (this.#second === null) return;
    this.#idle = setTimeout(() => this.release(), this.#options.idleMs ?? usualIdleMs);
    this.#idle.unref();
  }

  /** Nobody compares any more: ends the second process, at once or as soon as it is done or cancelled. */
  release(): void {
    if (this.#busy) this.#unwanted = true;
    else this.stop();
  }

  /** Ends it whatever it does. */
  stop(): void {
    clearTimeout(this.#idle);
    this.#second?.stop();
    this.#second = null;
    this.#secondDirectory = null;
  }

  /** Whether a second process is there. */
  get open(): boolean {
    return this.#second !== null;
  }

  async #assertKnown(directory: string): Promise<void> {
    if (this.#found.has(directory) || this.#options.engine.pack?.directory === directory) return;
    const known = await listPacks(this.#options.packDirectories);
    if (known.some((pack) => pack.directory === resolve(directory))) return;
    throw new StudioError(
      'pack-missing',
      'That pack is not there any more.',
      'Choose a pack from the list, or open its folder again.',
    );
  }
}
