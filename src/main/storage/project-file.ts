/**
 * One project: its document, its undo history and its images in one SQLite file. Every action is one transaction there,
 * and the document in memory changes only after that has succeeded.
 */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Annotation } from '../../shared/annotations.js';
import {
  applyOperations,
  documentFormat,
  imagesOfFrame,
  invertOperations,
  type DocumentOperation,
  type Frame,
  type StudioDocument,
  type Transaction,
} from '../../shared/document.js';
import { StudioError } from '../../shared/errors.js';
import type { HistoryState } from '../../shared/events.js';
import type { RasterImage, StoredImage } from '../../shared/images.js';
import { encodePng, imageIdOf } from './images.js';
import {
  closeDatabase,
  createDatabase,
  inTransaction,
  openDatabase,
  type DatabaseOptions,
} from './project-database.js';
import { projectDamaged, projectReadOnly, storageError } from './storage-errors.js';

export interface ProjectOptions extends DatabaseOptions {
  /** Undo steps kept; older ones are dropped. */
  historyLimit?: number;
}

export interface Committed {
  revision: number;
  operations: DocumentOperation[];
  history: HistoryState;
}

interface StateRow {
  project_id: string;
  name: string;
  created_at: string;
  revision: number;
  applied: number;
  frame_order: string;
  /** Absent in a file of version 1 that is only looked at. */
  annotations?: string;
}

interface TransactionRow {
  sequence: number;
  label: string;
  operations: string;
  inverse: string;
}

const defaultHistoryLimit = 500;

export class ProjectFile {
  #document: StudioDocument;
  #revision: number;
  #applied: number;
  readonly #database: DatabaseSyncInstance;
  readonly #historyLimit: number;

  private constructor(
    readonly path: string,
    readonly isReadOnly: boolean,
    database: DatabaseSyncInstance,
    options: ProjectOptions,
  ) {
    this.#database = database;
    this.#historyLimit = options.historyLimit ?? defaultHistoryLimit;
    const { document, revision, applied } = readDocument(path, database);
    this.#document = document;
    this.#revision = revision;
    this.#applied = applied;
  }

  /** Throws `disk-full` or `project-read-only`. */
  static create(path: string, id: string, name: string, now = new Date().toISOString()): void {
    // Without a prepared statement: one would keep the file open, and Windows renames no open file.
    createDatabase(path, (database) => {
      database.exec(
        `INSERT INTO state (id, project_id, name, created_at, modified_at, revision, applied, frame_order)
         VALUES (1, ${textLiteral(id)}, ${textLiteral(name)}, ${textLiteral(now)}, ${textLiteral(now)}, 0, 0, '[]')`,
      );
    });
  }

  /** Throws `project-damaged`, `project-newer`, `not-found`; the file is then as it was. */
  static open(path: string, mode: 'write' | 'read', options: ProjectOptions = {}): ProjectFile {
    const database = openDatabase(path, mode, options);
    try {
      const project = new ProjectFile(path, mode === 'read', database, options);
      if (mode === 'write') project.collectImages();
      return project;
    } catch (error) {
      database.close();
      throw storageError(path, error);
    }
  }

  get document(): StudioDocument {
    return this.#document;
  }

  get revision(): number {
    return this.#revision;
  }

  get history(): HistoryState {
    return this.#historyAt(this.#applied);
  }

  /** Throws `bad-request`, `not-found`, `disk-full` or `project-read-only`; document and file are then as they were. */
  commit(transaction: Transaction, now = new Date().toISOString()): Committed {
    for (const operation of transaction.operations) {
      if (operation.type === 'put-frame') this.#assertImage(operation.frame);
    }
    const inverse = invertOperations(this.#document, transaction.operations);
    return this.#apply(transaction.operations, this.#applied + 1, now, () => {
      this.#database.prepare('DELETE FROM transactions WHERE sequence > ?').run(this.#applied);
      this.#database
        .prepare('INSERT INTO transactions (sequence, label, operations, inverse, committed_at) VALUES (?, ?, ?, ?, ?)')
        .run(
          this.#applied + 1,
          transaction.label,
          JSON.stringify(transaction.operations),
          JSON.stringify(inverse),
          now,
        );
      this.#database
        .prepare('DELETE FROM transactions WHERE sequence <= ?')
        .run(this.#applied + 1 - this.#historyLimit);
    });
  }

