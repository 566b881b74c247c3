/** Which windows of this process look at which project. The first one may write it; the others follow what it does. */
import type { OpenedProject } from '../../shared/contract/projects.js';
import type { StudioError } from '../../shared/errors.js';
import { openElsewhere } from '../storage/database/storage-errors.js';
import type { ProjectLibrary, OpenedFile } from '../storage/projects/library.js';
import type { ProjectFile } from '../storage/projects/project-file.js';

interface Entry {
  id: string;
  file: OpenedFile;
  writer: object;
  viewers: Set<object>;
}

/** A project as one window has it open. */
export interface ProjectView {
  id: string;
  file: ProjectFile;
  /** What a change would be refused with; null when this window may write it. */
  readOnly: StudioError | null;
}

/** What goes on in a project whether a window looks at it or not. */
export interface ProjectLife {
  /** It is open for writing, by this process alone. */
  opened: (id: string, file: ProjectFile) => void;
  closing: (id: string) => void;
  /** It stays open without a window. */
  isBusy: (id: string) => boolean;
}

const quietLife: ProjectLife = { opened: () => {}, closing: () => {}, isBusy: () => false };

export class OpenProjects {
  readonly #entries = new Map<string, Entry>();

  constructor(
    private readonly library: ProjectLibrary,
    private readonly life: ProjectLife = quietLife,
  ) {}

  /** Opens `id` for this window, which leaves the project it had. Throws what opening throws; the old one then stays open. */
  open(client: object, id: string): OpenedProject {
    let entry = this.#entries.get(id);
    // A window alone on a project that another process was writing asks again: that process may have ended.
    if (
      entry !== undefined &&
      entry.file.readOnly !== null &&
      [...entry.viewers].every((viewer) => viewer === client)
    ) {
      this.leave(client);
      entry = undefined;
    }
    if (entry === undefined) {
      entry = { id, file: this.library.open(id), writer: client, viewers: new Set() };
      this.#entries.set(id, entry);
      if (entry.file.readOnly === null) this.life.opened(id, entry.file.project);
    }
    const left = this.#entryOf(client);
    if (left !== null && left !== entry) this.leave(client);
    entry.viewers.add(client);
    const { project } = entry.file;
    const readOnly = readOnlyReason(entry, client);
    return {
      document: project.document,
      revision: project.revision,
      history: project.history,
      readOnly: readOnly && `${readOnly.message} ${readOnly.remedy}`,
      // Of a queue that another program runs nothing more would be heard.
      queue: entry.file.readOnly === null ? project.queue : [],
    };
  }

  /** The project this window has open, null before it opened one. */
  viewOf(client: object): ProjectView | null {
    const entry = this.#entryOf(client);
    return entry && { id: entry.id, file: entry.file.project, readOnly: readOnlyReason(entry, client) };
  }

  viewersOf(id: string): object[] {
    return [...(this.#entries.get(id)?.viewers ?? [])];
  }

  /** The last window to leave closes the file, unless something goes on in it. When the writer leaves, the next to open or reopen it may write. */
  leave(client: object): void {
    const entry = this.#entryOf(client);
    if (entry === null) return;
    entry.viewers.delete(client);
    if (entry.viewers.size === 0 && !this.life.isBusy(entry.id)) this.#close(entry);
  }

  /** Closes a project no window looks at, whatever goes on in it. */
  release(id: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined && entry.viewers.size === 0) this.#close(entry);
  }

  /** Closes what was open only for what went on in it. */
  closeIdle(): void {
    for (const entry of this.#entries.values()) {
      if (entry.viewers.size === 0 && !this.life.isBusy(entry.id)) this.#close(entry);
    }
  }

  /** PNG bytes from any project that is open. */
  readImage(imageId: string): Uint8Array | null {
    for (const { file } of this.#entries.values()) {
      try {
        const bytes = file.project.readImage(imageId);
        if (bytes !== null) return bytes;
      } catch (error) {
        // Damaged in this project; another one may have it whole.
        console.warn('A picture cannot be shown:', error);
      }
    }
    return null;
  }

  closeAll(): void {
    for (const entry of this.#entries.values()) this.#close(entry);
  }

  #close(entry: Entry): void {
    this.#entries.delete(entry.id);
    if (entry.file.readOnly === null) this.life.closing(entry.id);
    entry.file.close();
  }

  #entryOf(client: object): Entry | null {
    for (const entry of this.#entries.values()) if (entry.viewers.has(client)) return entry;
    return null;
  }
}

function readOnlyReason(entry: Entry, client: object): StudioError | null {
  if (entry.file.readOnly !== null) return entry.file.readOnly;
  if (!entry.viewers.has(entry.writer)) entry.writer = client;
  return entry.writer === client ? null : openElsewhere('for writing in another window');
}
