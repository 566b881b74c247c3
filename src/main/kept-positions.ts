/** A timeline job with the cache before the engine: what is kept comes at once, only the rest is computed, and kept. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TimelineRequest } from '../shared/api.js';
import type { EngineEvent } from '../shared/events.js';
import type { PackSummary } from '../shared/pack.js';
import type { PositionCache, PositionKey } from './storage/positions/position-cache.js';

export interface CachedTimeline {
  request: TimelineRequest & { positions: number[] };
  /** Content hash of the pack in use. */
  pack: string;
  cache: Pick<PositionCache, 'read' | 'write'>;
  signal: AbortSignal;
  onEvent: (event: EngineEvent) => void;
  /** Runs the engine on these values of t, in this order. Not called when all of them are kept. */
  compute: (positions: number[], onEvent: (event: EngineEvent) => void) => Promise<unknown>;
}

/** Reports every position asked for, by the place it had in the request. Rejects with what `compute` rejects with. */
export async function cachedTimeline(job: CachedTimeline): Promise<void> {
  const { request, cache, signal, onEvent, compute } = job;
  const { positions } = request;
  const missing: number[] = [];
  for (const [index, t] of positions.entries()) {
    signal.throwIfAborted();
    const kept = await cache.read(keyAt(job, t));
    if (kept === null) missing.push(index);
    else onEvent({ type: 'position', position: { ...kept, index } });
  }
  signal.throwIfAborted();
  if (missing.length === 0) return;
  const found = positions.length - missing.length;
  await compute(
    missing.map((index) => positions[index]!),
    (event) => {
      if (event.type === 'position') {
        const { index, ...position } = event.position;
        void cache.write(keyAt(job, position.t), position);
        onEvent({ type: 'position', position: { ...position, index: missing[index]! } });
      } else if (event.type === 'progress' && event.phase === 'computing-timeline') {
        onEvent({ ...event, done: event.done + found, total: positions.length });
      } else {
        onEvent(event);
      }
    },
  );
}

function keyAt({ request: { source, seed }, pack }: CachedTimeline, t: number): PositionKey {
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
