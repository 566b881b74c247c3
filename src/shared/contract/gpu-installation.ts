/** CUDA for the engine, as windows see it: what there is, what is agreed to, and how far it is. */

/** What a person agrees to, and what it costs. */
export interface GpuOffer {
  /** Names of NVIDIA's cards; empty: the driver shows none. */
  cards: readonly string[];
  /** Of NVIDIA's driver, null where there is none. */
  driver: string | null;
  isInstalled: boolean;
  /** Why CUDA would not compute here, in words; null: nothing known stands in its way. */
  obstacle: string | null;
  /** Bytes that are fetched, and that stay on the disk. */
  download: number;
  size: number;
  /** Licences of the libraries, each once, with where it is written. */
  licenses: readonly { name: string; address: string }[];
}

export interface GpuProgress {
  phase: 'fetching' | 'unpacking';
  /** Bytes while it is fetched, files while it is unpacked. */
  done: number;
  total: number;
}

export interface GpuInstallationMethods {
  /** Null where CUDA is not for this machine: another system or processor. */
  gpuOffer: [Record<string, never>, GpuOffer | null];
  /**
   * Agrees to every licence of the offer; `gpu-installation` events say how far it is. The engine uses it from its next start on. Throws
   * `bad-request` while it is being installed already, `download-failed`, `disk-full`, `place-unwritable`, `task-unsupported`, `cancelled`.
   */
  installGpu: [{ agreed: true }, Record<string, never>];
  /** What was fetched is kept for the next try. */
  stopInstallingGpu: [Record<string, never>, { stopped: boolean }];
  /** Throws `bad-request` while it is being installed. */
  removeGpu: [Record<string, never>, Record<string, never>];
}

export const gpuInstallationMethods = [
  'gpuOffer',
  'installGpu',
  'stopInstallingGpu',
  'removeGpu',
] as const satisfies readonly (keyof GpuInstallationMethods)[];
