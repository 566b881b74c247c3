/** The queues of all projects that are open for writing, and whether they are paused. */
import type { StudioEvent } from '../../shared/contract/events.js';
import type { QueuedRequest } from '../../shared/jobs/queue.js';
import type { JobQueue, JobWork } from './job-queue.js';
import type { ProjectLife } from '../studio/open-projects.js';
import type { ProjectFile } from '../storage/projects/project-file.js';
import { ProjectQueue } from './project-queue.js';

export interface ProjectQueuesOptions {
  runner: JobQueue;
  workFor: (request: QueuedRequest, jobId: string, file: ProjectFile) => JobWork;
  /** To every window on the project. */
  tell: (projectId: string, event: StudioEvent) => void;
  paused: boolean;
  /** Numbers changed, or a project has nothing left to do; never in the middle of a change. */
  onChange: () => void;
}

export class ProjectQueues implements ProjectLife {
  readonly #queues = new Map<string, ProjectQueue>();
  #paused: boolean;
  #announced = false;

  constructor(private readonly options: ProjectQueuesOptions) {
    this.#paused = options.paused;
  }

  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    for (const queue of this.#queues.values()) queue.followFile();
    this.#announce();
  }

  /** Entries of all queues that the runner does not count. */
  get waitingBehind(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.waitingBehind, 0);
  }

  /** Null for a project that is not open for writing. */
  of(projectId: string): ProjectQueue | null {
    return this.#queues.get(projectId) ?? null;
  }

  opened(id: string, file: ProjectFile): void {
    const { runner, workFor, tell } = this.options;
    const queue = new ProjectQueue({
      file,
      runner,
      workFor: (request, jobId) => workFor(request, jobId, file),
      isPaused: () => this.#paused,
      tell: (event) => tell(id, event),
      onChange: () => this.#announce(),
    });
    this.#queues.set(id, queue);
    queue.begin();
  }

  closing(id: string): void {
    this.#queues.get(id)?.close();
    this.#queues.delete(id);
  }

  isBusy(id: string): boolean {
    return this.#queues.get(id)?.isBusy === true;
  }

  #announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    setImmediate(() => {
      this.#announced = false;
      this.options.onChange();
    });
  }
}
