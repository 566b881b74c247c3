/** Tokens become a picture, over fake graphs. */
import { describe, expect, test } from 'vitest';
import { codes, image, signal } from '../../../../tests/fakes/engine-jobs.js';
import { drain, fakeDecoder, fakeManifest, fakeParts } from '../../../../tests/fakes/engine-parts.js';
import { decode } from './decode.js';

/** What the fake decoder makes of all of `codes`: their mean 4.5 of 10, in [-1, 1], as a byte. */
const fullBytes = Math.round(((0.45 + 1) / 2) * 255);

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
