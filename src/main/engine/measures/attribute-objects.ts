/**
 * What stands out of the background, as patches that are looked for in another picture: an outline is compared where it
 * fits best, so that an object in another place, or of another colour, keeps its shape and its texture.
 */

/** Distance from the background, OKLab, below which nothing stands out: a patterned background has two tones. */
const indistinct = 0.05;
/** Prominence from which a cell belongs to an object. */
const objectProminence = 0.06;
/** Cells of 2 × 2 pixels an object has at least. */
const smallestObject = 16;
const mostObjects = 6;
/** Cells around an object that belong to its patch: the outline's outer side. */
const margin = 2;
/** How far, in cells of 4 × 4 pixels, an object is looked for around a cell to call it inside. */
const reach = 6;
/** Detail below this, root mean square in OKLab, cannot be seen. */
const invisibleDetail = 0.006;
/** Sums that hardly visible outlines and details reach; they keep an empty patch from dividing by nothing. */
const faintest = { outline: 0.02, detail: 0.3, contrast: 0.05 };

/** Planes [3, size, size] of OKLab at 128, 64, 32 and 16 cells a side. */
export interface Pyramid {
  full: Float32Array;
  half: Float32Array;
  middle: Float32Array;
  quarter: Float32Array;
}

/** Corners in cells of 2 × 2 pixels, both included; `area` counts the cells that stand out. */
interface Patch {
  left: number;
  top: number;
  right: number;
  bottom: number;
  area: number;
}

export interface ObjectFeatures {
  /** [64 · 64] */
  prominence: Float32Array;
  /** The largest first. */
  patches: Patch[];
  /** [2, 64, 64] and [2, 32, 32]: edge strength along doubled orientation, so that both sides of an edge count alike. */
  outline: Float32Array;
  coarseOutline: Float32Array;
  /** [32 · 32]: strength of detail finer than 8 pixels. */
  detail: Float32Array;
  /** [32 · 32]: 1 inside an object, its holes included. */
  inside: Uint8Array;
}

/** How far each cell stands out of its row's median colour: the background's, also where that runs from top to bottom. */
export function prominenceOf(planes: Float32Array, size: number): Float32Array {
  const cells = size * size;
  const prominence = new Float32Array(cells);
  const middle = size >> 1;
  for (let row = 0; row < cells; row += size) {
    for (let offset = 0; offset < planes.length; offset += cells) {
      const values = planes.subarray(offset + row, offset + row + size);
      const sorted = values.slice().sort();
      const median = (sorted[middle - 1]! + sorted[middle]!) / 2;
      for (let column = 0; column < size; column++) prominence[row + column]! += (values[column]! - median) ** 2;
    }
  }
  return prominence.map((squared) => Math.max(0, Math.sqrt(squared) - indistinct));
}

export function objectFeatures({ full, half, middle, quarter }: Pyramid): ObjectFeatures {
  const prominence = prominenceOf(half, 64);
  return {
    prominence,
    patches: patchesOf(prominence),
    outline: orientations(half, 64),
    coarseOutline: orientations(middle, 32),
    detail: detailStrength(full, half, middle, quarter),
    inside: insideOf(prominence),
  };
}

/** Errors of shape and texture, 0…1, each object of the reference at the place of the other picture it fits best. */
export function compareObjects(reference: ObjectFeatures, other: ObjectFeatures): { shape: number; texture: number } {
  const whole: Patch = { left: 0, top: 0, right: 63, bottom: 63, area: 1 };
  const patches = reference.patches.length === 0 ? [whole] : reference.patches;
  let shape = 0;
  let texture = 0;
  let weights = 0;
  for (const patch of patches) {
    const weight = Math.sqrt(patch.area);
    const { across, down, correlation } = bestFit(reference, other, patch);
    shape += weight * (1 - correlation);
    texture += weight * textureError(reference, other, patch, across, down);
    weights += weight;
  }
  return { shape: shape / weights, texture: texture / weights };
}

