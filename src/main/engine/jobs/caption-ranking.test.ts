/** The best of several drafts over fake graphs: which one is kept, that it depends on the seed alone, and what is refused. */
import { assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../shared/contract/events.js';
import { indexOfBest, readAgain, roundsOf } from './caption-ranking.js';
import { certaintyOf, surprisalOf } from '../model/token-sampling.js';
import { edit, generate } from './generate.js';
import { drain, fakeLanguageModel, fakeManifest, fakeOffset, fakeParts } from '../../../../tests/fakes/engine-parts.js';
import { LanguageModel } from '../model/language-model.js';

const { signal } = new AbortController();
const settings = { steps: 2, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
const request = { kind: 'generate', prompt: 'w7 w8 w9', seed: 3, variations: 2, settings } as const;
const words = [7, 8, 9];

function keepingBestOf(bestOf: number, changes: object = {}) {
  return { ...request, ...changes, settings: { ...settings, bestOf } };
}

async function drawn(asked: Parameters<typeof generate>[1], parts = fakeParts()) {
  const { events, result } = await drain(generate(parts, asked, signal));
  if (result.kind !== 'generate') throw new Error(result.kind);
  return { events, images: result.images };
}

/** What the words say of `codes`: as they stand, and each wherever the fake pack's caption says it most surely. */
async function reading(codes: readonly number[]): Promise<number> {
  const model = new LanguageModel(fakeLanguageModel(), fakeManifest().languageModel!);
  const image = codes.toReversed().map((code) => fakeOffset + code);
  const legal = [2, ...Array.from({ length: 15 }, (_, index) => index + 5)];
  const sure = new Map(words.map((word) => [word, 0]));
  let state = await model.read([[1, 3, ...image, 4]]);
  for (let step = 0; step < 5; step++) {
    const weights = legal.map((id) => Math.exp(state.logits[0]![id]!));
    const total = weights.reduce((sum, one) => sum + one, 0);
    for (const word of words) sure.set(word, Math.max(sure.get(word)!, weights[legal.indexOf(word)]! / total));
    const likeliest = legal[weights.indexOf(Math.max(...weights))]!;
    if (likeliest === 2) break;
    state = await model.append(state, [likeliest]);
  }
  const mentions = [...sure.values()].reduce((sum, one) => sum + Math.log(one), 0);
  return mentions + (await likelihood(codes));
}

/** log p(w7 w8 w9 | codes), word after word, as the fake pack's caption task reads. */
async function likelihood(codes: readonly number[]): Promise<number> {
  const model = new LanguageModel(fakeLanguageModel(), fakeManifest().languageModel!);
  const image = codes.toReversed().map((code) => fakeOffset + code);
  let state = await model.read([[1, 3, ...image, 4]]);
  let sum = 0;
  for (const word of words) {
    sum -= surprisalOf(state.logits[0]!, word);
    state = await model.append(state, [word]);
  }
  return sum;
}

describe('best of', () => {
  test('the one in which the model best reads the words again is kept', async () => {
    const parts = fakeParts();
    // Draft c alone is what remains when the first c of one more are not the best: found by growing the number.
    const pools = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((count) => drawn(keepingBestOf(count))));
    for (const variation of [0, 1]) {
      const scores = await Promise.all(pools.map(({ images }) => reading(images[variation]!.codes)));
      scores.slice(1).forEach((score, at) => expect(score).toBeGreaterThanOrEqual(scores[at]! - 1e-6));
      expect(scores.at(-1)).toBeGreaterThan(scores[0]!);
    }
    const codes = pools[7]!.images.map((image) => ({ codes: image.codes, certainty: image.certainty }));
    const read = await readAgain(parts, words, codes, signal);
    for (const [index, one] of codes.entries()) expect(read[index]).toBeCloseTo(await reading(one.codes), 4);
  });

  test('the best of one is the picture without the setting, to the last code', async () => {
    const [plain, one] = [await drawn(request), await drawn(keepingBestOf(1))];
    expect(one.images).toEqual(plain.images);
    expect(one.events.some((event) => event.type === 'progress' && event.phase === 'choosing')).toBe(false);
  });

  test('the same seed gives the same choice, with its own certainty; other variations do not matter', async () => {
    const [once, again] = [await drawn(keepingBestOf(4)), await drawn(keepingBestOf(4))];
    expect(again.images).toEqual(once.images);
    const [first] = (await drawn(keepingBestOf(4, { variations: 1 }))).images;
    expect(first!.codes).toEqual(once.images[0]!.codes);
    for (const { codes, certainty } of once.images) {
      expect(certainty).toHaveLength(codes.length);
      expect(certainty[0]).not.toEqual(certaintyOf(new Float32Array(10)));
    }
  });

  test('tokens are reported of the first draft alone, then the choosing, then the restoring', async () => {
    const { events } = await drawn(keepingBestOf(8, { variations: 16 }));
    const tokens = events.filter((event) => event.type === 'token');
    expect(tokens).toHaveLength(16 * 8);
    const phases = events.flatMap((event) => (event.type === 'progress' ? [event] : []));
    const order = [...new Set(phases.map(({ phase }) => phase))];
    expect(order).toEqual(['writing-tokens', 'choosing', 'restoring']);
    const writing = phases.filter(({ phase }) => phase === 'writing-tokens');
    expect(writing.at(-1)).toMatchObject({ done: 64, total: 64 });
    writing.slice(1).forEach(({ done }, at) => expect(done).toBeGreaterThan(writing[at]!.done));
  });

  test.each(['writing-tokens', 'choosing'] as const)('stops while it is %s', async (phase) => {
    const cancellation = new AbortController();
    const seen: EngineEvent[] = [];
    const run = async () => {
      for await (const event of generate(fakeParts(), keepingBestOf(4), cancellation.signal)) {
        seen.push(event);
        if (event.type === 'progress' && event.phase === phase) cancellation.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen.at(-1)).toMatchObject({ phase, done: 0 });
  });

  test('a pack that cannot read what it wrote says so before anything is written', async () => {
    const manifest = fakeManifest();
    delete manifest.languageModel!.templates.caption;
    const job = drain(generate(fakeParts(manifest), keepingBestOf(2), signal));
    await expect(job).rejects.toMatchObject({ code: 'task-unsupported' });
    await expect(drawn(keepingBestOf(1), fakeParts(manifest))).resolves.toBeDefined();
  });

  test('words that do not fit beside the tokens are refused before anything is written', async () => {
    const manifest = fakeManifest();
    // The prompt and its 8 tokens take 13 places, the caption task with the same words 14.
    manifest.languageModel!.contextLength = 13;
    const job = drain(generate(fakeParts(manifest), keepingBestOf(2), signal));
    await expect(job).rejects.toMatchObject({ code: 'prompt-too-long' });
    await expect(drawn(keepingBestOf(1), fakeParts(manifest))).resolves.toBeDefined();
  });

  test('a branch without words and an edit write one', async () => {
    const kept = [null, null, null, null, 4, 3, 2, 1];
    const wordless = { prompt: '', kept };
    expect((await drawn(keepingBestOf(4, wordless))).images).toEqual((await drawn({ ...request, ...wordless })).images);
    const asked = { kind: 'edit' as const, source: { codes: [1, 2, 3, 4, 5, 6, 7, 8] }, instruction: 'w9' };
    const edited = async (bestOf: number) =>
      (await drain(edit(fakeParts(), { ...asked, seed: 1, variations: 1, settings: { ...settings, bestOf } }, signal)))
        .result;
    expect(await edited(4)).toEqual(await edited(1));
  });

  test('every draft is written in exactly one round, at most 16 rows at once beyond a single draft', () => {
    assert(
      property(integer({ min: 1, max: 8 }), integer({ min: 1, max: 16 }), (bestOf, variations) => {
        const rounds = roundsOf(bestOf, variations);
        const written = rounds.flatMap(({ from, count }) => Array.from({ length: count }, (_, index) => from + index));
        expect(written).toEqual(Array.from({ length: bestOf }, (_, index) => index));
        for (const { count } of rounds) expect(count === 1 || count * variations <= 16).toBe(true);
      }),
    );
  });

  test('the first of equal scores wins', () => {
    expect(indexOfBest([-3, -1, -2, -1])).toBe(1);
    expect(indexOfBest([-Infinity, -Infinity])).toBe(0);
  });
});
