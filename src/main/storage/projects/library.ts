/** All projects of a data directory, and which was used last. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectSummary } from '../../../shared/contract/projects.js';
import { StudioError } from '../../../shared/errors.js';
import { parseJson, settingsBounds } from '../../../shared/json.js';
import type { DeletedProject } from '../../../shared/contract/import-export.js';
import { makeFolder } from '../database/folders.js';
import { takeLease, type Lease } from '../database/lease.js';
import { lookOnly, openElsewhere, storageError, writingError } from '../database/storage-errors.js';
import { openUnchecked } from './project-database.js';
import { ProjectBin } from './project-bin.js';
import { ProjectFile, type ProjectOptions } from './project-file.js';
import { readHead } from './project-rows.js';

const extension = '.ddt';
const idPattern = /^[0-9a-f-]{36}$/;
/** Of the folder in which a file is looked at before it becomes a project. */
const incoming = '.incoming-';

/** Leads the foreign file at `path` to the present version and gives it `id`. Rejects with what opening it throws. */
export type ProjectCheck = (path: string, id: string) => Promise<void>;

/** Choices that outlive a run. */
export interface Settings {
  lastProjectId?: string;
  packId?: string;
  /** Bytes of computed positions kept on disk. */
  timelineCacheLimit?: number;
  queuePaused?: boolean;
  /** Absent: automatic. */
  device?: string | null;
}

export interface OpenedFile {
  project: ProjectFile;
  /** What a change would be refused with; null when it may be written. */
  readOnly: StudioError | null;
  close: () => void;
}

export class ProjectLibrary {
  readonly #projects: string;
  readonly #settings: string;
  readonly #options: ProjectOptions;
  readonly #bin: ProjectBin;

