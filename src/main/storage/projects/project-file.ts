/**
 * One project: its document, its undo history and its images in one SQLite file. Every action is one transaction there,
 * and the document in memory changes only after that has succeeded.
 */
import {
  applyOperations,
  imagesOfFrame,
  invertOperations,
  type DocumentOperation,
  type Frame,
  type StudioDocument,
  type Transaction,
} from '../../../shared/document/document.js';
import { StudioError } from '../../../shared/errors.js';
import type { HistoryState, ProjectHistory } from '../../../shared/contract/projects.js';
import type { RasterImage, StoredImage } from '../../../shared/pictures/images.js';
import { imagesOfEntry, type Queue } from '../../../shared/jobs/queue.js';
import { settled } from '../../../shared/jobs/queue-machine.js';
import type { Database } from '../database/database.js';
import { openingError, projectDamaged, projectReadOnly } from '../database/storage-errors.js';
import { asKept, imageIdOf, type KeptPicture } from '../images/images.js';
import { insertPicture, type ProjectPlace } from './picture-store.js';
import { copyDatabase, createDatabase, openDatabase, type DatabaseOptions } from './project-database.js';
import {
  readProject,
  readTransactions,
  storable,
  storableOperation,
  writeFrames,
  writeStateDigest,
  type StateRow,
  type TransactionRow,
} from './project-rows.js';
import { readQueue, writeQueue } from './queue-rows.js';
import { storedOperations } from './stored-document.js';
import { stateDigest, transactionDigest } from './versions/version-3.js';

export interface ProjectOptions extends DatabaseOptions {
  /** Undo steps kept; older ones are dropped. */
  historyLimit?: number;
}

export interface Committed {
  revision: number;
  operations: DocumentOperation[];
  history: HistoryState;
}

const defaultHistoryLimit = 500;

export class ProjectFile {
  #document: StudioDocument;
  #revision: number;
  #applied: number;
  #queue: Queue;
  readonly #database: Database;
  readonly #historyLimit: number;
  readonly #maxPages: number | undefined;

  private constructor(
    readonly path: string,
    readonly isReadOnly: boolean,
    database: Database,
    options: ProjectOptions,
  ) {
    this.#database = database;
    this.#historyLimit = options.historyLimit ?? defaultHistoryLimit;
    this.#maxPages = options.maxPages;
    const { document, revision, applied } = readProject(path, database);
    this.#document = document;
    this.#revision = revision;
    this.#applied = applied;
    this.#queue = readQueue(path, database);
  }

