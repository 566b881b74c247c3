/** The whole contract between a window and the main side. Both hosts carry exactly this. */
import { desktopMethods, type DesktopMethods } from './desktop.js';
import type { Transaction } from '../document/document.js';
import type { SerialisedError } from '../errors.js';
import type { StudioEvent } from './events.js';
import { galleryMethods, type GalleryMethods, type ThumbnailSize } from './gallery.js';
import { gpuInstallationMethods, type GpuInstallationMethods } from './gpu-installation.js';
import { importExportMethods, type ImportedImage, type ImportExportMethods } from './import-export.js';
import type { MenuMethods } from './menu.js';
import type { PackSummary } from '../packs/pack.js';
import { packInstallationMethods, type PackInstallationMethods } from './pack-installation.js';
import type { PageFaultMethods } from './page-faults.js';
import { preferenceMethods, type PreferenceMethods } from './preferences.js';
import { queueMethods, type QueueMethods } from '../jobs/queue.js';
import type { ServerChoice } from './servers.js';
import type { StudioStatus } from './status.js';
import type { OpenedProject, ProjectHistory, ProjectSummary } from './projects.js';
import type { JobRequest } from '../jobs/jobs.js';

/** Method → [parameters, result]. Parameters are always one plain object, so every transport validates one value. */
export interface StudioMethods
  extends
    GalleryMethods,
    GpuInstallationMethods,
    ImportExportMethods,
    MenuMethods,
    DesktopMethods,
    PackInstallationMethods,
    PageFaultMethods,
    PreferenceMethods,
    QueueMethods {
  status: [Record<string, never>, StudioStatus];
  listPacks: [Record<string, never>, PackSummary[]];
  /** Throws `cancelled` when `stopOpening` ended it. */
  usePack: [{ id: string }, StudioStatus];
  /** Ends the opening of a pack that is under way, whoever asked for it; the engine then rests until a pack is chosen or a job needs one. */
  stopOpening: [Record<string, never>, StudioStatus];
  /** Gives the engine's memory back once it does nothing; the next job opens the pack again. */
  unloadEngine: [Record<string, never>, StudioStatus];
  /** `cpu`, the id of a device, or null for automatic; the pack is opened again there. Where it cannot be had, the CPU is used and the reason says why. */
  chooseDevice: [{ device: string | null }, StudioStatus];
  /**
   * Servers that run what takes long, instead of this machine; none = this machine. The pack is opened again. Where none can be used,
   * this machine works and the reason says why. Throws `bad-request` for what is no address or no token.
   */
  chooseServers: [{ servers: ServerChoice[] }, StudioStatus];
  /**
   * Checks the pack in a folder on the studio's machine, for comparing; `folder` null: the host's own dialog asks, and the answer is
   * null when it is cancelled. Throws what is wrong with the pack, `bad-request` where the host has no dialog.
   */
  findPack: [{ folder: string | null }, PackSummary | null];
  /** Nobody compares packs in this window any more: the second one is closed. */
  releasePacks: [Record<string, never>, Record<string, never>];
  listProjects: [Record<string, never>, ProjectSummary[]];
  /** Opens a project, the last used one without an id; creates the first one when there is none. */
  openProject: [{ id?: string }, OpenedProject];
  createProject: [{ name: string }, OpenedProject];
  /** `settles`: entries of the queue whose outcome this takes into the document; `not-found` when one was taken already. */
  commit: [{ transaction: Transaction; settles?: string[] }, { revision: number }];
  undo: [Record<string, never>, { label: string | null }];
  redo: [Record<string, never>, { label: string | null }];
  /** All that `undo` and `redo` can reach. */
  history: [Record<string, never>, ProjectHistory];
  /**
   * PNG, JPEG, WebP or GIF bytes; checked, bounded, stored once per content. `said`: the file that `bytes` was made from, without its
   * pixels, where the window had to make a picture of its own of it.
   */
  importImage: [{ bytes: Uint8Array; fileName: string; said?: Uint8Array | undefined }, ImportedImage];
  /** Tokens that the pack in use reads a text as; null where it reads none. */
  countTokens: [{ text: string }, { count: number | null }];
  /** A zip for somebody who looks for a fault: versions, engine, packs and logs, without pictures, prompts, names and paths. */
  diagnostics: [Record<string, never>, { fileName: string; bytes: Uint8Array }];
  /** A job for this window alone: it ends with it. */
  submit: [{ request: JobRequest }, { jobId: string }];
  cancel: [{ jobId: string }, { cancelled: boolean }];
  /** How much the timeline may keep on disk (bytes, 0 = nothing), and whether to forget what it has. */
  setTimelineCache: [{ limit?: number; clear?: boolean }, StudioStatus];
}

export type StudioMethod = keyof StudioMethods;

export const studioMethods = [
  'status',
  'listPacks',
  'usePack',
  'stopOpening',
  'unloadEngine',
  'chooseDevice',
  'chooseServers',
  'findPack',
  'releasePacks',
  'listProjects',
  'openProject',
  'createProject',
  'commit',
  'undo',
  'redo',
  'history',
  'importImage',
  'countTokens',
  'diagnostics',
  'submit',
  'cancel',
  'setTimelineCache',
  'showMenu',
  'reportFault',
  ...packInstallationMethods,
  ...gpuInstallationMethods,
  ...galleryMethods,
  ...importExportMethods,
  ...preferenceMethods,
  ...queueMethods,
  ...desktopMethods,
] as const satisfies readonly StudioMethod[];

type None<Name extends never> = Name;
/** Methods that stand in no list: one that is forgotten does not compile. */
export type UnlistedMethod = None<Exclude<StudioMethod, (typeof studioMethods)[number]>>;

export type StudioApi = {
  [Method in StudioMethod]: (parameters: StudioMethods[Method][0]) => Promise<StudioMethods[Method][1]>;
} & {
  /** Returns the function that stops listening. */
  onEvent: (listener: (event: StudioEvent) => void) => () => void;
  /** An address an <img> can load: the picture itself while its project is open, or at most `size` pixels of any in the gallery. */
  imageUrl: (imageId: string, size?: ThumbnailSize) => string;
};

/** How a call's outcome crosses a boundary: rejections lose their class there. */
export type CallOutcome<Method extends StudioMethod = StudioMethod> =
  { ok: true; value: StudioMethods[Method][1] } | { ok: false; error: SerialisedError };