  /** Null when there is nothing to undo. */
  undo(now = new Date().toISOString()): (Committed & { label: string }) | null {
    const row = this.#transactionAt(this.#applied);
    if (row === null) return null;
    const operations = JSON.parse(row.inverse) as DocumentOperation[];
    return { label: row.label, ...this.#apply(operations, this.#applied - 1, now) };
  }

  /** Null when there is nothing to redo. */
  redo(now = new Date().toISOString()): (Committed & { label: string }) | null {
    const row = this.#transactionAt(this.#applied + 1);
    if (row === null) return null;
    const operations = JSON.parse(row.operations) as DocumentOperation[];
    return { label: row.label, ...this.#apply(operations, this.#applied + 1, now) };
  }

  /** Stored once per content. Throws `disk-full` or `project-read-only`. */
  addImage(image: RasterImage): StoredImage {
    this.#assertWritable();
    const png = encodePng(image);
    const imageId = imageIdOf(png);
    inTransaction(this.path, this.#database, () => {
      this.#database
        .prepare('INSERT OR IGNORE INTO images (id, width, height, bytes) VALUES (?, ?, ?, ?)')
        .run(imageId, image.width, image.height, png);
    });
    return { imageId, width: image.width, height: image.height };
  }

  /** PNG bytes, or null when the project has no such image. */
  readImage(imageId: string): Uint8Array | null {
    const row = this.#database.prepare('SELECT bytes FROM images WHERE id = ?').get(imageId) as
      { bytes: Uint8Array } | undefined;
    return row?.bytes ?? null;
  }

  /** Deletes images that neither the document nor the undo history needs. Returns how many. */
  collectImages(): number {
    const needed = new Set(this.#document.frames.flatMap(imagesOfFrame));
    const rows = this.#database.prepare('SELECT operations, inverse FROM transactions').iterate() as Iterable<
      Pick<TransactionRow, 'operations' | 'inverse'>
    >;
    for (const row of rows) {
      for (const operation of JSON.parse(row.operations) as DocumentOperation[]) addImageOf(operation, needed);
      for (const operation of JSON.parse(row.inverse) as DocumentOperation[]) addImageOf(operation, needed);
    }
    const stored = this.#database.prepare('SELECT id FROM images').all() as { id: string }[];
    const orphans = stored.filter(({ id }) => !needed.has(id));
    if (orphans.length === 0) return 0;
    inTransaction(this.path, this.#database, () => {
      const remove = this.#database.prepare('DELETE FROM images WHERE id = ?');
      for (const { id } of orphans) remove.run(id);
    });
    return orphans.length;
  }

  close(): void {
    try {
      if (!this.isReadOnly) this.collectImages();
    } catch {
      // Tidying up is for the next opening too; closing must not fail for it.
    }
    closeDatabase(this.#database);
  }

  /** Writes the outcome of `operations` together with `record`, then shows it. */
  #apply(operations: DocumentOperation[], applied: number, now: string, record: () => void = () => {}): Committed {
    this.#assertWritable();
    const next = applyOperations(this.#document, operations);
    const revision = this.#revision + 1;
    inTransaction(this.path, this.#database, () => {
      record();
      writeFrames(this.#database, this.#document, next);
      this.#database
        .prepare('UPDATE state SET name = ?, modified_at = ?, revision = ?, applied = ?, frame_order = ?')
        .run(next.name, now, revision, applied, JSON.stringify(next.frames.map((frame) => frame.id)));
      if (next.annotations !== this.#document.annotations) {
        this.#database.prepare('UPDATE state SET annotations = ?').run(JSON.stringify(next.annotations));
      }
    });
    this.#document = next;
    this.#revision = revision;
    this.#applied = applied;
    return { revision, operations, history: this.history };
  }

  #assertWritable(): void {
    if (this.isReadOnly) throw projectReadOnly('This project is open for looking only.');
  }

  #assertImage(frame: Frame): void {
    const isMissing = (imageId: string) =>
      this.#database.prepare('SELECT 1 FROM images WHERE id = ?').get(imageId) === undefined;
    if (isMissing(frame.imageId)) {
      throw new StudioError(
        'not-found',
        'The image of that frame is not in this project.',
        'Generate or import the image again.',
      );
    }
    if (frame.mask !== undefined && isMissing(frame.mask.imageId)) {
      throw new StudioError('not-found', 'The mask of that frame is not in this project.', 'Paint the mask again.');
    }
  }

