/**
 * A pack whose graphs really compute, from random weights: latents of 48 × 8 × 8 behind pictures of 128 × 128, plans, image ids by
 * position, logits of the last position alone. It draws nothing anybody would recognise.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeManifest, fakeTokenizer, planningLanguage } from './engine-parts.js';
import type { PackManifest } from '../../src/shared/packs/pack.js';
import {
  tinyDecoder,
  tinyEncoder,
  tinyLanguageModel,
  tinyVaeDecoder,
  tinyVaeEncoder,
  type TinyShape,
} from './tiny-graphs.js';

export const latentTokens = { count: 6, codes: 5 } as const;
const side = 128;
const latent = { channels: 48, width: 8, height: 8, scale: 0.5, shift: 0.1 } as const;
const width = 8;
const vocabulary = 25;
const offset = 20;
const shape: TinyShape = {
  side,
  latent,
  tokens: latentTokens,
  language: { vocabulary, offset, ids: offset + latentTokens.count * latentTokens.codes, width },
};

/** Returns the folder. */
export function writeLatentPack(directory: string, change: Partial<PackManifest> = {}): string {
  mkdirSync(directory, { recursive: true });
  const contents: Record<string, Buffer> = {
    'encoder.onnx': tinyEncoder(shape),
    'decoder.onnx': tinyDecoder(shape),
    'vae-encoder.onnx': tinyVaeEncoder(shape),
    'vae-decoder.onnx': tinyVaeDecoder(shape),
    'lm.onnx': tinyLanguageModel(shape),
    'tokenizer.json': Buffer.from(fakeTokenizer),
  };
  const files = Object.entries(contents).map(([path, content]) => {
    writeFileSync(join(directory, path), content);
    return { path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  });
  const manifest = fakeManifest({
    name: 'latent',
    image: { width: side, height: side, channels: 3, range: [-1, 1], space: 'latents', latent },
    tokens: {
      count: latentTokens.count,
      codebookSize: latentTokens.codes,
      schedule: { kind: 'power', exponent: 1 },
      generationOrder: 'coarse-to-fine',
      keepFromTrained: true,
    },
    diffusion: { parameterisation: 'x0', noiseScale: 1, defaultSteps: 2, timestepShift: 1, defaultGuidance: 1 },
    languageModel: { ...planningLanguage(), headSize: width, vocabularySize: vocabulary, imageTokenOffset: offset },
    graphs: {
      encoder: 'encoder.onnx',
      decoder: 'decoder.onnx',
      lm: 'lm.onnx',
      vaeEncoder: 'vae-encoder.onnx',
      vaeDecoder: 'vae-decoder.onnx',
    },
    ...change,
  });
  writeFileSync(join(directory, 'pack.json'), JSON.stringify({ ...manifest, files }));
  return directory;
}
