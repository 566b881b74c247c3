/**
 * Graphs that really compute, from random weights, small enough for every test. They draw nothing anybody would recognise, but
 * every input has a say in every output, so that nothing passes by zeros.
 */
import { crc32 } from 'node:zlib';
import { Random } from '../../src/main/engine/model/random.js';
import { inHalves, onnxFile, type Constant, type GraphFile, type Node, type Port } from './onnx.js';

/** What graphs of one pack agree on. `latent` null: the decoder works on pixels. */
export interface TinyShape {
  side: number;
  latent: { channels: number; width: number; height: number } | null;
  tokens: { count: number; codes: number };
  language: { vocabulary: number; offset: number; ids: number; width: number };
  /** Half floats inside the graphs that draw. */
  halves?: boolean;
  /** Cells on a side of what the codes stand for, each stretched over a part of the picture: large ones then need no gigabytes. */
  coarse?: number;
}

/** The file of a graph that draws. */
const drawing = ({ halves = false }: TinyShape, graph: GraphFile): Buffer => onnxFile(halves ? inHalves(graph) : graph);

const picture = ({ side }: TinyShape): Port => ({ name: 'image', type: 'float', shape: ['batch', 3, side, side] });
/** Where the decoder works. */
const spaceOf = ({ side, latent }: TinyShape): number[] =>
  latent === null ? [3, side, side] : [latent.channels, latent.height, latent.width];
const inSpace = (shape: TinyShape, name: string): Port => ({
  name,
  type: 'float',
  shape: ['batch', ...spaceOf(shape)],
});
const codesOf = ({ tokens }: TinyShape): Port => ({ name: 'tokens', type: 'int64', shape: ['batch', tokens.count] });
const visibleOf = ({ tokens }: TinyShape): Port => ({ name: 'visible', type: 'bool', shape: ['batch', tokens.count] });
/** Pixels of a side that become one cell. */
const strideOf = ({ side, latent }: TinyShape): number => (latent === null ? side / 8 : side / latent.width);

