/**
 * The gallery's index: which picture stands where and what it is found by. It is made of project files and the kept
 * pictures alone, so it can be thrown away and made again at any time.
 */
import type { Frame } from '../../../shared/document/document.js';
import type {
  GalleryOverview,
  GalleryPage,
  GalleryPicture,
  GalleryQuery,
  GalleryUse,
} from '../../../shared/contract/gallery.js';
import type { Database, Value } from '../database/database.js';
import { openRebuildable, removeDatabase } from '../database/rebuildable.js';
import {
  frameFrom,
  indexSchema,
  indexVersion,
  itemOf,
  packOf,
  plain,
  recordOf,
  selectPictures,
  type PictureRow,
} from './rows.js';
import { conditionOf, wordsOf } from './search.js';

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
  readonly #database: Database;
  /** Why it lives in memory only; null when it is on the disk. */
  readonly failure: Error | null;

  /** Never throws for what lies at `path`: a damaged index is made anew, an unwritable one lives in memory. */
  constructor(
    readonly path: string,
    private readonly hooks: IndexHooks,
  ) {
    const { database, failure } = openRebuildable(path, indexVersion, indexSchema);
    this.#database = database;
    this.failure = failure;
  }

  projects(): IndexedProject[] {
    return this.#database.all('SELECT id, name, revision FROM projects');
  }

  project(id: string): IndexedProject | null {
    return this.#database.get('SELECT id, name, revision FROM projects WHERE id = ?', id) ?? null;
  }

  setProject({ id, name, revision }: IndexedProject): void {
    this.#database.run(
      `INSERT INTO projects (id, name, revision) VALUES (?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, revision = excluded.revision`,
      ...[id, name, revision],
    );
  }

  /** The file is gone: what only it showed is no picture of the gallery any more, unless it was kept. */
  removeProject(id: string): void {
    this.#database.transaction(() => {
      const images = this.#database.all<{ image_id: string }>(
        'SELECT DISTINCT image_id FROM uses WHERE project_id = ?',
        id,
      );
      this.#database.run('DELETE FROM uses WHERE project_id = ?', id);
      this.#database.run('DELETE FROM projects WHERE id = ?', id);
      for (const { image_id: imageId } of images) this.#refresh(imageId);
    });
  }

  frameIds(projectId: string): string[] {
    const rows = this.#database.all<{ frame_id: string }>('SELECT frame_id FROM uses WHERE project_id = ?', projectId);
    return rows.map(({ frame_id: id }) => id);
  }

  change({ projectId, put, removed }: BoardChange): void {
    this.#database.transaction(() => {
      const touched = new Set<string>();
      const known = (frameId: string) =>
        this.#database.get<{ image_id: string; frame: string }>(
          'SELECT image_id, frame FROM uses WHERE project_id = ? AND frame_id = ?',
          ...[projectId, frameId],
        );
      const left = new Map<string, string>();
      for (const frame of put) {
        const body = JSON.stringify(recordOf(frame));
        const before = known(frame.id);
        if (before?.frame === body) continue;
        if (before !== undefined && before.image_id !== frame.imageId) left.set(before.image_id, before.frame);
        this.#database.run(
          'INSERT OR REPLACE INTO uses (project_id, frame_id, image_id, frame) VALUES (?, ?, ?, ?)',
          ...[projectId, frame.id, frame.imageId, body],
        );
        touched.add(frame.imageId);
      }
      for (const frameId of removed) {
        const before = known(frameId);
        if (before === undefined) continue;
        this.#database.run('DELETE FROM uses WHERE project_id = ? AND frame_id = ?', projectId, frameId);
        left.set(before.image_id, before.frame);
      }
      for (const [imageId, frame] of left) {
        touched.add(imageId);
        if (this.#uses(imageId) > 0) continue;
        const projectName = this.#projectName(projectId) ?? '';
        this.hooks.onLastUse(imageId, { frame: frameFrom(frame), projectId, projectName });
      }
      for (const imageId of touched) this.#refresh(imageId);
    });
  }

  /** Makes these pictures' rows anew, after their marks or what is kept of them changed. */
  refresh(imageIds: Iterable<string>): void {
    this.#database.transaction(() => {
      for (const imageId of imageIds) this.#refresh(imageId);
    });
  }

  /** Brings rows in line with marks that another process, or an earlier index, may have changed. True when there were any. */
  refreshMarks({ starred, trashed, kept }: Record<'starred' | 'trashed' | 'kept', ReadonlySet<string>>): boolean {
    const rows = this.#database.all<Pick<PictureRow, 'image_id' | 'starred' | 'trashed' | 'uses'>>(
      'SELECT image_id, starred, trashed, uses FROM pictures',
    );
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
    const { total } = this.#database.get<{ total: number }>(
      `SELECT count(*) AS total FROM pictures WHERE ${sql}`,
      ...values,
    )!;
    const direction = query.order === 'newest' ? 'DESC' : 'ASC';
    const rows = this.#database.all<PictureRow>(
      `${selectPictures} WHERE ${sql} ORDER BY created_at ${direction}, pictures.id ${direction} LIMIT ? OFFSET ?`,
      ...[...values, limit, offset],
    );
    return { total, items: rows.map(itemOf) };
  }

  has(imageId: string): boolean {
    return this.#database.get('SELECT 1 FROM pictures WHERE image_id = ?', imageId) !== undefined;
  }

  /** Null when the gallery has no such picture. */
  picture(imageId: string): GalleryPicture | null {
    const row = this.#database.get<PictureRow>(`${selectPictures} WHERE image_id = ?`, imageId);
    if (row === undefined) return null;
    const uses = this.#database.all<GalleryUse>(
      `SELECT project_id AS projectId, coalesce(projects.name, '') AS projectName, frame_id AS frameId
         FROM uses LEFT JOIN projects ON projects.id = project_id WHERE image_id = ?`,
      imageId,
    );
    return { item: itemOf(row), frame: frameFrom(row.frame), uses: uses.map(plain) };
  }

  overview(): Pick<GalleryOverview, 'counts' | 'projects' | 'packs'> {
    const counts = this.#database.get<GalleryOverview['counts']>(
      `SELECT count(*) FILTER (WHERE trashed = 0) AS "all", count(*) FILTER (WHERE trashed = 1) AS trash,
           count(*) FILTER (WHERE trashed = 0 AND starred = 1) AS starred FROM pictures`,
    )!;
    const projects = this.#database.all<GalleryOverview['projects'][number]>(
      `SELECT uses.project_id AS id, projects.name AS name, count(DISTINCT uses.image_id) AS pictures
         FROM uses JOIN projects ON projects.id = uses.project_id
         GROUP BY uses.project_id ORDER BY projects.name COLLATE NOCASE, id`,
    );
    const packs = this.#database.all<GalleryOverview['packs'][number]>(
      `SELECT pack AS id, count(*) AS pictures FROM pictures
         WHERE pack IS NOT NULL AND trashed = 0 GROUP BY pack ORDER BY pack`,
    );
    return { counts: { ...counts }, projects: projects.map(plain), packs: packs.map(plain) };
  }

  /** Ids of pictures in the trash; those that a board shows apart from those that only the gallery keeps. */
  trashed(): { inUse: string[]; unused: string[] } {
    const rows = this.#database.all<Pick<PictureRow, 'image_id' | 'uses'>>(
      'SELECT image_id, uses FROM pictures WHERE trashed = 1',
    );
    const inUse: string[] = [];
    const unused: string[] = [];
    for (const { image_id: id, uses } of rows) {
      (uses > 0 ? inUse : unused).push(id);
    }
    return { inUse, unused };
  }

  close(): void {
    this.#database.close();
  }

  /** Closes it and removes its file: the next one at this path begins empty. */
  discard(): void {
    this.#database.close();
    if (this.failure === null) removeDatabase(this.path);
  }

  #uses(imageId: string): number {
    return this.#database.get<{ uses: number }>('SELECT count(*) AS uses FROM uses WHERE image_id = ?', imageId)!.uses;
  }

  #projectName(id: string): string | null {
    return this.#database.get<{ name: string }>('SELECT name FROM projects WHERE id = ?', id)?.name ?? null;
  }

  #refresh(imageId: string): void {
    const uses = this.#database.all<{ project_id: string; frame: string }>(
      'SELECT project_id, frame FROM uses WHERE image_id = ?',
      imageId,
    );
    if (uses.length > 0) this.hooks.onUse(imageId);
    const { starred, trashed, kept } = this.hooks.marksOf(imageId);
    const shown = uses.map((use) => ({ projectId: use.project_id, frame: frameFrom(use.frame) }));
    const records = shown.length > 0 ? shown : kept === null ? [] : [kept];
    const known = this.#database.get<{ id: number }>('SELECT id FROM pictures WHERE image_id = ?', imageId);
    if (known !== undefined) this.#database.run('DELETE FROM pictures_words WHERE rowid = ?', known.id);
    if (records.length === 0) {
      this.#database.run('DELETE FROM pictures WHERE image_id = ?', imageId);
      return;
    }
    const oldest = records.reduce((a, b) => (b.frame.createdAt < a.frame.createdAt ? b : a));
    const words = [...new Set(records.flatMap(({ frame }) => wordsOf(frame)))].join('\n').toLowerCase();
    const row: Value[] = [
      ...[known?.id ?? null, imageId, oldest.frame.createdAt, packOf(oldest.frame)],
      ...[Number(starred), Number(trashed), shown.length, oldest.projectId],
      ...['projectName' in oldest ? String(oldest.projectName) : null, words, JSON.stringify(oldest.frame)],
    ];
    this.#database.run(
      `INSERT INTO pictures
           (id, image_id, created_at, pack, starred, trashed, uses, project_id, project_name, words, frame)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (image_id) DO UPDATE SET created_at = excluded.created_at, pack = excluded.pack,
           starred = excluded.starred, trashed = excluded.trashed, uses = excluded.uses,
           project_id = excluded.project_id, project_name = excluded.project_name,
           words = excluded.words, frame = excluded.frame`,
      ...row,
    );
    this.#database.run(
      'INSERT INTO pictures_words (rowid, words) SELECT id, words FROM pictures WHERE image_id = ?',
      imageId,
    );
  }
}
