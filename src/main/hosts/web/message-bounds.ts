/**
 * How deep and how large a MessagePack message is (github.com/msgpack/msgpack, spec.md), read from its heads alone: decoding
 * builds everything it states, and what walks the outcome afterwards would run out of stack.
 */
export interface MessageBounds {
  depth: number;
  values: number;
}

/** False also for what is no whole message. */
export function isWithinBounds(message: Uint8Array, { depth, values }: MessageBounds): boolean {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  /** Of each open list or map, how many values are still to come. */
  const open = [1];
  let seen = 0;
  let at = 0;
  while (open.length > 0) {
    if (open.at(-1) === 0) {
      open.pop();
      continue;
    }
    open[open.length - 1]!--;
    if (at >= message.length || ++seen > values) return false;
    const head = headAt(view, at);
    if (head === null) return false;
    at += head.bytes;
    if (at > message.length) return false;
    if (head.inside === 0) continue;
    // Each value takes a byte at least: what states more is refused before it is counted down.
    if (open.length > depth || head.inside > message.length - at) return false;
    open.push(head.inside);
  }
  return at === message.length;
}

interface Head {
  /** To the next head. */
  bytes: number;
  /** Values that follow inside. */
  inside: number;
}

/** Null for a byte that no value begins with, and where the message ends inside a head. */
function headAt(view: DataView, at: number): Head | null {
  const first = view.getUint8(at);
  if (first <= 0x7f || first >= 0xe0) return scalar(1);
  if (first <= 0x8f) return { bytes: 1, inside: 2 * (first & 15) };
  if (first <= 0x9f) return { bytes: 1, inside: first & 15 };
  if (first <= 0xbf) return scalar(1 + (first & 31));
  const fixed = fixedBytes[first];
  if (fixed !== undefined) return scalar(fixed);
  const sized = sizes[first];
  if (sized === undefined || at + 1 + sized.bytes > view.byteLength) return null;
  const length = readLength(view, at + 1, sized.bytes);
  const bytes = 1 + sized.bytes;
  switch (sized.of) {
    case 'bytes':
      return scalar(bytes + length);
    case 'extension':
      return scalar(bytes + 1 + length);
    case 'list':
      return { bytes, inside: length };
    case 'map':
      return { bytes, inside: 2 * length };
  }
}

/** nil, false, true, floats, integers, extensions of fixed size: bytes in all. */
const fixedBytes: Record<number, number> = {
  0xc0: 1,
  0xc2: 1,
  0xc3: 1,
  0xca: 5,
  0xcb: 9,
  0xcc: 2,
  0xcd: 3,
  0xce: 5,
  0xcf: 9,
  0xd0: 2,
  0xd1: 3,
  0xd2: 5,
  0xd3: 9,
  0xd4: 3,
  0xd5: 4,
  0xd6: 6,
  0xd7: 10,
  0xd8: 18,
};

/** Heads that state a length, and in how many bytes. */
const sizes: Record<number, { of: 'bytes' | 'extension' | 'list' | 'map'; bytes: 1 | 2 | 4 }> = {
  0xc4: { of: 'bytes', bytes: 1 },
  0xc5: { of: 'bytes', bytes: 2 },
  0xc6: { of: 'bytes', bytes: 4 },
  0xc7: { of: 'extension', bytes: 1 },
  0xc8: { of: 'extension', bytes: 2 },
  0xc9: { of: 'extension', bytes: 4 },
  0xd9: { of: 'bytes', bytes: 1 },
  0xda: { of: 'bytes', bytes: 2 },
  0xdb: { of: 'bytes', bytes: 4 },
  0xdc: { of: 'list', bytes: 2 },
  0xdd: { of: 'list', bytes: 4 },
  0xde: { of: 'map', bytes: 2 },
  0xdf: { of: 'map', bytes: 4 },
};

function readLength(view: DataView, at: number, bytes: 1 | 2 | 4): number {
  return bytes === 1 ? view.getUint8(at) : bytes === 2 ? view.getUint16(at) : view.getUint32(at);
}

function scalar(bytes: number): Head {
  return { bytes, inside: 0 };
}
