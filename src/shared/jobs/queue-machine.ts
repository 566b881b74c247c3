/**
 * What can happen to a queue, as pure functions: an entry that is not touched stays the same object, and what does not apply
 * any more (cancelling what has ended, moving what runs) changes nothing.
 */
import { StudioError, type SerialisedError } from '../errors.js';
import type { Queue, QueueEntry, QueuedResult } from './queue.js';

export const emptyQueue: Queue = [];

/** Throws `bad-request` for an id that is there already. */
export function added(queue: Queue, entry: Omit<QueueEntry, 'state'>): Queue {
  if (queue.some(({ id }) => id === entry.id)) {
    throw new StudioError('bad-request', 'That job is in the queue already.', 'Give it an id of its own.');
  }
  return [...queue, { ...entry, state: 'waiting' } as QueueEntry];
}

/** What runs next: the first that waits, while nothing runs. */
export function nextOf(queue: Queue): QueueEntry | null {
  if (queue.some(({ state }) => state === 'running')) return null;
  return queue.find(({ state }) => state === 'waiting') ?? null;
}

export function started(queue: Queue, id: string): Queue {
  return replaced(queue, id, (entry) => (entry.state === 'waiting' ? { ...entry, state: 'running' } : entry));
}

export function finished(queue: Queue, id: string, result: QueuedResult): Queue {
  return replaced(queue, id, (entry) => (isActive(entry) ? { ...bare(entry), state: 'done', result } : entry));
}

export function failed(queue: Queue, id: string, error: SerialisedError): Queue {
  return replaced(queue, id, (entry) => (isActive(entry) ? { ...bare(entry), state: 'failed', error } : entry));
}

/** Those of `ids` that wait or run are gone. */
export function cancelled(queue: Queue, ids: readonly string[]): Queue {
  return without(queue, (entry) => ids.includes(entry.id) && isActive(entry));
}

/** One that waits, before another that waits or behind all of them. */
export function moved(queue: Queue, id: string, before: string | null): Queue {
  const entry = queue.find((one) => one.id === id);
  if (entry?.state !== 'waiting' || before === id) return queue;
  const others = queue.filter((one) => one !== entry);
  const at = before === null ? others.length : others.findIndex((one) => one.id === before && one.state === 'waiting');
  return at === -1 ? queue : [...others.slice(0, at), entry, ...others.slice(at)];
}

/** A failed one waits again under another id, behind all. */
export function retried(queue: Queue, id: string, newId: string): Queue {
  const entry = queue.find((one) => one.id === id);
  if (entry?.state !== 'failed') return queue;
  return [...queue.filter((one) => one !== entry), { ...bare(entry), id: newId, state: 'waiting' }];
}

/** Those of `ids` that have ended are gone: their outcome is in the document, or nobody wants it. */
export function settled(queue: Queue, ids: readonly string[]): Queue {
  return without(queue, (entry) => ids.includes(entry.id) && !isActive(entry));
}

/** A finished one without the pictures of these seeds; without any picture it is gone. */
export function withoutPictures(queue: Queue, id: string, seeds: readonly number[]): Queue {
  const entry = queue.find((one) => one.id === id);
  if (entry?.state !== 'done' || !('images' in entry.result)) return queue;
  const images = entry.result.images.filter(({ seed }) => !seeds.includes(seed));
  if (images.length === entry.result.images.length) return queue;
  if (images.length === 0) return settled(queue, [id]);
  const result = { ...entry.result, images };
  return replaced(queue, id, () => ({ ...entry, result }));
}

/** After a crash: what ran was not finished, and is not begun again by itself, for it may be what brought the program down. */
export function interrupted(queue: Queue): Queue {
  return queue.reduce((now, { id, state }) => (state === 'running' ? failed(now, id, interruption) : now), queue);
}

/** The program ends in order: what ran is the first to run the next time. */
export function released(queue: Queue): Queue {
  return queue.reduce(
    (now, { id, state }) =>
      state === 'running' ? replaced(now, id, (entry) => ({ ...bare(entry), state: 'waiting' })) : now,
    queue,
  );
}

const interruption: SerialisedError = {
  code: 'engine-stopped',
  message: 'The studio ended while this was running, so it was not done.',
  remedy: 'Try it again from the queue.',
};

export function isActive({ state }: QueueEntry): boolean {
  return state === 'waiting' || state === 'running';
}

function bare({
  id,
  request,
  purpose,
  addedAt,
}: QueueEntry): Pick<QueueEntry, 'id' | 'request' | 'purpose' | 'addedAt'> {
  return { id, request, purpose, addedAt };
}

function replaced(queue: Queue, id: string, change: (entry: QueueEntry) => QueueEntry): Queue {
  const entry = queue.find((one) => one.id === id);
  if (entry === undefined) return queue;
  const next = change(entry);
  return next === entry ? queue : queue.map((one) => (one === entry ? next : one));
}

function without(queue: Queue, leaves: (entry: QueueEntry) => boolean): Queue {
  return queue.some(leaves) ? queue.filter((entry) => !leaves(entry)) : queue;
}
