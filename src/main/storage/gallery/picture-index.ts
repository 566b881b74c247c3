/**
 * The gallery's index: which picture stands where and what it is found by. It is made of project files and the kept
 * pictures alone, so it can be thrown away and made again at any time.
 */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Frame } from '../../../shared/document.js';
import type {
  GalleryOverview,
  GalleryPage,
  GalleryPicture,
  GalleryQuery,
  GalleryUse,
} from '../../../shared/gallery.js';
import { openRebuildable, preparedOnce, removeDatabase } from '../database/rebuildable.js';
import { indexSchema, indexVersion, itemOf, packOf, plain, recordOf, selectPictures, type PictureRow } from './rows.js';
import { conditionOf, wordsOf } from './search.js';
import { closeDatabase } from '../database/connection.js';

/** What stands behind a picture that no board shows. */
export interface KeptRecord {
  frame: Frame;
  projectId: string;
  projectName: string;
}

/** What the index asks about a picture that it does not know from the boards. */
export interface PictureMarks {
  starred: boolean;
  trashed: boolean;
  kept: KeptRecord | null;
}

export interface IndexedProject {
  id: string;
  name: string;
  revision: number;
}

/** Changes of one project's board. */
export interface BoardChange {
  projectId: string;
  put: readonly Frame[];
  removed: readonly string[];
}

export interface IndexHooks {
  marksOf: (imageId: string) => PictureMarks;
  /** No board shows the picture any more; asked before its row is made anew. */
  onLastUse: (imageId: string, record: KeptRecord) => void;
  /** A board shows it. */
  onUse: (imageId: string) => void;
}

export class GalleryIndex {
  readonly #database: DatabaseSyncInstance;
  readonly #prepare: ReturnType<typeof preparedOnce>;
  /** Why it lives in memory only; null when it is on the disk. */
  readonly failure: Error | null;

  /** Never throws for what lies at `path`: a damaged index is made anew, an unwritable one lives in memory. */
  constructor(
    readonly path: string,
    private readonly hooks: IndexHooks,
  ) {
    const { database, failure } = openRebuildable(path, indexVersion, indexSchema);
    this.#database = database;
    this.#prepare = preparedOnce(database);
    this.failure = failure;
  }

  projects(): IndexedProject[] {
    return this.#prepare('SELECT id, name, revision FROM projects').all() as unknown as IndexedProject[];
  }

  project(id: string): IndexedProject | null {
    const row = this.#prepare('SELECT id, name, revision FROM projects WHERE id = ?').get(id);
    return (row as IndexedProject | undefined) ?? null;
  }

