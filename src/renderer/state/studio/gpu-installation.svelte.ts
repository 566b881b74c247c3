/** CUDA for the engine from this window: what it is is shown, its licences agreed to, it is fetched, and it is removed. */
import { isCancelled, serialiseError, type SerialisedError } from '../../../shared/errors.js';
import type { GpuOffer, GpuProgress } from '../../../shared/contract/gpu-installation.js';
import { notices } from './notices.svelte.js';
import { studio } from './studio.svelte.js';

export class GpuInstallationState {
  stage = $state<'resting' | 'installing' | 'installed'>('resting');
  /** Null: not looked yet, or CUDA is not for this machine. */
  offer = $state.raw<GpuOffer | null>(null);
  /** To all licences of the offer. */
  agreed = $state(false);
  /** Null until the first bytes. */
  progress = $state.raw<GpuProgress | null>(null);
  error = $state.raw<SerialisedError | null>(null);

  /** Whether there is anything to say about CUDA: a card, or an installation. */
  get concerns(): boolean {
    return this.offer !== null && (this.offer.cards.length > 0 || this.offer.isInstalled);
  }

  /** Looks at what there is. Throws what the main side refuses with. */
  async refresh(): Promise<void> {
    this.offer = await studio.api.gpuOffer({});
  }

  /** Resolves when it is there, or nothing has changed. Never rejects. */
  async install(): Promise<void> {
    if (this.stage !== 'resting' || !this.agreed) return;
    this.stage = 'installing';
    this.error = null;
    this.progress = null;
    try {
      await studio.api.installGpu({ agreed: true });
      this.stage = 'installed';
      notices.tell('CUDA is installed');
      await this.refresh();
    } catch (thrown) {
      // A connection that was lost says so by itself, wherever it is.
      this.error = isCancelled(thrown) ? null : serialiseError(thrown);
      this.startAgain();
    }
  }

  async stop(): Promise<void> {
    await studio.api.stopInstallingGpu({});
  }

  receive(progress: GpuProgress): void {
    if (this.stage === 'installing') this.progress = progress;
  }

  /** What went wrong stays in sight. */
  startAgain(): void {
    this.stage = 'resting';
    this.agreed = false;
  }

  /** Opens the pack again where the engine was told to compute: now CUDA is tried, or not any more. Never rejects. */
  async startEngine(): Promise<void> {
    await studio.chooseDevice(studio.status?.engine.chosenDevice ?? null);
  }

  /** Throws what the main side refuses with. */
  async remove(): Promise<void> {
    await studio.api.removeGpu({});
    notices.tell('CUDA is removed');
    this.startAgain();
    await this.refresh();
  }
}

export const gpuInstallation = new GpuInstallationState();
