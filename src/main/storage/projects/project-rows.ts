/**
 * A document as rows of its project file, each with a digest of its content: SQLite notices pages that do not hold
 * together, but not a letter that changed inside one.
 */
import {
  documentFormat,
  type DocumentOperation,
  type Frame,
  type StudioDocument,
} from '../../../shared/document/document.js';
import type { StudioError } from '../../../shared/errors.js';
import type { Database } from '../database/database.js';
import { projectDamaged } from '../database/storage-errors.js';
import { readAllRows, upgradeRows, versionOf } from './migrations.js';
import {
  assertBudget,
  checkedHead,
  checkedState,
  checkStep,
  storedAnnotations,
  storedFrame,
  storedOperations,
  storedOrder,
} from './stored-document.js';
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
export function writeStateDigest(database: Database): void {
  const state = database.get<StateRow>('SELECT * FROM state WHERE id = 1')!;
  database.run('UPDATE state SET digest = ? WHERE id = 1', stateDigest(state));
}

export interface ProjectHead {
  name: string;
  frames: number;
  modifiedAt: string;
  revision: number;
}

/** The head of a project, read without its frames. Throws `project-damaged` when it is not one. */
export function readHead(path: string, database: Database): ProjectHead {
  const row = database.get('SELECT name, modified_at, revision, json_array_length(frame_order) AS frames FROM state');
  const { name, frames, modified_at: modifiedAt, revision } = checkedHead(path, row);
  return { name, frames, modifiedAt, revision };
}

/** Throws `project-damaged` when a row is not what was written, or something the document needs is missing. */
export function readProject(
  path: string,
  database: Database,
): { document: StudioDocument; revision: number; applied: number } {
  assertBudget(path, database);
  const { state: states, frames: frameRows, transactions } = presentRows(database, readAllRows(database));
  const [state] = states;
  if (state === undefined || states.length > 1) throw projectDamaged(path, 'it holds no project');
  assertDigest(path, state, stateDigest, 'its head');
  const { project_id: id, name, created_at: createdAt, revision, applied } = checkedState(path, state);
  for (const row of transactions) assertStep(path, row);
  const known = new Map<string, Frame>();
  for (const row of frameRows) {
    assertDigest(path, row, frameDigest, 'a frame');
    known.set(row.id, frameOf(path, row));
  }
  const images = new Set(database.all<{ id: string }>('SELECT id FROM images').map(({ id }) => id));
  const order = storedOrder(path, state.frame_order);
  if (order.length !== known.size || new Set(order).size !== order.length) throw frameMissing(path);
  const frames = order.map((frameId) => {
    const frame = known.get(frameId);
    if (frame === undefined) throw frameMissing(path);
    if (!images.has(frame.imageId)) throw projectDamaged(path, `the picture of “${frame.name}” is missing`);
    return frame;
  });
  const annotations = storedAnnotations(path, state.annotations);
  return { document: { format: documentFormat, id, name, createdAt, frames, annotations }, revision, applied };
}

/** For a look at its frames, or at one, in no order. Throws `project-damaged` when one is no frame. */
export function readFrames(path: string, database: Database, frameId?: string): Frame[] {
  assertBudget(path, database);
  const frames =
    frameId === undefined
      ? database.all<Row>('SELECT * FROM frames')
      : database.all<Row>('SELECT * FROM frames WHERE id = ?', frameId);
  const rows = presentRows(database, { ...noRows, frames });
  return rows.frames.map((row) => frameOf(path, row));
}

/** The undo history of a file of the present version in order, checked. */
export function readTransactions(path: string, database: Database): TransactionRow[] {
  const rows = database.all<TransactionRow>('SELECT * FROM transactions ORDER BY sequence');
  for (const row of rows) assertDigest(path, row, transactionDigest, 'a step of its history');
  return rows;
}

function frameOf(path: string, { id, body }: FrameRow): Frame {
  const frame = storedFrame(path, body);
  if (frame.id !== id) throw projectDamaged(path, 'a frame is not the one it is called');
  return frame;
}

function assertStep(path: string, row: TransactionRow): void {
  assertDigest(path, row, transactionDigest, 'a step of its history');
  checkStep(path, row);
  storedOperations(path, row.operations);
  storedOperations(path, row.inverse);
}

function frameMissing(path: string): StudioError {
  return projectDamaged(path, 'a frame is missing');
}

/** Frames are immutable values, so an unchanged reference is an unchanged row. */
export function writeFrames(database: Database, before: StudioDocument, after: StudioDocument): void {
  const old = new Map(before.frames.map((frame) => [frame.id, frame]));
  for (const frame of after.frames) {
    if (old.get(frame.id) !== frame) {
      const row = { id: frame.id, body: JSON.stringify(frame) };
      database.run(
        'INSERT OR REPLACE INTO frames (id, body, digest) VALUES (?, ?, ?)',
        ...[row.id, row.body, frameDigest(row)],
      );
    }
    old.delete(frame.id);
  }
  for (const id of old.keys()) database.run('DELETE FROM frames WHERE id = ?', id);
}

/** A file that may only be looked at keeps its version; what is read from it is led to the present one. */
function presentRows(database: Database, rows: ProjectRows): PresentRows {
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
