/** Where on the timeline a job looks that was not told where. */
import type { PackManifest } from '../../../shared/packs/pack.js';
import { timelinePositions } from '../../../shared/tokens/tokens.js';

/** The end of every token's span, of which a pack may allow only so many; the last, t = 1, is always there. Ascending. */
export function defaultPositions({ tokens, limits }: Pick<PackManifest, 'tokens' | 'limits'>): number[] {
  const ends = timelinePositions(tokens.schedule, tokens.count);
  const stride = Math.ceil(ends.length / (limits?.positions ?? ends.length));
  return ends.filter((_, index) => (ends.length - 1 - index) % stride === 0);
}

/** The first is one alone, so that something shows at once. */
export function* inBatches<Position>(positions: readonly Position[]): Generator<Position[]> {
  for (let from = 0, to = 1; from < positions.length; from = to, to += 8) yield positions.slice(from, to);
}
