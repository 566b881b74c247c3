/** An ICC profile (ICC.1:2022, version 4) of three primaries, a white point and one curve: what a PNG says in numbers of its own. */

export type Chromaticities = Record<'white' | 'red' | 'green' | 'blue', [x: number, y: number]>;
/** sRGB's own curve, or light = value to the power of gamma. */
export type Curve = 'srgb' | { gamma: number };

type Vector = [number, number, number];
type Matrix = [Vector, Vector, Vector];

const d50: Vector = [0.9642, 1, 0.8249];
const bradford: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

/** Null where the primaries span no colours. */
export function matrixProfile(where: Chromaticities, curve: Curve): Uint8Array | null {
  const white = toXyz(where.white);
  const columns = transposed([toXyz(where.red), toXyz(where.green), toXyz(where.blue)]);
  const inverse = inverted(columns);
  if (inverse === null || !isSound(white)) return null;
  const scale = times(inverse, white);
  const matrix = columns.map((row) => row.map((value, at) => value * scale[at]!)) as Matrix;
  const adapted = transposed(multiplied(adaptation(white), matrix));
  if (!adapted.every(isSound)) return null;
  const trc = curveTag(curve);
  const tags: [string, Uint8Array][] = [
    ['wtpt', xyzTag(d50)],
    ...(['rXYZ', 'gXYZ', 'bXYZ'] as const).map((name, at): [string, Uint8Array] => [name, xyzTag(adapted[at]!)]),
    ...['rTRC', 'gTRC', 'bTRC'].map((name): [string, Uint8Array] => [name, trc]),
  ];
  return file(tags);
}

/** Header of 128 bytes, the table of tags, the tags (7.2, 7.3). */
function file(tags: readonly [string, Uint8Array][]): Uint8Array {
  const start = 128 + 4 + 12 * tags.length;
  const length = tags.reduce((sum, [, data]) => sum + data.length, start);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  const letters = (at: number, text: string): void => bytes.set(new TextEncoder().encode(text), at);
  view.setUint32(0, length);
  view.setUint32(8, 0x04400000);
  letters(12, 'mntrRGB XYZ ');
  letters(36, 'acsp');
  fixed(view, 68, d50);
  view.setUint32(128, tags.length);
  let at = start;
  for (const [index, [name, data]] of tags.entries()) {
    const entry = 132 + 12 * index;
    letters(entry, name);
    view.setUint32(entry + 4, at);
    view.setUint32(entry + 8, data.length);
    bytes.set(data, at);
    at += data.length;
  }
  return bytes;
}

function xyzTag(value: Vector): Uint8Array {
  const tag = new Uint8Array(20);
  tag.set(new TextEncoder().encode('XYZ '));
  fixed(new DataView(tag.buffer), 8, value);
  return tag;
}

/** parametricCurveType: function 0 is a power, function 3 sRGB's form (10.18). */
function curveTag(curve: Curve): Uint8Array {
  const values = curve === 'srgb' ? [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045] : [curve.gamma];
  const tag = new Uint8Array(12 + 4 * values.length);
  const view = new DataView(tag.buffer);
  tag.set(new TextEncoder().encode('para'));
  view.setUint16(8, curve === 'srgb' ? 3 : 0);
  fixed(view, 12, values);
  return tag;
}

/** s15Fixed16Number (4.6). */
function fixed(view: DataView, at: number, values: readonly number[]): void {
  for (const [index, value] of values.entries()) view.setInt32(at + 4 * index, Math.round(value * 65_536));
}

/** Von Kries in Bradford's cone space, from `white` to D50. */
function adaptation(white: Vector): Matrix {
  const [from, to] = [times(bradford, white), times(bradford, d50)];
  const scaled = bradford.map((row, at) => row.map((value) => (value * to[at]!) / from[at]!)) as Matrix;
  return multiplied(inverted(bradford)!, scaled);
}

function toXyz([x, y]: [number, number]): Vector {
  return [x / y, 1, (1 - x - y) / y];
}

function isSound(values: Vector): boolean {
  return values.every((value) => Number.isFinite(value) && Math.abs(value) < 100);
}

function times(matrix: Matrix, vector: Vector): Vector {
  return matrix.map((row) => row.reduce((sum, value, at) => sum + value * vector[at]!, 0)) as Vector;
}

function multiplied(a: Matrix, b: Matrix): Matrix {
  return transposed(transposed(b).map((column) => times(a, column)) as Matrix);
}

function transposed(matrix: Matrix): Matrix {
  return [0, 1, 2].map((at) => matrix.map((row) => row[at]!)) as Matrix;
}

function inverted([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix | null {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!Number.isFinite(determinant) || Math.abs(determinant) < 1e-9) return null;
  const cofactors: Matrix = [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  return cofactors.map((row) => row.map((value) => value / determinant)) as Matrix;
}
