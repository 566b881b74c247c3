/** What every runtime is given: each graph of a pack once over one picture, and the language model writing tokens through its cache. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphName, PackManifest } from '../../../src/shared/packs/pack.js';
import { generationIndices, tokensVisibleAt, visibilityMask } from '../../../src/shared/tokens/tokens.js';
import { bool, float32, int64, type GraphTensor } from '../../../src/main/engine/model/graph.js';
import { imageTokenId } from '../../../src/main/engine/model/image-ids.js';
import { fillTemplate } from '../../../src/main/engine/model/language-model.js';
import { gaussianNoise, Random } from '../../../src/main/engine/model/random.js';
import type { TextTokenizer } from '../../../src/main/engine/model/text-tokenizer.js';

/** A tensor in a file: raw, little-endian, C order, as those of golden vectors. */
export interface StoredTensor {
  file: string;
  type: string;
  shape: readonly number[];
}

export interface Case {
  /** What the table calls it, and its files. */
  name: string;
  graph: GraphName;
  /** Names of the graph's inputs in the order in which the modules of training take them. */
  inputs: readonly string[];
  /** What is read; of a case that writes tokens `ids` [B, S], `mask` [B, S] and `following` [B, steps]. */
  feeds: Readonly<Record<string, GraphTensor>>;
  /** Of a case that writes: prefixes and what follows them, the same in every runtime, whatever it would have chosen. */
  writes?: { prefixes: readonly (readonly number[])[]; following: readonly (readonly number[])[] };
}

/** t of the one step of the decoder that is measured. */
const time = 0.7;

/** `written`: at most as many tokens are written. `tokenizer` where the pack has a language model. */
export function casesOf(manifest: PackManifest, tokenizer: TextTokenizer | null, written: number): Case[] {
  const { graphs, image, tokens } = manifest;
  const { channels, width, height } = image.latent ?? {
    channels: image.channels,
    width: image.width,
    height: image.height,
  };
  const picture = float32(gaussianNoise(1, 1, 3 * image.width * image.height), [1, 3, image.height, image.width]);
  const cells = float32(gaussianNoise(2, 1, channels * width * height), [1, channels, height, width]);
  const codes = drawnCodes(manifest);
  const visible = visibilityMask(tokens.count, tokensVisibleAt(tokens.schedule, tokens.count, time));
  const once = (graph: GraphName, feeds: Case['feeds']): Case[] =>
    graphs[graph] === undefined ? [] : [{ name: graph, graph, inputs: Object.keys(feeds), feeds }];
  return [
    ...once('encoder', { image: picture }),
    ...once('vaeEncoder', { image: picture }),
    ...once('decoder', {
      x: cells,
      t: float32(Float32Array.of(time), [1]),
      tokens: int64(BigInt64Array.from(codes, BigInt), [1, codes.length]),
      visible: bool(Uint8Array.from(visible, Number), [1, codes.length]),
    }),
    ...once('vaeDecoder', { latent: cells }),
    ...(tokenizer === null ? [] : writing(manifest, tokenizer, codes, written)),
  ];
}

/** One picture from words, with a row without words beside it where the pack is guided by them. */
function writing(manifest: PackManifest, tokenizer: TextTokenizer, codes: readonly number[], written: number): Case[] {
  const language = manifest.languageModel!;
  const template = language.templates.textToImage;
  const prompt = manifest.examples.prompts[0];
  if (template === undefined || prompt === undefined) return [];
  const { specialTokens, unconditional, defaults } = language;
  const words = fillTemplate(template, language, { text: tokenizer.encode(prompt) });
  const prefixes =
    defaults.guidance === 1 ? [words] : [words, unconditional.map((item) => specialTokens[item as string]!)];
  const { generationOrder, count } = manifest.tokens;
  const indices = generationIndices(generationOrder, count).slice(0, Math.min(written, count - 1));
  const following = prefixes.map(() => indices.map((index) => imageTokenId(manifest, index, codes[index]!)));
  const length = Math.max(...prefixes.map((prefix) => prefix.length));
  const padded = prefixes.map((prefix) => [
    ...Array<number>(length - prefix.length).fill(specialTokens['pad']!),
    ...prefix,
  ]);
  const mask = prefixes.map((prefix) => [
    ...Array<number>(length - prefix.length).fill(0),
    ...Array<number>(prefix.length).fill(1),
  ]);
  const rows = (values: readonly (readonly number[])[]): GraphTensor =>
    int64(BigInt64Array.from(values.flat(), BigInt), [values.length, values[0]!.length]);
  return [
    {
      name: 'lm',
      graph: 'lm',
      inputs: ['ids', 'mask', 'following'],
      feeds: { ids: rows(padded), mask: rows(mask), following: rows(following) },
      writes: { prefixes, following },
    },
  ];
}

function drawnCodes({ tokens }: PackManifest): number[] {
  const random = new Random(3, 'tokens');
  return Array.from({ length: tokens.count }, () => Math.floor(random.uniform() * tokens.codebookSize));
}

/** Writes a case's tensors into the folder, for processes that read files. */
export function storeCase({ name, feeds }: Case, folder: string): Record<string, StoredTensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([input, { type, data, dims }]) => {
      const file = join(folder, `${name}-${input}.bin`);
      writeFileSync(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      return [input, { file, type, shape: dims }];
    }),
  );
}
