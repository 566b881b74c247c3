/** Which tokens matter where: measured in the background once somebody asks, kept per content and noise seed. */
import type { JobEvent, TokenInfluence } from '../../../../shared/contract/events.js';
import { tokenGroups } from '../../../../shared/tokens/influence.js';
import type { TokenRange } from '../../../../shared/tokens/tokens.js';
import { BackgroundWork } from '../../jobs/background-work.svelte.js';
import { LruCache } from '../../../../shared/lru-cache.js';
import { missingGroups } from './timeline-heat.js';
import type { JobRunner } from '../../jobs/finish-job.js';

export interface MeasuredTokens {
  pack: string;
  codes: readonly number[];
  /** Seed of the noise the pictures start from. */
  seed: number;
  /** What is hidden one after another; absent = every token, or runs of neighbours where there are many. */
  groups?: readonly TokenRange[];
}

export class InfluenceState extends BackgroundWork<MeasuredTokens, TokenInfluence> {
  constructor(jobs?: JobRunner) {
    const bytesOf = (groups: readonly TokenInfluence[]) =>
      groups.reduce((bytes, { map, without }) => bytes + map.data.byteLength + (without?.data.byteLength ?? 0), 0);
    super(new LruCache({ entries: 32, bytes: 128 * 1024 * 1024 }, bytesOf, () => {}), jobs);
  }

  /** One entry per measured group of tokens, in the order they arrived. */
  get groups(): readonly TokenInfluence[] {
    return this.parts;
  }

  protected keyOf({ pack, codes, seed, groups }: MeasuredTokens): string {
    const hidden = groups?.map(({ from, to }) => `${from}-${to}`).join(',') ?? '';
    return `${pack}|${seed}|${codes.join(',')}|${hidden}`;
  }

  protected plan({ pack, codes, seed, groups: chosen }: MeasuredTokens) {
    const all = chosen ?? tokenGroups(codes.length);
    const groups = missingGroups(all, this.groups);
    if (groups.length === 0) return null;
    return {
      request: { kind: 'ablate' as const, source: { pack, codes: [...codes] }, seed, groups, pictures: true },
      total: all.length,
    };
  }

  protected partOf(event: JobEvent): TokenInfluence | null {
    return event.type === 'influence' ? event.influence : null;
  }
}

/** Every token, or group where there are many, by itself. */
export const influence = new InfluenceState();
/** Runs of tokens, each as a whole: what the matrix says of a run is measured on the run. */
export const runInfluence = new InfluenceState();
