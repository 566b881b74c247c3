/** Every job of a pack that works on latents, over fake graphs. */
import { describe, expect, test } from 'vitest';
import { codes, image, signal } from '../../../../tests/fakes/engine-jobs.js';
import { drain, FakeGraph, fakeManifest, fakeParts } from '../../../../tests/fakes/engine-parts.js';
import { decode } from './decode.js';
import { timeline } from './timeline.js';

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
