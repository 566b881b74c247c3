/**
 * A JPEG reduced to what its pixels need (ITU-T T.81, annex B), and what decoding it would cost, summed up before a decoder
 * sees it: a scan of a few bytes can make it walk over every block of the picture once more.
 */
import { jpegLimits } from './limits.js';
import { concatenated } from './png-chunks.js';

/** What was too much, in words that follow "The image". */
export class JpegTooCostly extends Error {}

interface Component {
  id: number;
  horizontal: number;
  vertical: number;
}

interface Frame {
  isProgressive: boolean;
  width: number;
  height: number;
  components: Component[];
  mostHorizontal: number;
  mostVertical: number;
}

const marker = {
  startOfImage: 0xd8,
  endOfImage: 0xd9,
  startOfScan: 0xda,
  quantizationTables: 0xdb,
  huffmanTables: 0xc4,
  restartInterval: 0xdd,
  jfif: 0xe0,
  adobe: 0xee,
} as const;
/** Baseline, extended and progressive Huffman coding: what the decoder can do. */
const frameMarkers = new Set([0xc0, 0xc1, 0xc2]);
const otherFrameMarkers = new Set([0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);
const kept = new Set<number>([
  ...frameMarkers,
  marker.quantizationTables,
  marker.huffmanTables,
  marker.restartInterval,
  marker.jfif,
  marker.adobe,
]);

/**
 * The same picture as a file of only the segments that a decoder needs. Throws `JpegTooCostly` before anything is decoded, and
 * an Error for the middle of a sentence when the file is damaged.
 */
export function onlyScans(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0xff, marker.startOfImage)];
  let frame: Frame | null = null;
  let segments = 0;
  let scans = 0;
  let coefficients = 0;
  for (let at = nextMarker(bytes, 2); at !== -1; at = nextMarker(bytes, at)) {
    const kind = bytes[at + 1]!;
    if (kind === marker.endOfImage) return finished(parts, frame, scans);
    const end = at + 2 + segmentLength(bytes, at);
    if (++segments > jpegLimits.segments) throw new JpegTooCostly(`has more than ${jpegLimits.segments} segments`);
    const body = bytes.subarray(at + 4, end);
    if (otherFrameMarkers.has(kind)) throw new Error('it is coded in a way that is not supported');
    if (frameMarkers.has(kind)) {
      if (frame !== null) throw new Error('it holds more than one picture');
      frame = readFrame(kind, body);
    }
    if (kind !== marker.startOfScan) {
      if (kept.has(kind)) parts.push(bytes.subarray(at, end));
      at = end;
      continue;
    }
    if (frame === null) throw new Error('its pixels come before its header');
    if (++scans > jpegLimits.scans) throw new JpegTooCostly(`has more than ${jpegLimits.scans} scans`);
    coefficients += costOf(frame, body);
    if (coefficients > jpegLimits.coefficients) {
      throw new JpegTooCostly(
        `goes over its pixels too often (${scans} scans of ${frame.width} × ${frame.height} pixels)`,
      );
    }
    const after = endOfScan(bytes, end);
    parts.push(bytes.subarray(at, after));
    at = after;
  }
  throw new Error('it ends too early');
}

function finished(parts: Uint8Array[], frame: Frame | null, scans: number): Uint8Array {
  if (frame === null || scans === 0) throw new Error('it has no pixels');
  return concatenated([...parts, Uint8Array.of(0xff, marker.endOfImage)]);
}

/** Where the next marker with a segment, or the end of the image, stands; −1 without one. */
function nextMarker(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    const kind = bytes[at + 1]!;
    const isFill = kind === 0xff || kind === 0x00;
    const isStandalone = kind === 0x01 || (kind >= 0xd0 && kind <= marker.startOfImage);
    if (!isFill && !isStandalone) return at;
  }
  return -1;
}

/** Behind the coded data: at the first marker that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  const at = nextMarker(bytes, from);
  if (at === -1) throw new Error('it ends too early');
  return at;
}

function segmentLength(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new Error('it ends too early');
  const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
  if (length < 2) throw new Error('it holds a damaged segment');
  if (at + 2 + length > bytes.length) throw new Error('it ends too early');
  return length;
}

/** Precision, height, width, then identity and sampling of each component (B.2.2). */
function readFrame(kind: number, body: Uint8Array): Frame {
  const count = body[5] ?? 0;
  if (body.length < 6 + 3 * count || count === 0) throw new Error('its header is damaged');
  if (body[0] !== 8) throw new Error(`it has ${body[0]} bits a sample, and only 8 can be read`);
  if (count > 4) throw new Error('it has more than four colour components');
  const components = Array.from({ length: count }, (_, index): Component => {
    const [id, sampling] = [body[6 + 3 * index]!, body[7 + 3 * index]!];
    return { id, horizontal: sampling >> 4, vertical: sampling & 15 };
  });
  if (new Set(components.map(({ id }) => id)).size < count) throw new Error('it names a colour component twice');
  const isSampled = (factor: number): boolean => factor >= 1 && factor <= 4;
  if (!components.every(({ horizontal, vertical }) => isSampled(horizontal) && isSampled(vertical))) {
    throw new Error('its colour sampling is damaged');
  }
  const frame: Frame = {
    isProgressive: kind === 0xc2,
    height: (body[1]! << 8) | body[2]!,
    width: (body[3]! << 8) | body[4]!,
    components,
    mostHorizontal: Math.max(...components.map(({ horizontal }) => horizontal)),
    mostVertical: Math.max(...components.map(({ vertical }) => vertical)),
  };
  const blocks = components.reduce((sum, component) => sum + interleavedBlocks(frame, component), 0);
  if (blocks > jpegLimits.blocks) {
    throw new JpegTooCostly(
      `is a JPEG of ${frame.width} × ${frame.height} pixels with ${(blocks / 1e6).toFixed(1)} million colour blocks; the most is ${jpegLimits.blocks / 1e6} million`,
    );
  }
  return frame;
}

/** Blocks × coefficients of the band that a scan names (B.2.3). */
function costOf(frame: Frame, body: Uint8Array): number {
  const count = body[0] ?? 0;
  if (count === 0 || count > 4 || body.length < 4 + 2 * count) throw new Error('it holds a damaged scan');
  const scanned = Array.from({ length: count }, (_, index) => {
    const component = frame.components.find(({ id }) => id === body[1 + 2 * index]);
    if (component === undefined) throw new Error('it holds a scan of a component it does not have');
    return component;
  });
  const [first, last] = frame.isProgressive ? [body[1 + 2 * count]!, body[2 + 2 * count]!] : [0, 63];
  if (first > last || last > 63) throw new Error('it holds a damaged scan');
  const blocks =
    count === 1
      ? ownBlocks(frame, scanned[0]!)
      : scanned.reduce((sum, component) => sum + interleavedBlocks(frame, component), 0);
  return blocks * (last - first + 1);
}

/** Of a component in a scan of its own: only those that hold pixels (A.2.2). */
function ownBlocks({ width, height, mostHorizontal, mostVertical }: Frame, component: Component): number {
  const across = Math.ceil((Math.ceil(width / 8) * component.horizontal) / mostHorizontal);
  return across * Math.ceil((Math.ceil(height / 8) * component.vertical) / mostVertical);
}

/** Filled up to whole units of all components together (A.2.3); this many are held in memory. */
function interleavedBlocks({ width, height, mostHorizontal, mostVertical }: Frame, component: Component): number {
  const across = Math.ceil(width / 8 / mostHorizontal) * component.horizontal;
  return across * Math.ceil(height / 8 / mostVertical) * component.vertical;
}
