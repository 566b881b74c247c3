/** What a job waits for while a graph is being opened, told between its own events. */
import type { EngineEvent } from '../../shared/contract/events.js';
import type { LazyGraphs } from './model/lazy-graphs.js';

const opening: EngineEvent = { type: 'progress', phase: 'opening-graph', done: 0, total: 1 };

/** The events of `job`; once a graph is open, what the job was busy with before is said again. Ends `job` when it is ended itself. */
export async function* tellingOpenings<Result>(
  job: AsyncGenerator<EngineEvent, Result>,
  graphs: Pick<LazyGraphs, 'isWaitedFor' | 'changed'>,
): AsyncGenerator<EngineEvent, Result> {
  let busyWith: EngineEvent | null = null;
  let told = false;
  try {
    for (;;) {
      const next = job.next();
      // Heard below, unless this ends before.
      next.catch(() => undefined);
      for (;;) {
        if (graphs.isWaitedFor !== told) {
          told = !told;
          if (told) yield opening;
          else if (busyWith !== null) yield busyWith;
          continue;
        }
        const step = await Promise.race([next, graphs.changed()]);
        if (step === undefined) continue;
        if (step.done === true) return step.value;
        if (step.value.type === 'progress') busyWith = step.value;
        yield step.value;
        break;
      }
    }
  } finally {
    await job.return(undefined as never);
  }
}
