import type { PackManifest } from '../../../shared/packs/pack.js';
import { float32, type Graph } from './graph.js';

/** Pixels [3, H, W] in the pack's range → the K codes, index 0 = finest. */
export async function encodePixels(graph: Graph, manifest: PackManifest, pixels: Float32Array): Promise<number[]> {
  const { width, height } = manifest.image;
  const outputs = await graph.run({ image: float32(pixels, [1, 3, height, width]) });
  const codes = outputs['tokens']?.data;
  if (!(codes instanceof BigInt64Array)) throw new Error('The encoder gave no 64-bit tokens.');
  return Array.from(codes, Number);
}
