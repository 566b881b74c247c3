import type { JobPhase } from '../../shared/contract/events.js';

interface PhaseRecord {
  phase: JobPhase;
  startedAt: number;
  doneAtStart: number;
  endedAt: number;
}

/** How long each phase of a kind of job took last time, in order; milliseconds. */
export type PhaseHistory = Map<string, { phase: JobPhase; ms: number }[]>;

/**
 * Time left for one job: the present phase at its present pace, and the phases after it as they took the last time a job
 * of this kind ran.
 */
export class ProgressEstimate {
  readonly #phases: PhaseRecord[] = [];

  constructor(
    private readonly kind: string,
    private readonly history: PhaseHistory,
  ) {}

  /** Milliseconds left, null while nothing tells. */
  remainingMs(phase: JobPhase, done: number, total: number, now: number): number | null {
    const present = this.#enter(phase, done, now);
    const before = this.history.get(this.kind) ?? [];
    const position = before.findIndex((record) => record.phase === phase);
    const later = position === -1 ? 0 : before.slice(position + 1).reduce((sum, record) => sum + record.ms, 0);
    const advanced = done - present.doneAtStart;
    if (advanced > 0) return ((now - present.startedAt) / advanced) * Math.max(0, total - done) + later;
    return position === -1 ? null : before[position]!.ms + later;
  }

  /** To be called when the job succeeded, so that the next one of its kind knows. */
  finish(now: number): void {
    const last = this.#phases.at(-1);
    if (last === undefined) return;
    last.endedAt = now;
    const taken: { phase: JobPhase; ms: number }[] = [];
    for (const { phase, startedAt, endedAt } of this.#phases) {
      // Graphs stay open: the next job will not wait for them, and what they interrupted is one phase.
      if (phase === 'opening-graph') continue;
      const ms = endedAt - startedAt;
      if (taken.at(-1)?.phase === phase) taken.at(-1)!.ms += ms;
      else taken.push({ phase, ms });
    }
    this.history.set(this.kind, taken);
  }

  #enter(phase: JobPhase, done: number, now: number): PhaseRecord {
    const last = this.#phases.at(-1);
    if (last?.phase === phase) return last;
    if (last !== undefined) last.endedAt = now;
    const entered = { phase, startedAt: now, doneAtStart: done, endedAt: now };
    this.#phases.push(entered);
    return entered;
  }
}
