/**
 * Where an ONNX graph keeps tensors outside its own file. The runtime would open whatever name stands there, so every name is
 * read first. Only lengths and names are looked at; tensors are passed over on the disk, however large they are.
 */
import { noGraph, ProtobufFile } from './protobuf-file.js';

/** Numbers of the fields of onnx.proto, by message, that lead to a tensor; `external_data` is what they lead to. */
type Message = 'model' | 'function' | 'graph' | 'node' | 'attribute' | 'sparse' | 'tensor' | 'entry' | 'training';
const fields: Record<Message, Record<number, Message | 'key' | 'value'>> = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node', 11: 'attribute' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: { 13: 'entry' },
  entry: { 1: 'key', 2: 'value' },
};

export const graphLimits = {
  /** Graphs inside attributes of nodes inside graphs; each level is three messages. */
  depth: 96,
  nameBytes: 4096,
  /** Messages that are looked into. */
  messages: 2_000_000,
} as const;

/** Names of files, relative to the graph's folder, without repetition. Throws an Error with words that end a sentence when the file is no graph. */
export async function externalDataOf(path: string): Promise<string[]> {
  return ProtobufFile.reading(path, (file) => new GraphWalk(file).names());
}

interface Open {
  message: Message;
  end: number;
  /** Of an entry; fields of a message may come in any order, and more than once. */
  keys: string[];
  values: string[];
}

class GraphWalk {
  readonly #names = new Set<string>();

  constructor(private readonly bytes: ProtobufFile) {}

  async names(): Promise<string[]> {
    const { bytes } = this;
    const stack: Open[] = [{ message: 'model', end: bytes.size, keys: [], values: [] }];
    let messages = 0;
    while (stack.length > 0) {
      const current = stack.at(-1)!;
      if (bytes.at >= current.end) {
        if (bytes.at > current.end) throw noGraph();
        stack.pop();
        if (current.keys.includes('location')) for (const value of current.values) this.#names.add(value);
        continue;
      }
      const [field, content] = await bytes.field(current.end);
      const inside = 'end' in content ? fields[current.message][field] : undefined;
      if (!('end' in content) || inside === undefined) await bytes.skip(content);
      else if (inside === 'key') current.keys.push(await this.#text(content.end));
      else if (inside === 'value') current.values.push(await this.#text(content.end));
      else {
        if (stack.length === graphLimits.depth || ++messages > graphLimits.messages) {
          throw new Error('is nested or split further than any graph');
        }
        stack.push({ message: inside, end: content.end, keys: [], values: [] });
      }
    }
    return [...this.#names];
  }

  #text(end: number): Promise<string> {
    const length = end - this.bytes.at;
    if (length > graphLimits.nameBytes) throw new Error('names a file with a name longer than any');
    return this.bytes.text(length);
  }
}
