/** Pictures from words, and edits, over fake graphs: events, results and errors. */
import { describe, expect, test } from 'vitest';
import { codes, ofType, settings, signal } from '../../../../tests/fakes/engine-jobs.js';
import {
  drain,
  fakeDecoder,
  FakeGraph,
  fakeK,
  fakeLanguageModel,
  fakeManifest,
  fakeParts,
} from '../../../../tests/fakes/engine-parts.js';
import { describedSetting, settingNames } from '../../../shared/jobs/settings.js';
import { edit, generate } from './generate.js';

describe('generate', () => {
  const request = { kind: 'generate', prompt: 'w7 w8', seed: 3, variations: 2, settings } as const;

  test('tokens coarse to fine, previews while they come and while it restores, then the images', async () => {
    const { events, result } = await drain(generate(fakeParts(), request, signal));
    const tokens = ofType(events, 'token').filter((event) => event.variation === 1);
    expect(tokens.map((event) => event.index)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
    expect(tokens[0]!.certainty!.alternatives).toHaveLength(5);
    const previews = ofType(events, 'preview').filter((event) => event.variation === 1);
    expect(previews[0]).toMatchObject({ knownTokens: 1, step: 0, steps: 4 });
    expect(previews.filter((event) => event.step > 0).map((event) => event.step)).toEqual([1, 2, 3]);
    expect(ofType(events, 'progress').at(-1)).toMatchObject({ phase: 'restoring', done: 4, total: 4 });
    if (result.kind !== 'generate') throw new Error(result.kind);
    expect(result.images.map((drawn) => drawn.seed)).toEqual([3, 4]);
    expect(result.images[1]!.codes[7]).toBe(tokens[0]!.code);
    expect(result.images[1]!.certainty).toHaveLength(fakeK);
  });

  test('top-p reaches the choice of tokens: of 0 it leaves nothing but the likeliest', async () => {
    const codesWith = async (changes: Partial<typeof settings & { topP: number }>) => {
      const { result } = await drain(
        generate(fakeParts(), { ...request, settings: { ...settings, ...changes } }, signal),
      );
      return result.kind === 'generate' ? result.images.map(({ codes }) => codes) : [];
    };
    const likeliest = await codesWith({ temperature: 0 });
    expect(await codesWith({ topP: 0 })).toEqual(likeliest);
    expect(await codesWith({ topP: 1 })).toEqual(await codesWith({}));
    expect(await codesWith({})).not.toEqual(likeliest);
  });

  test.each(settingNames)('%s reaches the engine: at the ends of its grid something else is done', async (name) => {
    const values = describedSetting(name).gridValues.split(', ').map(Number);
    const doneWith = async (value: number) => {
      const [lm, decoder] = [fakeLanguageModel(), fakeDecoder()];
      const asked = { ...request, settings: { ...settings, [name]: value } };
      const { result } = await drain(generate(fakeParts(fakeManifest(), { lm, decoder }), asked, signal));
      return { result, runs: [lm.runs.length, decoder.runs.length] };
    };
    expect(await doneWith(values[0]!)).not.toEqual(await doneWith(values.at(-1)!));
  });

  test('the first preview shows only the first token', async () => {
    const { events, result } = await drain(generate(fakeParts(), { ...request, variations: 1 }, signal));
    if (result.kind !== 'generate') throw new Error(result.kind);
    const byte = Math.round(((result.images[0]!.codes[7]! / 10 + 1) / 2) * 255);
    expect(ofType(events, 'preview')[0]!.image.data[0]).toBe(byte);
  });

  test('a pack that was not trained to keep the coarse tokens shows previews only while restoring', async () => {
    const manifest = fakeManifest();
    const plain = fakeManifest({ tokens: { ...manifest.tokens, keepFromTrained: false } });
    const { events } = await drain(generate(fakeParts(plain), request, signal));
    expect(ofType(events, 'preview').every((event) => event.step > 0)).toBe(true);
    expect(ofType(events, 'preview')).not.toHaveLength(0);
  });

  test('a renderer that takes a mask draws the live previews', async () => {
    const renderer = new FakeGraph(
      'renderer',
      () => ({ image: { type: 'float32', data: new Float32Array(2 * 3 * 64).fill(1), dims: [2, 3, 8, 8] } }),
      ['tokens', 'visible'].map((name) => ({ name, type: 'bool', shape: [] })),
    );
    const { events } = await drain(generate(fakeParts(fakeManifest(), { renderer }), request, signal));
    const live = ofType(events, 'preview').filter((event) => event.step === 0);
    expect(live[0]!.image.data[0]).toBe(255);
    expect(renderer.runs).toHaveLength(live.length / 2);
    expect([...(renderer.runs[0]!['visible']!.data as Uint8Array)]).toEqual([
      0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1,
    ]);
  });

  test('a branch needs no words: the pack’s prefix without text stands before the kept tokens', async () => {
    const lm = fakeLanguageModel();
    const kept = [null, null, null, null, 4, 3, 2, 1];
    const guided = { ...request, prompt: '', kept, settings: { ...settings, textGuidance: 3 } };
    const { result } = await drain(generate(fakeParts(fakeManifest(), { lm }), guided, signal));
    if (result.kind !== 'generate') throw new Error(result.kind);
    for (const { codes } of result.images) expect(codes.slice(4)).toEqual([4, 3, 2, 1]);
    expect(Array.from(lm.runs[0]!['input_ids']!.data as BigInt64Array, Number)).toEqual([1, 3]);
    expect(lm.runs[1]!['input_ids']!.dims).toEqual([2, 1]);
  });

  test.each([[[1, 2, 3]], [[null, null, null, null, null, null, null, 10]]])(
    'kept tokens %j that do not fit the pack are refused',
    async (kept) => {
      await expect(drain(generate(fakeParts(), { ...request, kept }, signal))).rejects.toMatchObject({
        code: 'tokens-invalid',
      });
    },
  );

  test.each([
    ['   ', 'prompt-empty'],
    ['w7 w7 w7 w7 w7 w7 w7', 'prompt-too-long'],
  ])('the prompt "%s" is refused as %s', async (prompt, code) => {
    await expect(drain(generate(fakeParts(), { ...request, prompt }, signal))).rejects.toMatchObject({ code });
  });

  test('too long a prompt is told with both counts', async () => {
    const job = drain(generate(fakeParts(), { ...request, prompt: 'w7 '.repeat(8) }, signal));
    await expect(job).rejects.toThrowError(/8 tokens long.* at most 6/);
  });

  test('a pack without a language model says what it cannot do', async () => {
    const plain = fakeManifest();
    delete plain.languageModel;
    await expect(drain(generate(fakeParts(plain), request, signal))).rejects.toMatchObject({
      code: 'task-unsupported',
    });
  });
});

describe('edit', () => {
  test('reads the image, then writes after it and the instruction', async () => {
    const lm = fakeLanguageModel();
    const request = { kind: 'edit', source: { codes }, instruction: 'w9', seed: 1, variations: 1, settings } as const;
    const { result } = await drain(edit(fakeParts(fakeManifest(), { lm }), request, signal));
    expect(result.kind).toBe('edit');
    const prefix = Array.from(lm.runs[0]!['input_ids']!.data as BigInt64Array, Number);
    // Image ids in generation order, coarse (code 8) first.
    expect(prefix).toEqual([1, 28, 27, 26, 25, 24, 23, 22, 21, 4, 9, 3]);
  });

  test('keeps what it is told to keep', async () => {
    const kept = [null, null, null, 9, 9, 9, 9, 9];
    const source = { codes };
    const request = { kind: 'edit', source, instruction: 'w9', seed: 1, variations: 2, settings, kept } as const;
    const { result } = await drain(edit(fakeParts(), request, signal));
    if (result.kind !== 'edit') throw new Error(result.kind);
    for (const { codes: written } of result.images) expect(written.slice(3)).toEqual([9, 9, 9, 9, 9]);
  });
});
