/** The TypeScript pipeline must give what PyTorch gave: same tokens, same text ids, pixels within 1e-3 on [-1, 1]. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Decoder, everyToken } from '../../src/main/engine/model/decoder.js';
import { encodePixels } from '../../src/main/engine/model/encoder.js';
import { bool, float32, floatsOf, int64, SessionClock, type Graphs } from '../../src/main/engine/model/graph.js';
import { imageTokenId } from '../../src/main/engine/model/image-ids.js';
import { fillTemplate, LanguageModel, type LanguageState } from '../../src/main/engine/model/language-model.js';
import { loadPack, readTokenizer, type CheckedPack } from '../../src/main/engine/pack/pack.js';
import { assembleParts } from '../../src/main/engine/pack/open-pack.js';
import { LivePreviews } from '../../src/main/engine/jobs/previews.js';
import { denoise, stepsOf } from '../../src/main/engine/model/sampler.js';
import { disposeAll, loadOnnxRuntime, openGraph } from '../../src/main/engine/model/session.js';
import { TextTokenizer } from '../../src/main/engine/model/text-tokenizer.js';
import { writeImageTokens } from '../../src/main/engine/model/generate-tokens.js';
import { generationIndices } from '../../src/shared/tokens/tokens.js';
import { Golden, largestDifference } from './golden.js';

// PARITY_PACK names another folder: a pack can be checked before it takes the shipped one's place.
const directory = process.env['PARITY_PACK'] ?? join(import.meta.dirname, '../../resources/packs/scenes-128');
const golden = new Golden(directory);
const { tolerance, ...vectors } = golden.vectors;
const { signal } = new AbortController();

let pack: CheckedPack;
let text: TextTokenizer;
const graphs: Graphs = {};

beforeAll(async () => {
  pack = await loadPack(directory);
  const runtime = await loadOnnxRuntime();
  const settings = { provider: 'cpu', threads: 1, clock: new SessionClock() };
  for (const name of ['encoder', 'decoder', 'lm', 'renderer', 'vaeEncoder', 'vaeDecoder'] as const) {
    if (pack.manifest.graphs[name] === undefined) continue;
    graphs[name] = await openGraph(runtime, pack, name, settings);
  }
  if (pack.manifest.tokenizer !== undefined) text = new TextTokenizer(await readTokenizer(pack));
});

afterAll(() => disposeAll(graphs));

describe('codec', () => {
  test('the encoder gives identical tokens', async () => {
    const images = golden.floats(vectors.encoder.image);
    const expected = golden.rows(vectors.encoder.tokens);
    const size = images.length / expected.length;
    for (const [index, tokens] of expected.entries()) {
      const pixels = images.slice(index * size, (index + 1) * size);
      expect(await encodePixels(graphs.encoder!, pack.manifest, pixels)).toEqual(tokens);
    }
  });

  test('the decoder restores the same x0Hat from explicit x_t, t and visible tokens', async () => {
    const { x, t, tokens, visible, x0 } = vectors.decoder;
    const decoder = new Decoder(graphs.decoder!, pack.manifest);
    const found = await decoder.restore(
      golden.floats(x),
      golden.floats(t),
      golden.integers(tokens),
      golden.flags(visible),
    );
    expect(largestDifference(found, golden.floats(x0))).toBeLessThanOrEqual(tolerance);
    // The masks differ between the rows: hiding them all must be noticed, or the comparison above proves little.
    const blind = await decoder.restore(
      golden.floats(x),
      golden.floats(t),
      golden.integers(tokens),
      golden.flags(visible).fill(0),
    );
    expect(largestDifference(blind, golden.floats(x0))).toBeGreaterThan(tolerance);
  });

  test.each(
    vectors.sampling.map((sample) => ({ ...sample, name: `${sample.steps} steps, guidance ${sample.guidance}` })),
  )('sampling: $name', async ({ tokens, noise, steps, guidance, image, latent }) => {
    const decoder = new Decoder(graphs.decoder!, pack.manifest);
    const x = golden.floats(noise).map((value) => value * pack.manifest.diffusion.noiseScale);
    const predict = decoder.predictor(golden.rows(tokens), everyToken);
    let taken = 0;
    for await (const step of denoise({ predict, x, from: 1, steps, ...stepsOf(pack.manifest, guidance), signal }))
      taken = step.step;
    expect(taken).toBe(steps);
    const [low, high] = pack.manifest.image.range;
    const found = latent === undefined ? x.map((value) => Math.min(high, Math.max(low, value))) : x;
    expect(largestDifference(found, golden.floats((latent ?? image)!))).toBeLessThanOrEqual(tolerance);
  });
});

describe.skipIf(vectors.vae === undefined)('autoencoder', () => {
  test('gives the same latents of pixels, and the same pixels of latents', async () => {
    const { image, latent, restored } = vectors.vae!;
    const encoded = await graphs.vaeEncoder!.run({ image: float32(golden.floats(image), image.shape) });
    expect(largestDifference(floatsOf(encoded, 'latent'), golden.floats(latent))).toBeLessThanOrEqual(tolerance);
    const decoded = await graphs.vaeDecoder!.run({ latent: float32(golden.floats(latent), latent.shape) });
    expect(largestDifference(floatsOf(decoded, 'image'), golden.floats(restored))).toBeLessThanOrEqual(tolerance);
  });
});

describe.skipIf(vectors.renderer === undefined)('renderer', () => {
  test('draws the same picture from explicit tokens and mask, one row or several at a time', async () => {
    const { tokens, visible, image, latent } = vectors.renderer!;
    const [rows, count] = tokens.shape as [number, number];
    const expected = golden.floats((latent ?? image)!);
    const draw = async (from: number, to: number) => {
      const dims = [to - from, count];
      const part = <T>(values: { slice(from: number, to: number): T }) => values.slice(from * count, to * count);
      const feeds = {
        tokens: int64(part(golden.integers(tokens)), dims),
        ...(visible === undefined ? {} : { visible: bool(part(golden.flags(visible)), dims) }),
      };
      return floatsOf(await graphs.renderer!.run(feeds), latent === undefined ? 'image' : 'latent');
    };
    expect(largestDifference(await draw(0, rows), expected)).toBeLessThanOrEqual(tolerance);
    const size = expected.length / rows;
    for (let row = 0; row < rows; row++) {
      const found = await draw(row, row + 1);
      expect(largestDifference(found, expected.slice(row * size, (row + 1) * size))).toBeLessThanOrEqual(tolerance);
    }
  });

  // Only one that takes a mask can draw what is not all known.
  test.skipIf(vectors.renderer?.visible === undefined)(
    'draws the live previews: half a sequence is the picture of its coarse half',
    async () => {
      const { tokens, visible, image } = vectors.renderer!;
      const [rows, count] = tokens.shape as [number, number];
      const row = rows - 1;
      const known = golden
        .flags(visible!)
        .subarray(row * count)
        .filter(Boolean).length;
      const codes = golden.rows(tokens)[row]!;
      const parts = assembleParts(pack.manifest, graphs, await readTokenizer(pack));
      const [preview] = await new LivePreviews(parts, new Float32Array(parts.decoder.size), [codes]).draw(known);
      const expected = golden.floats(image!);
      const [shown] = parts.space.imagesOf(expected.subarray((row * expected.length) / rows), 1);
      const difference = preview!.data.reduce((most, byte, at) => Math.max(most, Math.abs(byte - shown!.data[at]!)), 0);
      expect(known).toBeLessThan(count);
      expect(difference).toBeLessThanOrEqual(1);
    },
  );
});

describe.skipIf(vectors.languageModel === undefined)('language model', () => {
  // The callback runs also where its tests are skipped.
  if (vectors.languageModel === undefined) return;
  const { prefill, cached, greedy, prompts } = vectors.languageModel;
  const mask = golden.rows(prefill.attention_mask);
  const prefixes = golden
    .rows(prefill.input_ids)
    .map((ids, row) => ids.filter((_, column) => mask[row]![column] === 1));
  const written = golden.rows(greedy.imageTokens);

  test('prompts become the prefixes that were run', () => {
    const language = pack.manifest.languageModel!;
    const conditioned = fillTemplate(language.templates.textToImage!, language, { text: text.encode(prompts[0]) });
    expect(conditioned).toEqual(prefixes[0]);
    expect(fillTemplate(language.unconditional, language, {})).toEqual(prefixes[1]);
  });

  test('logits of a left-padded batch agree, on the first pass and through the cache', async () => {
    const model = new LanguageModel(graphs.lm!, pack.manifest.languageModel!);
    const { count, generationOrder } = pack.manifest.tokens;
    const order = generationIndices(generationOrder, count);
    const steps = new Map([[0, prefill.logits], ...cached.map(({ step, logits }) => [step, logits] as const)]);
    let state: LanguageState = await model.read(prefixes);
    for (let step = 0; step < count; step++) {
      if (step > 0)
        state = await model.append(
          state,
          written.map((codes) => imageTokenId(pack.manifest, order[step - 1]!, codes[step - 1]!)),
        );
      const expected = steps.get(step);
      if (expected === undefined) continue;
      const found = Float32Array.from(state.logits.flatMap((row) => [...row]));
      expect(largestDifference(found, golden.floats(expected))).toBeLessThanOrEqual(tolerance);
    }
  });

  test.each([0, 1])('greedy image tokens of prefix %i are identical', async (row) => {
    const writing = writeImageTokens({
      model: new LanguageModel(graphs.lm!, pack.manifest.languageModel!),
      manifest: pack.manifest,
      prefixes: [prefixes[row]!],
      seed: 1,
      variations: 1,
      temperature: 0,
      topK: 0,
      guidance: 1,
      signal,
    });
    const codes: number[] = [];
    for await (const token of writing) codes.push(token.codes[0]!);
    expect(codes).toEqual(written[row]);
  });
});

describe.skipIf(vectors.text.length === 0)('text tokenizer', () => {
  test.each(vectors.text)('$text', ({ text: typed, ids }) => {
    expect(text.encode(typed)).toEqual(ids);
  });

  test.skipIf(process.env['PARITY_PACK'] !== undefined)('decodes what it encoded', () => {
    expect(text.decode(text.encode('A red  circle on a blue background'))).toBe('a red circle on a blue background');
  });
});
