/** Installing CUDA from a window: what it is and its licences are shown first. One at a time, for all windows. */
import type { StudioEvent } from '../../shared/contract/events.js';
import type { GpuInstallationMethods, GpuOffer, GpuProgress } from '../../shared/contract/gpu-installation.js';
import type { Calls } from '../studio/calls.js';
import { notTooOften, OneInstallation } from '../studio/one-installation.js';
import { gpuComponents, installedBytes, type GpuComponent } from './components.js';
import { cardsAndDriver, obstacleToCuda } from './gpu-report.js';
import { bundledVersion, installedRuntime } from './gpu-runtime.js';
import { installGpu, removeGpu, type GpuInstallation } from './install-gpu.js';

interface Client {
  sendEvent: (event: StudioEvent) => void;
}

export interface GpuInstallationsOptions {
  dataDirectory: string;
  /** Of tests: other places, files and systems than the real ones. */
  driverFolder?: string;
  platform?: { system: NodeJS.Platform; arch: string };
  installation?: Pick<GpuInstallation, 'address' | 'components' | 'runtime'>;
}

export class GpuInstallations {
  readonly #options: GpuInstallationsOptions;
  readonly #turn = new OneInstallation<Client>('CUDA');

  constructor(options: GpuInstallationsOptions) {
    this.#options = options;
  }

  readonly methods: Calls<Client, keyof GpuInstallationMethods> = {
    gpuOffer: () => this.#offer(),
    installGpu: (client) => this.#install(client),
    stopInstallingGpu: (client) => ({ stopped: this.stop(client) }),
    removeGpu: async () => {
      this.#turn.assertNone();
      await removeGpu(this.#options.dataDirectory);
      return {};
    },
  };

  /** A window that is gone waits for nothing any more; without one everything ends. */
  stop(client?: Client): boolean {
    return this.#turn.stop(client);
  }

  async #offer(): Promise<GpuOffer | null> {
    const { dataDirectory, driverFolder, installation = {} } = this.#options;
    const { system, arch } = this.#options.platform ?? { system: process.platform, arch: process.arch };
    if (system !== 'linux' || arch !== 'x64') return null;
    const components = installation.components ?? gpuComponents;
    const { cards, driver } = await cardsAndDriver(driverFolder);
    const version = installation.runtime?.version ?? bundledVersion();
    return {
      cards: cards.map(({ name }) => name),
      driver,
      isInstalled: installedRuntime(dataDirectory, version) !== null,
      obstacle: obstacleToCuda({ cards, driver }),
      download: components.reduce((sum, { bytes }) => sum + bytes, 0),
      size: installedBytes,
      licenses: licensesOf(components),
    };
  }

  #install(client: Client): Promise<Record<string, never>> {
    const tell = notTooOften((progress: GpuProgress) => client.sendEvent({ channel: 'gpu-installation', progress }));
    return this.#turn.run(client, async (signal) => {
      await installGpu({
        address: process.env['DDT_STUDIO_GPU_MIRROR'],
        ...this.#options.installation,
        dataDirectory: this.#options.dataDirectory,
        signal,
        onProgress: (phase, done, total) => tell({ phase, done, total }),
      });
      return {};
    });
  }
}

function licensesOf(components: readonly GpuComponent[]): GpuOffer['licenses'] {
  const addresses = new Map(components.map(({ license, terms }) => [license, terms]));
  return [...addresses].map(([name, address]) => ({ name, address }));
}
