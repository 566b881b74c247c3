import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePng } from './images.js';
import { readExif } from './exif.js';
import { orientationOf, readFileTexts } from './file-texts.js';
import { pngChunk, withPngTexts } from './png-chunks.js';
import { runs } from '../../../../tests/property-runs.js';

type Entry = [tag: number, type: number, count: number, value: Uint8Array];

/** A TIFF block with entries in its first directory and in the Exif one. */
function tiff(isLittle: boolean, first: Entry[], exif: Entry[] = []): Uint8Array {
  const pointer: Entry[] = exif.length === 0 ? [] : [[0x8769, 4, 1, new Uint8Array(4)]];
  const directories = [[...first, ...pointer], exif];
  const starts = [8, 8 + 6 + directories[0]!.length * 12];
  let free = starts[1]! + (exif.length === 0 ? 0 : 6 + exif.length * 12);
  const bytes = new Uint8Array(free + 4000 + [...first, ...exif].reduce((sum, [, , , value]) => sum + value.length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from(isLittle ? 'II' : 'MM'));
  view.setUint16(2, 42, isLittle);
  view.setUint32(4, 8, isLittle);
  for (const [index, entries] of directories.entries()) {
    if (index === 1 && exif.length === 0) break;
    view.setUint16(starts[index]!, entries.length, isLittle);
    for (const [at, [tag, type, count, value]] of entries.entries()) {
      const place = starts[index]! + 2 + at * 12;
      view.setUint16(place, tag, isLittle);
      view.setUint16(place + 2, type, isLittle);
      view.setUint32(place + 4, count, isLittle);
      if (tag === 0x8769) view.setUint32(place + 8, starts[1]!, isLittle);
      else if (value.length <= 4) bytes.set(value, place + 8);
      else {
        view.setUint32(place + 8, free, isLittle);
        bytes.set(value, free);
        free += value.length;
      }
    }
  }
  return bytes.subarray(0, free);
}

const comment = (header: string, body: Uint8Array): Entry => {
  const value = Buffer.concat([Buffer.from(header, 'latin1'), body]);
  return [0x9286, 7, value.length, value];
};
const utf16 = (text: string, isLittle: boolean): Uint8Array => {
  const bytes = Buffer.from(text, 'utf16le');
  return isLittle ? bytes : bytes.swap16();
};
const userComment = (block: Uint8Array) => readExif(block).texts.find(({ tag }) => tag === 'UserComment')?.text;

describe('EXIF', () => {
  test('UserComment in UTF-16 of either order in a block of either order', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((one) => !one.includes('\0') && one.trim() !== '' && !/\p{Cs}/u.test(one)); // prettier-ignore
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.boolean(), text, (isBlockLittle, isTextLittle, hasMark, words) => {
        const whole = `${words}\nSteps: 20, Sampler: Euler a, Seed: 5`;
        const body = utf16((hasMark ? '\ufeff' : '') + whole, isTextLittle);
        expect(userComment(tiff(isBlockLittle, [], [comment('UNICODE\0', body)]))).toBe(whole);
      }),
      { numRuns: runs(300) },
    );
  });

  test('UTF-16 with a byte too many or too few in its middle is not read: whichever order is taken, words are lost', () => {
    const text = 'a lighthouse\nNegative prompt: quokka\nSteps: 20, Sampler: Euler a, Seed: 5';
    for (const isLittle of [true, false]) {
      const body = utf16(text, isLittle);
      for (let at = 12; at < body.length - 12; at++) {
        const longer = Buffer.concat([body.subarray(0, at), Buffer.of(32), body.subarray(at, -1)]);
        const shorter = Buffer.concat([body.subarray(0, at), body.subarray(at + 1), Buffer.of(32)]);
        for (const damaged of [longer, shorter]) {
          const { texts, faults } = readExif(tiff(isLittle, [], [comment('UNICODE\0', damaged)]));
          expect({ at, texts }).toEqual({ at, texts: [] });
          expect(faults).toEqual([expect.stringContaining('encoding that cannot be told')]);
        }
      }
    }
  });

  test.each<[string, Entry, string]>([
    ['ASCII', comment('ASCII\0\0\0', Buffer.from('a fish')), 'a fish'],
    ['UTF-8 that calls itself ASCII', comment('ASCII\0\0\0', Buffer.from('ein Kreis – 赤')), 'ein Kreis – 赤'],
    ['UTF-8 that calls itself UNICODE', comment('UNICODE\0', Buffer.from('a red circle, 赤')), 'a red circle, 赤'],
    ['no name', comment('\0\0\0\0\0\0\0\0', Buffer.from('a fish')), 'a fish'],
    ['JIS', comment('JIS\0\0\0\0\0', Buffer.from('1b2440264b1b2842', 'hex')), '聲'],
    ['nothing before it', comment('', Buffer.from('just a long text')), 'just a long text'],
  ])('%s', (_name, entry, text) => {
    for (const isLittle of [true, false]) {
      if (_name === 'JIS') expect(userComment(tiff(isLittle, [], [entry]))).toHaveLength(1);
      else expect(userComment(tiff(isLittle, [], [entry]))).toBe(text);
      // Some writers put it into the first directory.
      expect(userComment(tiff(isLittle, [entry]))).toBe(userComment(tiff(isLittle, [], [entry])));
    }
  });

  test('any bytes at all are survived', () => {
    const block = tiff(false, [[0x0112, 3, 1, Uint8Array.of(0, 6)]], [comment('ASCII\0\0\0', Buffer.from('a fish'))]);
    expect(readExif(block).orientation).toBe(6);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readExif(bytes)));
    fc.assert(
      fc.property(fc.nat(block.length - 1), fc.nat(255), (at, value) => void readExif(block.slice().fill(value, at, at + 1))), // prettier-ignore
      { numRuns: runs(500) },
    );
  });
});

