/**
 * Packs of the shapes of public models, small and of random weights: what the engine meets when a person brings a checkpoint of
 * their own. Sizes are a fraction of the real ones; everything else is as published.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackManifest } from '../../src/shared/packs/pack.js';
import { fakeManifest } from './engine-parts.js';
import {
  tinyDecoder,
  tinyEncoder,
  tinyLanguageModel,
  tinyRenderer,
  tinyVaeDecoder,
  tinyVaeEncoder,
  type TinyShape,
} from './tiny-graphs.js';

/**
 * Selftok (arXiv 2505.07538): latents of 16 channels behind pictures of eight times the side, five stages rounded down plus one, only
 * prefixes from the fine end trained, a renderer that answers with latents, no language model.
 */
export const selftokShape: TinyShape = {
  side: 64,
  latent: { channels: 16, width: 8, height: 8 },
  tokens: { count: 32, codes: 64 },
  language: { vocabulary: 0, offset: 0, ids: 0, width: 0 },
};

/** `cells`: latents on a side, each eight pixels wide; `codes`: of the codebook; `halves`: half floats inside what draws. */
export function writeSelftokPack(
  directory: string,
  {
    cells = 8,
    codes = selftokShape.tokens.codes,
    halves = false,
    limits = {} as PackManifest['limits'],
    coarse = undefined as number | undefined,
    tokensPerStage = [12, 11, 5, 3, 1],
  } = {},
): string {
  const side = 8 * cells;
  const tokens = { count: tokensPerStage.reduce((sum, count) => sum + count, 0), codes };
  const latent = { ...selftokShape.latent!, width: cells, height: cells };
  const shape: TinyShape = {
    ...selftokShape,
    side,
    latent,
    tokens,
    halves,
    ...(coarse === undefined ? {} : { coarse }),
  };
  return writePack(
    directory,
    {
      'encoder.onnx': tinyEncoder(shape),
      'decoder.onnx': tinyDecoder(shape, 'velocity'),
      'renderer.onnx': tinyRenderer(shape),
      'vae-encoder.onnx': tinyVaeEncoder(shape),
      'vae-decoder.onnx': tinyVaeDecoder(shape),
    },
    {
      name: 'selftok-tiny',
      image: {
        ...{ width: side, height: side, channels: 3, range: [-1, 1], space: 'latents' },
        latent: { ...latent, scale: 1.5305, shift: 0.0609 },
      },
      tokens: {
        count: tokens.count,
        codebookSize: tokens.codes,
        schedule: {
          kind: 'stages',
          bounds: [0.2, 0.4, 0.6, 0.8, 1],
          tokensPerStage,
          rounding: 'floor-plus-one',
          resolution: 1000,
        },
        generationOrder: 'coarse-to-fine',
        keepFromTrained: false,
      },
      diffusion: {
        parameterisation: 'velocity',
        noiseScale: 1,
        defaultSteps: 50,
        timestepShift: 1,
        defaultGuidance: 1,
      },
      limits: { rows: 2, positions: 8, ...limits },
    },
  );
}

/**
 * D-AR (arXiv 2505.23660): pixels, class names as prompts, one token after the other from coarse to fine, all visible at every t because
 * the decoder chooses among them itself, never trained without; eight steps of Adams-Bashforth.
 */
export const darShape: TinyShape = {
  side: 64,
  latent: null,
  tokens: { count: 16, codes: 32 },
  language: { vocabulary: 16 + 32, offset: 16, ids: 16 + 32, width: 8 },
};

/** Ids 0…4 are special, 5… these. */
export const darClasses = ['tench', 'goldfish', 'great white shark', 'tiger shark', 'hammerhead'] as const;

export function writeDarPack(directory: string): string {
  const contents = {
    ...darGraphs(),
    'lm.onnx': tinyLanguageModel(darShape),
    'tokenizer.json': Buffer.from(classTokenizer()),
  };
  return writePack(directory, contents, darFacts());
}

/** As large as it was published, and with as many classes; only codes and widths are few. */
const wholeDarShape: TinyShape = {
  side: 256,
  latent: null,
  tokens: { count: 256, codes: 16 },
  language: { vocabulary: 5 + 1000 + 16, offset: 5 + 1000, ids: 5 + 1000 + 16, width: 8 },
  coarse: 8,
};

export const thousandClasses: readonly string[] = [
  ...darClasses,
  ...Array.from({ length: 995 }, (_, index) => `kind ${index + 6} of thing`),
];

export function writeWholeDarPack(directory: string): string {
  const facts = darFacts(wholeDarShape, thousandClasses);
  return writePack(
    directory,
    {
      ...darGraphs(wholeDarShape),
      'lm.onnx': tinyLanguageModel(wholeDarShape),
      'tokenizer.json': Buffer.from(classTokenizer(thousandClasses)),
    },
    {
      ...facts,
      name: 'dar-256',
      classNames: [...thousandClasses],
      limits: { rows: 8, positions: 17 },
      languageModel: { ...facts.languageModel!, contextLength: 257 },
    },
  );
}

