/** The detector's raw outputs as a scene; the reading itself is the engine's, and the classes are the detector's own. */
import { z } from 'zod';
import { StudioError } from '../../src/shared/errors.js';
import { readDetections, type DetectionLabels, type RawDetections } from '../../src/main/engine/measures/detection.js';
import type { Scene } from './scene.js';
import type { Vocabulary } from './vocabulary.js';

export type { DetectionLabels, RawDetections } from '../../src/main/engine/measures/detection.js';

/** Grid cells a side. */
export const grid = 32;

const classes = z.array(z.string()).min(1);
/** Class names in the order of the detector's outputs, as pack.json states them. */
export const labelsSchema = z.object({
  kind: classes,
  colour: classes,
  texture: classes,
  size: classes,
  backgroundKind: classes,
  backgroundColours: classes,
}) satisfies z.ZodType<DetectionLabels>;

const outputs = labelsSchema.keyof().options;

/** The words of a world that each output has to tell apart. */
const wordsOf: Record<keyof DetectionLabels, keyof Vocabulary> = {
  kind: 'kinds',
  colour: 'colours',
  texture: 'textures',
  size: 'sizes',
  backgroundKind: 'backgrounds',
  backgroundColours: 'colours',
};

export function decodeDetections(raw: RawDetections, labels: DetectionLabels): Scene {
  const { background, objects } = readDetections(raw, labels);
  const [first, second] = background.colours;
  return {
    background: { kind: background.kind, colours: [first!, second ?? first!] },
    objects: objects.map(({ kind, colour, texture, size, x, y }) => ({ kind, colour, texture, size, x, y })),
  };
}

/** Throws `pack-damaged` for a graph with other classes than it is said to have: it would be read as naming what it does not mean. */
export function requireClasses(
  path: string,
  labels: DetectionLabels,
  dimensionsOf: (output: keyof RawDetections) => readonly number[],
): void {
  for (const output of outputs) {
    // Maps hold one channel per class, backgrounds one value at the end.
    const count = dimensionsOf(output).at(output.startsWith('background') ? -1 : 1);
    if (count === labels[output].length) continue;
    throw new StudioError(
      'pack-damaged',
      `${path} tells ${count} values of ${output} apart, its labels name ${labels[output].length}.`,
      'Export graph and labels together, or name another graph with --detector.',
    );
  }
}

/** Throws `bad-request` for a detector that cannot name all of a set's world: what it cannot name would count as drawn wrong. */
export function requireCoverage(
  path: string,
  labels: DetectionLabels,
  set: { name: string; vocabulary: Vocabulary },
): void {
  for (const output of outputs) {
    const unnamed = set.vocabulary[wordsOf[output]].filter((word) => !labels[output].includes(word));
    if (unnamed.length === 0) continue;
    throw new StudioError(
      'bad-request',
      `${path} cannot judge the set ${set.name}: as ${output} it does not know ${unnamed.join(', ')}.`,
      'It was trained on another world. Name a set of its world with --data, or a graph of this one with --detector.',
    );
  }
}