/** The shift, in cells of 2 × 2 pixels, at which the outlines correlate most: everywhere in steps of two, then exactly. */
function bestFit(
  reference: ObjectFeatures,
  other: ObjectFeatures,
  { left, top, right, bottom }: Patch,
): { across: number; down: number; correlation: number } {
  const coarse = { left: left >> 1, top: top >> 1, right: right >> 1, bottom: bottom >> 1 };
  let best = { across: 0, down: 0, correlation: -1 };
  for (let down = -coarse.top; down + coarse.bottom < 32; down++) {
    for (let across = -coarse.left; across + coarse.right < 32; across++) {
      const correlation = correlationAt(reference.coarseOutline, other.coarseOutline, 32, coarse, across, down);
      if (correlation > best.correlation) best = { across, down, correlation };
    }
  }
  const around = { across: 2 * best.across, down: 2 * best.down };
  best = { ...around, correlation: -1 };
  for (let down = around.down - 2; down <= around.down + 2; down++) {
    if (top + down < 0 || bottom + down > 63) continue;
    for (let across = around.across - 2; across <= around.across + 2; across++) {
      if (left + across < 0 || right + across > 63) continue;
      const patch = { left, top, right, bottom };
      const correlation = correlationAt(reference.outline, other.outline, 64, patch, across, down);
      if (correlation > best.correlation) best = { across, down, correlation };
    }
  }
  return best;
}

/** 0…1: of two patches of oriented edges; contrast and sign of an edge do not matter. */
function correlationAt(
  a: Float32Array,
  b: Float32Array,
  size: number,
  { left, top, right, bottom }: Omit<Patch, 'area'>,
  across: number,
  down: number,
): number {
  const plane = size * size;
  let product = 0;
  let energyA = 0;
  let energyB = 0;
  for (let row = top; row <= bottom; row++) {
    let to = (row + down) * size + left + across;
    for (let at = row * size + left; at <= row * size + right; at++, to++) {
      const a1 = a[at]!;
      const a2 = a[plane + at]!;
      const b1 = b[to]!;
      const b2 = b[plane + to]!;
      product += a1 * b1 + a2 * b2;
      energyA += a1 * a1 + a2 * a2;
      energyB += b1 * b1 + b2 * b2;
    }
  }
  const least = faintest.outline;
  return Math.max(0, product + least) / Math.sqrt((energyA + least) * (energyB + least));
}

/**
 * Difference of the detail inside the object, cell by cell in order of strength, each in units of its object's contrast:
 * the same stripes in another colour, or half a stripe further, are the same texture.
 */
function textureError(
  reference: ObjectFeatures,
  other: ObjectFeatures,
  patch: Patch,
  across: number,
  down: number,
): number {
  const scale = contrastOf(reference, patch, 0, 0);
  const otherScale = contrastOf(other, patch, across, down);
  const inner: [number, number][] = [];
  const all: [number, number][] = [];
  const [right, below] = [Math.round(across / 2), Math.round(down / 2)];
  const clamp = (cell: number): number => Math.min(31, Math.max(0, cell));
  for (let row = patch.top >> 1; row <= patch.bottom >> 1; row++) {
    for (let column = patch.left >> 1; column <= patch.right >> 1; column++) {
      const at = row * 32 + column;
      const pair: [number, number] = [
        reference.detail[at]! / scale,
        other.detail[clamp(row + below) * 32 + clamp(column + right)]! / otherScale,
      ];
      all.push(pair);
      if (reference.inside[at] === 1) inner.push(pair);
    }
  }
  // Of an object too small to have an inside everything counts.
  const pairs = inner.length > 3 ? inner : all;
  const wanted = pairs.map(([value]) => value).sort((a, b) => a - b);
  const found = pairs.map(([, value]) => value).sort((a, b) => a - b);
  let difference = 0;
  let larger = 0;
  wanted.forEach((value, index) => {
    difference += Math.abs(value - found[index]!);
    larger += Math.max(value, found[index]!);
  });
  return difference / (larger + faintest.detail);
}

/** Mean prominence in the patch, weighted by itself: what stands out counts, not how much room it leaves. */
function contrastOf(
  { prominence }: ObjectFeatures,
  { left, top, right, bottom }: Patch,
  across: number,
  down: number,
): number {
  let sum = 0;
  let squares = 0;
  for (let row = top + down; row <= bottom + down; row++) {
    for (let at = row * 64 + left + across; at <= row * 64 + right + across; at++) {
      sum += prominence[at]!;
      squares += prominence[at]! * prominence[at]!;
    }
  }
  return (sum === 0 ? 0 : squares / sum) + faintest.contrast;
}

