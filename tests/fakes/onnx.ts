/** ONNX files for tests, written field by field: just enough of the format (onnx.proto, IR 8, opset 17) for small graphs. */

/** Wire types of protocol buffers. */
const wire = { varint: 0, bytes: 2, float: 5 } as const;

const varint = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
};
const tag = (field: number, type: number): number[] => varint(field * 8 + type);
const int = (field: number, value: number): Buffer => Buffer.from([...tag(field, wire.varint), ...varint(value)]);
const bytes = (field: number, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([...tag(field, wire.bytes), ...varint(content.length)]), content]);
const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));
const message = (field: number, ...parts: Buffer[]): Buffer => bytes(field, Buffer.concat(parts));

const elementTypes = { float: 1, int64: 7, bool: 9 } as const;
type ElementType = keyof typeof elementTypes;

/** A string names a dynamic size. */
export interface Port {
  name: string;
  type: ElementType;
  shape: readonly (number | string)[];
}

export interface Node {
  operator: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, number | number[]>;
}

export interface Constant {
  name: string;
  shape: readonly number[];
  values: Float32Array | BigInt64Array;
}

export function onnxFile(graph: { inputs: Port[]; outputs: Port[]; nodes: Node[]; constants: Constant[] }): Buffer {
  const body = Buffer.concat([
    ...graph.nodes.map((node) => message(1, nodeOf(node))),
    text(2, 'graph'),
    ...graph.constants.map((constant) => message(5, tensorOf(constant))),
    ...graph.inputs.map((port) => message(11, portOf(port))),
    ...graph.outputs.map((port) => message(12, portOf(port))),
  ]);
  return Buffer.concat([int(1, 8), message(7, body), message(8, text(1, ''), int(2, 17))]);
}

function nodeOf({ operator, inputs, outputs, attributes = {} }: Node): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) =>
      typeof value === 'number'
        ? message(5, text(1, name), int(3, value), int(20, 2))
        : message(5, text(1, name), ...value.map((one) => int(8, one)), int(20, 7)),
    ),
  ]);
}

function tensorOf({ name, shape, values }: Constant): Buffer {
  const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const type = values instanceof Float32Array ? elementTypes.float : elementTypes.int64;
  return Buffer.concat([...shape.map((size) => int(1, size)), int(2, type), text(8, name), bytes(9, content)]);
}

function portOf({ name, type, shape }: Port): Buffer {
  const sizes = shape.map((size) => message(1, typeof size === 'number' ? int(1, size) : text(2, size)));
  return Buffer.concat([text(1, name), message(2, message(1, int(1, elementTypes[type]), message(2, ...sizes)))]);
}
