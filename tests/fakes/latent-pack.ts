/**
 * A pack whose graphs really compute, from random weights: latents of 48 × 8 × 8 behind pictures of 128 × 128, plans, image ids by
 * position, logits of the last position alone. It draws nothing anybody would recognise.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeManifest, fakeTokenizer, planningLanguage } from './engine-parts.js';
import { Random } from '../../src/main/engine/model/random.js';
import type { PackManifest } from '../../src/shared/pack.js';
import { onnxFile, type Constant, type Node, type Port } from './onnx.js';

export const latentTokens = { count: 6, codes: 5 } as const;
const side = 128;
const latent = { channels: 48, width: 8, height: 8, scale: 0.5, shift: 0.1 } as const;
const stride = side / latent.width;
const latentSize = latent.channels * latent.width * latent.height;
const width = 8;
const vocabulary = 25;
const offset = 20;

/** Returns the folder. */
export function writeLatentPack(directory: string, change: Partial<PackManifest> = {}): string {
  mkdirSync(directory, { recursive: true });
  const contents: Record<string, Buffer> = {
    'encoder.onnx': encoder(),
    'decoder.onnx': decoder(),
    'vae-encoder.onnx': vaeEncoder(),
    'vae-decoder.onnx': vaeDecoder(),
    'lm.onnx': languageModel(),
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

const picture: Port = { name: 'image', type: 'float', shape: ['batch', 3, side, side] };
const latents = (name: string): Port => ({
  name,
  type: 'float',
  shape: ['batch', latent.channels, latent.height, latent.width],
});
const codes: Port = { name: 'tokens', type: 'int64', shape: ['batch', latentTokens.count] };

let seed = 0;
function random(name: string, shape: number[], spread: number): Constant {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  new Random(++seed, 'probe').fillGaussian(values);
  return { name, shape, values: values.map((value) => value * spread) };
}
const whole = (name: string, values: readonly number[]): Constant => ({
  name,
  shape: [values.length],
  values: BigInt64Array.from(values, BigInt),
});
const node = (operator: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node => ({
  operator,
  inputs,
  outputs: [output],
  attributes,
});
const patches = { kernel_shape: [stride, stride], strides: [stride, stride] };
const floats = { to: 1 };

/** The likeliest code of each token, linear in the mean of all patches. */
function encoder(): Buffer {
  const { count, codes: size } = latentTokens;
  return onnxFile({
    inputs: [picture],
    outputs: [codes],
    constants: [random('weights', [count * size, 3, stride, stride], 1), whole('shape', [-1, count, size])],
    nodes: [
      node('Conv', ['image', 'weights'], 'maps', patches),
      node('GlobalAveragePool', ['maps'], 'means'),
      node('Reshape', ['means', 'shape'], 'scores'),
      node('ArgMax', ['scores'], 'tokens', { axis: 2, keepdims: 0 }),
    ],
  });
}

/** x0 is the sum of what the visible codes stand for, with a trace of x. */
function decoder(): Buffer {
  const { count, codes: size } = latentTokens;
  const places = Array.from({ length: count }, (_, index) => BigInt(index * size));
  return onnxFile({
    inputs: [
      latents('x'),
      { name: 't', type: 'float', shape: ['batch'] },
      codes,
      { name: 'visible', type: 'bool', shape: ['batch', count] },
    ],
    outputs: [latents('x0')],
    constants: [
      random('table', [count * size, latentSize], 0.5),
      { name: 'places', shape: [1, count], values: BigInt64Array.from(places) },
      { name: 'trace', shape: [1], values: Float32Array.of(0.05) },
      whole('last', [2]),
      whole('second', [1]),
      whole('shape', [-1, latent.channels, latent.height, latent.width]),
    ],
    nodes: [
      node('Add', ['tokens', 'places'], 'rows'),
      node('Gather', ['table', 'rows'], 'found', { axis: 0 }),
      node('Cast', ['visible'], 'seen', floats),
      node('Unsqueeze', ['seen', 'last'], 'weights'),
      node('Mul', ['found', 'weights'], 'weighted'),
      node('ReduceSum', ['weighted', 'second'], 'sum', { keepdims: 0 }),
      node('Reshape', ['sum', 'shape'], 'clean'),
      node('Mul', ['x', 'trace'], 'noise'),
      node('Add', ['clean', 'noise'], 'x0'),
    ],
  });
}

function vaeEncoder(): Buffer {
  return onnxFile({
    inputs: [picture],
    outputs: [latents('latent')],
    constants: [random('weights', [latent.channels, 3, stride, stride], 0.03)],
    nodes: [node('Conv', ['image', 'weights'], 'latent', patches)],
  });
}

function vaeDecoder(): Buffer {
  return onnxFile({
    inputs: [latents('latent')],
    outputs: [picture],
    constants: [random('weights', [latent.channels, 3, stride, stride], 0.1)],
    nodes: [node('ConvTranspose', ['latent', 'weights'], 'drawn', patches), node('Tanh', ['drawn'], 'image')],
  });
}

/** Every id it has read has a say in the next one, wherever it stood; what the mask hides has none. */
function languageModel(): Buffer {
  const ids = offset + latentTokens.count * latentTokens.codes;
  const matrix = (name: string, length: string): Port => ({ name, type: 'int64', shape: ['batch', length] });
  const cache = (name: string, length: string): Port => ({ name, type: 'float', shape: ['batch', 1, length, width] });
  return onnxFile({
    inputs: [
      matrix('input_ids', 'length'),
      matrix('attention_mask', 'total'),
      cache('past_key_values.0.key', 'past'),
      cache('past_key_values.0.value', 'past'),
    ],
    outputs: [
      { name: 'logits', type: 'float', shape: ['batch', 1, vocabulary] },
      cache('present.0.key', 'total'),
      cache('present.0.value', 'total'),
    ],
    constants: [
      random('embedding', [ids, width], 1),
      random('head', [width, vocabulary], 2),
      whole('heads', [1]),
      whole('around', [1, 3]),
      whole('columns', [2]),
      whole('shape', [-1, 1, width]),
    ],
    nodes: [
      node('Gather', ['embedding', 'input_ids'], 'read', { axis: 0 }),
      node('Unsqueeze', ['read', 'heads'], 'added'),
      node('Concat', ['past_key_values.0.key', 'added'], 'present.0.key', { axis: 2 }),
      node('Concat', ['past_key_values.0.value', 'added'], 'present.0.value', { axis: 2 }),
      node('Cast', ['attention_mask'], 'seen', floats),
      node('Unsqueeze', ['seen', 'around'], 'weights'),
      node('Mul', ['present.0.key', 'weights'], 'weighted'),
      node('ReduceSum', ['weighted', 'columns'], 'sum', { keepdims: 1 }),
      node('Reshape', ['sum', 'shape'], 'state'),
      node('Sin', ['state'], 'bent'),
      node('MatMul', ['bent', 'head'], 'logits'),
    ],
  });
}