describe('containers', () => {
  const png = encodePng({ width: 1, height: 1, data: new Uint8Array(4) });
  const block = tiff(false, [[0x0112, 3, 1, Uint8Array.of(0, 6)]], [comment('ASCII\0\0\0', Buffer.from('a fish'))]);
  const packet = '<x:xmpmeta><rdf:Description><exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">{&quot;c&quot;:&quot;a &amp; b &#x1F31F;&quot;}</rdf:li></rdf:Alt></exif:UserComment></rdf:Description></x:xmpmeta>'; // prettier-ignore
  const said = '{"c":"a & b 🌟"}';

  test('PNG: eXIf and XMP in iTXt', () => {
    const withExif = Buffer.concat([png.subarray(0, 33), pngChunk('eXIf', block), png.subarray(33)]);
    expect(readFileTexts(withExif).exif).toEqual([{ tag: 'UserComment', text: 'a fish' }]);
    expect(orientationOf(withExif)).toBe(6);
    const withXmp = withPngTexts(png, [{ keyword: 'XML:com.adobe.xmp', text: packet, utf8: true }]);
    expect(readFileTexts(withXmp)).toMatchObject({ xmp: said, named: [] });
  });

  test('JPEG: EXIF and XMP in APP1, comments', () => {
    const segment = (marker: number, ...parts: Uint8Array[]): Uint8Array => {
      const data = Buffer.concat(parts);
      return Buffer.concat([Uint8Array.of(0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255), data]);
    };
    const jpeg = Buffer.concat([
      Uint8Array.of(0xff, 0xd8),
      segment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0'), Buffer.from(packet)),
      segment(0xe1, Buffer.from('Exif\0\0'), block),
      segment(0xfe, Buffer.from('{"prompt":"ä"}')),
      Uint8Array.of(0xff, 0xda, 0, 2),
    ]);
    expect(readFileTexts(jpeg)).toMatchObject({ xmp: said, named: [{ keyword: 'Comment', text: '{"prompt":"ä"}' }], exif: [{ text: 'a fish' }] }); // prettier-ignore
    expect(orientationOf(jpeg)).toBe(6);
    fc.assert(fc.property(fc.nat(jpeg.length), (end) => void readFileTexts(jpeg.subarray(0, end))));
  });

  test('WebP: EXIF and XMP chunks', () => {
    const chunk = (type: string, data: Uint8Array): Uint8Array => {
      const head = Buffer.alloc(8);
      head.write(type, 'latin1');
      head.writeUInt32LE(data.length, 4);
      return Buffer.concat([head, data, new Uint8Array(data.length % 2)]);
    };
    const body = Buffer.concat([Buffer.from('WEBP'), chunk('VP8X', new Uint8Array(10)), chunk('EXIF', block), chunk('XMP ', Buffer.from(packet))]); // prettier-ignore
    const head = Buffer.alloc(8);
    head.write('RIFF', 'latin1');
    head.writeUInt32LE(body.length, 4);
    const webp = Buffer.concat([head, body]);
    expect(readFileTexts(webp)).toMatchObject({ xmp: said, exif: [{ text: 'a fish' }] });
    expect(orientationOf(webp)).toBe(6);
  });
});
