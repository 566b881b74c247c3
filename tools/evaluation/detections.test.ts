import { describe, expect, it } from 'vitest';
import { decodeDetections, grid, requireClasses, type RawDetections } from './detections.js';
import { backgrounds, colours, kinds, sizes, textures } from './scene.js';

const cellCount = grid * grid;

/** Nothing anywhere, on a plain red background. */
function emptyOutputs(): RawDetections {
  const maps = (channels: number): Float32Array => new Float32Array(channels * cellCount);
  return {
    heatmap: new Float32Array(cellCount).fill(-10),
    kind: maps(kinds.length),
    colour: maps(colours.length),
    texture: maps(textures.length),
    size: maps(sizes.length),
    offset: maps(2),
    backgroundKind: new Float32Array(backgrounds.length),
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
    expect(decodeDetections(raw).objects).toEqual([]);
    place(raw, { row: 4, column: 4, logit: Math.log(0.41 / 0.59) });
    expect(decodeDetections(raw).objects).toHaveLength(1);
  });

  it('puts the centre where cell and offset say, clamped to the picture', () => {
    const raw = emptyOutputs();
    place(raw, { row: 8, column: 16, logit: 3, kind: 3, offset: [0.25, -0.5] });
    place(raw, { row: 31, column: 31, logit: 2, offset: [9, 9] });
    const [star, corner] = decodeDetections(raw).objects;
    expect(star).toMatchObject({ kind: 'star', x: (16.5 + 0.25) / 32, y: 8 / 32 });
    expect(corner).toMatchObject({ x: 1, y: 1 });
  });

  it('takes only peaks, and of two closer than 0.09 the surer one', () => {
    const raw = emptyOutputs();
    place(raw, { row: 10, column: 10, logit: 2, kind: 1 });
    place(raw, { row: 10, column: 11, logit: 1 });
    place(raw, { row: 10, column: 12, logit: 3, kind: 2 });
    place(raw, { row: 10, column: 20, logit: 1, kind: 3 });
    expect(decodeDetections(raw).objects.map(({ kind }) => kind)).toEqual(['triangle', 'star']);
  });

  it('reads the second colour only where a background has two', () => {
    const raw = emptyOutputs();
    raw.backgroundColours[5] = 1;
    raw.backgroundColours[colours.length + 11] = 1;
    expect(decodeDetections(raw).background).toEqual({ kind: 'plain', colours: ['blue', 'blue'] });
    raw.backgroundKind[2] = 1;
    expect(decodeDetections(raw).background).toEqual({ kind: 'horizon', colours: ['blue', 'white'] });
  });
});

describe('requireClasses', () => {
  const dimensions = { kind: 14, colour: 12, texture: 3, size: 3 };
  const mapsOf = (counts: typeof dimensions) => (name: keyof RawDetections) => {
    if (name === 'backgroundKind') return [2, 6];
    return name === 'backgroundColours' ? [2, 2, 12] : [2, counts[name as keyof typeof counts], grid, grid];
  };

  it('takes the detector of this world', () => {
    expect(() => requireClasses('probe.onnx', mapsOf(dimensions))).not.toThrow();
  });

  it('refuses one of a world with more kinds, and says which', () => {
    const refused = () => requireClasses('probe.onnx', mapsOf({ ...dimensions, kind: 18 }));
    expect(refused).toThrow(/probe\.onnx tells 18 values of kind apart, the world has 14/);
  });
});
