import type { StudioApi } from '../../../shared/contract/api.js';
import type { StudioStatus } from '../../../shared/contract/status.js';
import { StudioError } from '../../../shared/errors.js';
import { canDo, writesPlan, type LanguageTask, type PackSummary } from '../../../shared/packs/pack.js';
import { notices } from './notices.svelte.js';
import type { ServerChoice } from '../../../shared/contract/servers.js';

/** The connection to the main side and what it tells about itself. */
export class StudioState {
  status = $state.raw<StudioStatus | null>(null);
  packs = $state.raw<PackSummary[]>([]);
  connection = $state<'connecting' | 'connected' | 'lost'>('connecting');
  switchingTo = $state<string | null>(null);
  #api = $state.raw<StudioApi | null>(null);

  /** Throws `disconnected` before `connect`. */
  get api(): StudioApi {
    if (this.#api === null) {
      throw new StudioError('disconnected', 'The studio is not connected yet.', 'Wait a moment, or reload the window.');
    }
    return this.#api;
  }

  get pack(): PackSummary | null {
    return this.status?.pack ?? null;
  }

  /** `name@version`, as frames and results name the pack. */
  get packId(): string | null {
    return this.pack === null ? null : `${this.pack.manifest.name}@${this.pack.manifest.version}`;
  }

  /** Whether a job can be run: a resting engine opens its pack again for it. */
  get engineReady(): boolean {
    const state = this.status?.engine.state;
    return this.connection === 'connected' && (state === 'ready' || state === 'stopped') && this.pack !== null;
  }

  /** Whether the queue takes a job: while the engine starts again, with the same pack, it waits there. */
  get takesJobs(): boolean {
    const startsAgain = this.status?.engine.state === 'starting' && this.switchingTo === null;
    return this.engineReady || (startsAgain && this.connection === 'connected' && this.pack !== null);
  }

  /** Whether the pack in use was trained for a task of its language model. */
  can(task: LanguageTask): boolean {
    return canDo(this.pack?.manifest ?? null, task);
  }

  /** Whether the pack in use writes down first what it will draw. */
  plans(task: 'generate' | 'edit'): boolean {
    return writesPlan(this.pack?.manifest ?? null, task === 'edit' ? 'edit' : 'textToImage');
  }

  connect(api: StudioApi): void {
    this.#api = api;
    this.connection = 'connected';
  }

  async refresh(): Promise<void> {
    [this.status, this.packs] = await Promise.all([this.api.status({}), this.api.listPacks({})]);
  }

  /** `cpu`, the id of a device, or null for automatic. */
  async chooseDevice(device: string | null): Promise<void> {
    this.switchingTo = this.pack?.id ?? '';
    try {
      this.status = await this.api.chooseDevice({ device });
    } catch (thrown) {
      notices.report(thrown);
    } finally {
      this.switchingTo = null;
    }
  }

  /** Whether it was done; what is wrong with an address or a token is said in a notice, and what was written stays. */
  async chooseServers(servers: ServerChoice[]): Promise<boolean> {
    this.switchingTo = this.pack?.id ?? '';
    try {
      this.status = await this.api.chooseServers({ servers });
      return true;
    } catch (thrown) {
      notices.report(thrown);
      return false;
    } finally {
      this.switchingTo = null;
    }
  }

  /** A pack that takes long to open, or for ever, is given up; what there was before can be chosen again. */
  async stopOpening(): Promise<void> {
    try {
      this.status = await this.api.stopOpening({});
    } catch (thrown) {
      notices.report(thrown);
    }
  }

  /** Gives the engine's memory back until the next job. */
  async unloadEngine(): Promise<void> {
    try {
      this.status = await this.api.unloadEngine({});
    } catch (thrown) {
      notices.report(thrown);
    }
  }

  async usePack(id: string): Promise<void> {
    this.switchingTo = id;
    try {
      this.status = await this.api.usePack({ id });
    } catch (thrown) {
      notices.report(thrown);
    } finally {
      this.switchingTo = null;
    }
  }
}

export const studio = new StudioState();
