/** The ablation over fake graphs whose picture is the mean of the visible codes. */
import { describe, expect, test } from 'vitest';
import { attributeNames } from '../../../shared/tokens/attributes.js';
import type { EngineEvent } from '../../../shared/contract/events.js';
import { influenceAt } from '../../../shared/tokens/influence.js';
import { ablate } from './ablate.js';
import { drain, fakeDecoder, fakeManifest, fakeParts } from '../../../../tests/fakes/engine-parts.js';

const { signal } = new AbortController();
const codes = [1, 2, 3, 4, 5, 6, 7, 8];
const request = { kind: 'ablate', source: { codes }, seed: 1 } as const;

function influences(events: readonly EngineEvent[]) {
  return events.flatMap((event) => (event.type === 'influence' ? [event.influence] : []));
}

/** Change of the fake picture in [0, 1]: the means are tenths in [-1, 1], so half their difference, to a byte. */
function changeWithout(from: number, to: number): number {
  const mean = (some: number[]): number => some.reduce((sum, code) => sum + code, 0) / some.length / 10;
  const byte = (value: number): number => Math.round(((value + 1) / 2) * 255);
  const rest = codes.filter((_, index) => index < from || index > to);
  return Math.abs(byte(mean(codes)) - byte(rest.length === 0 ? -1 : mean(rest))) / 255;
}

describe('ablate', () => {
  test('every token by itself, coarse first, with the change it makes', async () => {
    const { events, result } = await drain(ablate(fakeParts(), request, signal));
    const found = influences(events);
    expect(found.map(({ from }) => from)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
    for (const { from, to, index, total, map } of found) {
      expect([to, index]).toEqual([from, from]);
      expect(total).toBeCloseTo(changeWithout(from, to), 6);
      expect([map.width, map.height]).toEqual([8, 8]);
      expect(influenceAt(map, 3, 5)).toBeCloseTo(changeWithout(from, to), 6);
    }
    if (result.kind !== 'ablate') throw new Error(result.kind);
    expect(result.groups.map(({ from }) => from)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(result.groups[7]!.total).toBeCloseTo(changeWithout(7, 7), 6);
    expect(events.at(-1)).toEqual({ type: 'progress', phase: 'measuring-influence', done: 8, total: 8 });
  });

  test('how much of each attribute is gone: all of what shows without any token, nothing where nothing changes', async () => {
    const groups = [
      { from: 0, to: 7 },
      { from: 3, to: 3 },
    ];
    const { events } = await drain(ablate(fakeParts(), { ...request, groups, pictures: true }, signal));
    const [all, one] = influences(events);
    expect(all!.losses.background).toBe(1);
    expect(one!.losses.background).toBeGreaterThan(0);
    expect(one!.losses.background).toBeLessThan(0.5);
    for (const { losses } of [all!, one!]) {
      for (const name of attributeNames) expect(losses[name]).toSatisfy((share: number) => share >= 0 && share <= 1);
    }
    expect(all!.without).toMatchObject({ width: 8, height: 8 });
    expect(all!.without!.data).not.toEqual(one!.without!.data);
    const plain = await drain(ablate(fakeParts(), { ...request, groups }, signal));
    expect(influences(plain.events)[0]).not.toHaveProperty('without');
  });

  test('groups as asked for; the whole sequence is one too', async () => {
    const groups = [
      { from: 0, to: 7 },
      { from: 2, to: 4 },
    ];
    const { events, result } = await drain(ablate(fakeParts(), { ...request, groups }, signal));
    expect(influences(events).map(({ index }) => index)).toEqual([0, 1]);
    if (result.kind !== 'ablate') throw new Error(result.kind);
    expect(result.groups[0]).toMatchObject(groups[0]!);
    expect(result.groups[0]!.total).toBeCloseTo(changeWithout(0, 7), 6);
    expect(result.groups[1]!.total).toBeCloseTo(changeWithout(2, 4), 6);
  });

  test('the same noise at t = 1 in every row, no more than eight rows at once', async () => {
    const decoder = fakeDecoder();
    await drain(ablate(fakeParts(fakeManifest(), { decoder }), request, signal));
    const first = (decoder.runs[0]!['x']!.data as Float32Array).subarray(0, 192);
    expect(decoder.runs.map((feeds) => feeds['t']!.dims[0])).toEqual([8, 2]);
    for (const feeds of decoder.runs) {
      const rows = feeds['t']!.dims[0]!;
      expect(feeds['t']!.data).toEqual(new Float32Array(rows).fill(1));
      const x = feeds['x']!.data as Float32Array;
      for (let row = 0; row < rows; row++) expect(x.subarray(row * 192, (row + 1) * 192)).toEqual(first);
    }
  });

  test('stops between evaluations when cancelled', async () => {
    const cancellation = new AbortController();
    const seen: EngineEvent[] = [];
    const run = async () => {
      for await (const event of ablate(fakeParts(), request, cancellation.signal)) {
        seen.push(event);
        if (event.type === 'influence') cancellation.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
    expect(influences(seen)).toHaveLength(6);
  });

  test('a token the pack does not have is named', async () => {
    const groups = [{ from: 3, to: 8 }];
    await expect(drain(ablate(fakeParts(), { ...request, groups }, signal))).rejects.toMatchObject({
      code: 'tokens-invalid',
      message: expect.stringContaining('no token 8') as string,
    });
  });

  test('a pack that never saw tokens missing says so', async () => {
    const manifest = fakeManifest();
    const plain = fakeManifest({ tokens: { ...manifest.tokens, keepFromTrained: false } });
    await expect(drain(ablate(fakeParts(plain), request, signal))).rejects.toMatchObject({ code: 'task-unsupported' });
  });
});
