/**
 * What a project file says, as the document it may be. The file may have come from anywhere, so its frames, notes, history and
 * queue pass the same schemas as what a window commits, and its rows a budget before any of them is read.
 */
import { z } from 'zod';
import type { Annotation } from '../../../shared/document/annotations.js';
import type { DocumentOperation, Frame } from '../../../shared/document/document.js';
import { deepestJson, parseJson } from '../../../shared/json.js';
import { textLimits } from '../../../shared/limits.js';
import type { QueueEntry } from '../../../shared/jobs/queue.js';
import { annotation, frame, operationWithin } from '../schemas/document.js';
import { id, instant } from '../schemas/fields.js';
import { queueEntry } from '../schemas/queue.js';
import type { Database } from '../database/database.js';
import type { StudioError } from '../../../shared/errors.js';
import { projectDamaged } from '../database/storage-errors.js';
import { versionOf } from './migrations.js';

/** Far more than any board has; what the studio itself writes must always fit. */
export const projectBudget = {
  frames: 100_000,
  steps: 100_000,
  images: 1_000_000,
  /** Ten times what may wait. */
  queue: 10_000,
  /** In one row; the step that removes a whole board has the most. */
  values: 10_000_000,
  /** Bytes of JSON in all frames, notes and steps of the history. */
  text: 512 * 1024 * 1024,
} as const;

/** Names lose what a database does not keep, so an empty one may be what was saved. */
const storedName = z.string().max(textLimits.name);
const storedOperation = z.union([
  operationWithin(projectBudget.frames),
  z.strictObject({ type: z.literal('rename'), name: storedName }),
]);
const count = z.int().min(0);

const head = z.object({ name: storedName, modified_at: instant, revision: count, frames: count });
const state = z.object({
  project_id: z.string().max(textLimits.name),
  name: storedName,
  created_at: instant,
  modified_at: instant,
  revision: count,
  applied: count,
});
const step = z.object({ sequence: count, label: z.string().max(textLimits.name * 2) });

/** The head of a project as lists show it. Throws `project-damaged`. */
export function checkedHead(path: string, row: unknown): z.infer<typeof head> {
  return checked(path, head, row, 'its head');
}

/** Throws `project-damaged`. */
export function checkedState(path: string, row: unknown): z.infer<typeof state> {
  return checked(path, state, row, 'its head');
}

export function storedOrder(path: string, text: string): string[] {
  return checkedList(path, id, parsed(path, text, 'the order of its frames'), 'the order of its frames');
}

export function storedFrame(path: string, body: string): Frame {
  return checked(path, frame, parsed(path, body, 'a frame'), 'a frame') as Frame;
}

export function storedAnnotations(path: string, text: string): Annotation[] {
  return checkedList(path, annotation, parsed(path, text, 'a note'), 'a note') as Annotation[];
}

/** One direction of a step of the history. */
export function storedOperations(path: string, text: string): DocumentOperation[] {
  const list = parsed(path, text, 'a step of its history');
  return checkedList(path, storedOperation, list, 'a step of its history') as DocumentOperation[];
}

/** A job of its queue. */
export function storedEntry(path: string, body: string): QueueEntry {
  return checked(path, queueEntry, parsed(path, body, 'a job of its queue'), 'a job of its queue') as QueueEntry;
}

/** Whether `storedEntry` would take it: what is written must be readable again. */
export function isStorableEntry(entry: QueueEntry): boolean {
  return queueEntry.safeParse(entry).success;
}

/** What undo and redo show of a step. */
export function checkStep(path: string, row: unknown): void {
  checked(path, step, row, 'a step of its history');
}

/** Throws `project-damaged` when there is more in the file than may be read; looks only at sizes. */
export function assertBudget(path: string, database: Database): void {
  // Files of the first version have no notes.
  const notes = versionOf(database) < 2 ? '0' : 'octet_length(annotations)';
  const { frames, steps, images, names, text } = database.get<Record<string, number>>(`SELECT
    (SELECT count(*) FROM frames) AS frames,
    (SELECT count(*) FROM transactions) AS steps,
    (SELECT count(*) FROM images) AS images,
    (SELECT total(octet_length(id)) FROM images) AS names,
    (SELECT total(octet_length(body)) FROM frames)
      + (SELECT total(octet_length(operations) + octet_length(inverse)) FROM transactions)
      + (SELECT total(octet_length(frame_order) + ${notes}) FROM state) AS text`)!;
  const fits =
    frames! <= projectBudget.frames &&
    steps! <= projectBudget.steps &&
    images! <= projectBudget.images &&
    names! <= 100 * projectBudget.images &&
    text! <= projectBudget.text;
  if (!fits) throw tooMuch(path);
}

/** Throws `project-damaged` for a queue that is longer than any; to be called where there is one. */
export function assertQueueBudget(path: string, database: Database): void {
  const { jobs, text } = database.get<Record<string, number>>(
    'SELECT count(*) AS jobs, total(octet_length(id) + octet_length(body)) AS text FROM queue',
  )!;
  if (jobs! > projectBudget.queue || text! > projectBudget.text) throw tooMuch(path);
}

function tooMuch(path: string): StudioError {
  return projectDamaged(path, 'there is more in it than any project has');
}

function parsed(path: string, text: unknown, what: string): unknown {
  try {
    return parseJson(String(text), {
      characters: projectBudget.text,
      values: projectBudget.values,
      depth: deepestJson,
    });
  } catch (error) {
    throw projectDamaged(path, `${what} cannot be read`, error);
  }
}

/** One after the other: of millions that are nothing the first is enough, where a schema of the list would describe every one. */
function checkedList<Value>(path: string, schema: z.ZodType<Value>, list: unknown, what: string): Value[] {
  if (!Array.isArray(list)) throw projectDamaged(path, `${what} is not one the studio made`);
  return list.map((value) => checked(path, schema, value, what));
}

function checked<Value>(path: string, schema: z.ZodType<Value>, value: unknown, what: string): Value {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw projectDamaged(path, `${what} is not one the studio made`, result.error);
}
