import { describe, expect, it } from 'vitest';
import {
  decodeDetections,
  grid,
  requireClasses,
  requireCoverage,
  type DetectionLabels,
  type RawDetections,
} from './detections.js';

const colours = ['red', 'orange', 'yellow', 'blue', 'white'];
const labels: DetectionLabels = {
  kind: ['circle', 'square', 'triangle', 'star'],
  colour: colours,
  texture: ['solid', 'striped', 'dotted'],
  size: ['small', 'medium', 'large'],
  backgroundKind: ['plain', 'gradient', 'horizon'],
  backgroundColours: colours,
};

const cellCount = grid * grid;

/** Nothing anywhere, on a plain red background. */
function emptyOutputs(): RawDetections {
  const maps = (channels: number): Float32Array => new Float32Array(channels * cellCount);
  return {
    heatmap: new Float32Array(cellCount).fill(-10),
    kind: maps(labels.kind.length),
    colour: maps(colours.length),
    texture: maps(labels.texture.length),
    size: maps(labels.size.length),
    offset: maps(2),
    backgroundKind: new Float32Array(labels.backgroundKind.length),
    backgroundColours: new Float32Array(2 * colours.length),
  };
}

interface Placed {
  row: number;
  column: number;
  logit: number;
  kind?: number;
  offset?: [number, number];
}

function place(raw: RawDetections, { row, column, logit, kind = 0, offset = [0, 0] }: Placed): void {
  const cell = row * grid + column;
  raw.heatmap[cell] = logit;
  raw.kind[kind * cellCount + cell] = 5;
  raw.offset[cell] = offset[0];
  raw.offset[cellCount + cell] = offset[1];
}

describe('decodeDetections', () => {
  it('finds nothing below the threshold of 0.4', () => {
    const raw = emptyOutputs();
    place(raw, { row: 4, column: 4, logit: Math.log(0.39 / 0.61) });
    expect(decodeDetections(raw, labels).objects).toEqual([]);
    place(raw, { row: 4, column: 4, logit: Math.log(0.41 / 0.59) });
    expect(decodeDetections(raw, labels).objects).toHaveLength(1);
  });

  it('puts the centre where cell and offset say, clamped to the picture', () => {
    const raw = emptyOutputs();
    place(raw, { row: 8, column: 16, logit: 3, kind: 3, offset: [0.25, -0.5] });
    place(raw, { row: 31, column: 31, logit: 2, offset: [9, 9] });
    const [star, corner] = decodeDetections(raw, labels).objects;
    expect(star).toMatchObject({ kind: 'star', x: (16.5 + 0.25) / 32, y: 8 / 32 });
    expect(corner).toMatchObject({ x: 1, y: 1 });
  });

  it('takes only peaks, and of two closer than 0.09 the surer one', () => {
    const raw = emptyOutputs();
    place(raw, { row: 10, column: 10, logit: 2, kind: 1 });
    place(raw, { row: 10, column: 11, logit: 1 });
    place(raw, { row: 10, column: 12, logit: 3, kind: 2 });
    place(raw, { row: 10, column: 20, logit: 1, kind: 3 });
    expect(decodeDetections(raw, labels).objects.map(({ kind }) => kind)).toEqual(['triangle', 'star']);
  });

  it('reads the second colour only where a background has two', () => {
    const raw = emptyOutputs();
    raw.backgroundColours[3] = 1;
    raw.backgroundColours[colours.length + 4] = 1;
    expect(decodeDetections(raw, labels).background).toEqual({ kind: 'plain', colours: ['blue', 'blue'] });
    raw.backgroundKind[2] = 1;
    expect(decodeDetections(raw, labels).background).toEqual({ kind: 'horizon', colours: ['blue', 'white'] });
  });
});

describe('requireClasses', () => {
  const channels = { kind: 4, colour: 5, texture: 3, size: 3 };
  const mapsOf = (counts: typeof channels) => (name: keyof RawDetections) => {
    if (name === 'backgroundKind') return [2, 3];
    return name === 'backgroundColours' ? [2, 2, 5] : [2, counts[name as keyof typeof counts], grid, grid];
  };

  it('takes a graph with the classes it is said to have', () => {
    expect(() => requireClasses('probe.onnx', labels, mapsOf(channels))).not.toThrow();
  });

  it('refuses one with more kinds, and says which', () => {
    const refused = () => requireClasses('probe.onnx', labels, mapsOf({ ...channels, kind: 18 }));
    expect(refused).toThrow(/probe\.onnx tells 18 values of kind apart, its labels name 4/);
  });
});

describe('requireCoverage', () => {
  const vocabulary = {
    kinds: labels.kind,
    colours,
    textures: labels.texture,
    sizes: labels.size,
    backgrounds: labels.backgroundKind,
  };

  it('takes a detector that knows all of the world, and one that knows more', () => {
    expect(() => requireCoverage('probe.onnx', labels, { name: 'world-v1', vocabulary })).not.toThrow();
    const smaller = { ...vocabulary, kinds: ['star'] };
    expect(() => requireCoverage('probe.onnx', labels, { name: 'world-v2', vocabulary: smaller })).not.toThrow();
  });

  it.each([
    ['kinds', 'ring', 'as kind it does not know ring'],
    ['textures', 'outlined', 'as texture it does not know outlined'],
    ['backgrounds', 'checked', 'as backgroundKind it does not know checked'],
    ['colours', 'teal', 'as colour it does not know teal'],
  ] as const)('refuses one that lacks some of the %s by name', (words, missing, said) => {
    const larger = { ...vocabulary, [words]: [...vocabulary[words], missing] };
    const refused = () => requireCoverage('probe.onnx', labels, { name: 'world-v1', vocabulary: larger });
    expect(refused).toThrow(`probe.onnx cannot judge the set world-v1: ${said}.`);
  });
});
