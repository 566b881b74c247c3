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

const elementTypes = { float: 1, int64: 7, bool: 9, float16: 10 } as const;
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
  /** Half floats as their bits. */
  values: Float32Array | BigInt64Array | Uint16Array;
}

export interface GraphFile {
  inputs: Port[];
  outputs: Port[];
  nodes: Node[];
  constants: Constant[];
}

export function onnxFile(graph: GraphFile): Buffer {
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
  const type =
    elementTypes[values instanceof Float32Array ? 'float' : values instanceof Uint16Array ? 'float16' : 'int64'];
  return Buffer.concat([...shape.map((size) => int(1, size)), int(2, type), text(8, name), bytes(9, content)]);
}

function portOf({ name, type, shape }: Port): Buffer {
  const sizes = shape.map((size) => message(1, typeof size === 'number' ? int(1, size) : text(2, size)));
  return Buffer.concat([text(1, name), message(2, message(1, int(1, elementTypes[type]), message(2, ...sizes)))]);
}

/** The same graph with half floats inside and 32-bit ones at its borders, as exporters write it. */
export function inHalves({ inputs, outputs, nodes, constants }: GraphFile): GraphFile {
  const cast = (from: string, to: string, type: ElementType): Node => ({
    operator: 'Cast',
    inputs: [from],
    outputs: [to],
    attributes: { to: elementTypes[type] },
  });
  const borders = [...inputs, ...outputs].filter(({ type }) => type === 'float').map(({ name }) => name);
  const inside = (name: string): string => (borders.includes(name) ? `${name} half` : name);
  return {
    inputs,
    outputs,
    constants: constants.map(({ values, ...rest }) => ({
      ...rest,
      values: values instanceof Float32Array ? Uint16Array.from(values, halfBits) : values,
    })),
    nodes: [
      ...inputs.filter(({ type }) => type === 'float').map(({ name }) => cast(name, inside(name), 'float16')),
      ...nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(inside),
        outputs: node.outputs.map(inside),
        ...(node.attributes?.['to'] === elementTypes.float && { attributes: { to: elementTypes.float16 } }),
      })),
      ...outputs.filter(({ type }) => type === 'float').map(({ name }) => cast(inside(name), name, 'float')),
    ],
  };
}

/** IEEE 754 binary16, rounded to the nearest; what is too small for a normal number is 0. */
function halfBits(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
  const [sign, exponent] = [(bits >>> 16) & 0x8000, ((bits >>> 23) & 0xff) - 112];
  if (exponent <= 0) return sign;
  // Rounding up may carry into the exponent, which is right.
  return sign | Math.min(0x7c00, (exponent << 10) + (((bits & 0x7fffff) + 0x1000) >> 13));
}
