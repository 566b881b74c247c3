/** Which tokens matter where: measured in the background once somebody asks, kept per content and noise seed. */
import type { JobEvent, TokenInfluence } from '../../../../shared/events.js';
import { BackgroundWork } from '../../jobs/background-work.svelte.js';
import { RecentCache } from '../lru-cache.js';
import { missingGroups, tokenGroups } from './timeline-heat.js';
import type { JobRunner } from '../../jobs/finish-job.js';

export interface MeasuredTokens {
  pack: string;
  codes: readonly number[];
  /** Seed of the noise the pictures start from. */
  seed: number;
}

export class InfluenceState extends BackgroundWork<MeasuredTokens, TokenInfluence> {
  constructor(jobs?: JobRunner) {
    const bytesOf = (groups: readonly TokenInfluence[]) =>
      groups.reduce((bytes, { map }) => bytes + map.data.byteLength, 0);
    super(new RecentCache({ entries: 32, bytes: 64 * 1024 * 1024 }, bytesOf, () => {}), jobs);
  }

  /** One entry per measured group of tokens, in the order they arrived. */
  get groups(): readonly TokenInfluence[] {
    return this.parts;
  }

  protected keyOf({ pack, codes, seed }: MeasuredTokens): string {
    return `${pack}|${seed}|${codes.join(',')}`;
  }

  protected plan({ pack, codes, seed }: MeasuredTokens) {
    const all = tokenGroups(codes.length);
    const groups = missingGroups(all, this.groups);
    if (groups.length === 0) return null;
    return {
      request: { kind: 'ablate' as const, source: { pack, codes: [...codes] }, seed, groups },
      total: all.length,
    };
  }

  protected partOf(event: JobEvent): TokenInfluence | null {
    return event.type === 'influence' ? event.influence : null;
  }
}

export const influence = new InfluenceState();
