import { describe, expect, test } from 'vitest';
import type { GraphName, PackManifest } from '../../../shared/packs/pack.js';
import { fakeManifest, FakeGraph } from '../../../../tests/fakes/engine-parts.js';
import { brokenGraphRule } from './graph-contract.js';
import type { TensorDescription } from '../model/graph.js';

const manifest = fakeManifest();

function rule(
  name: GraphName,
  inputs: TensorDescription[],
  outputs: TensorDescription[],
  of: PackManifest = manifest,
): string | null {
  return brokenGraphRule(new FakeGraph(name, () => ({}), inputs, outputs), of);
}

const image: TensorDescription = { name: 'image', type: 'float32', shape: ['batch', 3, 8, 8] };
const tokens: TensorDescription = { name: 'tokens', type: 'int64', shape: ['batch', 8] };
const cache = (name: string): TensorDescription => ({ name, type: 'float32', shape: ['batch', 1, 'past', 1] });
const lmInputs: TensorDescription[] = [
  { name: 'input_ids', type: 'int64', shape: ['batch', 'length'] },
  { name: 'attention_mask', type: 'int64', shape: ['batch', 'total'] },
  cache('past_key_values.0.key'),
  cache('past_key_values.0.value'),
];
const lmOutputs: TensorDescription[] = [
  { name: 'logits', type: 'float32', shape: ['batch', 'length', 30] },
  cache('present.0.key'),
  cache('present.0.value'),
];

describe('brokenGraphRule', () => {
  test('a graph that keeps the contract passes; position_ids and more outputs are optional', () => {
    expect(rule('encoder', [image], [tokens])).toBeNull();
    expect(rule('lm', lmInputs, lmOutputs)).toBeNull();
    const positions = { name: 'position_ids', type: 'int64', shape: ['batch', 'length'] };
    expect(rule('lm', [...lmInputs, positions], [...lmOutputs, cache('hidden')])).toBeNull();
  });

  test('a language model may answer for the last position alone, always or as its runs choose', () => {
    const [logits, ...caches] = lmOutputs;
    const answering = (...shape: TensorDescription['shape']) =>
      rule('lm', lmInputs, [{ ...logits!, shape }, ...caches]);
    expect(answering('batch', 1, 30)).toBeNull();
    expect(answering('batch', 'one', 30)).toBeNull();
    expect(answering('batch', 7, 30)).toContain('[batch, 7, 30], not [any, any or 1, 30]');
  });

  test('a renderer of a pack of latents may answer with those; one of pixels may not', () => {
    const size = { channels: 4, width: 2, height: 2, scale: 1, shift: 0 };
    const latents = fakeManifest({ image: { ...manifest.image, space: 'latents', latent: size } });
    const latent: TensorDescription = { name: 'latent', type: 'float32', shape: ['batch', 4, 2, 2] };
    expect(rule('renderer', [tokens], [latent], latents)).toBeNull();
    expect(rule('renderer', [tokens], [image], latents)).toBeNull();
    expect(rule('renderer', [tokens], [{ ...latent, shape: ['batch', 4, 2, 3] }], latents)).toContain(
      '[batch, 4, 2, 3]',
    );
    expect(rule('renderer', [tokens], [latent])).toContain('lacks the output image');
  });

  test('a renderer may take a mask of the visible tokens, of one flag per token', () => {
    const visible: TensorDescription = { name: 'visible', type: 'bool', shape: ['batch', 8] };
    expect(rule('renderer', [tokens], [image])).toBeNull();
    expect(rule('renderer', [tokens, visible], [image])).toBeNull();
    expect(rule('renderer', [tokens, { ...visible, type: 'int64' }], [image])).toContain('of type int64, not bool');
    expect(rule('renderer', [tokens, { ...visible, shape: ['batch', 7] }], [image])).toContain('[batch, 7]');
    expect(rule('renderer', [tokens], [{ ...image, shape: ['batch', 3, 4, 4] }])).toContain('the output image');
    expect(rule('renderer', [tokens, { ...image, name: 'x' }], [image])).toContain('wants the input x');
  });

  test.each<[string, TensorDescription[], TensorDescription[], string]>([
    ['another name', [{ ...image, name: 'pixels' }], [tokens], 'lacks the input image'],
    ['another type', [{ ...image, type: 'float16' }], [tokens], 'of type float16, not float32'],
    ['another size', [{ ...image, shape: ['batch', 3, 16, 16] }], [tokens], '[batch, 3, 16, 16], not [any, 3, 8, 8]'],
    ['a fixed batch', [{ ...image, shape: [1, 3, 8, 8] }], [tokens], '[1, 3, 8, 8], not [any, 3, 8, 8]'],
    ['another rank', [{ ...image, shape: ['batch', 3, 8] }], [tokens], '[batch, 3, 8]'],
    [
      'another K',
      [image],
      [{ ...tokens, shape: ['batch', 32] }],
      'the output tokens of shape [batch, 32], not [any, 8]',
    ],
    ['an output less', [image], [], 'lacks the output tokens'],
    ['an input more', [image, { ...tokens, name: 'hint' }], [tokens], 'wants the input hint'],
  ])('%s is named', (_name, inputs, outputs, words) => {
    const found = rule('encoder', inputs, outputs);
    expect(found).toContain(words);
    // Names, types and shapes that were found help to mend the export.
    expect(found).toContain('It has inputs');
  });

  test('a VAE that is to decode tiles takes latents of any size', () => {
    const size = { channels: 4, width: 2, height: 2, scale: 1, shift: 0 };
    const latents = fakeManifest({ image: { ...manifest.image, space: 'latents', latent: size } });
    const fixed: TensorDescription = { name: 'latent', type: 'float32', shape: ['batch', 4, 2, 2] };
    const free: TensorDescription = { ...fixed, shape: ['batch', 4, 'rows', 'columns'] };
    const tiled = { ...latents, limits: { vaeTile: 8 } };
    const drawn: TensorDescription = { ...image, shape: ['batch', 3, 'height', 'width'] };
    expect(rule('vaeDecoder', [fixed], [image], latents)).toBeNull();
    expect(rule('vaeDecoder', [free], [drawn], tiled)).toBeNull();
    expect(rule('vaeDecoder', [fixed], [drawn], tiled)).toContain('[batch, 4, 2, 2], not [any, 4, any, any]');
    expect(rule('vaeDecoder', [free], [image], tiled)).toContain('the output image of shape');
  });

  test('a shape that a file leaves unsaid is no fault of it, a type is', () => {
    const unstated = { ...tokens, shape: [], unstated: true } as const;
    expect(rule('encoder', [image], [unstated])).toBeNull();
    expect(rule('encoder', [image], [{ ...unstated, type: 'int32' }])).toContain('of type int32, not int64');
  });

  test('a vocabulary or cache of another size is named', () => {
    const narrow = [{ ...lmOutputs[0]!, shape: ['batch', 'length', 29] }, ...lmOutputs.slice(1)];
    expect(rule('lm', lmInputs, narrow)).toContain('the output logits');
    expect(rule('lm', lmInputs.slice(0, 3), lmOutputs)).toContain('lacks the input past_key_values.0.value');
  });
});
