import { describe, expect, test } from 'vitest';
import { FakeGraph, fakeManifest } from '../../../../tests/fakes/engine-parts.js';
import { StudioError } from '../../../shared/errors.js';
import type { PackManifest } from '../../../shared/packs/pack.js';
import { TiledVae } from './tiled-vae.js';

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
  for await (const { values, rows } of new TiledVae(graph, manifestOf(limits)).run(latents, count)) {
    expect(values).toHaveLength(rows * 3 * image.width * image.height);
    whole.set(values, at);
    at += values.length;
  }
  expect(at).toBe(whole.length);
  return whole;
}

const distance = (one: Float32Array, other: Float32Array) =>
  one.reduce((most, value, at) => Math.max(most, Math.abs(value - other[at]!)), 0);

describe('a VAE’s decoder', () => {
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
    const decoder = new TiledVae(graph, manifestOf());
    const pixels: Float32Array[] = [];
    for (let again = 0; again < 2; again++) {
      for await (const part of decoder.run(latents, count)) pixels.push(part.values);
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

/** A cell's latents are the red of its first pixel and the green of its last; more cells than `fits` at once are too many. */
function shrinking({ fits = Infinity, anySize = true } = {}): FakeGraph {
  return new FakeGraph(
    'vaeEncoder',
    (feeds) => {
      const { data, dims } = feeds['image']!;
      const [rows, channels, high, wide] = dims as [number, number, number, number];
      const [height, width] = [high / cell, wide / cell];
      if (width * height > fits) throw new StudioError('memory-full', 'It does not fit.', 'Close something.');
      const pixels = data as Float32Array;
      const values = Float32Array.from({ length: rows * 2 * height * width }, (_, at) => {
        const [x, y] = [at % width, Math.floor(at / width) % height];
        const plane = Math.floor(at / (width * height));
        const [row, channel] = [plane >> 1, plane & 1];
        const corner = channel * (cell - 1);
        return pixels[((row * channels + channel) * high + y * cell + corner) * wide + x * cell + corner]!;
      });
      return { latent: { type: 'float32', data: values, dims: [rows, 2, height, width] } };
    },
    [
      {
        name: 'image',
        type: 'float32',
        shape: ['batch', 3, ...(anySize ? ['height', 'width'] : [image.height, image.width])],
      },
    ],
  );
}

describe('a VAE’s encoder', () => {
  const picture = Float32Array.from({ length: 3 * image.height * image.width }, (_, at) => ((at * 7919) % 101) / 101);
  const sizes = (graph: FakeGraph) =>
    graph.runs.map(({ image: asked }) => `${asked!.dims[2]! / cell}×${asked!.dims[3]! / cell}`);

  async function encoded(vae: TiledVae): Promise<Float32Array> {
    const parts: Float32Array[] = [];
    for await (const { values } of vae.run(picture, 1)) parts.push(values);
    expect(parts.map(({ length }) => length)).toEqual([2 * latent.height * latent.width]);
    return parts[0]!;
  }
  const wholly = () => encoded(new TiledVae(shrinking(), manifestOf()));

  test('encodes whole where nothing says otherwise', async () => {
    const graph = shrinking();
    await encoded(new TiledVae(graph, manifestOf()));
    expect(graph.runs.map(({ image: asked }) => asked!.dims)).toEqual([[1, 3, image.height, image.width]]);
  });

  test('encodes the tiles that a pack states and puts every latent where it belongs', async () => {
    const graph = shrinking();
    const found = await encoded(new TiledVae(graph, manifestOf({ vaeTile: 32 })));
    expect(distance(found, await wholly())).toBeLessThan(1e-5);
    expect(sizes(graph)).toEqual(Array<string>(2 * 3).fill('32×32'));
  });

  test('where memory runs out tiles get smaller until they fit, and stay so', async () => {
    const graph = shrinking({ fits: 16 * 16 });
    const vae = new TiledVae(graph, manifestOf());
    expect(distance(await encoded(vae), await wholly())).toBeLessThan(1e-5);
    await encoded(vae);
    expect(sizes(graph).slice(0, 3)).toEqual(['48×64', '32×32', '16×16']);
    expect(sizes(graph).filter((size) => size !== '16×16')).toHaveLength(2);
  });

  test('a graph of one size encodes whole whatever the pack states, and fails where that does not fit', async () => {
    const graph = shrinking({ anySize: false });
    await encoded(new TiledVae(graph, manifestOf({ vaeTile: 32 })));
    expect(sizes(graph)).toEqual(['48×64']);
    const small = shrinking({ anySize: false, fits: 16 * 16 });
    await expect(encoded(new TiledVae(small, manifestOf()))).rejects.toMatchObject({ code: 'memory-full' });
  });
});
