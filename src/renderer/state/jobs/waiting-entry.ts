import type { QueueEntry, QueuedRequest, QueuePurpose } from '../../../shared/jobs/queue.js';

/** What was just handed over, until the main side tells of it. */
export function waitingEntry(id: string, request: QueuedRequest, purpose: QueuePurpose): QueueEntry {
  return { id, request, purpose, addedAt: new Date().toISOString(), state: 'waiting' };
}