/** Selftok-512 as large as it was published, at 256 pixels or another side; only codes and widths are few. */
export function writeWholeSelftokPack(directory: string, side = 256): string {
  return writeSelftokPack(directory, {
    cells: side / 8,
    codes: 16,
    coarse: 4,
    tokensPerStage: [192, 184, 72, 48, 16],
    limits: { rows: 2, positions: 17 },
  });
}

function darGraphs(shape = darShape): Record<string, Buffer> {
  return { 'encoder.onnx': tinyEncoder(shape), 'decoder.onnx': tinyDecoder(shape, 'velocity') };
}

function darFacts(
  { side, tokens, language } = darShape,
  classes: readonly string[] = darClasses,
): Partial<PackManifest> {
  return {
    name: 'dar-tiny',
    image: { width: side, height: side, channels: 3, range: [-1, 1], space: 'pixels' },
    tokens: {
      count: tokens.count,
      codebookSize: tokens.codes,
      schedule: { kind: 'all' },
      generationOrder: 'coarse-to-fine',
      keepFromTrained: false,
      withoutTokensTrained: false,
    },
    diffusion: {
      ...{ parameterisation: 'velocity', noiseScale: 1 / 0.6, defaultSteps: 8, timestepShift: 2, defaultGuidance: 1 },
      sampler: 'adams-bashforth-2',
    },
    knownWords: [...new Set(classes.flatMap((name) => name.split(' ')))],
    languageModel: {
      ...fakeManifest().languageModel!,
      headSize: language.width,
      vocabularySize: language.vocabulary,
      imageTokenOffset: language.offset,
      maxPromptTokens: 1,
      templates: { textToImage: [{ slot: 'text' }] },
      unconditional: ['begin'],
    },
  };
}

/** The name by which a server knows the language model of the pack below. */
export const servedModel = 'lab/dar-tiny';

/** The same pack whose language model a server runs, and which reads as well. Its graphs are those of `writeDarPack`. */
export function writeServedPack(directory: string, logprobs = darShape.language.vocabulary): string {
  return writePack(
    directory,
    { ...darGraphs(), 'tokenizer.json': Buffer.from(classTokenizer()) },
    {
      ...darFacts(),
      name: 'dar-served',
      languageModel: { ...readingModel(), completions: { model: servedModel, logprobs } },
    },
  );
}

/** And with that model as a graph: what the server has to answer like. */
export function writeReadingPack(directory: string): string {
  const contents = {
    ...darGraphs(),
    'lm.onnx': tinyLanguageModel(darShape),
    'tokenizer.json': Buffer.from(classTokenizer()),
  };
  return writePack(directory, contents, { ...darFacts(), languageModel: readingModel() });
}

function readingModel(): NonNullable<PackManifest['languageModel']> {
  const model = darFacts().languageModel!;
  return {
    ...model,
    contextLength: 64,
    maxPromptTokens: 4,
    templates: {
      textToImage: [{ slot: 'text' }],
      caption: ['begin', { slot: 'image' }],
      question: ['begin', { slot: 'image' }, { slot: 'text' }],
    },
    defaults: { ...model.defaults, guidance: 1, maxTextTokens: 6 },
  };
}

/** A class name is one token: words are never taken apart. */
function classTokenizer(classes: readonly string[] = darClasses): string {
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      unk_token: 'tench',
      vocab: Object.fromEntries(classes.map((name, index) => [name, index + 5])),
    },
  });
}

function writePack(directory: string, contents: Record<string, Buffer>, changes: Partial<PackManifest>): string {
  mkdirSync(directory, { recursive: true });
  const files = Object.entries(contents).map(([path, content]) => {
    writeFileSync(join(directory, path), content);
    return { path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  });
  const names = { encoder: 'encoder', decoder: 'decoder', lm: 'lm', renderer: 'renderer', vaeEncoder: 'vae-encoder' };
  const graphs = Object.entries({ ...names, vaeDecoder: 'vae-decoder' })
    .map(([graph, file]) => [graph, `${file}.onnx`] as const)
    .filter(([, file]) => contents[file] !== undefined);
  const manifest: PackManifest = { ...fakeManifest(), ...changes, files, graphs: Object.fromEntries(graphs) };
  if (contents['tokenizer.json'] === undefined) delete manifest.tokenizer;
  if (contents['lm.onnx'] === undefined && manifest.languageModel?.completions === undefined)
    delete manifest.languageModel;
  writeFileSync(join(directory, 'pack.json'), JSON.stringify(manifest));
  return directory;
}
