import type { StudioApi } from '../../../shared/api.js';
import type { StudioStatus } from '../../../shared/status.js';
import { StudioError } from '../../../shared/errors.js';
import type { LanguageTask, PackSummary } from '../../../shared/pack.js';
import { notices } from './notices.svelte.js';

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

  get engineReady(): boolean {
    return this.connection === 'connected' && this.status?.engine.state === 'ready' && this.pack !== null;
  }

  /** Whether the pack in use was trained for a task of its language model. */
  can(task: LanguageTask): boolean {
    return this.pack?.manifest.languageModel?.templates[task] !== undefined;
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