  #historyAt(applied: number): HistoryState {
    return {
      undo: this.#transactionAt(applied)?.label ?? null,
      redo: this.#transactionAt(applied + 1)?.label ?? null,
    };
  }

  #transactionAt(sequence: number): TransactionRow | null {
    const row = this.#database.prepare('SELECT * FROM transactions WHERE sequence = ?').get(sequence);
    return (row as TransactionRow | undefined) ?? null;
  }
}

/** Any text as SQL, whatever characters it has. */
function textLiteral(text: string): string {
  return `CAST(x'${Buffer.from(text).toString('hex')}' AS TEXT)`;
}

/** The head of a project, read without its frames. */
export function readSummary(database: DatabaseSyncInstance): { name: string; frames: number; modifiedAt: string } {
  const row = database
    .prepare('SELECT name, modified_at, json_array_length(frame_order) AS frames FROM state')
    .get() as { name: string; modified_at: string; frames: number };
  return { name: row.name, frames: row.frames, modifiedAt: row.modified_at };
}

function readDocument(path: string, database: DatabaseSyncInstance) {
  const state = database.prepare('SELECT * FROM state WHERE id = 1').get() as StateRow | undefined;
  if (state === undefined) throw projectDamaged(path, 'it holds no project');
  const bodies = new Map(
    (database.prepare('SELECT id, body FROM frames').all() as { id: string; body: string }[]).map(
      ({ id, body }) => [id, JSON.parse(body) as Frame] as const,
    ),
  );
  const frames = (JSON.parse(state.frame_order) as string[]).map((id) => {
    const frame = bodies.get(id);
    if (frame === undefined) throw projectDamaged(path, 'a frame is missing');
    return frame;
  });
  const document: StudioDocument = {
    format: documentFormat,
    id: state.project_id,
    name: state.name,
    createdAt: state.created_at,
    frames,
    annotations: JSON.parse(state.annotations ?? '[]') as Annotation[],
  };
  return { document, revision: state.revision, applied: state.applied };
}

/** Frames are immutable values, so an unchanged reference is an unchanged row. */
function writeFrames(database: DatabaseSyncInstance, before: StudioDocument, after: StudioDocument): void {
  const old = new Map(before.frames.map((frame) => [frame.id, frame]));
  const put = database.prepare('INSERT OR REPLACE INTO frames (id, body) VALUES (?, ?)');
  for (const frame of after.frames) {
    if (old.get(frame.id) !== frame) put.run(frame.id, JSON.stringify(frame));
    old.delete(frame.id);
  }
  const remove = database.prepare('DELETE FROM frames WHERE id = ?');
  for (const id of old.keys()) remove.run(id);
}

function addImageOf(operation: DocumentOperation, into: Set<string>): void {
  if (operation.type !== 'put-frame') return;
  for (const imageId of imagesOfFrame(operation.frame)) into.add(imageId);
}
