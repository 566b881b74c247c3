/**
 * What an ONNX file says of its graph's inputs and outputs. A pack's graphs are checked by it at once, while each is opened, which
 * takes long and much memory, only when it is needed.
 */
import type { TensorDescription } from '../model/graph.js';
import { noGraph, ProtobufFile, type FieldContent } from './protobuf-file.js';

/** Of onnx.proto. What is not here no graph of a pack has at its borders. */
const elementTypes: Record<number, string> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  16: 'bfloat16',
};

export const portLimits = { count: 10_000, dimensions: 64, nameBytes: 4096 } as const;

export interface GraphPorts {
  inputs: TensorDescription[];
  outputs: TensorDescription[];
}

/** Throws an Error with words that end a sentence when the file is no graph. */
export function graphPorts(path: string): Promise<GraphPorts> {
  return ProtobufFile.reading(path, (file) => new PortReader(file).read());
}

class PortReader {
  readonly #inputs: TensorDescription[] = [];
  readonly #outputs: TensorDescription[] = [];
  /** Weights may be listed among the inputs; nobody feeds those. */
  readonly #weights = new Set<string>();

  constructor(private readonly file: ProtobufFile) {}

  async read(): Promise<GraphPorts> {
    await this.#each(this.file.size, { 7: (graph) => this.#graph(graph) });
    return { inputs: this.#inputs.filter(({ name }) => !this.#weights.has(name)), outputs: this.#outputs };
  }

  #graph(end: number): Promise<void> {
    const tensor = async (inside: number): Promise<void> => {
      await this.#each(inside, { 8: async (name) => void this.#weights.add(await this.#text(name)) });
    };
    return this.#each(end, {
      5: tensor,
      15: (sparse) => this.#each(sparse, { 1: tensor }),
      11: async (port) => this.#add(this.#inputs, await this.#port(port)),
      12: async (port) => this.#add(this.#outputs, await this.#port(port)),
    });
  }

  #add(ports: TensorDescription[], port: TensorDescription): void {
    if (ports.push(port) > portLimits.count) throw new Error('has more inputs or outputs than any graph');
  }

  async #port(end: number): Promise<TensorDescription> {
    let name = '';
    let type = 'not a tensor';
    let shape: (number | string)[] | null = null;
    const dimension = async (inside: number): Promise<void> => {
      // Neither stated: any size.
      let size: number | string = '';
      await this.#each(
        inside,
        { 2: async (name) => void (size = await this.#text(name)) },
        {
          1: (value) => void (size = value),
        },
      );
      if (shape!.push(size) > portLimits.dimensions) throw new Error('has a tensor of more dimensions than any');
    };
    const tensor = (inside: number): Promise<void> =>
      this.#each(
        inside,
        {
          2: async (dimensions) => {
            shape ??= [];
            await this.#each(dimensions, { 1: dimension });
          },
        },
        { 1: (element) => void (type = elementTypes[element] ?? `of number ${element}`) },
      );
    await this.#each(end, {
      1: async (text) => void (name = await this.#text(text)),
      2: (types) => this.#each(types, { 1: tensor }),
    });
    return shape === null ? { name, type, shape: [], unstated: true } : { name, type, shape };
  }

  /** Reads a message field by field; `numbers` take scalars, `messages` what has a length. */
  async #each(
    end: number,
    messages: Record<number, (end: number) => Promise<void>>,
    numbers: Record<number, (value: number) => void> = {},
  ): Promise<void> {
    const { file } = this;
    while (file.at < end) {
      const [field, content] = await file.field(end);
      if ('end' in content && messages[field] !== undefined) {
        await messages[field](content.end);
        if (file.at !== content.end) throw noGraph();
      } else if (isNumber(content) && numbers[field] !== undefined) numbers[field](await file.varint());
      else await file.skip(content);
    }
    if (file.at > end) throw noGraph();
  }

  #text(end: number): Promise<string> {
    const length = end - this.file.at;
    if (length > portLimits.nameBytes) throw new Error('names a tensor with a name longer than any');
    return this.file.text(length);
  }
}

function isNumber(content: FieldContent): boolean {
  return 'wire' in content && content.wire === 0;
}
