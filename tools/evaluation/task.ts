import type { RasterImage } from '../../src/shared/pictures/images.js';
import type { PackScore } from '../../src/shared/packs/pack.js';
import type { EvaluationData } from './data.js';
import type { Detector } from './detector.js';
import { bootstrapInterval, wilsonInterval } from './measures.js';
import { mean } from '../../src/shared/mean.js';
import type { OneStepRenderer } from './renderer.js';
import { inParallel, type Workers } from './workers.js';

export interface TaskContext {
  engine: Workers;
  data: EvaluationData;
  detector: Detector;
  /** Null: the pack has none. */
  renderer: OneStepRenderer | null;
  /** Euler steps of pictures drawn from prompts and instructions. Reconstruction has its own count. */
  steps: number;
  /** Token sequences written for each picture drawn from a prompt; the best is kept. */
  bestOf: number;
  /** The first few of a list under --quick (so many, when said), otherwise all of it. */
  take: <Item>(items: readonly Item[], whenQuick?: number) => Item[];
  progress: (done: number, total: number) => void;
}

/** One judged picture, for the contact sheets. */
export interface Sample {
  image: RasterImage;
  /** What belongs beside it: the true picture, or the one before the edit. */
  beside?: RasterImage;
  /** Category, operation or topic. */
  group: string;
  /** The prompt, instruction, question or number of the scene. */
  asked: string;
  /** What the judge read in the picture; with `said`, what the model answered. */
  read: string;
  said?: boolean;
  /** What is wrong, in words; empty when it counts as a success. */
  failures: string[];
  /** The larger the worse; comparable within one task. */
  badness: number;
}

export interface TaskOutcome {
  scores: PackScore[];
  samples: Sample[];
}

/** Null when the pack cannot do the task. */
export interface Task {
  name: string;
  run: (context: TaskContext) => Promise<TaskOutcome | null>;
}

export function proportion(measure: string, outcomes: readonly boolean[]): PackScore {
  const successes = outcomes.filter(Boolean).length;
  return score(
    measure,
    successes / outcomes.length,
    'share',
    outcomes.length,
    wilsonInterval(successes, outcomes.length),
  );
}

export function average(measure: string, values: readonly number[], unit: string): PackScore {
  return score(measure, mean(values), unit, values.length, bootstrapInterval(values));
}

export function score(
  measure: string,
  value: number,
  unit: string,
  count: number,
  interval?: [number, number],
): PackScore {
  const rounded = (number: number): number => Number(number.toFixed(4));
  return {
    measure,
    value: rounded(value),
    unit,
    count,
    ...(interval === undefined ? {} : { interval: [rounded(interval[0]), rounded(interval[1])] }),
  };
}

/** `work` on every item in as many engines as there are, with progress; results in the order of the items. */
export function forEach<Item, Result>(
  { engine, progress }: Pick<TaskContext, 'engine' | 'progress'>,
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  let done = 0;
  return inParallel(items, engine.count, async (item, index) => {
    const result = await work(item, index);
    progress(++done, items.length);
    return result;
  });
}

/** The shares of successes per group, in the order in which groups first appear. */
export function successesByGroup(samples: readonly Sample[]): [group: string, outcomes: boolean[]][] {
  const groups = new Map<string, boolean[]>();
  for (const { group, failures } of samples) {
    groups.set(group, [...(groups.get(group) ?? []), failures.length === 0]);
  }
  return [...groups];
}
