/** Runs the detector graph. It judges the studio's pictures, so it stays outside the engine that makes them. */
import { readFile } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import { StudioError } from '../../src/shared/errors.js';
import type { RasterImage } from '../../src/shared/images.js';
import { detectionOutputs } from '../../src/main/engine/measures/detection.js';
import { decodeDetections, requireClasses, type RawDetections } from './detections.js';
import type { Scene } from './scene.js';

export interface Detector {
  /** Scenes of 128 × 128 pictures, in order. */
  read: (images: readonly RasterImage[]) => Promise<Scene[]>;
}

/**
 * Throws `pack-missing` when there is no such graph, `pack-damaged` when it is not a detector; `read`, when it is one of
 * another world.
 */
export async function openDetector(path: string, threads: number): Promise<Detector> {
  const bytes = await readFile(path).catch(() => {
    throw new StudioError(
      'pack-missing',
      `The detector ${path} is missing.`,
      'Train it with: python3 -m training.train_detector, or name one with --detector.',
    );
  });
  // Loaded only here: every other command leaves inference to the engine's process.
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session: InferenceSession = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
  });
  const missing = detectionOutputs.filter((name) => !session.outputNames.includes(name));
  if (missing.length > 0) {
    throw new StudioError(
      'pack-damaged',
      `${path} is not a detector: it lacks the outputs ${missing.join(', ')}.`,
      'Export it again with training/detector.py.',
    );
  }

  const readBatch = async (images: readonly RasterImage[]): Promise<Scene[]> => {
    const { width, height } = images[0]!;
    const plane = width * height;
    const input = new Float32Array(images.length * 3 * plane);
    images.forEach(({ data }, index) => {
      for (let pixel = 0; pixel < plane; pixel++) {
        for (let channel = 0; channel < 3; channel++) {
          input[(index * 3 + channel) * plane + pixel] = data[pixel * 4 + channel]! / 127.5 - 1;
        }
      }
    });
    const outputs = await session.run({ image: new Tensor('float32', input, [images.length, 3, height, width]) });
    requireClasses(path, (name) => outputs[name]!.dims);
    return images.map((_, index) => {
      const part = (name: keyof RawDetections): Float32Array => {
        const values = outputs[name]!.data as Float32Array;
        const length = values.length / images.length;
        return values.subarray(index * length, (index + 1) * length);
      };
      return decodeDetections(
        Object.fromEntries(detectionOutputs.map((name) => [name, part(name)])) as unknown as RawDetections,
      );
    });
  };

  return {
    read: async (images) => {
      const scenes: Scene[] = [];
      for (let at = 0; at < images.length; at += 16) scenes.push(...(await readBatch(images.slice(at, at + 16))));
      return scenes;
    },
  };
}
