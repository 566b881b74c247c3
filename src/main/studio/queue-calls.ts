/** What a window may do to the queue of its project: the methods of `shared/jobs/queue.ts`. */
import type { QueueMethods } from '../../shared/jobs/queue.js';
import type { StudioStatus } from '../../shared/contract/status.js';
import type { Calls } from './calls.js';
import type { ProjectView } from './open-projects.js';
import type { ProjectQueue } from '../jobs/project-queue.js';
import type { ProjectQueues } from '../jobs/project-queues.js';

export interface QueueContext<Client> {
  queues: ProjectQueues;
  /** Throws where the window may not write its project. */
  writable: (client: Client) => ProjectView;
  /** Throws when there is no pack that could do the work. */
  assertPack: () => Promise<void>;
  rememberPause: (paused: boolean) => void;
  status: () => StudioStatus;
}

export function queueCalls<Client>(context: QueueContext<Client>): Calls<Client, keyof QueueMethods> {
  const { queues, writable, assertPack, rememberPause, status } = context;

  function queueOf(client: Client): ProjectQueue {
    // A window that may write has its project open for writing, and so it has a queue.
    return queues.of(writable(client).id)!;
  }

  return {
    enqueue: async (client, { request, purpose }) => {
      writable(client);
      await assertPack();
      return { jobId: queueOf(client).enqueue(request, purpose) };
    },
    cancelQueued: (client, { jobIds }) => ({ cancelled: queueOf(client).cancel(jobIds) }),
    moveQueued: (client, { jobId, before }) => {
      queueOf(client).move(jobId, before);
      return {};
    },
    retryQueued: (client, { jobId }) => ({ jobId: queueOf(client).retry(jobId) }),
    discardQueued: (client, { jobId, seeds }) => {
      queueOf(client).discard(jobId, seeds);
      return {};
    },
    pauseQueue: (_client, { paused }) => {
      rememberPause(paused);
      queues.paused = paused;
      return status();
    },
  };
}
