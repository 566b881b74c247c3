/**
 * A document as rows of its project file, each with a digest of its content: SQLite notices pages that do not hold
 * together, but not a letter that changed inside one.
 */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Annotation } from '../../../shared/annotations.js';
import { documentFormat, type DocumentOperation, type Frame, type StudioDocument } from '../../../shared/document.js';
import { projectDamaged } from '../database/storage-errors.js';
import { readAllRows, upgradeRows, versionOf } from './migrations.js';
import { noRows, type ProjectRows, type Row } from './versions/migration.js';
import { frameDigest, stateDigest, transactionDigest } from './versions/version-3.js';

// Types, not interfaces: they pass as rows of any table.
export type StateRow = {
  project_id: string;
  name: string;
  created_at: string;
  modified_at: string;
  revision: number;
  /** How many rows of transactions are applied; the rest can be redone. */
  applied: number;
  /** JSON array of frame ids, back to front. */
  frame_order: string;
  /** JSON array of notes and arrows, back to front. */
  annotations: string;
  digest: string;
};

export type FrameRow = {
  id: string;
  body: string;
  digest: string;
};

export type TransactionRow = {
  sequence: number;
  label: string;
  operations: string;
  inverse: string;
  digest: string;
};

export type QueueRow = {
  id: string;
  position: number;
  /** JSON of the entry. */
  body: string;
  digest: string;
};

/** The rows of a file as the present version has them. */
export interface PresentRows {
  state: StateRow[];
  frames: FrameRow[];
  transactions: TransactionRow[];
  queue?: QueueRow[];
}

/** SQLite ends a text at its first zero and has no half surrogates; JSON escapes both, free text must not bring them. */
export function storable(text: string): string {
  return Buffer.from(text.replaceAll('\0', '')).toString();
}

/** The name is a column of its own; everything else of a document is kept as JSON. */
export function storableOperation(operation: DocumentOperation): DocumentOperation {
  return operation.type === 'rename' ? { ...operation, name: storable(operation.name) } : operation;
}

/** To be called after every change of the state's row. */
export function writeStateDigest(database: DatabaseSyncInstance): void {
  const state = database.prepare('SELECT * FROM state WHERE id = 1').get() as unknown as StateRow;
  database.prepare('UPDATE state SET digest = ? WHERE id = 1').run(stateDigest(state));
}

/** The head of a project, read without its frames. */
export function readSummary(database: DatabaseSyncInstance): { name: string; frames: number; modifiedAt: string } {
  const row = database
    .prepare('SELECT name, modified_at, json_array_length(frame_order) AS frames FROM state')
    .get() as { name: string; modified_at: string; frames: number };
  return { name: row.name, frames: row.frames, modifiedAt: row.modified_at };
}

/** Throws `project-damaged` when a row is not what was written, or something the document needs is missing. */
export function readProject(
  path: string,
  database: DatabaseSyncInstance,
): { document: StudioDocument; revision: number; applied: number } {
  const { state: states, frames: frameRows, transactions } = presentRows(database, readAllRows(database));
  const [state] = states;
  if (state === undefined || states.length > 1) throw projectDamaged(path, 'it holds no project');
  assertDigest(path, state, stateDigest, 'its head');
  for (const row of transactions) assertDigest(path, row, transactionDigest, 'a step of its history');
  const bodies = new Map<string, string>();
  for (const row of frameRows) {
    assertDigest(path, row, frameDigest, 'a frame');
    bodies.set(row.id, row.body);
  }
  const images = new Set((database.prepare('SELECT id FROM images').all() as { id: string }[]).map(({ id }) => id));
  const order = JSON.parse(state.frame_order) as string[];
  if (order.length !== bodies.size) throw projectDamaged(path, 'a frame is missing');
  const frames = order.map((id) => {
    const body = bodies.get(id);
    if (body === undefined) throw projectDamaged(path, 'a frame is missing');
    const frame = JSON.parse(body) as Frame;
    if (!images.has(frame.imageId)) throw projectDamaged(path, `the picture of “${frame.name}” is missing`);
    return frame;
  });
  const document: StudioDocument = {
    format: documentFormat,
    id: state.project_id,
    name: state.name,
    createdAt: state.created_at,
    frames,
    annotations: JSON.parse(state.annotations) as Annotation[],
  };
  return { document, revision: state.revision, applied: state.applied };
}

/** For a look at its frames, or at one: in no order, and not checked. */
export function readFrames(database: DatabaseSyncInstance, frameId?: string): Frame[] {
  const frames =
    frameId === undefined
      ? database.prepare('SELECT * FROM frames').all()
      : database.prepare('SELECT * FROM frames WHERE id = ?').all(frameId);
  const rows = presentRows(database, { ...noRows, frames: frames as Row[] });
  return rows.frames.map(({ body }) => JSON.parse(body) as Frame);
}

/** The undo history of a file of the present version in order, checked. */
export function readTransactions(path: string, database: DatabaseSyncInstance): TransactionRow[] {
  const rows = database.prepare('SELECT * FROM transactions ORDER BY sequence').all() as unknown as TransactionRow[];
  for (const row of rows) assertDigest(path, row, transactionDigest, 'a step of its history');
  return rows;
}

/** Frames are immutable values, so an unchanged reference is an unchanged row. */
export function writeFrames(database: DatabaseSyncInstance, before: StudioDocument, after: StudioDocument): void {
  const old = new Map(before.frames.map((frame) => [frame.id, frame]));
  const put = database.prepare('INSERT OR REPLACE INTO frames (id, body, digest) VALUES (?, ?, ?)');
  for (const frame of after.frames) {
    if (old.get(frame.id) !== frame) {
      const row = { id: frame.id, body: JSON.stringify(frame) };
      put.run(row.id, row.body, frameDigest(row));
    }
    old.delete(frame.id);
  }
  const remove = database.prepare('DELETE FROM frames WHERE id = ?');
  for (const id of old.keys()) remove.run(id);
}

/** A file that may only be looked at keeps its version; what is read from it is led to the present one. */
function presentRows(database: DatabaseSyncInstance, rows: ProjectRows): PresentRows {
  return upgradeRows(rows, versionOf(database)) as unknown as PresentRows;
}

export function assertDigest<Kind extends { digest: string }>(
  path: string,
  row: Kind,
  expected: (row: Kind) => string,
  what: string,
): void {
  if (row.digest !== expected(row)) throw projectDamaged(path, `${what} is not as it was written`);
}
