/** Which tokens matter where: measured in the background once somebody asks, kept per content and noise seed. */
import { isCancelled, serialiseError, type SerialisedError } from '../../shared/errors.js';
import type { TokenInfluence } from '../../shared/events.js';
import { jobs as windowJobs } from './jobs.svelte.js';
import { RecentCache } from './timeline-cache.js';
import { missingGroups, tokenGroups } from './timeline-heat.js';
import { finishJob, type JobRunner } from './timeline-job.js';

export interface MeasuredTokens {
  pack: string;
  codes: readonly number[];
  /** Seed of the noise the pictures start from. */
  seed: number;
}

export type InfluenceStatus =
  | { kind: 'idle' }
  /** Until the jobs a person asked for are done. */
  | { kind: 'held' }
  | { kind: 'computing'; done: number; total: number }
  | { kind: 'ready' }
  | { kind: 'stopped' }
  | { kind: 'failed'; error: SerialisedError };

export class InfluenceState {
  status = $state.raw<InfluenceStatus>({ kind: 'idle' });
  /** One entry per measured group of tokens, in the order they arrived. */
  groups = $state.raw<readonly TokenInfluence[]>([]);

  readonly #jobs: JobRunner;
  readonly #measured = new RecentCache<readonly TokenInfluence[]>(
    { entries: 32, bytes: 64 * 1024 * 1024 },
    (groups) => groups.reduce((bytes, { map }) => bytes + map.data.byteLength, 0),
    () => {},
  );
  #tokens: MeasuredTokens | null = null;
  #run: AbortController | null = null;
  #held = false;

  constructor(jobs: JobRunner = windowJobs) {
    this.#jobs = jobs;
  }

  /** Measures these tokens, or nothing (null). What is known already is shown at once; cheap when nothing changed. */
  show(tokens: MeasuredTokens | null): void {
    if (tokens !== null && this.#tokens !== null && keyOf(tokens) === keyOf(this.#tokens)) return;
    this.#stop();
    this.#tokens = tokens;
    this.groups = tokens === null ? [] : (this.#measured.get(keyOf(tokens)) ?? []);
    this.status = { kind: 'idle' };
    if (tokens !== null) this.#start(tokens);
  }

  /** While `held`, nothing is measured; what was interrupted goes on afterwards. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    if (held && this.status.kind === 'computing') {
      this.#stop();
      this.status = { kind: 'held' };
    } else if (!held && this.status.kind === 'held') this.#start(this.#tokens!);
  }

  /** Stops measuring; what is there stays. */
  cancel(): void {
    if (this.status.kind !== 'computing' && this.status.kind !== 'held') return;
    this.#stop();
    this.status = { kind: 'stopped' };
  }

  resume(): void {
    if (this.#tokens !== null && this.#run === null) this.#start(this.#tokens);
  }

  #stop(): void {
    this.#run?.abort();
    this.#run = null;
  }

  #start(tokens: MeasuredTokens): void {
    const all = tokenGroups(tokens.codes.length);
    const missing = missingGroups(all, this.groups);
    if (missing.length === 0) {
      this.status = { kind: 'ready' };
      return;
    }
    if (this.#held) {
      this.status = { kind: 'held' };
      return;
    }
    const run = new AbortController();
    this.#run = run;
    this.status = { kind: 'computing', done: this.groups.length, total: all.length };
    void this.#measure(tokens, missing, all.length, run);
  }

  async #measure(
    { pack, codes, seed }: MeasuredTokens,
    groups: ReturnType<typeof tokenGroups>,
    total: number,
    run: AbortController,
  ): Promise<void> {
    const key = keyOf({ pack, codes, seed });
    const end = (status: InfluenceStatus) => {
      if (this.#run !== run) return;
      this.#run = null;
      this.status = status;
    };
    try {
      await finishJob(
        this.#jobs,
        { kind: 'ablate', source: { pack, codes: [...codes] }, seed, groups },
        run.signal,
        (event) => {
          if (event.type !== 'influence' || run.signal.aborted) return;
          this.groups = [...this.groups, event.influence];
          this.#measured.set(key, this.groups);
          this.status = { kind: 'computing', done: this.groups.length, total };
        },
      );
      end({ kind: 'ready' });
    } catch (thrown) {
      end(isCancelled(thrown) ? { kind: 'stopped' } : { kind: 'failed', error: serialiseError(thrown) });
    }
  }
}

function keyOf({ pack, codes, seed }: MeasuredTokens): string {
  return `${pack}|${seed}|${codes.join(',')}`;
}

export const influence = new InfluenceState();
