/** One job of the timeline from its request to its end. */
import type { JobRequest } from '../../../shared/jobs/jobs.js';
import type { JobEvent } from '../../../shared/contract/events.js';
import type { JobResult } from '../../../shared/jobs/job-results.js';
import type { Job, JobsState } from './jobs.svelte.js';

export type JobRunner = Pick<JobsState, 'submit' | 'cancel' | 'forget'>;

/** Rejects with what the job failed with, and with `cancelled` when `signal` aborts. */
export async function finishJob(
  jobs: JobRunner,
  request: JobRequest,
  signal: AbortSignal,
  onEvent?: (event: JobEvent) => void,
): Promise<JobResult> {
  const job: Job = await jobs.submit(request, onEvent);
  const cancel = () => void jobs.cancel(job).catch(() => undefined);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await job.finished;
  } finally {
    signal.removeEventListener('abort', cancel);
    jobs.forget(job);
  }
}
