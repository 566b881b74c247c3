import type { RasterImage } from '../../../shared/images.js';
import type { PackScore } from '../../../shared/pack.js';
import type { EngineSession } from '../engine.js';
import type { EvaluationData } from './data.js';
import type { Detector } from './detector.js';
import { bootstrapInterval, mean, wilsonInterval } from './measures.js';

export interface TaskContext {
  engine: EngineSession;
  data: EvaluationData;
  detector: Detector;
  /** Euler steps of every restoration. */
  steps: number;
  /** The first few of a list under --quick, otherwise all of it. */
  take: <Item>(items: readonly Item[]) => Item[];
  progress: (done: number, total: number) => void;
}

/** One judged picture, for the contact sheets. */
export interface Sample {
  image: RasterImage;
  captions: string[];
  success: boolean;
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
