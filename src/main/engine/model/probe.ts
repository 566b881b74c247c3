/** Runs a pack's probe graph on pictures. Only probes with a heatmap name objects; others are not run here. */
import type { ImageReading } from '../../../shared/tokens/attributes.js';
import type { PackManifest } from '../../../shared/packs/pack.js';
import { detectionOutputs, readDetections, type DetectionLabels, type RawDetections } from '../measures/detection.js';
import { float32, floatsOf, type Graph } from './graph.js';

export class Probe {
  private constructor(
    private readonly graph: Graph,
    private readonly manifest: PackManifest,
    private readonly labels: DetectionLabels,
  ) {}

  /** Undefined for a pack whose probe reads no objects, or that has none. */
  static for(graph: Graph | undefined, manifest: PackManifest): Probe | undefined {
    const labels = manifest.attributes?.labels;
    if (graph === undefined || labels === undefined) return undefined;
    const outputs = graph.outputs.map(({ name }) => name);
    const complete =
      detectionOutputs.every((name) => outputs.includes(name)) &&
      ['kind', 'colour', 'texture', 'size', 'backgroundKind', 'backgroundColours'].every((name) => name in labels);
    return complete ? new Probe(graph, manifest, labels as unknown as DetectionLabels) : undefined;
  }

  /** Pixels [count, 3, H, W] in the pack's range → what stands in each picture. */
  async read(pixels: Float32Array, count: number): Promise<ImageReading[]> {
    const { width, height } = this.manifest.image;
    const outputs = await this.graph.run({ image: float32(pixels, [count, 3, height, width]) });
    return Array.from({ length: count }, (_, index) => {
      const part = (name: keyof RawDetections): Float32Array => {
        const values = floatsOf(outputs, name);
        const length = values.length / count;
        return values.subarray(index * length, (index + 1) * length);
      };
      const raw = Object.fromEntries(detectionOutputs.map((name) => [name, part(name)]));
      return readDetections(raw as unknown as RawDetections, this.labels);
    });
  }
}
