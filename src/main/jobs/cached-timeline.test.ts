import { expect, it } from 'vitest';
import type { EngineEvent, TimelinePosition } from '../../shared/contract/events.js';
import { cachedCaptions, cachedTimeline, packHash } from './cached-timeline.js';
import type { PositionKey } from '../storage/positions/position-cache.js';
import type { CachedPosition } from '../storage/positions/position-file.js';

const pixel = { width: 1, height: 1, data: new Uint8Array(4) };

function positionAt(index: number, t: number): TimelinePosition {
  return { index, t, visibleTokens: 1, noised: pixel, alone: pixel, restored: pixel };
}

/** A cache in memory, and an engine that answers at once. */
function setUp(kept: number[], positions: number[]) {
  const values = new Map<number, CachedPosition>(kept.map((t) => [t, positionAt(0, t)]));
  const keys: PositionKey[] = [];
  const events: EngineEvent[] = [];
  const computed: number[][] = [];
  const abort = new AbortController();
  const run = () =>
    cachedTimeline({
      request: { kind: 'timeline', source: { pack: 'p@1', codes: [1], imageId: 'i' }, seed: 3, positions },
      pack: 'hash',
      cache: {
        read: async (key) => {
          keys.push(key);
          return values.get(key.t) ?? null;
        },
        write: async (key, position) => void values.set(key.t, position),
      },
      signal: abort.signal,
      onEvent: (event) => events.push(event),
      compute: async (missing, onEvent) => {
        computed.push(missing);
        missing.forEach((t, index) => {
          onEvent({ type: 'position', position: positionAt(index, t) });
          onEvent({ type: 'progress', phase: 'computing-timeline', done: index + 1, total: missing.length });
        });
      },
    });
  const places = () =>
    events.flatMap((event) => (event.type === 'position' ? [[event.position.index, event.position.t]] : []));
  return { run, values, keys, events, computed, places, abort };
}

it('sends what is kept first, computes the rest and keeps it', async () => {
  const { run, values, keys, events, computed, places } = setUp([0.5, 0.1], [0.9, 0.5, 0.3, 0.1]);
  await run();
  expect(computed).toEqual([[0.9, 0.3]]);
  expect(places()).toEqual([
    [1, 0.5],
    [3, 0.1],
    [0, 0.9],
    [2, 0.3],
  ]);
  expect(events.at(-1)).toEqual({ type: 'progress', phase: 'computing-timeline', done: 4, total: 4 });
  expect([...values.keys()].sort()).toEqual([0.1, 0.3, 0.5, 0.9]);
  expect(keys[0]).toEqual({ pack: 'hash', imageId: 'i', codes: [1], seed: 3, t: 0.9 });
});

it('leaves the engine alone when everything is kept', async () => {
  const { run, computed, places } = setUp([0.5], [0.5]);
  await run();
  expect(computed).toEqual([]);
  expect(places()).toEqual([[0, 0.5]]);
});

it('stops when cancelled', async () => {
  const { run, abort, computed } = setUp([], [0.5]);
  abort.abort();
  await expect(run()).rejects.toThrow();
  expect(computed).toEqual([]);
});

it('has no hash for a pack whose list cannot be read', async () => {
  const pack = { id: 'x', directory: '/nowhere', bytes: 0, manifest: {} } as unknown as Parameters<typeof packHash>[0];
  expect(await packHash(pack)).toBeNull();
});

it('keeps captions with their positions, sends kept ones first and writes only the rest', async () => {
  const caption = (t: number) => ({ words: [{ text: `at ${t}`, probability: 0.5 }], confidence: 0.5 });
  const values = new Map<number, CachedPosition>([0.5, 0.3].map((t) => [t, positionAt(0, t)]));
  values.set(0.1, { ...positionAt(0, 0.1), caption: caption(0.1) });
  const events: EngineEvent[] = [];
  const asked: number[][] = [];
  const run = () =>
    cachedCaptions({
      request: { kind: 'captions', source: { imageId: 'i' }, seed: 3, positions: [0.9, 0.5, 0.1] },
      pack: 'hash',
      cache: {
        read: async ({ t }) => values.get(t) ?? null,
        write: async ({ t }, position) => void values.set(t, position),
      },
      signal: new AbortController().signal,
      onEvent: (event) => events.push(event),
      compute: async (missing, onEvent) => {
        asked.push(missing);
        missing.forEach((t, index) => onEvent({ type: 'caption', caption: { index, t, ...caption(t) } }));
        onEvent({ type: 'progress', phase: 'writing-text', done: missing.length, total: missing.length });
      },
    });
  await run();
  expect(asked).toEqual([[0.9, 0.5]]);
  expect(events.slice(0, -1)).toEqual(
    [
      [2, 0.1],
      [0, 0.9],
      [1, 0.5],
    ].map(([index, t]) => ({ type: 'caption', caption: { index, t, ...caption(t!) } })),
  );
  expect(events.at(-1)).toEqual({ type: 'progress', phase: 'writing-text', done: 3, total: 3 });
  expect(values.get(0.5)!.caption).toEqual(caption(0.5));
  expect(values.get(0.3)!.caption).toBeUndefined();
  // There is no position to keep that of 0.9 with, so it is written again.
  await run();
  expect(asked[1]).toEqual([0.9]);
});

it('a kept position comes without its caption: who wants those asks for them', async () => {
  const { run, values, events } = setUp([0.5], [0.5]);
  values.set(0.5, { ...positionAt(0, 0.5), caption: { words: [], confidence: 1 } });
  await run();
  expect(events).toEqual([{ type: 'position', position: positionAt(0, 0.5) }]);
});