  /** Throws `disk-full` or `place-unwritable` when the directory cannot be made. */
  constructor(dataDirectory: string, options: ProjectOptions = {}) {
    this.#projects = join(dataDirectory, 'projects');
    this.#settings = join(dataDirectory, 'settings.json');
    this.#options = options;
    this.#bin = new ProjectBin(join(dataDirectory, 'bin'));
    try {
      makeFolder(this.#projects);
    } catch (error) {
      throw writingError(this.#projects, error, 'no project can be kept');
    }
    try {
      this.#sweep();
      this.#bin.empty();
    } catch (error) {
      // Tidying up can wait for a folder that may be written.
      console.warn('The data folder could not be tidied up:', error);
    }
  }

  /** Newest first. A project that cannot be read is left out: opening it says why. */
  list(): ProjectSummary[] {
    const summaries: ProjectSummary[] = [];
    for (const id of this.#ids()) {
      try {
        const database = openUnchecked(this.#pathOf(id));
        try {
          const { name, frames, modifiedAt } = readHead(this.#pathOf(id), database);
          summaries.push({ id, name, frames, modifiedAt });
        } finally {
          database.release();
        }
      } catch {
        continue;
      }
    }
    return summaries.sort((a, b) => b.modifiedAt.localeCompare(a.modifiedAt));
  }

  /** Returns the new project's id. */
  create(name: string): string {
    const id = randomUUID();
    ProjectFile.create(this.#pathOf(id), id, name);
    return id;
  }

  /**
   * The project used last, otherwise the newest, otherwise one that cannot be read: opening it says why, where an empty new
   * one would say that nothing was ever there. Null without any.
   */
  lastUsed(): string | null {
    const { lastProjectId } = this.readSettings();
    if (lastProjectId !== undefined && idPattern.test(lastProjectId) && existsSync(this.#pathOf(lastProjectId))) {
      return lastProjectId;
    }
    return this.list()[0]?.id ?? this.#ids()[0] ?? null;
  }

  /**
   * Throws `project-damaged`, `project-newer`, `not-found`. Without the lease, or where nothing can be written, it opens for
   * looking only and says so.
   */
  open(id: string): OpenedFile {
    const path = this.#existing(id);
    let lease: Lease | null = null;
    try {
      lease = takeLease(this.#leaseOf(id));
      if (lease === null) return this.#look(id, openElsewhere('in another running DDT Studio'));
      const project = ProjectFile.open(path, 'write', this.#options);
      const held = lease;
      return {
        project,
        readOnly: null,
        close: () => {
          project.close();
          held.release();
        },
      };
    } catch (error) {
      lease?.release();
      const readOnly = lookOnly(error);
      if (readOnly !== null) return this.#look(id, readOnly);
      throw storageError(path, error);
    }
  }

  #look(id: string, readOnly: StudioError): OpenedFile {
    const project = ProjectFile.open(this.#pathOf(id), 'read', this.#options);
    return { project, readOnly, close: () => project.close() };
  }

  /**
   * Takes a project file into the library, whatever id it had: `check` leads it to the present version and to its new id, in a
   * folder of its own. Returns its id. Throws what `check` throws, `disk-full` and `place-unwritable`.
   */
  async add(bytes: Uint8Array, check: ProjectCheck): Promise<string> {
    const id = randomUUID();
    const folder = join(this.#projects, `${incoming}${id}`);
    let lease: Lease | null = null;
    try {
      // Tells whoever starts meanwhile that this folder is somebody's.
      lease = takeLease(this.#leaseOf(id));
      await mkdir(folder);
      const path = join(folder, 'project.ddt');
      await writeFile(path, bytes, { flush: true });
      await check(path, id);
      await rename(path, this.#pathOf(id));
      return id;
    } catch (error) {
      throw writingError(this.#projects, error, 'the project was not added');
    } finally {
      this.#removeIncoming(id, lease);
    }
  }

  /** What an import left that was killed; one that another process is at stays. */
  #sweep(): void {
    for (const name of readdirSync(this.#projects)) {
      const id = name.startsWith(incoming) ? name.slice(incoming.length) : '';
      if (!idPattern.test(id)) continue;
      const lease = takeLease(this.#leaseOf(id));
      if (lease !== null) this.#removeIncoming(id, lease);
    }
  }

  #removeIncoming(id: string, lease: Lease | null): void {
    rmSync(join(this.#projects, `${incoming}${id}`), { recursive: true, force: true });
    lease?.release();
    // Nobody else has a reason to take it yet.
    if (!existsSync(this.#pathOf(id))) rmSync(this.#leaseOf(id), { force: true });
  }

  /** Into the bin. Throws `not-found`, `place-unwritable`, or `project-read-only` while somebody has it open. */
  remove(id: string): void {
    const path = this.#existing(id);
    let lease: Lease | null;
    try {
      lease = takeLease(this.#leaseOf(id));
    } catch (error) {
      throw writingError(this.#projects, error, 'the project was not moved to the trash');
    }
    if (lease === null) throw projectInUse();
    try {
      // What its log holds goes into the file first; one that cannot be opened is moved as it is.
      try {
        ProjectFile.open(path, 'write', this.#options).close();
      } catch (error) {
        console.warn('A project is moved to the bin as it is:', error);
      }
      this.#bin.take(path, id);
    } finally {
      lease.release();
    }
  }

  listRemoved(): DeletedProject[] {
    return this.#bin.list();
  }

  /** Throws `not-found` when it is not in the bin. */
  restore(id: string): void {
    if (!idPattern.test(id)) throw noSuchProject();
    this.#bin.giveBack(id, this.#pathOf(id));
  }

  /** Unreadable settings count as none: they hold conveniences only. */
  readSettings(): Settings {
    try {
      const value = parseJson(readFileSync(this.#settings, 'utf8'), settingsBounds);
      return typeof value === 'object' && value !== null ? (value as Settings) : {};
    } catch {
      return {};
    }
  }

  /** Throws `disk-full` or `place-unwritable`. */
  writeSettings(change: Settings): void {
    try {
      const next = JSON.stringify({ ...this.readSettings(), ...change }, null, 2);
      writeFileSync(`${this.#settings}.new`, next, { mode: 0o600 });
      renameSync(`${this.#settings}.new`, this.#settings);
    } catch (error) {
      rmSync(`${this.#settings}.new`, { force: true });
      throw writingError(this.#settings, error, 'the choice was not saved');
    }
  }

  /** As the one used last, once it is certain that it can be. A full disk must not stop somebody from opening a project. */
  remember(id: string): void {
    try {
      this.writeSettings({ lastProjectId: id });
    } catch (error) {
      console.warn('The project opened last could not be noted:', error);
    }
  }

  #ids(): string[] {
    return readdirSync(this.#projects)
      .filter((name) => name.endsWith(extension))
      .map((name) => name.slice(0, -extension.length))
      .filter((id) => idPattern.test(id));
  }

  #existing(id: string): string {
    const path = this.#pathOf(id);
    if (!idPattern.test(id) || !existsSync(path)) throw noSuchProject();
    return path;
  }

  #pathOf(id: string): string {
    return join(this.#projects, `${id}${extension}`);
  }

  #leaseOf(id: string): string {
    return join(this.#projects, '.leases', id);
  }
}

function noSuchProject(): StudioError {
  return new StudioError('not-found', 'There is no such project.', 'Open another project from the list.');
}

function projectInUse(): StudioError {
  return new StudioError(
    'project-read-only',
    'This project is open, so it cannot be deleted.',
    'Close it in every window first.',
  );
}
