/** Every job over fake graphs: events, results and errors, pixels and latents alike. */
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../shared/events.js';
import type { RasterImage } from '../../../shared/images.js';
import { edit, generate } from './generate.js';
import {
  drain,
  fakeDecoder,
  FakeGraph,
  fakeK,
  fakeLanguageModel,
  fakeManifest,
  fakeParts,
  fakeSide,
} from '../../../../tests/fakes/engine-parts.js';
import { ask, describe as describeImage, encode } from './describe.js';
import { decode } from './decode.js';
import { defaultPositions } from './positions.js';
import { spreadOrder, timeline } from './timeline.js';

const { signal } = new AbortController();
const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
const codes = [1, 2, 3, 4, 5, 6, 7, 8];
/** What the fake decoder makes of all of `codes`: their mean 4.5 of 10, in [-1, 1], as a byte. */
const fullBytes = Math.round(((0.45 + 1) / 2) * 255);

const image: RasterImage = {
  width: fakeSide,
  height: fakeSide,
  data: new Uint8Array(fakeSide * fakeSide * 4).map((_, index) => (index % 4 === 3 ? 255 : 85)),
};

function ofType<Type extends EngineEvent['type']>(events: EngineEvent[], type: Type) {
  return events.filter((event): event is Extract<EngineEvent, { type: Type }> => event.type === type);
}

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

describe('encode, describe, ask', () => {
  test('an image becomes codes, reported coarse to fine', async () => {
    const { events, result } = await drain(encode(fakeParts(), { kind: 'encode', image }, signal));
    // 85 of 255 is a third: the fake encoder begins with code 3.
    expect(result).toEqual({ kind: 'encode', codes: [3, 4, 5, 6, 7, 8, 9, 0] });
    expect(ofType(events, 'token').map((event) => [event.index, event.code])[0]).toEqual([7, 0]);
  });

  test('text arrives whole, again and again', async () => {
    const { events, result } = await drain(describeImage(fakeParts(), { kind: 'describe', source: { image } }, signal));
    if (result.kind !== 'describe') throw new Error(result.kind);
    const texts = ofType(events, 'text').map((event) => event.text);
    expect(texts.at(-1) ?? '').toBe(result.text);
    texts.forEach((text, index) => expect(text.startsWith(texts[index - 1] ?? '')).toBe(true));
  });

  test.each([
    [[1, 2, 3], '3 tokens'],
    [[1, 2, 3, 4, 5, 6, 7, 10], 'Token 10'],
    [[1, 2, 3, 4, 5, 6, 7, 1.5], 'Token 1.5'],
    [[1, 2, 3, 4, 5, 6, 7, -1], 'Token -1'],
  ])('codes %j are refused', async (wrong, words) => {
    const job = drain(ask(fakeParts(), { kind: 'ask', source: { codes: wrong }, question: 'w5' }, signal));
    await expect(job).rejects.toMatchObject({
      code: 'tokens-invalid',
      message: expect.stringContaining(words) as string,
    });
  });

  test('an empty question is refused before anything is read', async () => {
    const job = drain(ask(fakeParts(), { kind: 'ask', source: { image }, question: '' }, signal));
    await expect(job).rejects.toMatchObject({ code: 'prompt-empty' });
  });
});

describe('decode', () => {
  const request = { kind: 'decode', codes, t: 1, keepFrom: 0, steps: 3, seed: 1, tokenGuidance: 1 } as const;
  const firstByte = async (changes: object, manifest = fakeManifest()) => {
    const decoder = fakeDecoder(manifest.diffusion.parameterisation);
    const { result } = await drain(decode(fakeParts(manifest, { decoder }), { ...request, ...changes }, signal));
    if (result.kind !== 'decode') throw new Error(result.kind);
    return { byte: result.image.data[0]!, decoder };
  };

  test('at t = 1 every token is seen at first, fewer later on', async () => {
    const { decoder } = await firstByte({});
    const seen = decoder.runs.map((feeds) => [...(feeds['visible']!.data as Uint8Array)].filter(Boolean).length);
    // k(1) = 8, k(2/3) = ceil(8 · 4/9) = 4, k(1/3) = 1.
    expect(seen).toEqual([8, 4, 1]);
  });

  test('keepFrom and hidden tokens are not seen', async () => {
    const { decoder, byte } = await firstByte({ steps: 1, keepFrom: 5, hidden: [6] });
    expect([...(decoder.runs[0]!['visible']!.data as Uint8Array)]).toEqual([0, 0, 0, 0, 0, 1, 0, 1]);
    expect(byte).toBe(Math.round(((0.7 + 1) / 2) * 255));
  });

  test('a velocity decoder gives the same picture', async () => {
    const velocity = fakeManifest();
    velocity.diffusion.parameterisation = 'velocity';
    expect((await firstByte({ steps: 1 }, velocity)).byte).toBe((await firstByte({ steps: 1 })).byte);
    expect((await firstByte({ steps: 1 })).byte).toBe(fullBytes);
  });

  test('below t = 1 it starts from x_t of the image, at t = 0 from the image itself', async () => {
    expect((await firstByte({ t: 0, image })).byte).toBe(85);
    const { decoder } = await firstByte({ t: 0.5, image });
    expect((decoder.runs[0]!['t']!.data as Float32Array)[0]).toBe(0.5);
    expect(decoder.runs).toHaveLength(3);
  });

  test('without an image it starts from the full reconstruction', async () => {
    const { decoder } = await firstByte({ t: 0.5 });
    expect(decoder.runs).toHaveLength(4 + 3);
    // One step to t = 0.5, then x0Hat of k(0.5) = 2 tokens.
    expect((decoder.runs[4]!['t']!.data as Float32Array)[0]).toBe(0.5);
  });

  test('keepFrom needs a pack trained for it', async () => {
    const manifest = fakeManifest();
    manifest.tokens.keepFromTrained = false;
    await expect(firstByte({ keepFrom: 2 }, manifest)).rejects.toMatchObject({ code: 'task-unsupported' });
  });

  test('guidance evaluates with and without tokens in one batch', async () => {
    const { decoder, byte } = await firstByte({ steps: 1, tokenGuidance: 0.5 });
    expect(decoder.runs[0]!['x']!.dims[0]).toBe(2);
    const x = decoder.runs[0]!['x']!.data as Float32Array;
    expect(x.subarray(0, 192)).toEqual(x.subarray(192));
    // Halfway between -1 (nothing visible) and 0.45.
    expect(byte).toBe(Math.round((((0.45 - 1) / 2 + 1) / 2) * 255));
  });
});

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

