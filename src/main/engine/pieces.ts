/**
 * Messages whose pictures have many megabytes, taken apart and put together again. Writing 200 MB into one message holds a thread for a
 * third of a second, and so does reading it; between two pieces everything else has its turn. Pure, and the same for both directions.
 */

/** Most bytes of a picture in one message: some milliseconds of copying. */
export const pieceBytes = 4 * 2 ** 20;
/** More than any message of the studio holds: two pictures of 40 megapixels and a mask, several times. */
const mostBytes = 2 ** 30;
/** Pictures stand near the top of a message; long lists of numbers are not searched for them. */
const deepest = 6;
const longestList = 1000;

type Path = readonly string[];

/** Bytes `from`… of part `part` (`total` bytes) of message `of`. */
export interface Piece {
  type: 'piece';
  of: number;
  part: number;
  total: number;
  from: number;
  bytes: Uint8Array;
}

/** What is left of message `of` once its parts have gone ahead, and where they belong; `places[part]`. */
export interface Rest {
  type: 'rest';
  of: number;
  places: Path[];
  message: unknown;
}

let messages = 0;

/** The message itself where no picture in it is longer than `most` bytes, otherwise its pieces, in order, and then the rest. */
export function* inPieces<Message extends object>(
  message: Message,
  most = pieceBytes,
): Generator<Message | Piece | Rest> {
  const found: { path: Path; bytes: Uint8Array }[] = [];
  const rest = without(message, most, [], found);
  if (found.length === 0) return yield message;
  const of = ++messages;
  for (const [part, { bytes }] of found.entries()) {
    for (let from = 0; from < bytes.length; from += most) {
      yield { type: 'piece', of, part, total: bytes.length, from, bytes: bytes.slice(from, from + most) };
    }
  }
  yield { type: 'rest', of, places: found.map(({ path }) => path), message: rest };
}

/** Puts together what `inPieces` took apart; a message that is begun before the one before has ended takes its place. */
export class PieceReader {
  #of = 0;
  #parts: Uint8Array[] = [];

  /** The message when it is whole, null while it is not. Throws a RangeError for pieces that do not belong together. */
  read(message: unknown): unknown {
    if (isPiece(message)) {
      if (message.of !== this.#of) [this.#of, this.#parts] = [message.of, []];
      const { part, total, from, bytes } = message;
      if (total + this.#held(part) > mostBytes) throw new RangeError('A message is too long.');
      this.#parts[part] ??= new Uint8Array(total);
      this.#parts[part].set(bytes, from);
      return null;
    }
    if (!isRest(message)) return message;
    const parts = this.#parts;
    [this.#of, this.#parts] = [0, []];
    if (parts.length !== message.places.length) throw new RangeError('Parts of a message are missing.');
    message.places.forEach((path, part) => put(message.message, path, parts[part]!));
    return message.message;
  }

  #held(except: number): number {
    return this.#parts.reduce((sum, part, index) => (index === except ? sum : sum + part.length), 0);
  }
}

/** A copy without the long pictures, which go to `found`; what holds none is not copied. */
function without(value: unknown, most: number, path: Path, found: { path: Path; bytes: Uint8Array }[]): unknown {
  if (value instanceof Uint8Array) {
    if (value.length <= most) return value;
    found.push({ path, bytes: value });
    return null;
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || path.length >= deepest) return value;
  if (Array.isArray(value) && value.length > longestList) return value;
  const before = found.length;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [
    key,
    without(inner, most, [...path, key], found),
  ]);
  if (found.length === before) return value;
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

function put(message: unknown, path: Path, bytes: Uint8Array): void {
  let holder = message as Record<string, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  holder[path.at(-1)!] = bytes;
}

export function isPiece(message: unknown): message is Piece {
  return hasType(message, 'piece');
}

function isRest(message: unknown): message is Rest {
  return hasType(message, 'rest');
}

function hasType(message: unknown, type: string): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type;
}
