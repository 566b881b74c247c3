/** The analyses over fake graphs. */
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../shared/contract/events.js';
import { certaintyOf, surprisalOf } from '../model/token-sampling.js';
import {
  drain,
  fakeCodes,
  FakeGraph,
  fakeK,
  fakeLanguageModel,
  fakeManifest,
  fakeOffset,
  fakeParts,
  fakeSide,
} from '../../../../tests/fakes/engine-parts.js';
import { LanguageModel } from '../model/language-model.js';
import { measureEntropy } from './analysis-entropy.js';
import { compareSeeds, measureSpectrum } from './analysis-pictures.js';

const { signal } = new AbortController();
const codes = [1, 2, 3, 4, 5, 6, 7, 8];
const cancelled = AbortSignal.abort();

describe('measureEntropy', () => {
  const request = { kind: 'entropy' as const, sources: [{ codes }], strides: [0, 1] };

  test('each place as the model would be asked for it, token after token', async () => {
    const { result } = await drain(measureEntropy(fakeParts(), request, signal));
    if (result.kind !== 'entropy') throw new Error(result.kind);
    expect(result).toMatchObject({ pictures: 1, codebookSize: fakeCodes });
    const orders = [
      [7, 6, 5, 4, 3, 2, 1, 0],
      [6, 7, 4, 5, 2, 3, 0, 1],
    ];
    for (const [row, order] of orders.entries()) {
      const model = new LanguageModel(fakeLanguageModel(), fakeManifest().languageModel!);
      let state = await model.read([[1, 3]]);
      for (const [place, index] of order.entries()) {
        const legal = state.logits[0]!.subarray(fakeOffset, fakeOffset + fakeCodes);
        expect(result.curves[row]!.entropy[place]).toBeCloseTo(certaintyOf(legal).entropy, 6);
        expect(result.curves[row]!.surprisal[place]).toBeCloseTo(surprisalOf(legal, codes[index]!), 6);
        state = await model.append(state, [fakeOffset + codes[index]!]);
      }
    }
  });

  test('the mean grows picture by picture; samples are written and read too', async () => {
    const samples = { count: 17, seed: 3, prompt: '' };
    const { events, result } = await drain(measureEntropy(fakeParts(), { ...request, samples }, signal));
    const news = events.filter((event) => event.type === 'entropy');
    expect(news.map((event) => event.type === 'entropy' && event.pictures)).toEqual(
      Array.from({ length: 18 }, (_, index) => index + 1),
    );
    expect(result).toMatchObject({
      kind: 'entropy',
      pictures: 18,
      curves: (news.at(-1) as { curves: unknown }).curves,
    });
    expect(events.at(-1)).toEqual({ type: 'progress', phase: 'analysing', done: 18, total: 18 });
  });

  test('a prompt stands before the tokens and changes what is expected', async () => {
    const silent = await drain(measureEntropy(fakeParts(), request, signal));
    const spoken = await drain(measureEntropy(fakeParts(), { ...request, prompts: ['w7'] }, signal));
    expect(spoken.result).not.toEqual(silent.result);
  });

  test('nothing to read, no language model, cancelled', async () => {
    const run = (changes: object, parts = fakeParts(), stop = signal) =>
      drain(measureEntropy(parts, { ...request, ...changes }, stop));
    await expect(run({ sources: [] })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(run({ strides: [fakeK] })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(run({ sources: [{ codes: [1] }] })).rejects.toMatchObject({ code: 'tokens-invalid' });
    const manifest = fakeManifest();
    delete manifest.languageModel;
    await expect(run({}, fakeParts(manifest))).rejects.toMatchObject({ code: 'task-unsupported' });
    await expect(run({}, fakeParts(), cancelled)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('surprisal is −log of the softmax', () => {
    expect(surprisalOf(Float32Array.of(0, Math.log(3)), 1)).toBeCloseTo(-Math.log(0.75), 6);
  });
});

const picture = { width: 16, height: 8, data: new Uint8Array(16 * 8 * 4).fill(200) };
const values = (events: readonly EngineEvent[], type: EngineEvent['type']) =>
  events.filter((event) => event.type === type);

describe('measureSpectrum', () => {
  const request = { kind: 'spectrum' as const, source: { codes }, seed: 1, steps: 2 };

  test('the coarsest 1, 2, 4 and all tokens; the mean of those seen is what the fake decoder paints', async () => {
    const { events, result } = await drain(measureSpectrum(fakeParts(), request, signal));
    if (result.kind !== 'spectrum') throw new Error(result.kind);
    expect(result.curves.map(({ tokens }) => tokens)).toEqual([1, 2, 4, 8]);
    expect(result.curves[0]!.power).toHaveLength(fakeSide / 2 + 1);
    const shown = values(events, 'spectrum').map((event) => (event.type === 'spectrum' ? event.image.data[0] : 0));
    const byte = (mean: number): number => Math.round(((mean / 10 + 1) / 2) * 255);
    // At the last step, t = 0.5, V_1 and V_2 are visible: k(0.5) = 2, so fewer than 7 coarse tokens leave none of them.
    expect(shown.slice(0, 3)).toEqual([0, 0, 0]);
    expect(shown[3]).toBe(byte(1.5));
    expect(events.at(-2)).toMatchObject({ type: 'spectrum' });
  });

  test('a picture is measured too, as the encoder sees it', async () => {
    const { result } = await drain(
      measureSpectrum(fakeParts(), { ...request, source: { codes, image: picture }, counts: [8, 2, 2] }, signal),
    );
    if (result.kind !== 'spectrum') throw new Error(result.kind);
    expect(result.curves.map(({ tokens }) => tokens)).toEqual([null, 2, 8]);
  });

  test('what cannot be decoded is refused', async () => {
    const untrained = fakeManifest();
    untrained.tokens.keepFromTrained = false;
    const run = (changes: object, parts = fakeParts(), stop = signal) =>
      drain(measureSpectrum(parts, { ...request, ...changes }, stop));
    await expect(run({}, fakeParts(untrained))).rejects.toMatchObject({ code: 'task-unsupported' });
    await expect(run({ counts: [fakeK] }, fakeParts(untrained))).resolves.toBeDefined();
    await expect(run({ counts: [fakeK + 1] })).rejects.toMatchObject({ code: 'tokens-invalid' });
    await expect(run({}, fakeParts(), cancelled)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

/** x0Hat is x_t itself: what the noise says stays. */
function copyingDecoder(): FakeGraph {
  return new FakeGraph('decoder', (feeds) => ({ x0: { ...feeds['x']! } }));
}

describe('compareSeeds', () => {
  const request = { kind: 'seeds' as const, source: { codes }, count: 5, seed: 4, steps: 2 };

  test('a decoder that listens to its tokens alone gives the same picture from any noise', async () => {
    const { events, result } = await drain(compareSeeds(fakeParts(), request, signal));
    expect(result).toMatchObject({ kind: 'seeds', meanSpread: 0, agreement: null });
    expect(values(events, 'seed-picture').map((event) => event.type === 'seed-picture' && event.picture.seed)).toEqual([
      4, 5, 6, 7, 8,
    ]);
  });

  test('one that listens to the noise alone never does', async () => {
    const { events, result } = await drain(
      compareSeeds(fakeParts(fakeManifest(), { decoder: copyingDecoder() }), request, signal),
    );
    if (result.kind !== 'seeds') throw new Error(result.kind);
    expect(result.meanSpread).toBeGreaterThan(0.2);
    expect(result.agreement).toBeLessThan(8);
    const [first, second] = values(events, 'seed-picture');
    expect(first).toMatchObject({ picture: { agreement: null } });
    expect((second as { picture: { agreement: number } }).picture.agreement).toBeLessThan(8);
  });

  test('a one-step renderer is compared with them', async () => {
    const renderer = new FakeGraph('renderer', () => ({
      image: {
        type: 'float32',
        data: new Float32Array(3 * fakeSide * fakeSide).fill(1),
        dims: [1, 3, fakeSide, fakeSide],
      },
    }));
    const { events } = await drain(compareSeeds(fakeParts(fakeManifest(), { renderer }), request, signal));
    const last = values(events, 'seed-picture').at(-1);
    expect(last).toMatchObject({ picture: { seed: null } });
    expect(last?.type === 'seed-picture' && last.picture.image.data[0]).toBe(255);
    expect(Object.keys(renderer.runs[0]!)).toEqual(['tokens']);
  });

  test('cancelled between two steps', async () => {
    await expect(drain(compareSeeds(fakeParts(), request, cancelled))).rejects.toMatchObject({ code: 'cancelled' });
  });
});
