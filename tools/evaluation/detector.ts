/** Runs the detector graph. It judges the studio's pictures, so it stays outside the engine that makes them. */
import { readFile } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { z } from 'zod';
import { StudioError } from '../../src/shared/errors.js';
import type { RasterImage } from '../../src/shared/pictures/images.js';
import { detectionOutputs } from '../../src/main/engine/measures/detection.js';
import {
  decodeDetections,
  labelsSchema,
  requireClasses,
  requireCoverage,
  type DetectionLabels,
  type RawDetections,
} from './detections.js';
import type { Scene } from './scene.js';
import type { Vocabulary } from './vocabulary.js';

/** pack.json, or what training writes beside a graph of its own. */
const labelsFile = z.union([
  z.object({ attributes: z.object({ labels: labelsSchema }) }),
  z.object({ labels: labelsSchema }),
]);

export interface Detector {
  /** Scenes of 128 × 128 pictures, in order. */
  read: (images: readonly RasterImage[]) => Promise<Scene[]>;
}

export interface DetectorOptions {
  threads: number;
  /** What is to be judged with it. */
  set: { name: string; vocabulary: Vocabulary };
  /** The pack the graph belongs to; absent: what lies in the graph's own folder. */
  packFolder?: string;
}

/**
 * The classes of the graph are what its pack's pack.json says, or the file of the graph's own name that training writes.
 * Throws `pack-missing` when there is no such graph, `pack-damaged` when it is not a detector or nothing names its classes,
 * `bad-request` when these do not cover the set; `read`, `pack-damaged` when the graph has other classes than its labels.
 */
export async function openDetector(path: string, options: DetectorOptions): Promise<Detector> {
  const { threads, set, packFolder = dirname(path) } = options;
  const bytes = await readFile(path).catch(() => {
    throw new StudioError(
      'pack-missing',
      `The detector ${path} is missing.`,
      'Train it with: python3 -m training.train_detector, or name one with --detector.',
    );
  });
  const labels = await labelsOf(path, packFolder);
  requireCoverage(path, labels, set);
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
    requireClasses(path, labels, (name) => outputs[name]!.dims);
    return images.map((_, index) => {
      const part = (name: keyof RawDetections): Float32Array => {
        const values = outputs[name]!.data as Float32Array;
        const length = values.length / images.length;
        return values.subarray(index * length, (index + 1) * length);
      };
      return decodeDetections(
        Object.fromEntries(detectionOutputs.map((name) => [name, part(name)])) as unknown as RawDetections,
        labels,
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

async function labelsOf(path: string, packFolder: string): Promise<DetectionLabels> {
  const trained = `${parse(path).name}.json`;
  const statements = [join(packFolder, 'pack.json'), join(dirname(path), trained)];
  for (const file of statements) {
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) continue;
    try {
      const stated = labelsFile.parse(JSON.parse(text));
      return 'attributes' in stated ? stated.attributes.labels : stated.labels;
    } catch (thrown) {
      throw new StudioError(
        'pack-damaged',
        `${file} does not name the classes of ${path}.`,
        'Export the pack again, or name another graph with --detector.',
        { detail: String(thrown) },
      );
    }
  }
  throw new StudioError(
    'pack-damaged',
    `Nothing beside ${path} names its classes.`,
    `Put the pack.json of its pack beside it, or ${trained} as training/train_detector.py writes it.`,
  );
}
