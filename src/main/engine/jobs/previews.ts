/** The picture while its tokens are still being written: what the coarse tokens known so far already say. */
import type { RasterImage } from '../../../shared/pictures/images.js';
import type { PackManifest } from '../../../shared/packs/pack.js';
import { generationIndices } from '../../../shared/tokens/tokens.js';
import { codesTensor } from '../model/decoder.js';
import type { Renderer } from '../model/renderer.js';
import type { EngineParts } from '../pack/open-pack.js';

/** Previews may take at most this share of the time since the job began. */
const largestShare = 0.35;
/** Previews of a whole sequence, when time allows. */
const previewsWanted = 8;

export class LivePreviews {
  private readonly began = performance.now();
  private spent = 0;
  private drawn = 0;
  private lastKnown = 0;

  /** `start`: x_1 of every variation; `sequences` is filled by the caller as tokens arrive. */
  constructor(
    private readonly parts: EngineParts,
    private readonly start: Float32Array,
    private readonly sequences: readonly number[][],
    private readonly now: () => number = () => performance.now(),
  ) {
    this.began = now();
  }

  /**
   * Whether to draw one now. The first comes with the first token, the rest about every K/8 tokens while they stay cheap.
   * Chance and results never depend on it: a preview draws no random numbers.
   */
  due(known: number): boolean {
    const { manifest } = this.parts;
    const { count } = manifest.tokens;
    // With every token known the first denoising step shows the same picture.
    if (known >= count || !canPreview(this.parts)) return false;
    if (this.drawn === 0) return true;
    if (known - this.lastKnown < Math.max(1, Math.floor(count / previewsWanted))) return false;
    const cost = this.spent / this.drawn;
    return this.spent + cost <= largestShare * (this.now() - this.began + cost);
  }

  /** By the renderer, else x0Hat at t = 1, with only the known tokens visible: one evaluation for all variations. */
  async draw(known: number): Promise<RasterImage[]> {
    const began = this.now();
    const { manifest, decoder, space } = this.parts;
    const batch = this.sequences.length;
    const codes = codesTensor(this.sequences);
    const visible = knownMask(manifest, known, batch);
    const renderer = maskedRenderer(this.parts);
    const images =
      renderer === undefined
        ? await space.toImages(
            await decoder.restore(this.start, new Float32Array(batch).fill(1), codes, visible),
            batch,
          )
        : await renderer.draw(codes, visible);
    this.spent += this.now() - began;
    this.drawn += 1;
    this.lastKnown = known;
    return images;
  }
}

/** Without such a renderer the decoder draws, which must have been trained for it. */
function canPreview(parts: EngineParts): boolean {
  const { keepFromTrained, generationOrder } = parts.manifest.tokens;
  return maskedRenderer(parts) !== undefined || (keepFromTrained && generationOrder === 'coarse-to-fine');
}

/** Only a renderer that takes a mask can be told what is not known yet. */
function maskedRenderer({ renderer }: EngineParts): Renderer | undefined {
  return renderer?.takesMask === true ? renderer : undefined;
}

function knownMask(manifest: PackManifest, known: number, batch: number): Uint8Array {
  const { count, generationOrder } = manifest.tokens;
  const mask = new Uint8Array(batch * count);
  for (const index of generationIndices(generationOrder, count).slice(0, known)) {
    for (let row = 0; row < batch; row++) mask[row * count + index] = 1;
  }
  return mask;
}
