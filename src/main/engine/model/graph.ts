/** What the engine needs of an ONNX session; the fakes of the unit tests keep the same shape. */
import type { GraphName } from '../../../shared/packs/pack.js';

export type TensorData =
  | Float32Array
  | Uint8Array
  | Uint16Array
  | BigInt64Array
  | {
      readonly buffer: ArrayBufferLike;
      readonly byteOffset: number;
      readonly byteLength: number;
      readonly length: number;
    };

export interface GraphTensor {
  readonly type: string;
  readonly data: TensorData;
  readonly dims: readonly number[];
}

/** A symbolic dimension is a string. */
export interface TensorDescription {
  name: string;
  type: string;
  shape: readonly (number | string)[];
  /** Its file says nothing of its shape: that is known once the graph is open. */
  unstated?: true;
}

export interface DescribedGraph {
  readonly name: GraphName;
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
}

export interface Graph extends DescribedGraph {
  /** It divides batches by itself, so nobody has to before. */
  readonly dividesRows?: true;
  run(feeds: Readonly<Record<string, GraphTensor>>): Promise<Record<string, GraphTensor>>;
  dispose(): Promise<void>;
}

export type Graphs = Partial<Record<GraphName, Graph>>;

/** Milliseconds spent inside `session.run`; what a job takes beyond that is overhead. */
export class SessionClock {
  milliseconds = 0;
}

export function float32(data: Float32Array, dims: readonly number[]): GraphTensor {
  return { type: 'float32', data, dims };
}

export function int64(data: BigInt64Array, dims: readonly number[]): GraphTensor {
  return { type: 'int64', data, dims };
}

export function bool(data: Uint8Array, dims: readonly number[]): GraphTensor {
  return { type: 'bool', data, dims };
}

/** The output of that name as 32-bit floats. Shapes and types were checked when the graph was opened. */
export function floatsOf(outputs: Record<string, GraphTensor>, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`The graph gave no 32-bit floats named ${name}.`);
  return data;
}
