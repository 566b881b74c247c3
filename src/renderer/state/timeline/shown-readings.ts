/** What each reading of a timeline is asked to show, null where there is nothing (yet) for it to look at. Pure. */
import { runsToHide, type GroupLosses } from '../../../shared/tokens/attribute-matrix.js';
import type { FilmedPicture } from './readings/build-up.svelte.js';
import type { DescribedPictures } from './readings/timeline-captions.svelte.js';
import type { MeasuredTokens } from './readings/timeline-influence.svelte.js';
import { contentKey, imageSource, type TimelineSource } from './timeline-source.js';

/** The timeline as far as readings look at it. */
export interface ReadTimeline {
  source: TimelineSource | null;
  codes: readonly number[] | null;
  seed: number;
  positions: readonly { t: number }[];
  status: { kind: string };
}

/** Words for the restored pane, once every picture of it is there. */
export function describedOf({ source, codes, seed, positions, status }: ReadTimeline): DescribedPictures | null {
  if (status.kind !== 'ready' || source === null || codes === null) return null;
  return { key: contentKey(source), source: imageSource(source, codes), seed, times: positions.map(({ t }) => t) };
}

/** The film of the picture being built up; a decoder that never missed tokens cannot show one. */
export function filmedOf({ source, codes, seed }: ReadTimeline): FilmedPicture | null {
  if (source === null || codes === null || !source.manifest.tokens.keepFromTrained) return null;
  return { key: contentKey(source), source: imageSource(source, codes), count: codes.length, seed };
}

/** What each token does, once the pictures are there or were given up. */
export function measuredOf({ source, codes, seed, status }: ReadTimeline): MeasuredTokens | null {
  const isSettled = status.kind === 'ready' || status.kind === 'stopped';
  if (!isSettled || source === null || codes === null || !source.manifest.tokens.keepFromTrained) return null;
  return { pack: source.pack, codes, seed };
}

/** What the runs of tokens do that carry an attribute together; `groups` were measured one by one before. */
export function runsOf({ source, codes, seed }: ReadTimeline, groups: readonly GroupLosses[]): MeasuredTokens | null {
  const runs = runsToHide(groups);
  return runs.length === 0 || source === null || codes === null
    ? null
    : { pack: source.pack, codes, seed, groups: runs };
}
