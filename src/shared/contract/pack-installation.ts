/** Installing and removing packs, as windows and the command line see it. */

/** What a person agrees to. */
export interface PackOffer {
  id: string;
  license: string;
  /** Of the pack's own LICENSE file, null without one. */
  licenseText: string | null;
  description: string;
  bytes: number;
}

/** An offer to a window: `ticket` says which one is agreed to. */
export interface OfferedPack extends PackOffer {
  ticket: string;
  /** The same pack of the same version is there and would be replaced. */
  isInstalled: boolean;
}

export interface InstallProgress {
  phase: 'copying' | 'verifying';
  /** Bytes. */
  done: number;
  total: number;
}

/** `path` where the host has no dialog of its own; otherwise the dialog asks for one of the two. */
export type PackPlace = { path: string } | { ask: 'folder' | 'zip' };

export interface PackInstallationMethods {
  /**
   * Reads what is offered, copies nothing. Null: the dialog was cancelled. Throws `pack-missing`, `pack-damaged`, `pack-unsupported`,
   * and `bad-request` for a path where the host has a dialog, or the other way round.
   */
  offerPack: [{ place: PackPlace }, OfferedPack | null];
  /**
   * Agrees to the licence of that offer and installs it; `pack-installation` events say how far it is. Throws `not-found` for an offer
   * that was taken, `bad-request` where it has changed since or one is being installed, `disk-full`, `pack-damaged`, `cancelled`;
   * then nothing of it is there.
   */
  installPack: [{ ticket: string }, { id: string }];
  /** Nothing of it stays. */
  stopInstalling: [Record<string, never>, { stopped: boolean }];
  /** Ids of the packs that were installed and can be removed; those that came with the studio are not among them. */
  installedPacks: [Record<string, never>, string[]];
  /** Throws `pack-missing` for one that was not installed, `bad-request` for the one in use. */
  removePack: [{ id: string }, Record<string, never>];
}

export const packInstallationMethods = [
  'offerPack',
  'installPack',
  'stopInstalling',
  'installedPacks',
  'removePack',
] as const satisfies readonly (keyof PackInstallationMethods)[];
