/** The pack's one-step renderer, run by itself: the engine draws previews with it but never hands out its pictures. */
import type { RasterImage } from '../../src/shared/pictures/images.js';
import type { PackManifest } from '../../src/shared/packs/pack.js';

/** Codes (index 0 = finest) of one picture → the picture in one step. */
export type OneStepRenderer = (codes: readonly number[]) => Promise<RasterImage>;

/** `path`: the renderer graph, whose form the engine has checked when it opened the pack. */
export async function openRenderer(
  path: string,
  { image }: Pick<PackManifest, 'image'>,
  threads: number,
): Promise<OneStepRenderer> {
  // Loaded only here: every other command leaves inference to the engine's process.
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(path, { executionProviders: ['cpu'], intraOpNumThreads: threads });
  const takesMask = session.inputNames.includes('visible');
  return async (codes) => {
    const dims = [1, codes.length];
    const outputs = await session.run({
      tokens: new Tensor('int64', BigInt64Array.from(codes, BigInt), dims),
      ...(takesMask ? { visible: new Tensor('bool', new Uint8Array(codes.length).fill(1), dims) } : {}),
    });
    return toRaster(outputs['image']!.data as Float32Array, image);
  };
}

/** Planes [3, H, W] in the pack's range → RGBA. */
export function toRaster(
  planes: Float32Array,
  { width, height, range: [low, high] }: Pick<PackManifest['image'], 'width' | 'height' | 'range'>,
): RasterImage {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const share = (planes[channel * width * height + pixel]! - low) / (high - low);
      data[pixel * 4 + channel] = Math.round(255 * Math.min(1, Math.max(0, share)));
    }
  }
  return { width, height, data };
}
