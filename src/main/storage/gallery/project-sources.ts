/** What the gallery reads in project files: looked at only, whoever holds them, and closed at once. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from '../../../shared/document/document.js';
import type { Database } from '../database/database.js';
import { imageIdOf } from '../images/images.js';
import { openUnchecked } from '../projects/project-database.js';
import { readFrames, readHead } from '../projects/project-rows.js';

const fileName = /^([0-9a-f-]{36})\.ddt$/;

export interface ProjectHead {
  id: string;
  name: string;
  revision: number;
}

export interface ProjectBoard extends ProjectHead {
  frames: Frame[];
}

export interface FoundProjects {
  heads: ProjectHead[];
  /** Files that are there but cannot be read at present. */
  unreadable: string[];
}

export class ProjectSources {
  constructor(private readonly directory: string) {}

  /** Every project of the folder. Throws when the folder itself cannot be read. */
  list(): FoundProjects {
    const heads: ProjectHead[] = [];
    const unreadable: string[] = [];
    for (const name of existsSync(this.directory) ? readdirSync(this.directory) : []) {
      const id = fileName.exec(name)?.[1];
      if (id === undefined) continue;
      const head = this.head(id);
      if (head === null) unreadable.push(id);
      else heads.push(head);
    }
    return { heads, unreadable };
  }

  /** Null when the file is gone or cannot be read. */
  head(id: string): ProjectHead | null {
    return this.#look(id, (database, path) => headOf(id, path, database));
  }

  /** Null when the file is gone or cannot be read. */
  board(id: string): ProjectBoard | null {
    return this.#look(id, (database, path) => ({
      ...headOf(id, path, database),
      frames: readFrames(path, database),
    }));
  }

  /** PNG bytes; null when the project is gone, cannot be read or has no such image as it was written. */
  image(id: string, imageId: string): Uint8Array | null {
    return this.#look(id, (database) => {
      const bytes = database.get<{ bytes: Uint8Array }>('SELECT bytes FROM images WHERE id = ?', imageId)?.bytes;
      return bytes !== undefined && imageIdOf(bytes) === imageId ? bytes : null;
    });
  }

  /** The frame with everything it has, certainty included; null when it is not there any more. */
  frame(id: string, frameId: string): Frame | null {
    return this.#look(id, (database, path) => readFrames(path, database, frameId)[0] ?? null);
  }

  exists(id: string): boolean {
    return existsSync(this.#path(id));
  }

  /** Whatever is wrong with one file is no reason to read no other one. */
  #look<Found>(id: string, look: (database: Database, path: string) => Found): Found | null {
    const path = this.#path(id);
    try {
      const database = openUnchecked(path);
      try {
        // Another studio may be writing: wait for it a moment instead of giving up.
        database.exec('PRAGMA busy_timeout = 500');
        return look(database, path);
      } finally {
        database.release();
      }
    } catch {
      return null;
    }
  }

  #path(id: string): string {
    return join(this.directory, `${id}.ddt`);
  }
}

function headOf(id: string, path: string, database: Database): ProjectHead {
  const { name, revision } = readHead(path, database);
  return { id, name, revision };
}
