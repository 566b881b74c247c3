/**
 * The paper's counterfactual sheet (DDT-LLaMA, arXiv 2504.14666): the tokens of one frame replaced by those of another in eight
 * steps, once from the coarse end and once from the fine end, each decoded. Any step can become a frame with both as parents.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { SerialisedError } from '../../../../shared/errors.js';
import type { StoredImage } from '../../../../shared/pictures/images.js';
import type { TokenRange } from '../../../../shared/tokens/tokens.js';
import { counterfactualSheet, rangeAtEnd, type TransplantDirection } from '../../../../shared/tokens/transplant.js';
import { jobs as windowJobs } from '../../jobs/jobs.svelte.js';
import { BackgroundRun } from '../../jobs/background-run.js';
import type { JobRunner } from '../../jobs/finish-job.js';
import { keepTrial, trialRequest, type Drawing } from './timeline-trial.svelte.js';

export const counterfactualSteps = 8;
export const counterfactualDirections: readonly TransplantDirection[] = ['coarse-first', 'fine-first'];

export interface CounterfactualPair {
  frameId: string;
  donorId: string;
  pack: string;
  /** Tokens of the frame and of the donor, of one pack. */
  codes: readonly number[];
  donorCodes: readonly number[];
  seed: number;
  steps: number;
  tokenGuidance: number;
}

export interface CounterfactualCell {
  direction: TransplantDirection;
  /** 0 = the frame itself … 8 = all tokens of the donor. */
  step: number;
  /** How many tokens are the donor's. */
  replaced: number;
  /** Which; null for none. */
  range: TokenRange | null;
  codes: number[];
}

export type CounterfactualStatus =
  | { kind: 'computing'; done: number; total: number }
  | { kind: 'ready' }
  | { kind: 'stopped' }
  | { kind: 'failed'; error: SerialisedError };

/** Both rows, from the frame to the donor. */
export function counterfactualCells({ codes, donorCodes }: CounterfactualPair): CounterfactualCell[][] {
  return counterfactualDirections.map((direction) =>
    counterfactualSheet(codes, donorCodes, counterfactualSteps, direction).map((one, step) => ({
      ...one,
      direction,
      step,
      range: rangeAtEnd(codes.length, one.replaced, direction),
    })),
  );
}

/** The ends first, for they are what the steps lie between; then from the frame to the donor, both rows alike. */
export function decodingOrder(rows: readonly (readonly CounterfactualCell[])[]): CounterfactualCell[] {
  const rank = ({ step }: CounterfactualCell) => (step === counterfactualSteps ? 0.5 : step);
  return rows.flat().toSorted((a, b) => rank(a) - rank(b));
}

export class CounterfactualState {
  pair = $state.raw<CounterfactualPair | null>(null);
  rows = $state.raw<readonly (readonly CounterfactualCell[])[]>([]);
  status = $state.raw<CounterfactualStatus>({ kind: 'ready' });
  /** By codes: both ends, and steps that replace alike tokens, are decoded once. */
  readonly #images = new SvelteMap<string, StoredImage>();
  readonly #run: BackgroundRun;

  constructor(jobs: JobRunner = windowJobs) {
    this.#run = new BackgroundRun(jobs);
  }

  /** Shows the sheet of this pair and computes it; what it showed before is forgotten. */
  async open(pair: CounterfactualPair): Promise<void> {
    this.close();
    this.pair = pair;
    this.rows = counterfactualCells(pair);
    await this.resume();
  }

  close(): void {
    this.#run.drop();
    this.pair = null;
    this.rows = [];
    this.#images.clear();
  }

  stop(): void {
    if (this.status.kind !== 'computing') return;
    this.#run.stop();
    this.status = { kind: 'stopped' };
  }

  /** Computes what is missing: at first, after a stop, after a failure. */
  async resume(): Promise<void> {
    if (this.pair === null) return;
    const order = decodingOrder(this.rows);
    const keys = order.map(keyOf);
    const wanted = order.filter((cell, at) => keys.indexOf(keyOf(cell)) === at);
    const end = await this.#run.start(async (job) => {
      for (const cell of wanted) {
        this.status = { kind: 'computing', done: this.#images.size, total: wanted.length };
        if (this.#images.has(keyOf(cell))) continue;
        const result = await job(trialRequest(this.trialOf(cell)));
        if (result.kind === 'decode') this.#images.set(keyOf(cell), result.image);
      }
    });
    if (end !== null) this.status = end.kind === 'done' ? { kind: 'ready' } : end;
  }

  imageOf(cell: CounterfactualCell): StoredImage | null {
    return this.#images.get(keyOf(cell)) ?? null;
  }

  trialOf({ codes, range }: CounterfactualCell, label = ''): Drawing {
    const { frameId, donorId, pack, seed, steps, tokenGuidance } = this.pair!;
    return {
      ...{ frameId, pack, codes, label, seed, steps, tokenGuidance },
      ...(range === null ? {} : { transplant: { donorId, ...range } }),
    };
  }

  /** Resolves when it is a frame beside the one it was made from. Does nothing for what is not decoded yet. */
  async keep(cell: CounterfactualCell, label: string): Promise<void> {
    const image = this.imageOf(cell);
    if (image !== null && this.pair !== null) await keepTrial(this.trialOf(cell, label), image);
  }
}

function keyOf({ codes }: CounterfactualCell): string {
  return codes.join(',');
}

export const counterfactual = new CounterfactualState();
