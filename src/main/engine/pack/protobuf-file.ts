/** A file of protocol buffers read forward in pieces: what is passed over is never read, however large it is. */
import { open, type FileHandle } from 'node:fs/promises';

/** What stands behind a field's number: a length, or a scalar of this wire type. */
export type FieldContent = { end: number } | { wire: number };

export class ProtobufFile {
  at = 0;
  #piece: Buffer = Buffer.alloc(0);
  #pieceAt = 0;

  private constructor(
    private readonly handle: FileHandle,
    readonly size: number,
  ) {}

  /** `read` is given the file at its beginning. Throws what it throws, and an Error with words that end a sentence when the file is none. */
  static async reading<Found>(path: string, read: (file: ProtobufFile) => Promise<Found>): Promise<Found> {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      return await read(new ProtobufFile(handle, size));
    } finally {
      await handle.close();
    }
  }

  /** The next field of a message that ends at `end`; its content lies ahead. */
  async field(end: number): Promise<[number: number, content: FieldContent]> {
    const tag = await this.varint();
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire !== 2) return [number, { wire }];
    const length = await this.varint();
    const inside = this.at + length;
    if (inside > end) throw noGraph();
    return [number, { end: inside }];
  }

  async skip(content: FieldContent): Promise<void> {
    if ('end' in content) this.at = content.end;
    else if (content.wire === 0) await this.#skipVarint();
    else if (content.wire === 1) this.at += 8;
    else if (content.wire === 5) this.at += 4;
    else throw noGraph();
  }

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

  async #skipVarint(): Promise<void> {
    for (let count = 0; (await this.#byte()) >= 128; count++) if (count === 10) throw noGraph();
  }

  async text(length: number): Promise<string> {
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

export function noGraph(): Error {
  return new Error('is not an ONNX graph');
}
