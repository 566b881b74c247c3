/** For tests: a main side in memory that keeps a document with its history and lets the test speak for the engine. */
import type { JobRequest } from '../../../src/shared/jobs.js';
import type { StudioStatus } from '../../../src/shared/status.js';
import type { StudioConnection } from '../../../src/shared/bridge.js';
import {
  applyOperations,
  emptyDocument,
  invertOperations,
  type DocumentOperation,
  type Transaction,
} from '../../../src/shared/document.js';
import type { News, WindowState } from '../../../src/shared/desktop.js';
import type { JobEvent, StudioEvent } from '../../../src/shared/events.js';
import type { HistoryState } from '../../../src/shared/projects.js';
import { imagePathOf } from '../../../src/shared/gallery.js';
import type { ImageMetadata } from '../../../src/shared/image-metadata.js';
import type { ImportedImage, SavedCopy } from '../../../src/shared/import-export.js';
import type { MenuEntry } from '../../../src/shared/menu.js';
import type { PackManifest, PackSummary } from '../../../src/shared/pack.js';
import { FakeGallery } from './fake-gallery.js';

export const fakePack = {
  id: 'fake',
  directory: '',
  bytes: 1,
  manifest: {
    name: 'fake',
    version: '1',
    image: { width: 128, height: 128 },
    diffusion: { defaultSteps: 16, defaultGuidance: 1 },
    knownWords: [],
    languageModel: {
      templates: { textToImage: ['begin'], caption: ['begin'] },
      defaults: { temperature: 0.7, topK: 50, guidance: 2, maxTextTokens: 80 },
    } as unknown as NonNullable<PackManifest['languageModel']>,
  } as unknown as PackManifest,
} satisfies PackSummary;

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
  #undo: Step[] = [];
  #redo: Step[] = [];
  #listeners = new Set<(event: StudioEvent) => void>();
  #connectionListeners = new Set<(state: 'connected' | 'lost') => void>();

  get studioStatus(): StudioStatus {
    return {
      version: '0',
      host: this.host,
      engine: { state: 'ready', provider: 'cpu', providerReason: '', error: null, restarts: 0, memory: null },
      pack: fakePack,
      queue: { running: 0, waiting: 0 },
      timelineCache: { bytes: 0, limit: 0, problem: null },
    };
  }

  status = async () => this.studioStatus;
  listPacks = async () => [fakePack];
  usePack = async () => this.studioStatus;
  /** Folders that were asked for; null = by the host's dialog. */
  readonly soughtPacks: (string | null)[] = [];
  foundPack: PackSummary | null = fakePack;
  packsReleased = 0;
  findPack = async ({ folder }: { folder: string | null }) => {
    this.soughtPacks.push(folder);
    if (this.refusal !== null) throw this.refusal;
    return this.foundPack;
  };
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
  });
  createProject = async () => this.openProject();

  commit = async ({ transaction }: { transaction: Transaction }) => {
    if (this.refusal !== null) throw this.refusal;
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

  /** What the next imports say about themselves. */
  importedMetadata: ImageMetadata | null = null;
  readonly exported: { frameId: string; metadata: boolean }[] = [];
  importImage = async (): Promise<ImportedImage> => ({
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
  setFullScreen = async () => ({});
  tellHost = async (state: WindowState) => {
    this.hostState = state;
    return {};
  };

  /** What the window described last. */
  menu: readonly MenuEntry[] = [];
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

  say(jobId: string, news: JobNews): void {
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
