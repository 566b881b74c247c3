/** For tests: a queue that runs nothing, so that the test speaks for the engine. */
import type { JobRequest } from '../../../src/shared/jobs/jobs.js';
import type { JobEvent } from '../../../src/shared/contract/events.js';
import { Job } from '../../../src/renderer/state/jobs/jobs.svelte.js';
import type { JobRunner } from '../../../src/renderer/state/jobs/finish-job.js';

/** An event without the number of its job. */
export type JobNews = JobEvent extends infer Event ? (Event extends unknown ? Omit<Event, 'jobId'> : never) : never;

export class FakeJobs implements JobRunner {
  /** All that were submitted, oldest first. */
  readonly jobs: Job[] = [];
  readonly cancelled: Job[] = [];

  submit = async (request: JobRequest, onEvent?: (event: JobEvent) => void): Promise<Job> => {
    const job = new Job(`j${this.jobs.length}`, request, onEvent);
    this.jobs.push(job);
    return job;
  };

  cancel = async (job: Job): Promise<void> => {
    this.cancelled.push(job);
    job.cancelled();
  };

  forget = (): void => {};

  get last(): Job {
    const last = this.jobs.at(-1);
    if (last === undefined) throw new Error('No job was submitted.');
    return last;
  }

  say(news: JobNews, job = this.last): void {
    job.receive({ jobId: job.id, ...news } as JobEvent);
  }
}
