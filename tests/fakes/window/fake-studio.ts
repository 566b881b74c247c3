/** For tests: a main side in memory that keeps a document with its history and lets the test speak for the engine. */
import type { JobRequest } from '../../../src/shared/jobs/jobs.js';
import type { StudioStatus } from '../../../src/shared/contract/status.js';
import type { StudioConnection } from '../../../src/shared/contract/bridge.js';
import {
  applyOperations,
  emptyDocument,
  invertOperations,
  type DocumentOperation,
  type Transaction,
} from '../../../src/shared/document/document.js';
import type { News, WindowState } from '../../../src/shared/contract/desktop.js';
import { cancelledError, StudioError } from '../../../src/shared/errors.js';
import type { GpuOffer } from '../../../src/shared/contract/gpu-installation.js';
import type { OfferedPack } from '../../../src/shared/contract/pack-installation.js';
import type { JobEvent, StudioEvent } from '../../../src/shared/contract/events.js';
import type { HistoryState } from '../../../src/shared/contract/projects.js';
import { imagePathOf } from '../../../src/shared/contract/gallery.js';
import type { ImageMetadata } from '../../../src/shared/document/image-metadata.js';
import type { ImportedImage, SavedCopy } from '../../../src/shared/contract/import-export.js';
import type { MenuEntry } from '../../../src/shared/contract/menu.js';
import type { PackManifest, PackSummary } from '../../../src/shared/packs/pack.js';
import * as machine from '../../../src/shared/jobs/queue-machine.js';
import {
  changeBetween,
  type Queue,
  type QueuedRequest,
  type QueuedResult,
  type QueuePurpose,
} from '../../../src/shared/jobs/queue.js';
import { FakeGallery } from './fake-gallery.js';

export const fakePack = {
  id: 'fake',
  directory: '',
  bytes: 1,
  manifest: {
    name: 'fake',
    version: '1',
    image: { width: 128, height: 128 },
    tokens: {},
    diffusion: { defaultSteps: 16, defaultGuidance: 1 },
    knownWords: [],
    languageModel: {
      templates: { textToImage: ['begin'], caption: ['begin'] },
      defaults: { temperature: 0.7, topK: 50, guidance: 2, maxTextTokens: 80 },
    } as unknown as NonNullable<PackManifest['languageModel']>,
  } as unknown as PackManifest,
} satisfies PackSummary;

/** The same pack with a language model that plans what it draws. */
export const planningPack: PackSummary = {
  ...fakePack,
  manifest: {
    ...fakePack.manifest,
    languageModel: {
      ...fakePack.manifest.languageModel!,
      templates: Object.fromEntries(
        ['textToImage', 'caption', 'edit', 'plan', 'editPlan', 'editFromPlan'].map((name) => [name, ['begin']]),
      ),
    },
  },
};

type Step = Transaction & { inverse: DocumentOperation[] };
type JobNews = JobEvent extends infer Event ? (Event extends unknown ? Omit<Event, 'jobId'> : never) : never;

export class FakeStudio extends FakeGallery implements StudioConnection {
  document = emptyDocument('p1', 'Fake', '2026-01-01T00:00:00Z');
  revision = 1;
  readOnly: string | null = null;
  readonly submitted: JobRequest[] = [];
  readonly cancelledJobs: string[] = [];
  /** What the next commit is refused with. */
  refusal: Error | null = null;
  /** In use from the next status on. */
  pack: PackSummary = fakePack;
  #undo: Step[] = [];
  #redo: Step[] = [];
  #listeners = new Set<(event: StudioEvent) => void>();
  #connectionListeners = new Set<(state: 'connected' | 'lost') => void>();

  get studioStatus(): StudioStatus {
    return {
      version: '0',
      host: this.host,
      engine: {
        state: 'ready',
        provider: 'cpu',
        providerReason: '',
        device: null,
        devices: [],
        graphs: [],
        checking: null,
        remote: null,
        chosenServers: [],
        chosenDevice: null,
        error: null,
        restarts: 0,
        memory: null,
      },
      pack: this.pack,
      queue: { running: 0, waiting: 0, paused: this.paused },
      timelineCache: { bytes: 0, limit: 0, problem: null },
    };
  }

