/** The film over fake graphs whose picture is the mean of the visible codes. */
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../shared/contract/events.js';
import { drain, fakeDecoder, fakeManifest, fakeParts } from '../../../../tests/fakes/engine-parts.js';
import { film } from './film.js';

const { signal } = new AbortController();
const codes = [1, 2, 3, 4, 5, 6, 7, 8];
const request = { kind: 'film', source: { codes }, seed: 1 } as const;

function pictures(events: readonly EngineEvent[]) {
  return events.flatMap((event) => (event.type === 'film-picture' ? [event.picture] : []));
}

describe('film', () => {
  test('from pure noise, with ever more of the coarsest tokens, the same noise in all', async () => {
    const decoder = fakeDecoder();
    const { events, result } = await drain(film(fakeParts(fakeManifest(), { decoder }), request, signal));
    expect(result).toEqual({ kind: 'film', counts: [0, 1, 2, 3, 4, 5, 6, 8] });
    expect(pictures(events).map(({ tokens }) => tokens)).toEqual([0, 1, 2, 3, 4, 5, 6, 8]);
    const mean = (tokens: number): number => {
      const seen = codes.slice(8 - tokens);
      return seen.length === 0 ? -1 : seen.reduce((sum, code) => sum + code, 0) / seen.length / 10;
    };
    for (const { tokens, image } of pictures(events)) {
      expect(image.data[0]).toBe(Math.round(((mean(tokens) + 1) / 2) * 255));
    }
    expect(decoder.runs).toHaveLength(2);
    const noise = (decoder.runs[0]!['x']!.data as Float32Array).subarray(0, 192);
    for (const feeds of decoder.runs) {
      expect(feeds['t']!.data).toEqual(new Float32Array(4).fill(1));
      const x = feeds['x']!.data as Float32Array;
      for (let row = 0; row < 4; row++) expect(x.subarray(row * 192, (row + 1) * 192)).toEqual(noise);
    }
  });

  test('counts as asked for, in batches; a count beyond K is named', async () => {
    const decoder = fakeDecoder();
    const counts = [8, 0, 1, 2, 3, 4, 5, 6, 7];
    const { events } = await drain(film(fakeParts(fakeManifest(), { decoder }), { ...request, counts }, signal));
    expect(pictures(events).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(decoder.runs.map((feeds) => feeds['t']!.dims[0])).toEqual([4, 4, 1]);
    await expect(drain(film(fakeParts(), { ...request, counts: [9] }, signal))).rejects.toMatchObject({
      code: 'tokens-invalid',
      message: expect.stringContaining('9 tokens') as string,
    });
  });

  test('a pack that never saw fine tokens missing says so', async () => {
    const manifest = fakeManifest();
    const plain = fakeManifest({ tokens: { ...manifest.tokens, keepFromTrained: false } });
    await expect(drain(film(fakeParts(plain), request, signal))).rejects.toMatchObject({ code: 'task-unsupported' });
  });
});
