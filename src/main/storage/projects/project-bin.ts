/** Deleted projects: moved into a folder beside the others, from where they come back until their days are over. */
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError } from '../../../shared/errors.js';
import { daysInBin, type DeletedProject } from '../../../shared/contract/import-export.js';
import { makeFolder } from '../database/folders.js';
import { writingError } from '../database/storage-errors.js';
import { openUnchecked } from './project-database.js';
import { readHead } from './project-rows.js';

const extension = '.ddt';
const dayMs = 24 * 60 * 60 * 1000;
/** The write-ahead log belongs to its file; a clean closing leaves none. */
const companions = ['-wal', ''];

export class ProjectBin {
  constructor(private readonly folder: string) {}

  /** Nobody may have it open. Throws `place-unwritable` when the folder may not be written. */
  take(path: string, id: string, now = new Date()): void {
    try {
      makeFolder(this.folder);
      move(path, this.#pathOf(id));
      // The time of the file says since when it is here.
      utimesSync(this.#pathOf(id), now, now);
    } catch (error) {
      throw writingError(this.folder, error, 'the project was not moved to the trash');
    }
  }

  /** Throws `not-found` when it is not in the bin. */
  giveBack(id: string, path: string): void {
    if (!existsSync(this.#pathOf(id)) || existsSync(path)) {
      throw new StudioError(
        'not-found',
        'That project is not in the trash any more.',
        'Look for it among the projects.',
      );
    }
    try {
      move(this.#pathOf(id), path);
    } catch (error) {
      throw writingError(path, error, 'the project was not brought back');
    }
  }

  /** Newest first; one that cannot be read keeps its place under the name of its file. */
  list(): DeletedProject[] {
    return this.#ids()
      .map((id) => ({ id, ...this.#summaryOf(id), deletedAt: statSync(this.#pathOf(id)).mtime.toISOString() }))
      .sort((a, b) => b.deletedAt.localeCompare(a.deletedAt));
  }

  /** Removes for good what has been here too long. Returns how many. */
  empty(now = new Date()): number {
    const old = this.list().filter(({ deletedAt }) => now.getTime() - Date.parse(deletedAt) > daysInBin * dayMs);
    for (const { id } of old)
      for (const end of [...companions, '-shm']) rmSync(this.#pathOf(id) + end, { force: true });
    return old.length;
  }

  #summaryOf(id: string): { name: string; frames: number } {
    try {
      const database = openUnchecked(this.#pathOf(id));
      try {
        const { name, frames } = readHead(this.#pathOf(id), database);
        return { name, frames };
      } finally {
        database.release();
      }
    } catch {
      return { name: `${id}${extension}`, frames: 0 };
    }
  }

  #ids(): string[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder).flatMap((name) =>
      name.endsWith(extension) ? name.slice(0, -extension.length) : [],
    );
  }

  #pathOf(id: string): string {
    return join(this.folder, `${id}${extension}`);
  }
}

/** The log goes first: a file without its log would be older than it is, a log without its file is found again. */
function move(from: string, to: string): void {
  for (const end of companions) if (existsSync(from + end)) renameSync(from + end, to + end);
  rmSync(`${from}-shm`, { force: true });
}