  /** Throws `disk-full` or `place-unwritable`. */
  static create(path: string, id: string, name: string, now = new Date().toISOString()): void {
    const row: Omit<StateRow, 'digest'> = {
      project_id: id,
      name: storable(name),
      created_at: now,
      modified_at: now,
      revision: 0,
      applied: 0,
      frame_order: '[]',
      annotations: '[]',
    };
    const values = { ...row, digest: stateDigest(row) };
    // Without a prepared statement: one would keep the file open, and Windows renames no open file.
    createDatabase(path, (database) => {
      database.exec(
        `INSERT INTO state (id, ${Object.keys(values).join(', ')})
         VALUES (1, ${Object.values(values).map(literal).join(', ')})`,
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
      database.release();
      throw openingError(path, error);
    }
  }

  /** Gives a closed project another id, as a copy needs it beside its original. Throws what `open` throws. */
  static renumber(path: string, id: string): void {
    ProjectFile.open(path, 'write').close();
    const database = openDatabase(path, 'write');
    try {
      database.transaction(() => {
        database.run('UPDATE state SET project_id = ?', id);
        writeStateDigest(database);
      });
    } finally {
      database.close();
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

  get queue(): Queue {
    return this.#queue;
  }

  /** Throws `disk-full` or `project-read-only`; the queue is then as it was. */
  setQueue(next: Queue): void {
    if (next === this.#queue) return;
    this.#assertWritable();
    this.#database.transaction(() => writeQueue(this.#database, this.#queue, next));
    this.#queue = next;
  }

  /**
   * `settles`: entries of the queue whose outcome this is; they leave it in the same step, so an outcome is taken once.
   * Throws `bad-request`, `not-found`, `disk-full` or `project-read-only`; document, queue and file are then as they were.
   */
  commit(
    transaction: Transaction,
    { settles = [], now = new Date().toISOString() }: { settles?: readonly string[]; now?: string } = {},
  ): Committed {
    const queue = this.#queueWithout(settles);
    const operations = transaction.operations.map(storableOperation);
    for (const operation of operations) {
      if (operation.type === 'put-frame') this.#assertImage(operation.frame);
    }
    const inverse = invertOperations(this.#document, operations);
    const committed = this.#apply(operations, this.#applied + 1, now, () => {
      this.#database.run('DELETE FROM transactions WHERE sequence > ?', this.#applied);
      const row = {
        sequence: this.#applied + 1,
        label: storable(transaction.label),
        operations: JSON.stringify(operations),
        inverse: JSON.stringify(inverse),
      };
      this.#database.run(
        'INSERT INTO transactions (sequence, label, operations, inverse, committed_at, digest) VALUES (?, ?, ?, ?, ?, ?)',
        ...[row.sequence, row.label, row.operations, row.inverse, now, transactionDigest(row)],
      );
      this.#database.run('DELETE FROM transactions WHERE sequence <= ?', this.#applied + 1 - this.#historyLimit);
      writeQueue(this.#database, this.#queue, queue);
    });
    this.#queue = queue;
    return committed;
  }

  /** Null when there is nothing to undo. */
  undo(now = new Date().toISOString()): (Committed & { label: string }) | null {
    const row = this.#transactionAt(this.#applied);
    if (row === null) return null;
    const operations = storedOperations(this.path, row.inverse);
    return { label: row.label, ...this.#apply(operations, this.#applied - 1, now) };
  }

  /** Null when there is nothing to redo. */
  redo(now = new Date().toISOString()): (Committed & { label: string }) | null {
    const row = this.#transactionAt(this.#applied + 1);
    if (row === null) return null;
    const operations = storedOperations(this.path, row.operations);
    return { label: row.label, ...this.#apply(operations, this.#applied + 1, now) };
  }

  /** What undo and redo can reach. Throws `project-damaged`. */
  steps(): ProjectHistory {
    const rows = this.#database.all<{ sequence: number; label: unknown; at: unknown }>(
      'SELECT sequence, label, committed_at AS at FROM transactions ORDER BY sequence',
    );
    return {
      steps: rows.map(({ label, at }) => {
        if (typeof label !== 'string') throw projectDamaged(this.path, 'a step of its history has no name');
        return { label, at: typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? at : null };
      }),
      applied: rows.filter(({ sequence }) => sequence <= this.#applied).length,
    };
  }

  /** Stored once per content. Throws `disk-full` or `project-read-only`. */
  addImage(image: RasterImage): StoredImage {
    return this.addPng(asKept(image));
  }

  /** The same of a picture that was encoded elsewhere. */
  addPng(picture: KeptPicture): StoredImage {
    this.#assertWritable();
    return insertPicture(this.#database, picture);
  }

  /** For `storePicture`, which does the same from another thread. Throws `project-read-only`. */
  placeForPictures(): ProjectPlace {
    this.#assertWritable();
    return { path: this.path, ...(this.#maxPages === undefined ? {} : { maxPages: this.#maxPages }) };
  }

  /** PNG bytes, or null when the project has no such image. Throws `project-damaged` when they are gone, or not as they were written. */
  readImage(imageId: string): Uint8Array | null {
    const row = this.#database.get<{ bytes: Uint8Array }>('SELECT bytes FROM images WHERE id = ?', imageId);
    if (row === undefined) {
      // Every frame had its picture when the file was opened.
      if (!this.#document.frames.some((frame) => frame.imageId === imageId)) return null;
      throw projectDamaged(this.path, 'a picture in it cannot be found any more');
    }
    // In a damaged file anything may stand where bytes should.
    if (!(row.bytes instanceof Uint8Array) || imageIdOf(row.bytes) !== imageId)
      throw projectDamaged(this.path, 'a picture in it is not as it was written');
    return row.bytes;
  }

  /** Deletes images that neither the document nor its undo history nor the queue needs. Returns how many. */
  collectImages(): number {
    const needed = new Set(this.#document.frames.flatMap(imagesOfFrame));
    for (const row of readTransactions(this.path, this.#database)) {
      for (const operation of storedOperations(this.path, row.operations)) addImageOf(operation, needed);
      for (const operation of storedOperations(this.path, row.inverse)) addImageOf(operation, needed);
    }
    for (const entry of this.#queue) for (const imageId of imagesOfEntry(entry)) needed.add(imageId);
    const stored = this.#database.all<{ id: string }>('SELECT id FROM images');
    const orphans = stored.filter(({ id }) => !needed.has(id));
    if (orphans.length === 0) return 0;
    this.#database.transaction(() => {
      for (const { id } of orphans) this.#database.run('DELETE FROM images WHERE id = ?', id);
    });
    return orphans.length;
  }

  /**
   * Everything in it, as it is now, in a new file of its own; what was at `path` is replaced once the copy is whole.
   * Throws `disk-full` or `project-read-only`.
   */
  copyTo(path: string): void {
    copyDatabase(this.#database, path);
  }

  close(): void {
    try {
      if (!this.isReadOnly) this.collectImages();
    } catch {
      // Tidying up is for the next opening too; closing must not fail for it.
    }
    this.#database.close();
  }

  /** Writes the outcome of `operations` together with `record`, then shows it. */
  #apply(operations: DocumentOperation[], applied: number, now: string, record: () => void = () => {}): Committed {
    this.#assertWritable();
    const next = applyOperations(this.#document, operations);
    const revision = this.#revision + 1;
    this.#database.transaction(() => {
      record();
      writeFrames(this.#database, this.#document, next);
      this.#database.run(
        'UPDATE state SET name = ?, modified_at = ?, revision = ?, applied = ?, frame_order = ?',
        ...[next.name, now, revision, applied, JSON.stringify(next.frames.map((frame) => frame.id))],
      );
      if (next.annotations !== this.#document.annotations) {
        this.#database.run('UPDATE state SET annotations = ?', JSON.stringify(next.annotations));
      }
      writeStateDigest(this.#database);
    });
    this.#document = next;
    this.#revision = revision;
    this.#applied = applied;
    return { revision, operations, history: this.history };
  }

  #queueWithout(settles: readonly string[]): Queue {
    const open = new Set(this.#queue.flatMap(({ id, state }) => (state === 'done' ? [id] : [])));
    if (settles.every((id) => open.has(id))) return settled(this.#queue, settles);
    throw new StudioError(
      'not-found',
      'What came of that job was taken or discarded already.',
      'Look for it on the board, or run it again.',
    );
  }

  #assertWritable(): void {
    if (this.isReadOnly) throw projectReadOnly('This project is open for looking only.', 'Open it again for writing.');
  }

  #assertImage(frame: Frame): void {
    const isMissing = (imageId: string) =>
      this.#database.get('SELECT 1 FROM images WHERE id = ?', imageId) === undefined;
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
    return this.#database.get<TransactionRow>('SELECT * FROM transactions WHERE sequence = ?', sequence) ?? null;
  }
}

/** A value as SQL, whatever characters it has. */
function literal(value: string | number): string {
  return typeof value === 'number' ? String(value) : `CAST(x'${Buffer.from(value).toString('hex')}' AS TEXT)`;
}

function addImageOf(operation: DocumentOperation, into: Set<string>): void {
  if (operation.type !== 'put-frame') return;
  for (const imageId of imagesOfFrame(operation.frame)) into.add(imageId);
}
