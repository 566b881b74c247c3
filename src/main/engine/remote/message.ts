/**
 * Requests and answers of the Open Inference Protocol (KServe v2), with the binary tensor extension where a server has it: a JSON
 * header, then the tensors' bytes, little-endian, in the header's order. Pure.
 * https://github.com/kserve/open-inference-protocol, https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
 */
import { z } from 'zod';
import { parseJson } from '../../../shared/json.js';
import type { GraphTensor, TensorData } from '../model/graph.js';

/** Says how many bytes of a body are its JSON header. */
export const headerLengthName = 'inference-header-content-length';

interface WireType {
  datatype: string;
  bytes: number;
  fromBytes: (buffer: ArrayBuffer) => TensorData;
  fromNumbers: (values: readonly number[]) => TensorData;
}

/** By the names of ONNX. */
const wireTypes: Record<string, WireType> = {
  float32: {
    datatype: 'FP32',
    bytes: 4,
    fromBytes: (buffer) => new Float32Array(buffer),
    fromNumbers: (values) => Float32Array.from(values),
  },
  int64: {
    datatype: 'INT64',
    bytes: 8,
    fromBytes: (buffer) => new BigInt64Array(buffer),
    fromNumbers: (values) => BigInt64Array.from(values, BigInt),
  },
  bool: {
    datatype: 'BOOL',
    bytes: 1,
    fromBytes: (buffer) => new Uint8Array(buffer),
    fromNumbers: (values) => Uint8Array.from(values, Number),
  },
};

/** As ONNX names it; what this studio never sends keeps the protocol's name, which no graph's contract knows. */
export function typeOfDatatype(datatype: string): string {
  return Object.keys(wireTypes).find((type) => wireTypes[type]!.datatype === datatype) ?? datatype;
}

export interface WireRequest {
  body: Buffer;
  headers: Record<string, string>;
}

/** `binary`: the server has the binary tensor extension. */
export function writeRequest(
  feeds: Readonly<Record<string, GraphTensor>>,
  outputs: readonly string[],
  binary: boolean,
): WireRequest {
  const tensors = Object.entries(feeds).map(([name, tensor]) => ({ name, tensor, bytes: bytesOf(tensor.data) }));
  const header = Buffer.from(
    JSON.stringify({
      inputs: tensors.map(({ name, tensor, bytes }) => ({
        name,
        shape: tensor.dims,
        datatype: wireTypes[tensor.type]!.datatype,
        ...(binary ? { parameters: { binary_data_size: bytes.length } } : { data: numbersOf(tensor) }),
      })),
      outputs: outputs.map((name) => ({ name, ...(binary ? { parameters: { binary_data: true } } : {}) })),
    }),
  );
  if (!binary) return { body: header, headers: { 'content-type': 'application/json' } };
  return {
    body: Buffer.concat([header, ...tensors.map(({ bytes }) => bytes)]),
    headers: { 'content-type': 'application/octet-stream', [headerLengthName]: String(header.length) },
  };
}

type Numbers = (number | boolean | Numbers)[];

/** A flat list, or lists in lists as deep as a picture's shape. */
function numbers(depth: number): z.ZodType<Numbers> {
  const one = z.union([z.number(), z.boolean()]);
  return z.array(depth === 1 ? one : z.union([one, numbers(depth - 1)]));
}

const answerForm = z.object({
  outputs: z
    .array(
      z.object({
        name: z.string().max(200),
        datatype: z.string().max(20),
        shape: z.array(z.int().min(0)).max(8),
        // Some servers write null where they have nothing to say.
        parameters: z.object({ binary_data_size: z.int().min(0).nullish() }).nullish(),
        data: numbers(4).nullish(),
      }),
    )
    .max(64),
});

/**
 * The tensors of an answer; `headerLength` is what the header of that name says, null without it. Throws an Error whose message ends
 * the sentence "The answer cannot be used: …".
 */
export function readAnswer(body: Buffer, headerLength: string | null): Map<string, GraphTensor> {
  const length = headerLength === null ? body.length : Number(headerLength);
  if (!Number.isInteger(length) || length < 0 || length > body.length) throw new Error('its header has no such length');
  const value = parseJson(body.toString('utf8', 0, length), { characters: body.length, depth: 16 });
  const parsed = answerForm.safeParse(value);
  if (!parsed.success) throw new Error('it is no answer of the protocol');
  let at = length;
  const tensors = new Map<string, GraphTensor>();
  for (const { name, datatype, shape, parameters, data } of parsed.data.outputs) {
    const type = wireTypes[typeOfDatatype(datatype)];
    if (type === undefined) throw new Error(`${name} is of type ${datatype}`);
    const count = shape.reduce((product, side) => product * side, 1);
    const size = parameters?.binary_data_size ?? null;
    if (size === null) {
      tensors.set(name, { type: typeOfDatatype(datatype), data: fromJson(name, type, count, data), dims: shape });
      continue;
    }
    if (size !== count * type.bytes) throw new Error(`${name} has ${size} bytes for the shape [${shape.join(', ')}]`);
    if (at + size > body.length) throw new Error(`${name} ends before its ${size} bytes`);
    // Copied, because a view of wider numbers has to start at a multiple of their size.
    const own = new Uint8Array(body.subarray(at, at + size));
    tensors.set(name, { type: typeOfDatatype(datatype), data: type.fromBytes(own.buffer), dims: shape });
    at += size;
  }
  if (at !== body.length) throw new Error(`it has ${body.length - at} bytes more than its tensors`);
  return tensors;
}

function fromJson(name: string, type: WireType, count: number, data: Numbers | null | undefined): TensorData {
  const values = (data ?? []).flat(3) as (number | boolean)[];
  if (values.length !== count) throw new Error(`${name} has ${values.length} values instead of ${count}`);
  try {
    return type.fromNumbers(values.map(Number));
  } catch {
    throw new Error(`${name} holds numbers that are no ${type.datatype}`);
  }
}

function bytesOf(data: TensorData): Buffer {
  const view = data as Uint8Array;
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

function numbersOf({ type, data }: GraphTensor): (number | boolean)[] {
  // Nine digits tell every float32 from its neighbours; what doubles would add is twice the length and no information.
  if (type === 'float32') return Array.from(data as Float32Array, (one) => Number(one.toPrecision(9)));
  const values = Array.from(data as Float32Array, Number);
  return type === 'bool' ? values.map((one) => one !== 0) : values;
}
