/** The positions of a timeline over fake graphs. */
import { describe, expect, test } from 'vitest';
import { codes, image, ofType, signal } from '../../../../tests/fakes/engine-jobs.js';
import { drain, fakeK, fakeManifest, fakeParts } from '../../../../tests/fakes/engine-parts.js';
import { defaultPositions } from './positions.js';
import { spreadOrder, timeline } from './timeline.js';

test('a pack may allow only so many positions; t = 1 stays', () => {
  const { tokens } = fakeManifest();
  expect(defaultPositions({ tokens })).toHaveLength(fakeK);
  const few = defaultPositions({ tokens, limits: { positions: 3 } });
  expect(few.length).toBeLessThanOrEqual(3);
  expect(few.at(-1)).toBe(1);
});

describe('timeline', () => {
  const request = { kind: 'timeline', source: { image }, seed: 2 } as const;

  test('every position once, the middle first, three panes each', async () => {
    const { events, result } = await drain(timeline(fakeParts(), request, signal));
    const positions = ofType(events, 'position').map((event) => event.position);
    expect(result).toEqual({ kind: 'timeline', positions: fakeK });
    expect(positions.map((position) => position.index).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(positions[0]!.index).toBe(4);
    for (const position of positions) {
      expect(position.visibleTokens).toBe(position.index + 1);
      expect(position.t).toBeCloseTo(Math.sqrt((position.index + 1) / fakeK), 10);
      // Nothing visible restores to -1 in the fake, black.
      expect(position.alone.data[0]).toBe(0);
      expect(position.restored.data[0]).toBeGreaterThan(0);
    }
    const [early, late] = [0, 7].map((index) => positions.find((position) => position.index === index)!);
    expect(early!.noised.data).not.toEqual(late!.noised.data);
  });

  test('takes given positions in their order, and the image from tokens when there is none', async () => {
    const given = { ...request, source: { codes }, positions: [0.5, 0, 0.75] };
    const { events } = await drain(timeline(fakeParts(), given, signal));
    const positions = ofType(events, 'position').map((event) => event.position);
    expect(positions.map(({ t }) => t)).toEqual(given.positions);
    const clean = positions.find((position) => position.t === 0)!;
    // At t = 0 the noised image is the image: here the reconstruction of the tokens, whose last step sees k(1/4) = 1 of them.
    expect(clean.noised.data[0]).toBe(Math.round(((0.1 + 1) / 2) * 255));
    expect(clean.visibleTokens).toBe(0);
  });

  test('stops between batches when cancelled', async () => {
    const cancellation = new AbortController();
    const job = timeline(fakeParts(), request, cancellation.signal);
    const run = async () => {
      for await (const event of job) if (event.type === 'position') cancellation.abort();
    };
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('spreadOrder visits everything, the middle first', () => {
    expect(spreadOrder(5)).toEqual([2, 1, 4, 0, 3]);
    expect(spreadOrder(0)).toEqual([]);
    expect(spreadOrder(101).sort((a, b) => a - b)).toEqual(Array.from({ length: 101 }, (_, index) => index));
  });
});
