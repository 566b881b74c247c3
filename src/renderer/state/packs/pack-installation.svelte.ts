/** Installing a pack from this window: offered, agreed to, copied and checked; and removing what was installed. */
import { isCancelled, serialiseError, type SerialisedError } from '../../../shared/errors.js';
import type { InstallProgress, OfferedPack, PackPlace } from '../../../shared/contract/pack-installation.js';
import { notices } from '../studio/notices.svelte.js';
import { studio } from '../studio/studio.svelte.js';

export class PackInstallation {
  stage = $state<'choosing' | 'reading' | 'offered' | 'installing' | 'installed'>('choosing');
  /** Where the pack is, as it is written on a host without a dialog. */
  path = $state('');
  offer = $state.raw<OfferedPack | null>(null);
  /** To the licence of the offer. */
  agreed = $state(false);
  /** Null until the first bytes. */
  progress = $state.raw<InstallProgress | null>(null);
  error = $state.raw<SerialisedError | null>(null);
  /** Ids of the packs that can be removed. */
  removable = $state.raw<readonly string[]>([]);

  /** Reads what is there; nothing is copied yet. Never rejects. */
  async read(place: PackPlace): Promise<void> {
    this.stage = 'reading';
    this.error = null;
    this.agreed = false;
    try {
      this.offer = await studio.api.offerPack({ place });
    } catch (thrown) {
      this.offer = null;
      this.error = serialiseError(thrown);
    }
    this.stage = this.offer === null ? 'choosing' : 'offered';
  }

  /** Resolves when the pack is there, or not at all. Never rejects. */
  async install(): Promise<void> {
    if (this.stage !== 'offered' || this.offer === null || !this.agreed) return;
    this.stage = 'installing';
    this.error = null;
    this.progress = null;
    try {
      await studio.api.installPack({ ticket: this.offer.ticket });
      this.stage = 'installed';
      this.path = '';
      notices.tell(`${this.offer.id} is installed`);
      await this.refresh();
    } catch (thrown) {
      // A connection that was lost says so by itself, wherever it is.
      this.error = isCancelled(thrown) ? null : serialiseError(thrown);
      if (this.stage === 'installing') this.startAgain();
    }
  }

  async stop(): Promise<void> {
    await studio.api.stopInstalling({});
  }

  receive(progress: InstallProgress): void {
    if (this.stage === 'installing') this.progress = progress;
  }

  /** What went wrong stays in sight. */
  startAgain(): void {
    this.stage = 'choosing';
    this.offer = null;
    this.agreed = false;
  }

  /** Throws what the main side refuses with. */
  async remove(id: string): Promise<void> {
    await studio.api.removePack({ id });
    notices.tell(`${id} is removed`);
    await this.refresh();
  }

  /** Packs come and go in other windows, too. */
  async refresh(): Promise<void> {
    [this.removable] = await Promise.all([studio.api.installedPacks({}), studio.refresh()]);
  }
}

export const packInstallation = new PackInstallation();
