/** The detector's raw outputs as a scene of the default pack's world; the reading itself is the engine's. */
import { StudioError } from '../../src/shared/errors.js';
import { readDetections, type RawDetections } from '../../src/main/engine/measures/detection.js';
import { backgrounds, colours, kinds, sizes, textures, type Scene } from './scene.js';

export type { RawDetections } from '../../src/main/engine/measures/detection.js';

/** Grid cells a side. */
export const grid = 32;

const labels = {
  kind: kinds,
  colour: colours,
  texture: textures,
  size: sizes,
  backgroundKind: backgrounds,
  backgroundColours: colours,
} as const;

export function decodeDetections(raw: RawDetections): Scene {
  const { background, objects } = readDetections(raw, labels);
  const [first, second] = background.colours;
  return {
    background: { kind: background.kind, colours: [first!, second ?? first!] },
    objects: objects.map(({ kind, colour, texture, size, x, y }) => ({ kind, colour, texture, size, x, y })),
  };
}

/** Throws `pack-damaged` for a detector with other classes: it would be read as naming things it does not mean. */
export function requireClasses(path: string, dimensionsOf: (output: keyof RawDetections) => readonly number[]): void {
  for (const [name, classes] of Object.entries(labels)) {
    const output = name as keyof typeof labels;
    // Maps hold one channel per class, backgrounds one value at the end.
    const count = dimensionsOf(output).at(output.startsWith('background') ? -1 : 1);
    if (count === classes.length) continue;
    throw new StudioError(
      'pack-damaged',
      `${path} tells ${count} values of ${name} apart, the world has ${classes.length}.`,
      'It was trained on another world. Name one for this world with --detector.',
    );
  }
}