describe('a pack that works on latents', () => {
  const manifest = fakeManifest();
  manifest.image.space = 'latents';
  manifest.image.latent = { channels: 4, width: 2, height: 2, scale: 0.5, shift: 0.2 };
  const encoded: Float32Array[] = [];
  const decoded: Float32Array[] = [];
  const vaeEncoder = new FakeGraph('vaeEncoder', (feeds) => {
    encoded.push(feeds['image']!.data as Float32Array);
    return { latent: { type: 'float32', data: new Float32Array(16).fill(1.2), dims: [1, 4, 2, 2] } };
  });
  const vaeDecoder = new FakeGraph('vaeDecoder', (feeds) => {
    const latent = feeds['latent']!;
    decoded.push(latent.data as Float32Array);
    const batch = latent.dims[0]!;
    return { image: { type: 'float32', data: new Float32Array(batch * 192).fill(0), dims: [batch, 3, 8, 8] } };
  });
  const parts = () => fakeParts(manifest, { vaeEncoder, vaeDecoder });

  test('noise and denoising happen in latents, pictures come from the autoencoder', async () => {
    const request = { kind: 'decode', codes, t: 1, keepFrom: 0, steps: 1, seed: 1, tokenGuidance: 1 } as const;
    const { result } = await drain(decode(parts(), request, signal));
    if (result.kind !== 'decode') throw new Error(result.kind);
    expect(result.image.data).toHaveLength(8 * 8 * 4);
    // z = 0.45 becomes z / scale + shift before the autoencoder's decoder.
    expect(decoded.at(-1)![0]).toBeCloseTo(0.45 / 0.5 + 0.2, 6);
  });

  test('an image enters as scaled and shifted latents', async () => {
    const request = { kind: 'decode', codes, image, t: 0, keepFrom: 0, steps: 1, seed: 1, tokenGuidance: 1 } as const;
    await drain(decode(parts(), request, signal));
    expect(encoded.at(-1)).toHaveLength(192);
    // (1.2 - 0.2) · 0.5 and back again.
    expect(decoded.at(-1)![0]).toBeCloseTo(1.2, 6);
  });

  test('large pictures come from the autoencoder in small batches, in their order', async () => {
    const large = fakeManifest({ image: { ...manifest.image, width: 1024, height: 400 } });
    const graph = new FakeGraph('vaeDecoder', (feeds) => {
      const { data, dims } = feeds['latent']!;
      const size = 3 * 1024 * 400;
      const drawn = new Float32Array(dims[0]! * size);
      for (let row = 0; row < dims[0]!; row++) {
        drawn.fill(((data as Float32Array)[16 * row]! - 0.2) * 0.5, row * size, (row + 1) * size);
      }
      return { image: { type: 'float32', data: drawn, dims: [dims[0]!, 3, 400, 1024] } };
    });
    const { space } = fakeParts(large, { vaeEncoder, vaeDecoder: graph });
    const levels = [-1, -0.6, -0.2, 0.2, 1];
    const images = await space.toImages(
      Float32Array.from({ length: 80 }, (_, at) => levels[at >> 4]!),
      5,
    );
    expect(graph.runs.map((feeds) => feeds['latent']!.dims[0])).toEqual([2, 2, 1]);
    expect(images.map(({ data }) => data[0])).toEqual([0, 51, 102, 153, 255]);
  });

  test('without a vaeEncoder reading an image to noise says why it cannot', async () => {
    const lacking = fakeParts(manifest, { vaeDecoder });
    const request = { kind: 'timeline', source: { image }, seed: 1 } as const;
    await expect(drain(timeline(lacking, request, signal))).rejects.toMatchObject({ code: 'task-unsupported' });
  });
});
