/** Zips that say a lot about files of no length: what is written here is their directory, entry by entry (APPNOTE 4.3). */
import { crc32 } from 'node:zlib';

interface ZipEntry {
  name: string;
  /** What the directory says of it; repeated where there is a lot of it. */
  comment?: string;
  data?: Uint8Array;
}

/** Nothing is packed. Every entry without data is the same empty file. */
export function zipOf(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, comment = '', data = new Uint8Array() } of entries) {
    const [named, said] = [Buffer.from(name), Buffer.from(comment)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(10, 0);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(named.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt16LE(said.length, 0);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x0a\0', 'latin1'), common, tail, named, said);
    const local = [Buffer.from('PK\x03\x04', 'latin1'), common, named, data];
    parts.push(...local);
    at += local.reduce((sum, { length }) => sum + length, 0);
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** As many names of 60,000 letters, each of which might be the pack's. */
export function zipOfLongNames(count: number): Uint8Array {
  return zipOf(Array.from({ length: count }, (_, at) => ({ name: `${at}/${'a/'.repeat(30_000)}pack.json` })));
}

export function zipOfComments(count: number): Uint8Array {
  return zipOf(Array.from({ length: count }, (_, at) => ({ name: `${at}.txt`, comment: 'x'.repeat(65_000) })));
}

/** As much as may be said: 20,000 names of 400 letters. */
export function zipOfManyNames(): Uint8Array {
  return zipOf(Array.from({ length: 20_000 }, (_, at) => ({ name: `${at}/${'a/'.repeat(192)}pack.json` })));
}
