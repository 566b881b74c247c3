/** The queue of a project: what a person asked for and has not got yet. It lies in the project file and outlives every window. */
import type { GridAxis } from '../grids/grid-axis.js';
import type { GridBase } from '../grids/grid-plan.js';
import type { EditBase, ImageSource, JobRequest } from './jobs.js';
import type { FrameOrigin, FrameRun } from '../document/document.js';
import type { SerialisedError } from '../errors.js';
import type { JobResult } from './job-results.js';
import type { StudioStatus } from '../contract/status.js';

/** Jobs whose outcome belongs to the project; what only fills a view (a timeline, an analysis) ends with its window. */
export const queuedKinds = ['generate', 'edit', 'describe', 'ask', 'encode', 'decode'] as const;
export type QueuedRequest = Extract<JobRequest, { kind: (typeof queuedKinds)[number] }>;
export type QueuedResult = Extract<JobResult, { kind: QueuedRequest['kind'] }>;

/** An origin as far as it is known before there is a picture. */
export type PlannedOrigin =
  Extract<FrameOrigin, { kind: 'generated' | 'edited' }> extends infer Origin
    ? Origin extends FrameOrigin
      ? Omit<Origin, 'seed' | 'pack' | 'plan' | 'region' | 'check'>
      : never
    : never;

export interface QueuePlace {
  /** Board units. */
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What an X/Y grid is made from; its plan follows from it. */
export interface GridSetup {
  base: GridBase;
  columns: GridAxis;
  /** Null: one row. */
  rows: GridAxis | null;
  /** What its edits start from, and whose pixels they keep; null: its pictures are new ones. */
  edited: { source: ImageSource; base: EditBase } | null;
}

/** What is to become of the outcome, as data: another window, or the next run of the program, can go on with it. */
export type QueuePurpose =
  /**
   * Frames of their own, one place for each variation; `template`: what was written, where the prompt is one of the choices in it;
   * `run`: where they are several, those of other jobs included.
   */
  | { kind: 'frames'; title: string; places: QueuePlace[]; template?: string; run?: FrameRun }
  /** Candidates that wait under the frame until somebody takes or discards them. */
  | { kind: 'candidates'; title: string; frameId: string; origin: PlannedOrigin }
  /** Words or tokens of the frame. */
  | { kind: 'reading'; title: string; frameId: string }
  /**
   * A cell of a grid, or tokens that are written for several; it stays in the queue until the grid is placed or another one made.
   * `setup`: with all that write tokens.
   */
  | { kind: 'grid'; title: string; gridId: string; cell: number; setup?: GridSetup };

interface Queued {
  id: string;
  request: QueuedRequest;
  purpose: QueuePurpose;
  /** ISO 8601, UTC. */
  addedAt: string;
}

/** `done` stays until its outcome is in the document or was discarded, `failed` until it is tried again or dismissed. */
export type QueueEntry = Queued &
  (
    | { state: 'waiting' | 'running' }
    | { state: 'failed'; error: SerialisedError }
    | { state: 'done'; result: QueuedResult }
  );

/** In order: the first that waits runs next. */
export type Queue = readonly QueueEntry[];

/** How a window's copy becomes the main side's: the ids in order, and the entries that are new or different. */
export interface QueueChange {
  order: string[];
  changed: QueueEntry[];
}

export const queueLimits = { entries: 1000 } as const;

export interface QueueMethods {
  /** Written down before the answer. Throws what `submit` throws, `bad-request` when the queue is full. */
  enqueue: [{ request: QueuedRequest; purpose: QueuePurpose }, { jobId: string }];
  /** Those that wait or run leave the queue; others are passed over. Answers with how many left. */
  cancelQueued: [{ jobIds: string[] }, { cancelled: number }];
  /** Before another that waits, or behind all with null. One that does not wait any more stays where it is. */
  moveQueued: [{ jobId: string; before: string | null }, Record<string, never>];
  /** A failed one waits again, behind the others and under a new id. Throws `not-found`. */
  retryQueued: [{ jobId: string }, { jobId: string }];
  /** A failed one is forgotten, of a finished one the pictures of these seeds, or all. */
  discardQueued: [{ jobId: string; seeds?: number[] }, Record<string, never>];
  /** Nothing that waits is begun until the pause ends; it outlives a restart. What runs goes on. */
  pauseQueue: [{ paused: boolean }, StudioStatus];
}

export const queueMethods = [
  'enqueue',
  'cancelQueued',
  'moveQueued',
  'retryQueued',
  'discardQueued',
  'pauseQueue',
] as const satisfies readonly (keyof QueueMethods)[];

/** The window's copy after a change. */
export function withChange(queue: Queue, { order, changed }: QueueChange): Queue {
  const known = new Map([...queue, ...changed].map((entry) => [entry.id, entry]));
  return order.flatMap((id) => known.get(id) ?? []);
}

/** The change that leads from one to the other; null when they are the same. */
export function changeBetween(before: Queue, after: Queue): QueueChange | null {
  if (before === after) return null;
  const old = new Set(before);
  return { order: after.map(({ id }) => id), changed: after.filter((entry) => !old.has(entry)) };
}

/** Every picture that an entry needs or has brought, whatever part of it names it. */
export function imagesOfEntry(entry: QueueEntry): string[] {
  const found: string[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, part] of Object.entries(value)) {
      if (key === 'imageId' && typeof part === 'string') found.push(part);
      else look(part);
    }
  };
  look(entry);
  return found;
}