/** Connected cells that stand out, with a margin. */
function patchesOf(prominence: Float32Array): Patch[] {
  const seen = new Uint8Array(4096);
  const patches: Patch[] = [];
  for (let start = 0; start < 4096; start++) {
    if (seen[start] === 1 || prominence[start]! < objectProminence) continue;
    const patch: Patch = { left: 63, top: 63, right: 0, bottom: 0, area: 0 };
    const waiting = [start];
    seen[start] = 1;
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const [x, y] = [at & 63, at >> 6];
      patch.left = Math.min(patch.left, x);
      patch.right = Math.max(patch.right, x);
      patch.top = Math.min(patch.top, y);
      patch.bottom = Math.max(patch.bottom, y);
      patch.area += 1;
      for (const next of [x > 0 ? at - 1 : at, x < 63 ? at + 1 : at, y > 0 ? at - 64 : at, y < 63 ? at + 64 : at]) {
        if (seen[next] === 1 || prominence[next]! < objectProminence) continue;
        seen[next] = 1;
        waiting.push(next);
      }
    }
    if (patch.area < smallestObject) continue;
    patches.push({
      left: Math.max(0, patch.left - margin),
      top: Math.max(0, patch.top - margin),
      right: Math.min(63, patch.right + margin),
      bottom: Math.min(63, patch.bottom + margin),
      area: patch.area,
    });
  }
  return patches.sort((a, b) => b.area - a.area).slice(0, mostObjects);
}

/** A cell with something that stands out on all four sides of it, not far away. */
function insideOf(prominence: Float32Array): Uint8Array {
  const standsOut = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < 32 && y < 32 && prominence[2 * y * 64 + 2 * x]! >= objectProminence;
  const directions = [
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
  ] as const;
  return Uint8Array.from({ length: 1024 }, (_, at) =>
    directions.every(([dx, dy]) => {
      for (let step = 1; step <= reach; step++) {
        if (standsOut((at & 31) + dx * step, (at >> 5) + dy * step)) return true;
      }
      return false;
    })
      ? 1
      : 0,
  );
}

/** (gx² − gy², 2·gx·gy) / |g| summed over the channels: the edge's strength along its doubled angle. */
function orientations(planes: Float32Array, size: number): Float32Array {
  const cells = size * size;
  const last = size - 1;
  const found = new Float32Array(2 * cells);
  for (let offset = 0; offset < 3 * cells; offset += cells) {
    for (let row = 0; row < size; row++) {
      const above = offset + (row === 0 ? 0 : row - 1) * size;
      const below = offset + (row === last ? last : row + 1) * size;
      const here = offset + row * size;
      for (let column = 0; column < size; column++) {
        const across = planes[here + Math.min(last, column + 1)]! - planes[here + Math.max(0, column - 1)]!;
        const down = planes[below + column]! - planes[above + column]!;
        const length = Math.sqrt(across * across + down * down);
        if (length < 1e-6) continue;
        found[row * size + column]! += (across * across - down * down) / length;
        found[cells + row * size + column]! += (2 * across * down) / length;
      }
    }
  }
  return found;
}

/** Root mean square, in cells of 4 × 4 pixels, of what means of 8 × 8 pixels leave out, less what cannot be seen. */
function detailStrength(
  full: Float32Array,
  half: Float32Array,
  middle: Float32Array,
  quarter: Float32Array,
): Float32Array {
  const energy = new Float32Array(1024);
  for (let channel = 0; channel < 3; channel++) {
    for (let at = 0; at < 16_384; at++) {
      const x = at & 127;
      const y = at >> 7;
      const byTwo = half[channel * 4096 + (y >> 1) * 64 + (x >> 1)]!;
      const byFour = middle[channel * 1024 + (y >> 2) * 32 + (x >> 2)]!;
      const byEight = quarter[channel * 256 + (y >> 3) * 16 + (x >> 3)]!;
      const fine = full[channel * 16_384 + at]! - byTwo;
      const medium = byTwo - byFour;
      const coarse = byFour - byEight;
      energy[(y >> 2) * 32 + (x >> 2)]! += fine * fine + medium * medium + coarse * coarse;
    }
  }
  return energy.map((sum) => Math.max(0, Math.sqrt(sum / 16) - invisibleDetail));
}
