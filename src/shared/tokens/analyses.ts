/** The analyses the papers show, as a window asks for them and as they arrive. Formulas and limits: docs/analyses.md. */
import type { InfluenceMap } from './influence.js';
import type { RasterImage } from '../pictures/images.js';

export const analysisNames = ['entropy', 'spectrum', 'seeds'] as const;
export type AnalysisName = (typeof analysisNames)[number];

export const analysisLimits = { sources: 256, samples: 256, strides: 8, counts: 32, seeds: 16 } as const;

/** Orders the papers compare: the natural one, neighbours exchanged, pairs of neighbours exchanged. */
export const usualStrides: readonly number[] = [0, 1, 2];

/** How well the language model foresees each place of a sequence, mean over pictures. Nats. */
export interface EntropyCurve {
  /** 0 = natural order; s = every token moved by s places, see `strideOrder`. */
  stride: number;
  /** [K] in the order of reading: the entropy of what the model expects there. */
  entropy: number[];
  /** [K]: −log of the probability it gave to the token that stood there. */
  surprisal: number[];
}

/** Radially averaged power of one decoded picture. */
export interface SpectrumCurve {
  /** How many of the coarsest tokens the decoder saw; null = the picture that was asked about. */
  tokens: number | null;
  /** Index = cycles per shorter side, from 0 to half of it in pixels; mean squared amplitude of grey values 0…1. */
  power: number[];
}

export interface SeedPicture {
  /** Null: the pack's one-step renderer, which draws without noise. */
  seed: number | null;
  image: RasterImage;
  /** Peak signal-to-noise ratio to the first seed's picture, dB; null for that one and for identical pictures. */
  agreement: number | null;
}

/** What arrives while an analysis runs. */
export type AnalysisEvent =
  /** The means over the pictures read so far. */
  | { type: 'entropy'; pictures: number; curves: EntropyCurve[] }
  | { type: 'spectrum'; curve: SpectrumCurve; image: RasterImage }
  | { type: 'seed-picture'; picture: SeedPicture };

export type AnalysisResult =
  | { kind: 'entropy'; pictures: number; codebookSize: number; curves: EntropyCurve[] }
  | { kind: 'spectrum'; curves: SpectrumCurve[] }
  /** `spread`: standard deviation over the seeds at each pixel, mean of the channels, 0…1; `agreement` as the mean of all pairs. */
  | { kind: 'seeds'; spread: InfluenceMap; meanSpread: number; agreement: number | null };

/**
 * The stride-s shuffle of an order of reading: in each run of 2s places the two halves change places, so every token moves by
 * s. A last, shorter run is rotated by s, or stays when it is no longer than s. Stride 0 is the order itself.
 */
export function strideOrder(order: readonly number[], stride: number): number[] {
  if (stride === 0) return [...order];
  const shuffled: number[] = [];
  for (let from = 0; from < order.length; from += 2 * stride) {
    const run = order.slice(from, from + 2 * stride);
    shuffled.push(...run.slice(stride), ...run.slice(0, stride));
  }
  return shuffled;
}

export function strideName(stride: number): string {
  return stride === 0 ? 'natural order' : `stride ${stride}`;
}

/** 1, 2, 4 … and K: token counts evenly spaced as the eye compares them. */
export function doublingCounts(count: number): number[] {
  const counts: number[] = [];
  for (let tokens = 1; tokens < count; tokens *= 2) counts.push(tokens);
  return [...counts, count];
}
