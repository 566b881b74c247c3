/** The detector's raw outputs as a scene of the default pack's world; the reading itself is the engine's. */
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
};

export function decodeDetections(raw: RawDetections): Scene {
  const { background, objects } = readDetections(raw, labels);
  const [first, second] = background.colours;
  return {
    background: { kind: background.kind, colours: [first!, second ?? first!] },
    objects: objects.map(({ kind, colour, texture, size, x, y }) => ({ kind, colour, texture, size, x, y })),
  };
}
