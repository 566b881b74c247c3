/** Jobs of a timeline with the cache before the engine: what is kept comes at once, only the rest is computed, and kept. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptionsRequest, TimelineRequest } from '../../shared/jobs/jobs.js';
import type { CaptionReading } from '../../shared/tokens/attributes.js';
import type { EngineEvent, JobPhase } from '../../shared/contract/events.js';
import type { PackSummary } from '../../shared/packs/pack.js';
import type { PositionCache, PositionKey } from '../storage/positions/position-cache.js';

export interface CachedTimeline<Request = TimelineRequest> {
  request: Request & { positions: number[] };
  /** Content hash of the pack in use. */
  pack: string;
  cache: Pick<PositionCache, 'read' | 'write'>;
  signal: AbortSignal;
  onEvent: (event: EngineEvent) => void;
  /** Runs the engine on these values of t, in this order. Not called when all of them are kept. */
  compute: (positions: number[], onEvent: (event: EngineEvent) => void) => Promise<unknown>;
}

/** Reports every position asked for, by the place it had in the request. Rejects with what `compute` rejects with. */
export function cachedTimeline(job: CachedTimeline): Promise<void> {
  return withCache(job, {
    phase: 'computing-timeline',
    kept: (found, index) => {
      if (found === null) return null;
      const position = { ...found, index };
      delete position.caption;
      return { type: 'position', position };
    },
    computed: (event, placeOf) => {
      if (event.type !== 'position') return null;
      const { index, ...position } = event.position;
      void job.cache.write(keyAt(job, position.t), position);
      return { type: 'position', position: { ...position, index: placeOf(index) } };
    },
  });
}

/**
 * A captions job with the cache before the engine. A caption is kept with its position; where there is none to keep it with, it
 * is written again when asked for again. Rejects with what `compute` rejects with.
 */
export function cachedCaptions(job: CachedTimeline<CaptionsRequest>): Promise<void> {
  return withCache(job, {
    phase: 'writing-text',
    kept: (found, index, t) =>
      found?.caption === undefined ? null : { type: 'caption', caption: { index, t, ...found.caption } },
    computed: (event, placeOf) => {
      if (event.type !== 'caption') return null;
      const { index, t, ...caption } = event.caption;
      void keepCaption(job, t, caption);
      return { type: 'caption', caption: { ...event.caption, index: placeOf(index) } };
    },
  });
}

interface Reported {
  /** Whose progress counts values of t. */
  phase: JobPhase;
  /** What to report of the value of t at `index` of the request; null = it has to be computed. */
  kept: (found: Awaited<ReturnType<PositionCache['read']>>, index: number, t: number) => EngineEvent | null;
  /** Keeps what was computed and gives it its place in the request; null = it is news of another kind. */
  computed: (event: EngineEvent, placeOf: (index: number) => number) => EngineEvent | null;
}

async function withCache(
  job: CachedTimeline<TimelineRequest | CaptionsRequest>,
  { phase, kept, computed }: Reported,
): Promise<void> {
  const { request, cache, signal, onEvent, compute } = job;
  const { positions } = request;
  const missing: number[] = [];
  for (const [index, t] of positions.entries()) {
    signal.throwIfAborted();
    const report = kept(await cache.read(keyAt(job, t)), index, t);
    if (report === null) missing.push(index);
    else onEvent(report);
  }
  signal.throwIfAborted();
  if (missing.length === 0) return;
  const found = positions.length - missing.length;
  await compute(
    missing.map((index) => positions[index]!),
    (event) => {
      if (event.type === 'progress' && event.phase === phase) {
        onEvent({ ...event, done: event.done + found, total: positions.length });
      } else onEvent(computed(event, (index) => missing[index]!) ?? event);
    },
  );
}

async function keepCaption(job: CachedTimeline<CaptionsRequest>, t: number, caption: CaptionReading): Promise<void> {
  const key = keyAt(job, t);
  const position = await job.cache.read(key);
  if (position !== null) await job.cache.write(key, { ...position, caption });
}

function keyAt(
  { request: { source, seed }, pack }: Pick<CachedTimeline<TimelineRequest | CaptionsRequest>, 'request' | 'pack'>,
  t: number,
): PositionKey {
  const content =
    'codes' in source
      ? { imageId: source.imageId ?? null, codes: source.codes }
      : { imageId: source.imageId, codes: null };
  return { pack, ...content, seed, t };
}

const hashes = new WeakMap<PackSummary, Promise<string | null>>();

/** SHA-256 of the pack's own list of files and their hashes, as it was when the pack was first asked about; null if unreadable. */
export function packHash(pack: PackSummary): Promise<string | null> {
  let hash = hashes.get(pack);
  if (hash === undefined) {
    hash = readFile(join(pack.directory, 'pack.json')).then(
      (bytes) => createHash('sha256').update(bytes).digest('hex'),
      () => null,
    );
    hashes.set(pack, hash);
  }
  return hash;
}
