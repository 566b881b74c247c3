/**
 * Where an ONNX graph keeps tensors outside its own file. The runtime would open whatever name stands there, so every name is
 * read first. Only lengths and names are looked at; tensors are passed over on the disk, however large they are.
 */
import { open, type FileHandle } from 'node:fs/promises';

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
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    return await new GraphWalk(new FileBytes(handle, size)).names();
  } finally {
    await handle.close();
  }
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

  constructor(private readonly bytes: FileBytes) {}

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
      const tag = await bytes.varint();
      const [field, wire] = [Math.floor(tag / 8), tag % 8];
      if (wire !== 2) {
        await bytes.skipScalar(wire);
        continue;
      }
      const length = await bytes.varint();
      const end = bytes.at + length;
      if (end > current.end) throw noGraph();
      const inside = fields[current.message][field];
      if (inside === undefined) bytes.at = end;
      else if (inside === 'key') current.keys.push(await bytes.text(length));
      else if (inside === 'value') current.values.push(await bytes.text(length));
      else {
        if (stack.length === graphLimits.depth || ++messages > graphLimits.messages) {
          throw new Error('is nested or split further than any graph');
        }
        stack.push({ message: inside, end, keys: [], values: [] });
      }
    }
    return [...this.#names];
  }
}

/** A file read forward in pieces. */
class FileBytes {
  at = 0;
  #piece: Buffer = Buffer.alloc(0);
  #pieceAt = 0;

  constructor(
    private readonly handle: FileHandle,
    readonly size: number,
  ) {}

  /** Of at most eight bytes: larger ones are no lengths. */
  async varint(): Promise<number> {
    let value = 0;
    for (let factor = 1; factor < 2 ** 53; factor *= 128) {
      const byte = await this.#byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw noGraph();
  }

  async skipScalar(wire: number): Promise<void> {
    if (wire === 0) {
      for (let count = 0; (await this.#byte()) >= 128; count++) if (count === 10) throw noGraph();
    } else if (wire === 1) this.at += 8;
    else if (wire === 5) this.at += 4;
    else throw noGraph();
  }

  async text(length: number): Promise<string> {
    if (length > graphLimits.nameBytes) throw new Error('names a file with a name longer than any');
    const text = Buffer.alloc(length);
    for (let index = 0; index < length; index++) text[index] = await this.#byte();
    return text.toString('utf8');
  }

  async #byte(): Promise<number> {
    const offset = this.at - this.#pieceAt;
    if (offset < 0 || offset >= this.#piece.length) {
      if (this.at >= this.size) throw noGraph();
      const piece = Buffer.alloc(Math.min(64 * 1024, this.size - this.at));
      const { bytesRead } = await this.handle.read(piece, 0, piece.length, this.at);
      if (bytesRead === 0) throw noGraph();
      this.#piece = piece.subarray(0, bytesRead);
      this.#pieceAt = this.at;
    }
    return this.#piece[this.at++ - this.#pieceAt]!;
  }
}

function noGraph(): Error {
  return new Error('is not an ONNX graph');
}
