/** Where a pack is installed from: its folder, or a zip that holds it at the top or inside folders. Nothing in either is trusted. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { StudioError } from '../../shared/errors.js';
import { locate, readBounded } from '../engine/pack/pack-files.js';
import { manifestFile, manifestLimits } from '../engine/pack/pack-manifest.js';
import { packError } from '../engine/pack/pack.js';

/** Entries of a zip that are looked at; one with more is no pack. */
const mostEntries = 20_000;
/** Of a name with its folders: systems open no longer ones. */
const longestName = 4096;
/** Of what a zip says of all its entries, names and comments and whatever else stands beside them: all of it is kept while it is read. */
const mostDirectoryBytes = 8 * 1024 * 1024;

export interface PackSource {
  /** The text of pack.json. Throws `pack-missing` or `pack-damaged`. */
  readManifest: () => Promise<string>;
  /** The bytes of a file the manifest names, at most `bytes` of them: more end the stream with `pack-damaged`. */
  open: (path: string, bytes: number) => Promise<Readable>;
  close: () => void;
}

/** Throws `pack-missing` for what is neither a folder nor a zip with a pack.json in it. */
export async function openPackSource(path: string): Promise<PackSource> {
  const entry = await stat(path).catch(() => null);
  if (entry?.isDirectory() === true) return folderSource(path);
  if (entry?.isFile() === true) return zipSource(path);
  throw noPack(path, 'is neither a folder nor a zip file');
}

function folderSource(directory: string): PackSource {
  return {
    readManifest: async () => textOr(directory, await readBounded(directory, manifestFile, manifestLimits.bytes)),
    open: async (path, bytes) => {
      const located = await locate(directory, path);
      if (typeof located !== 'string') throw packError(directory, located);
      return createReadStream(located, { highWaterMark: 1024 * 1024 }).pipe(atMost(bytes, directory, path));
    },
    close: () => undefined,
  };
}

async function zipSource(path: string): Promise<PackSource> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch((error: unknown) => {
    throw noPack(path, 'is no zip file that can be read', error);
  });
  try {
    const { entries, manifestPath } = await entriesOf(zip, path);
    if (manifestPath === null) throw noPack(path, `holds no ${manifestFile}`);
    const inside = manifestPath.slice(0, -manifestFile.length);
    const open = async (name: string, bytes: number): Promise<Readable> => {
      const entry = entries.get(inside + name);
      if (entry === undefined) throw packError(path, { code: 'pack-damaged', file: name, rule: 'is missing' });
      const stream = await zip.openReadStreamPromise(entry).catch((error: unknown) => {
        throw unreadable(path, name, error);
      });
      const limited = atMost(bytes, path, name);
      stream.on('error', (error) => limited.destroy(unreadable(path, name, error)));
      return stream.pipe(limited);
    };
    return {
      readManifest: async () => {
        const parts: Buffer[] = [];
        for await (const part of await open(manifestFile, manifestLimits.bytes)) parts.push(part as Buffer);
        return Buffer.concat(parts).toString('utf8');
      },
      open,
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

interface Entries {
  /** By paths inside the zip, checked by the reader: none leads upwards or is absolute. */
  entries: ReadonlyMap<string, Entry>;
  /** The one nearest to the top. */
  manifestPath: string | null;
}

/** Every name is looked at when it has been read, in turns with whatever else the thread does, and never all of them at once. */
async function entriesOf(zip: ZipFile, path: string): Promise<Entries> {
  if (zip.entryCount > mostEntries) throw noPack(path, `holds ${zip.entryCount} files, more than any pack`);
  const entries = new Map<string, Entry>();
  let manifestPath: string | null = null;
  let least = Infinity;
  let said = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      said += entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
      if (entry.fileNameLength > longestName) throw noPack(path, `holds a name of more than ${longestName} letters`);
      if (said > mostDirectoryBytes)
        throw noPack(path, `says more than ${mostDirectoryBytes >> 20} MB of its files alone`);
      const name = entry.fileName;
      entries.set(name, entry);
      if (name !== manifestFile && !name.endsWith(`/${manifestFile}`)) continue;
      const depth = name.split('/').length;
      if (depth < least) [least, manifestPath] = [depth, name];
    }
  } catch (error) {
    if (error instanceof StudioError) throw error;
    throw noPack(path, 'is a damaged zip file', error);
  }
  return { entries, manifestPath };
}

/** Passes bytes on and fails at the first one too many: a file may not be larger than it says. */
function atMost(bytes: number, source: string, file: string): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (passed <= bytes) return done(null, chunk);
      done(packError(source, { code: 'pack-damaged', file, rule: `is longer than ${bytes} bytes` }));
    },
  });
}

function textOr(directory: string, read: Awaited<ReturnType<typeof readBounded>>): string {
  if (typeof read === 'string') return read;
  throw packError(directory, read.rule === 'is missing' ? { ...read, code: 'pack-missing' } : read);
}

function unreadable(path: string, file: string, cause: unknown): StudioError {
  if (cause instanceof StudioError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return packError(path, { code: 'pack-damaged', file, rule: `cannot be unpacked (${reason})` });
}

function noPack(path: string, what: string, cause?: unknown): StudioError {
  return new StudioError(
    'pack-missing',
    `There is no model pack in it: ${path} ${what}.`,
    'Name the folder of a pack, or a zip of that folder.',
    { cause, detail: path },
  );
}
