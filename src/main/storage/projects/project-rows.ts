/**
 * A document as rows of its project file, each with a digest of its content: SQLite notices pages that do not hold
 * together, but not a letter that changed inside one.
 */
import { createHash } from 'node:crypto';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Annotation } from '../../../shared/annotations.js';
import { documentFormat, type Frame, type StudioDocument } from '../../../shared/document.js';
import { projectDamaged } from '../database/storage-errors.js';

export interface StateRow {
  project_id: string;
  name: string;
  created_at: string;
  modified_at: string;
  revision: number;
  /** How many rows of transactions are applied; the rest can be redone. */
  applied: number;
  /** JSON array of frame ids, back to front. */
  frame_order: string;
  /** JSON array; absent in a file of version 1 that is only looked at. */
  annotations?: string;
  /** Absent before version 3. */
  digest?: string;
}

export interface FrameRow {
  id: string;
  body: string;
  digest?: string;
}

export interface TransactionRow {
  sequence: number;
  label: string;
  operations: string;
  inverse: string;
  digest?: string;
}

/** SQLite ends a text at its first zero and has no half surrogates; JSON escapes both, free text must not bring them. */
export function storable(text: string): string {
  return Buffer.from(text.replaceAll('\0', '')).toString();
}

/** SHA-256 over the parts and where each ends, 64 hexadecimal digits. */
function digestOf(...parts: (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

export function stateDigest(row: StateRow): string {
  const {
    project_id: id,
    name,
    created_at: created,
    modified_at: modified,
    revision,
    applied,
    frame_order: order,
  } = row;
  return digestOf(id, name, created, modified, revision, applied, order, row.annotations ?? '[]');
}

export function frameDigest({ id, body }: FrameRow): string {
  return digestOf(id, body);
}

export function transactionDigest({ sequence, label, operations, inverse }: TransactionRow): string {
  return digestOf(sequence, label, operations, inverse);
}

/** Fills the digests of a file that had none: the step to version 3. */
export function writeDigests(database: DatabaseSyncInstance): void {
  const state = database.prepare('SELECT * FROM state WHERE id = 1').get() as StateRow | undefined;
  if (state !== undefined) writeStateDigest(database);
  const putFrame = database.prepare('UPDATE frames SET digest = ? WHERE id = ?');
  for (const row of database.prepare('SELECT id, body FROM frames').all() as unknown as FrameRow[]) {
    putFrame.run(frameDigest(row), row.id);
  }
  const put = database.prepare('UPDATE transactions SET digest = ? WHERE sequence = ?');
  const rows = database.prepare('SELECT sequence, label, operations, inverse FROM transactions').all();
  for (const row of rows as unknown as TransactionRow[]) put.run(transactionDigest(row), row.sequence);
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
export function readDocument(
  path: string,
  database: DatabaseSyncInstance,
): { document: StudioDocument; revision: number; applied: number } {
  const states = database.prepare('SELECT * FROM state').all() as unknown as StateRow[];
  const [state] = states;
  if (state === undefined || states.length > 1) throw projectDamaged(path, 'it holds no project');
  assertDigest(path, state, stateDigest, 'its head');
  const bodies = new Map<string, string>();
  for (const row of database.prepare('SELECT * FROM frames').all() as unknown as FrameRow[]) {
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
    annotations: JSON.parse(state.annotations ?? '[]') as Annotation[],
  };
  return { document, revision: state.revision, applied: state.applied };
}

/** The undo history in order, checked. */
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

function assertDigest<Row extends { digest?: string }>(
  path: string,
  row: Row,
  expected: (row: Row) => string,
  what: string,
): void {
  if (row.digest !== undefined && row.digest !== expected(row)) {
    throw projectDamaged(path, `${what} is not as it was written`);
  }
}