  status = async () => this.studioStatus;
  listPacks = async () => [fakePack];
  usePack = async () => this.studioStatus;
  stopOpening = async () => this.studioStatus;
  unloadEngine = async () => this.studioStatus;
  chooseDevice = async () => this.studioStatus;
  chooseServers = async () => this.studioStatus;
  /** Folders that were asked for; null = by the host's dialog. */
  readonly soughtPacks: (string | null)[] = [];
  foundPack: PackSummary | null = fakePack;
  packsReleased = 0;
  findPack = async ({ folder }: { folder: string | null }) => {
    this.soughtPacks.push(folder);
    if (this.refusal !== null) throw this.refusal;
    return this.foundPack;
  };
  diagnostics = async () => ({ fileName: 'diagnostics.zip', bytes: Uint8Array.of(80, 75) });
  releasePacks = async () => {
    this.packsReleased++;
    return {};
  };
  listProjects = async () => [];
  openProject = async () => ({
    document: this.document,
    revision: this.revision,
    history: this.#history(),
    readOnly: this.readOnly,
    queue: this.queue,
  });
  createProject = async () => this.openProject();

  commit = async ({ transaction, settles = [] }: { transaction: Transaction; settles?: string[] }) => {
    if (this.refusal !== null) throw this.refusal;
    if (settles.some((id) => this.queue.find((one) => one.id === id)?.state !== 'done')) {
      throw new StudioError('not-found', 'Taken already.', 'Look for it on the board.');
    }
    this.changeQueue(machine.settled(this.queue, settles));
    this.#undo.push({ ...transaction, inverse: invertOperations(this.document, transaction.operations) });
    this.#redo = [];
    this.apply(transaction.operations);
    return { revision: this.revision };
  };

  undo = async () => {
    const step = this.#undo.pop();
    if (step === undefined) return { label: null };
    this.#redo.push(step);
    this.apply(step.inverse);
    return { label: step.label };
  };

  redo = async () => {
    const step = this.#redo.pop();
    if (step === undefined) return { label: null };
    this.#undo.push(step);
    this.apply(step.operations);
    return { label: step.label };
  };

