import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodePng } from './images.js';
import { isPng, pngChunk, pngTexts, withPngTexts, type PngText } from './png-chunks.js';

const png = encodePng({ width: 3, height: 2, data: Uint8Array.from({ length: 24 }, (_, at) => (at * 11) % 256) });

describe('text chunks', () => {
  const chunkOf = (type: string, ...parts: (string | Uint8Array)[]): Uint8Array =>
    pngChunk(type, Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))));
  const withChunk = (chunk: Uint8Array): Uint8Array => Buffer.concat([png.subarray(0, -12), chunk, png.subarray(-12)]);

  test('all three kinds, compressed or not, also behind the pixels', () => {
    const utf8 = new TextEncoder().encode('Grüße ●');
    const kinds: [Uint8Array, PngText][] = [
      [chunkOf('tEXt', 'a\0caf\xe9'), { keyword: 'a', text: 'café' }],
      [chunkOf('zTXt', 'b\0\0', deflateSync(Buffer.from('packed'))), { keyword: 'b', text: 'packed' }],
      [chunkOf('iTXt', 'c\0\0\0de\0Titel\0', utf8), { keyword: 'c', text: 'Grüße ●' }],
      [chunkOf('iTXt', 'd\0\x01\0\0\0', deflateSync(utf8)), { keyword: 'd', text: 'Grüße ●' }],
    ];
    for (const [chunk, expected] of kinds) expect(pngTexts(withChunk(chunk))).toEqual([expected]);
  });

  test('a decompression bomb and broken ones are left out', () => {
    const bomb = deflateSync(Buffer.alloc(50_000_000));
    for (const chunk of [
      chunkOf('zTXt', 'a\0\0', bomb),
      chunkOf('iTXt', 'a\0\x01\0\0\0', bomb),
      chunkOf('zTXt', 'a\0\0', 'not zlib'),
      chunkOf('iTXt', 'a\0\0\0'),
      chunkOf('iTXt', 'a\0\0\0\0\0', Uint8Array.of(0xff, 0xfe)),
      chunkOf('tEXt', 'no end'),
      chunkOf('tEXt', '\0empty'),
    ]) {
      expect(pngTexts(withChunk(chunk))).toEqual([]);
    }
  });

  test('no more than a bounded number', () => {
    const many = withPngTexts(
      png,
      Array.from({ length: 200 }, (_, at) => ({ keyword: `k${at}`, text: 'x' })),
    );
    expect(isPng(many)).toBe(true);
    expect(pngTexts(many)).toHaveLength(64);
  });
});
