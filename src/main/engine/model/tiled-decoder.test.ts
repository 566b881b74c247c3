import { describe, expect, test } from 'vitest';
import { FakeGraph, fakeManifest } from '../../../../tests/fakes/engine-parts.js';
import { StudioError } from '../../../shared/errors.js';
import type { PackManifest } from '../../../shared/pack.js';
import { TiledDecoder } from './tiled-decoder.js';

const latent = { channels: 2, width: 64, height: 48, scale: 1, shift: 0 };
const cell = 4;
const image = {
  ...{ width: latent.width * cell, height: latent.height * cell, channels: 3, range: [-1, 1] },
  ...{ space: 'latents', latent },
} as PackManifest['image'];
const manifestOf = (limits: PackManifest['limits'] = {}) => fakeManifest({ image, limits });

/** Every pixel of a cell shows the cell's first channel; more cells than `fits` at once are too many. */
function enlarging({ fits = Infinity, anySize = true } = {}): FakeGraph {
  return new FakeGraph(
    'vaeDecoder',
    (feeds) => {
      const { data, dims } = feeds['latent']!;
      const [rows, channels, height, width] = dims as [number, number, number, number];
      if (width * height > fits) throw new StudioError('memory-full', 'It does not fit.', 'Close something.');
      const values = data as Float32Array;
      const pixels = new Float32Array(rows * 3 * height * cell * width * cell);
      for (let at = 0; at < pixels.length; at++) {
        const x = Math.floor((at % (width * cell)) / cell);
        const line = Math.floor(at / (width * cell));
        const [plane, y] = [Math.floor(line / (height * cell)), Math.floor((line % (height * cell)) / cell)];
        pixels[at] = values[(Math.floor(plane / 3) * channels * height + y) * width + x]!;
      }
      return { image: { type: 'float32', data: pixels, dims: [rows, 3, height * cell, width * cell] } };
    },
    [
      {
        name: 'latent',
        type: 'float32',
        shape: ['batch', 2, ...(anySize ? ['h', 'w'] : [latent.height, latent.width])],
      },
    ],
  );
}

const count = 2;
const latents = Float32Array.from({ length: count * 2 * 48 * 64 }, (_, at) => ((at * 7919) % 101) / 101);
const asked = (graph: FakeGraph) => graph.runs.map(({ latent: asked }) => asked!.dims);

async function decoded(graph: FakeGraph, limits?: PackManifest['limits']): Promise<Float32Array> {
  const whole = new Float32Array(count * 3 * image.width * image.height);
  let at = 0;
  for await (const { pixels, rows } of new TiledDecoder(graph, manifestOf(limits)).decode(latents, count)) {
    expect(pixels).toHaveLength(rows * 3 * image.width * image.height);
    whole.set(pixels, at);
    at += pixels.length;
  }
  expect(at).toBe(whole.length);
  return whole;
}

const distance = (one: Float32Array, other: Float32Array) =>
  one.reduce((most, value, at) => Math.max(most, Math.abs(value - other[at]!)), 0);

describe('TiledDecoder', () => {
  test('decodes whole where nothing says otherwise', async () => {
    const graph = enlarging();
    await decoded(graph);
    expect(asked(graph)).toEqual([[2, 2, 48, 64]]);
  });

  test('decodes the tiles that a pack states, pictures together, and puts every pixel where it belongs', async () => {
    const graph = enlarging();
    expect(distance(await decoded(graph, { vaeTile: 32 }), await decoded(enlarging()))).toBeLessThan(1e-5);
    expect(new Set(asked(graph).map(String))).toEqual(new Set(['2,2,32,32']));
    expect(graph.runs).toHaveLength(2 * 3);
  });

  test('where memory runs out tiles get smaller until they fit, and stay so', async () => {
    const graph = enlarging({ fits: 16 * 16 });
    const decoder = new TiledDecoder(graph, manifestOf());
    const pixels: Float32Array[] = [];
    for (let again = 0; again < 2; again++) {
      for await (const part of decoder.decode(latents, count)) pixels.push(part.pixels);
    }
    expect(distance(pixels[0]!, await decoded(enlarging()))).toBeLessThan(1e-5);
    expect(
      asked(graph)
        .map(([, , height, width]) => `${height}×${width}`)
        .slice(0, 3),
    ).toEqual(['48×64', '32×32', '16×16']);
    // The second time nothing is tried that did not fit.
    expect(graph.runs.filter(({ latent: tile }) => tile!.dims[2]! > 16)).toHaveLength(2);
  });

  test.each([
    ['a graph of one size', { fits: 16 * 16, anySize: false }],
    ['a memory that holds not even the smallest tile', { fits: 1 }],
  ])('%s fails as it did', async (_name, device) => {
    await expect(decoded(enlarging(device))).rejects.toMatchObject({ code: 'memory-full' });
  });
});