  history = async () => ({
    steps: [...this.#undo, ...this.#redo.toReversed()].map(({ label }) => ({ label, at: null })),
    applied: this.#undo.length,
  });

  /** What stands at the place that is chosen; null: the dialog is cancelled. */
  offered: OfferedPack | null = null;
  /** Ends what is being installed, with a failure if one is given. */
  endInstallation: (failure?: Error) => void = () => {};
  readonly installed: string[] = [];

  offerPack = async () => this.offered;
  installPack = async () => {
    const { id } = this.offered!;
    await new Promise<void>((resolve, reject) => {
      this.endInstallation = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
    this.installed.push(id);
    return { id };
  };
  stopInstalling = async () => {
    this.endInstallation(cancelledError());
    return { stopped: true };
  };
  installedPacks = async () => [...this.installed];
  removePack = async ({ id }: { id: string }) => {
    this.installed.splice(this.installed.indexOf(id), 1);
    return {};
  };

  /** What there is of CUDA; null: it is not for this machine. */
  cuda: GpuOffer | null = null;
  gpuOffer = async () => this.cuda;
  installGpu = async () => {
    await new Promise<void>((resolve, reject) => {
      this.endInstallation = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
    this.cuda = { ...this.cuda!, isInstalled: true };
    return {};
  };
  stopInstallingGpu = this.stopInstalling;
  removeGpu = async () => {
    this.cuda = { ...this.cuda!, isInstalled: false };
    return {};
  };

  /** What the next imports say about themselves. */
  importedMetadata: ImageMetadata | null = null;
  readonly exported: { frameId: string; metadata: boolean }[] = [];
  countTokens = async ({ text }: { text: string }) => ({ count: text.split(/\s+/).length });
  importImage = async (_parameters?: {
    bytes: Uint8Array;
    fileName: string;
    said?: Uint8Array | undefined;
  }): Promise<ImportedImage> => ({
    imageId: 'a'.repeat(64),
    width: 128,
    height: 128,
    ...(this.importedMetadata === null ? {} : { metadata: this.importedMetadata }),
  });
  exportImage = async (parameters: { frameId: string; metadata: boolean }) => {
    this.exported.push(parameters);
    return { bytes: new Uint8Array([1, 2, 3]) };
  };
  saveCopy = async (): Promise<SavedCopy> => ({ kind: 'cancelled' });
  addProject = async () => this.openProject();
  deleteProject = async () => ({});
  listDeletedProjects = async () => [];
  restoreProject = async () => ({});

  submit = async ({ request }: { request: JobRequest }) => {
    this.submitted.push(request);
    return { jobId: `job${this.submitted.length}` };
  };

  cancel = async ({ jobId }: { jobId: string }) => {
    this.cancelledJobs.push(jobId);
    this.say(jobId, { type: 'cancelled' });
    return { cancelled: true };
  };

  host: StudioStatus['host'] = 'web';
  /** What waits for the window; given once. */
  news: News = { files: [], notices: [] };
  /** Where the person saves to; null = cancels. */
  savingPath: string | null = null;
  readonly placesAsked: string[][] = [];
  readonly filesSaved: string[] = [];
  filesAsked = 0;
  hostState: WindowState | null = null;
  takeNews = async () => {
    const { news } = this;
    this.news = { files: [], notices: [] };
    return news;
  };
  chooseFiles = async () => {
    this.filesAsked++;
    return { chosen: false };
  };
  openOffered = async () => this.openProject();
  chooseSavingPlace = async ({ fileNames }: { fileNames: string[] }) => {
    this.placesAsked.push(fileNames);
    return this.savingPath === null ? null : { ticket: 'ticket', path: this.savingPath };
  };
  saveFile = async ({ fileName }: { fileName: string }) => {
    if (this.refusal !== null) throw this.refusal;
    this.filesSaved.push(fileName);
    return { path: `${this.savingPath}/${fileName}` };
  };
  dragOut = async () => ({});
  fullScreen: boolean[] = [];
  setFullScreen = async ({ on }: { on: boolean }) => {
    this.fullScreen.push(on);
    return {};
  };
  tellHost = async (state: WindowState) => {
    this.hostState = state;
    return {};
  };

  queue: Queue = [];
  paused = false;

  enqueue = async ({ request, purpose }: { request: QueuedRequest; purpose: QueuePurpose }) => {
    const { jobId } = await this.submit({ request });
    this.changeQueue(machine.added(this.queue, { id: jobId, request, purpose, addedAt: '2026-01-01T00:00:00Z' }));
    return { jobId };
  };
  cancelQueued = async ({ jobIds }: { jobIds: string[] }) => {
    const before = this.queue.length;
    this.cancelledJobs.push(...jobIds);
    this.changeQueue(machine.cancelled(this.queue, jobIds));
    for (const jobId of jobIds) this.say(jobId, { type: 'cancelled' });
    return { cancelled: before - this.queue.length };
  };
  moveQueued = async ({ jobId, before }: { jobId: string; before: string | null }) => {
    this.changeQueue(machine.moved(this.queue, jobId, before));
    return {};
  };
  retryQueued = async ({ jobId }: { jobId: string }) => {
    this.changeQueue(machine.retried(this.queue, jobId, `${jobId}-again`));
    return { jobId: `${jobId}-again` };
  };
  discardQueued = async ({ jobId, seeds }: { jobId: string; seeds?: number[] }) => {
    const next =
      seeds === undefined ? machine.settled(this.queue, [jobId]) : machine.withoutPictures(this.queue, jobId, seeds);
    this.changeQueue(next);
    return {};
  };
  pauseQueue = async ({ paused }: { paused: boolean }) => {
    this.paused = paused;
    return this.studioStatus;
  };

  /** `heard: false` loses the event on the way. */
  changeQueue(next: Queue, heard = true): void {
    const change = changeBetween(this.queue, next);
    this.queue = next;
    if (change !== null && heard) this.tell({ channel: 'queue', change });
  }

  readonly preferences: Record<string, unknown> = {};
  readPreferences = async () => ({ values: this.preferences, isNew: true, problem: null });
  setPreferences = async ({ changes }: { changes: Record<string, unknown> }) => {
    Object.assign(this.preferences, changes);
    return {};
  };

  /** What the window described last. */
  menu: readonly MenuEntry[] = [];
  reportFault = async () => ({});

  showMenu = async ({ entries }: { entries: MenuEntry[] }) => {
    this.menu = entries;
    return {};
  };

  setTimelineCache = async () => this.studioStatus;

  onEvent = (listener: (event: StudioEvent) => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  onConnection = (listener: (state: 'connected' | 'lost') => void) => {
    this.#connectionListeners.add(listener);
    return () => void this.#connectionListeners.delete(listener);
  };

  imageUrl = imagePathOf;

  /** Another window's change, or this one's own. `heard: false` loses the event on the way. */
  apply(operations: DocumentOperation[], heard = true): void {
    this.document = applyOperations(this.document, operations);
    this.revision++;
    if (heard) this.tell({ channel: 'document', revision: this.revision, operations, history: this.#history() });
  }

  /** The engine speaks; the queue follows, as it does on the main side. */
  say(jobId: string, news: JobNews): void {
    if (news.type === 'started') this.changeQueue(machine.started(this.queue, jobId));
    if (news.type === 'done') {
      this.changeQueue(machine.finished(this.queue, jobId, news.result as QueuedResult));
    }
    if (news.type === 'failed') this.changeQueue(machine.failed(this.queue, jobId, news.error));
    this.tell({ channel: 'job', event: { jobId, ...news } as JobEvent });
  }

  tell(event: StudioEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  connection(state: 'connected' | 'lost'): void {
    for (const listener of this.#connectionListeners) listener(state);
  }

  #history(): HistoryState {
    return { undo: this.#undo.at(-1)?.label ?? null, redo: this.#redo.at(-1)?.label ?? null };
  }
}