  setProject({ id, name, revision }: IndexedProject): void {
    this.#prepare(
      `INSERT INTO projects (id, name, revision) VALUES (?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, revision = excluded.revision`,
    ).run(id, name, revision);
  }

  /** The file is gone: what only it showed is no picture of the gallery any more, unless it was kept. */
  removeProject(id: string): void {
    this.#transaction(() => {
      const images = this.#prepare('SELECT DISTINCT image_id FROM uses WHERE project_id = ?').all(id);
      this.#prepare('DELETE FROM uses WHERE project_id = ?').run(id);
      this.#prepare('DELETE FROM projects WHERE id = ?').run(id);
      for (const { image_id: imageId } of images as { image_id: string }[]) this.#refresh(imageId);
    });
  }

  frameIds(projectId: string): string[] {
    const rows = this.#prepare('SELECT frame_id FROM uses WHERE project_id = ?').all(projectId);
    return (rows as { frame_id: string }[]).map(({ frame_id: id }) => id);
  }

  change({ projectId, put, removed }: BoardChange): void {
    this.#transaction(() => {
      const touched = new Set<string>();
      const known = this.#prepare('SELECT image_id, frame FROM uses WHERE project_id = ? AND frame_id = ?');
      const insert = this.#prepare(
        'INSERT OR REPLACE INTO uses (project_id, frame_id, image_id, frame) VALUES (?, ?, ?, ?)',
      );
      const drop = this.#prepare('DELETE FROM uses WHERE project_id = ? AND frame_id = ?');
      const left = new Map<string, string>();
      for (const frame of put) {
        const body = JSON.stringify(recordOf(frame));
        const before = known.get(projectId, frame.id) as { image_id: string; frame: string } | undefined;
        if (before?.frame === body) continue;
        if (before !== undefined && before.image_id !== frame.imageId) left.set(before.image_id, before.frame);
        insert.run(projectId, frame.id, frame.imageId, body);
        touched.add(frame.imageId);
      }
      for (const frameId of removed) {
        const before = known.get(projectId, frameId) as { image_id: string; frame: string } | undefined;
        if (before === undefined) continue;
        drop.run(projectId, frameId);
        left.set(before.image_id, before.frame);
      }
      for (const [imageId, frame] of left) {
        touched.add(imageId);
        if (this.#uses(imageId) > 0) continue;
        const projectName = this.#projectName(projectId) ?? '';
        this.hooks.onLastUse(imageId, { frame: JSON.parse(frame) as Frame, projectId, projectName });
      }
      for (const imageId of touched) this.#refresh(imageId);
    });
  }

  /** Makes these pictures' rows anew, after their marks or what is kept of them changed. */
  refresh(imageIds: Iterable<string>): void {
    this.#transaction(() => {
      for (const imageId of imageIds) this.#refresh(imageId);
    });
  }

  /** Brings rows in line with marks that another process, or an earlier index, may have changed. True when there were any. */
  refreshMarks({ starred, trashed, kept }: Record<'starred' | 'trashed' | 'kept', ReadonlySet<string>>): boolean {
    const rows = this.#prepare('SELECT image_id, starred, trashed, uses FROM pictures').all() as {
      image_id: string;
      starred: number;
      trashed: number;
      uses: number;
    }[];
    const unknown = new Set(kept);
    const changed = rows.filter(({ image_id: id, ...row }) => {
      unknown.delete(id);
      const isGone = row.uses === 0 && !kept.has(id);
      return isGone || starred.has(id) !== (row.starred === 1) || trashed.has(id) !== (row.trashed === 1);
    });
    if (changed.length + unknown.size === 0) return false;
    this.refresh([...changed.map(({ image_id: id }) => id), ...unknown]);
    return true;
  }

  search(query: GalleryQuery, offset: number, limit: number): GalleryPage {
    const { sql, values } = conditionOf(query);
    const { total } = this.#prepare(`SELECT count(*) AS total FROM pictures WHERE ${sql}`).get(
      ...values,
    ) as unknown as { total: number };
    const direction = query.order === 'newest' ? 'DESC' : 'ASC';
    const rows = this.#prepare(
      `${selectPictures} WHERE ${sql} ORDER BY created_at ${direction}, pictures.id ${direction} LIMIT ? OFFSET ?`,
    ).all(...values, limit, offset) as unknown as PictureRow[];
    return { total, items: rows.map(itemOf) };
  }

  has(imageId: string): boolean {
    return this.#prepare('SELECT 1 FROM pictures WHERE image_id = ?').get(imageId) !== undefined;
  }

  /** Null when the gallery has no such picture. */
  picture(imageId: string): GalleryPicture | null {
    const row = this.#prepare(`${selectPictures} WHERE image_id = ?`).get(imageId) as PictureRow | undefined;
    if (row === undefined) return null;
    const uses = this.#prepare(
      `SELECT project_id AS projectId, coalesce(projects.name, '') AS projectName, frame_id AS frameId
         FROM uses LEFT JOIN projects ON projects.id = project_id WHERE image_id = ?`,
    ).all(imageId) as unknown as GalleryUse[];
    return { item: itemOf(row), frame: JSON.parse(row.frame) as Frame, uses };
  }

  overview(): Pick<GalleryOverview, 'counts' | 'projects' | 'packs'> {
    const counts = this.#prepare(
      `SELECT count(*) FILTER (WHERE trashed = 0) AS "all", count(*) FILTER (WHERE trashed = 1) AS trash,
           count(*) FILTER (WHERE trashed = 0 AND starred = 1) AS starred FROM pictures`,
    ).get() as unknown as GalleryOverview['counts'];
    const projects = this.#prepare(
      `SELECT uses.project_id AS id, projects.name AS name, count(DISTINCT uses.image_id) AS pictures
         FROM uses JOIN projects ON projects.id = uses.project_id
         GROUP BY uses.project_id ORDER BY projects.name COLLATE NOCASE, id`,
    ).all() as unknown as GalleryOverview['projects'];
    const packs = this.#prepare(
      `SELECT pack AS id, count(*) AS pictures FROM pictures
         WHERE pack IS NOT NULL AND trashed = 0 GROUP BY pack ORDER BY pack`,
    ).all() as unknown as GalleryOverview['packs'];
    return { counts: { ...counts }, projects: projects.map(plain), packs: packs.map(plain) };
  }

  /** Ids of pictures in the trash; those that a board shows apart from those that only the gallery keeps. */
  trashed(): { inUse: string[]; unused: string[] } {
    const rows = this.#prepare('SELECT image_id, uses FROM pictures WHERE trashed = 1').all();
    const inUse: string[] = [];
    const unused: string[] = [];
    for (const { image_id: id, uses } of rows as { image_id: string; uses: number }[]) {
      (uses > 0 ? inUse : unused).push(id);
    }
    return { inUse, unused };
  }

  close(): void {
    closeDatabase(this.#database);
  }

  /** Closes it and removes its file: the next one at this path begins empty. */
  discard(): void {
    closeDatabase(this.#database);
    if (this.failure === null) removeDatabase(this.path);
  }

  #uses(imageId: string): number {
    const row = this.#prepare('SELECT count(*) AS uses FROM uses WHERE image_id = ?').get(imageId);
    return (row as { uses: number }).uses;
  }

  #projectName(id: string): string | null {
    const row = this.#prepare('SELECT name FROM projects WHERE id = ?').get(id);
    return (row as { name: string } | undefined)?.name ?? null;
  }

  #refresh(imageId: string): void {
    const uses = this.#prepare('SELECT project_id, frame FROM uses WHERE image_id = ?').all(imageId) as {
      project_id: string;
      frame: string;
    }[];
    if (uses.length > 0) this.hooks.onUse(imageId);
    const { starred, trashed, kept } = this.hooks.marksOf(imageId);
    const shown = uses.map((use) => ({ projectId: use.project_id, frame: JSON.parse(use.frame) as Frame }));
    const records = shown.length > 0 ? shown : kept === null ? [] : [kept];
    const known = this.#prepare('SELECT id FROM pictures WHERE image_id = ?').get(imageId) as
      { id: number } | undefined;
    if (known !== undefined) this.#prepare('DELETE FROM pictures_words WHERE rowid = ?').run(known.id);
    if (records.length === 0) {
      this.#prepare('DELETE FROM pictures WHERE image_id = ?').run(imageId);
      return;
    }
    const oldest = records.reduce((a, b) => (b.frame.createdAt < a.frame.createdAt ? b : a));
    const words = [...new Set(records.flatMap(({ frame }) => wordsOf(frame)))].join('\n').toLowerCase();
    this.#prepare(
      `INSERT INTO pictures
           (id, image_id, created_at, pack, starred, trashed, uses, project_id, project_name, words, frame)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (image_id) DO UPDATE SET created_at = excluded.created_at, pack = excluded.pack,
           starred = excluded.starred, trashed = excluded.trashed, uses = excluded.uses,
           project_id = excluded.project_id, project_name = excluded.project_name,
           words = excluded.words, frame = excluded.frame`,
    ).run(
      known?.id ?? null,
      imageId,
      oldest.frame.createdAt,
      packOf(oldest.frame),
      Number(starred),
      Number(trashed),
      shown.length,
      oldest.projectId,
      'projectName' in oldest ? oldest.projectName : null,
      words,
      JSON.stringify(oldest.frame),
    );
    this.#prepare('INSERT INTO pictures_words (rowid, words) SELECT id, words FROM pictures WHERE image_id = ?').run(
      imageId,
    );
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}