/** The same in every process, whatever was made before. */
function random(name: string, shape: number[], spread: number): Constant {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  new Random(crc32(`${name} ${shape}`), 'probe').fillGaussian(values);
  return { name, shape, values: values.map((value) => value * spread) };
}
const whole = (name: string, values: readonly number[]): Constant => ({
  name,
  shape: [values.length],
  values: BigInt64Array.from(values, BigInt),
});
const node = (operator: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node => ({
  operator,
  inputs,
  outputs: [output],
  attributes,
});
const patches = (stride: number) => ({ kernel_shape: [stride, stride], strides: [stride, stride] });
const floats = { to: 1 };

/** The likeliest code of each token, linear in the mean of all patches. */
export function tinyEncoder(shape: TinyShape): Buffer {
  const { count, codes: size } = shape.tokens;
  const stride = shape.coarse === undefined ? strideOf(shape) : 8;
  return onnxFile({
    inputs: [picture(shape)],
    outputs: [codesOf(shape)],
    constants: [random('weights', [count * size, 3, stride, stride], 1), whole('shape', [-1, count, size])],
    nodes: [
      node('Conv', ['image', 'weights'], 'maps', patches(stride)),
      node('GlobalAveragePool', ['maps'], 'means'),
      node('Reshape', ['means', 'shape'], 'scores'),
      node('ArgMax', ['scores'], 'tokens', { axis: 2, keepdims: 0 }),
    ],
  });
}

/** What the visible codes stand for, added up. */
function sketch(shape: TinyShape): { constants: Constant[]; nodes: Node[] } {
  const { count, codes: size } = shape.tokens;
  const [channels, ...sides] = spaceOf(shape) as [number, number, number];
  const { coarse } = shape;
  const space = [channels, ...(coarse === undefined ? sides : [coarse, coarse])];
  const stretch = coarse === undefined ? 1 : sides[0]! / coarse;
  return {
    constants: [
      ...(coarse === undefined ? [] : [random('stretching', [channels, channels, stretch, stretch], 0.6)]),
      random('table', [count * size, space.reduce((product, length) => product * length, 1)], 0.7),
      {
        name: 'places',
        shape: [1, count],
        values: BigInt64Array.from({ length: count }, (_, index) => BigInt(index * size)),
      },
      whole('last', [2]),
      whole('second', [1]),
      whole('shape', [-1, ...space]),
    ],
    nodes: [
      node('Add', ['tokens', 'places'], 'rows'),
      node('Gather', ['table', 'rows'], 'found', { axis: 0 }),
      node('Cast', ['visible'], 'seen', floats),
      node('Unsqueeze', ['seen', 'last'], 'weights'),
      node('Mul', ['found', 'weights'], 'weighted'),
      node('ReduceSum', ['weighted', 'second'], 'sum', { keepdims: 0 }),
      node('Reshape', ['sum', 'shape'], coarse === undefined ? 'clean' : 'cells'),
      ...(coarse === undefined ? [] : [node('ConvTranspose', ['cells', 'stretching'], 'clean', patches(stretch))]),
    ],
  };
}

/** The answer is the sketch with a trace of x, and of t. */
export function tinyDecoder(shape: TinyShape, answer: 'x0' | 'velocity' = 'x0'): Buffer {
  const { constants, nodes } = sketch(shape);
  return drawing(shape, {
    inputs: [inSpace(shape, 'x'), { name: 't', type: 'float', shape: ['batch'] }, codesOf(shape), visibleOf(shape)],
    outputs: [inSpace(shape, answer)],
    constants: [...constants, { name: 'trace', shape: [1], values: Float32Array.of(0.05) }, whole('column', [1, 2, 3])],
    nodes: [
      ...nodes,
      node('Mul', ['x', 'trace'], 'noise'),
      node('Unsqueeze', ['t', 'column'], 'time'),
      node('Mul', ['time', 'trace'], 'lightness'),
      node('Add', ['clean', 'noise'], 'noised'),
      node('Add', ['noised', 'lightness'], answer),
    ],
  });
}

/** The sketch at once, where the decoder works. */
export function tinyRenderer(shape: TinyShape): Buffer {
  const { constants, nodes } = sketch(shape);
  const answer = shape.latent === null ? 'image' : 'latent';
  return drawing(shape, {
    inputs: [codesOf(shape), visibleOf(shape)],
    outputs: [inSpace(shape, answer)],
    constants,
    nodes: [...nodes, node('Tanh', ['clean'], answer)],
  });
}

/** Pictures of any size: each cell is read by itself. */
export function tinyVaeEncoder(shape: TinyShape): Buffer {
  const stride = strideOf(shape);
  return onnxFile({
    inputs: [{ ...picture(shape), shape: ['batch', 3, 'height', 'width'] }],
    outputs: [{ ...inSpace(shape, 'latent'), shape: ['batch', shape.latent!.channels, 'rows', 'columns'] }],
    constants: [random('weights', [shape.latent!.channels, 3, stride, stride], 0.03)],
    nodes: [node('Conv', ['image', 'weights'], 'latent', patches(stride))],
  });
}

/** Latents of any size: each cell is drawn by itself. */
export function tinyVaeDecoder(shape: TinyShape): Buffer {
  const stride = strideOf(shape);
  return drawing(shape, {
    inputs: [{ ...inSpace(shape, 'latent'), shape: ['batch', shape.latent!.channels, 'rows', 'columns'] }],
    outputs: [{ ...picture(shape), shape: ['batch', 3, 'height', 'width'] }],
    constants: [random('weights', [shape.latent!.channels, 3, stride, stride], 0.1)],
    nodes: [node('ConvTranspose', ['latent', 'weights'], 'drawn', patches(stride)), node('Tanh', ['drawn'], 'image')],
  });
}

/** Every id it has read has a say in the next one, wherever it stood; what the mask hides has none. */
export function tinyLanguageModel({ language: { vocabulary, ids, width } }: TinyShape): Buffer {
  const matrix = (name: string, length: string): Port => ({ name, type: 'int64', shape: ['batch', length] });
  const cache = (name: string, length: string): Port => ({ name, type: 'float', shape: ['batch', 1, length, width] });
  return onnxFile({
    inputs: [
      matrix('input_ids', 'length'),
      matrix('attention_mask', 'total'),
      cache('past_key_values.0.key', 'past'),
      cache('past_key_values.0.value', 'past'),
    ],
    outputs: [
      { name: 'logits', type: 'float', shape: ['batch', 1, vocabulary] },
      cache('present.0.key', 'total'),
      cache('present.0.value', 'total'),
    ],
    constants: [
      random('embedding', [ids, width], 1),
      random('head', [width, vocabulary], 2),
      whole('heads', [1]),
      whole('around', [1, 3]),
      whole('columns', [2]),
      whole('shape', [-1, 1, width]),
    ],
    nodes: [
      node('Gather', ['embedding', 'input_ids'], 'read', { axis: 0 }),
      node('Unsqueeze', ['read', 'heads'], 'added'),
      node('Concat', ['past_key_values.0.key', 'added'], 'present.0.key', { axis: 2 }),
      node('Concat', ['past_key_values.0.value', 'added'], 'present.0.value', { axis: 2 }),
      node('Cast', ['attention_mask'], 'seen', floats),
      node('Unsqueeze', ['seen', 'around'], 'weights'),
      node('Mul', ['present.0.key', 'weights'], 'weighted'),
      node('ReduceSum', ['weighted', 'columns'], 'sum', { keepdims: 1 }),
      node('Reshape', ['sum', 'shape'], 'state'),
      node('Sin', ['state'], 'bent'),
      node('MatMul', ['bent', 'head'], 'logits'),
    ],
  });
}
