/** What one pack shows when two stand beside each other: what is asked of it, what arrives, how its kind is said. Pure. */
import type { RasterImage } from '../pictures/images.js';
import type { PackManifest, PackSummary } from './pack.js';
import { counterfactualSheet, type CounterfactualStep } from '../tokens/transplant.js';

/** Strides from picture A to picture B: one picture more than this. */
export const packComparisonStrides = 8;

/** Pictures whose tokens the language model is asked to foresee, at most; of those it writes itself, exactly so many. Characters of a path. */
export const packComparisonLimits = { pictures: 16, samples: 8, path: 4096 } as const;

export const packComparisonParts = ['drawn', 'restored', 'interpolation', 'entropy'] as const;
export type PackComparisonPart = (typeof packComparisonParts)[number];

export type PackComparisonNews =
  | { part: 'pack'; pack: PackSummary; provider: string }
  | { part: 'drawn'; image: RasterImage }
  /** `psnr` to picture A as this pack's encoder sees it, dB; null when they are identical. */
  | { part: 'restored'; image: RasterImage; psnr: number | null }
  | { part: 'interpolation'; step: number; replaced: number; image: RasterImage }
  /** [K] in the order of writing, nats: mean over `pictures`; `written`: the pack wrote them itself. */
  | { part: 'entropy'; entropy: number[]; pictures: number; written: boolean }
  | { part: PackComparisonPart; missing: string };

export interface PackComparisonEvent {
  type: 'pack-comparison';
  news: PackComparisonNews;
}

export interface PackComparisonResult {
  kind: 'pack-comparison';
  pack: string;
  /** Resident bytes of the process that has the pack open, null while unknown. */
  memory: number | null;
}

type Described = Pick<PackManifest, 'tokens'>;

/** What kind of tokens a pack has, for its heading. */
export function tokenKind({ tokens: { schedule } }: Described): string {
  if (schedule.kind === 'all') return 'Tokens from coarse to fine';
  if (schedule.kind !== 'raster') return 'Timestep tokens';
  return `Spatial tokens: a raster of ${schedule.columns} × ${schedule.rows}`;
}

/** What t means for them, one sentence. */
export function scheduleWords({ tokens: { count, schedule } }: Described): string {
  switch (schedule.kind) {
    case 'all':
    case 'raster':
      return 't does not govern visibility here: every token is visible at every t.';
    case 'power':
      return `At t, k(t) = ⌈${count} · t^${schedule.exponent}⌉ tokens are visible, fine ones first.`;
    case 'stages':
      return `k(t) grows to ${count} in ${schedule.bounds.length} stages of t, fine tokens first.`;
  }
}

/** In which order B's tokens take the place of A's: the one in which the pack writes them. */
export function interpolationWords({ tokens }: Described): string {
  if (tokens.schedule.kind === 'raster') {
    return tokens.generationOrder === 'fine-to-coarse' ? 'cell by cell from the top left' : 'cell by cell from the end';
  }
  return tokens.generationOrder === 'coarse-to-fine' ? 'coarse tokens first' : 'fine tokens first';
}

/** From A to B in strides, in the pack's own order of writing. Throws `tokens-invalid` for unlike lengths. */
export function interpolationOf(
  { tokens }: Described,
  a: readonly number[],
  b: readonly number[],
): CounterfactualStep[] {
  const direction = tokens.generationOrder === 'coarse-to-fine' ? 'coarse-first' : 'fine-first';
  return counterfactualSheet(a, b, packComparisonStrides, direction);
}

/** What has to be kept in mind when these two are compared; empty: nothing. */
export function unlikeness(one: PackSummary['manifest'], other: PackSummary['manifest']): string[] {
  const unlike: string[] = [];
  const [k, itsK] = [one.tokens.count, other.tokens.count];
  if (k !== itsK) {
    unlike.push(`K differs, ${k} and ${itsK}: a step of the interpolation replaces the same share of the tokens.`);
  }
  if (one.tokens.codebookSize !== other.tokens.codebookSize) {
    unlike.push(
      `The codebooks differ, ${one.tokens.codebookSize} and ${other.tokens.codebookSize} codes: entropies are not on one scale.`,
    );
  }
  if (one.image.width !== other.image.width || one.image.height !== other.image.height) {
    const size = ({ image }: PackSummary['manifest']): string => `${image.width} × ${image.height}`;
    unlike.push(`The pictures differ in size, ${size(one)} and ${size(other)} pixels.`);
  }
  return unlike;
}
