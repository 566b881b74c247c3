/** Reading what a command was given and writing what it made: whole files or none. */
import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, readlink, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { StudioError } from '../../shared/errors.js';
import { imageLimits, type RasterImage } from '../../shared/pictures/images.js';
import { diskFailureOf } from '../storage/disk/disk-failures.js';
import { commandPictures, remarkOn } from './pictures.js';

/** Throws `not-found`, `image-too-large` or `image-unreadable`; what was not taken over as it stands is said. */
export async function readImageFile(path: string): Promise<RasterImage> {
  const bytes = await readInputFile(path, imageLimits.maxBytes);
  try {
    const { image, notes } = await commandPictures().run('look', { bytes });
    remarkOn(path, notes);
    return image;
  } catch (thrown) {
    throw fileFault(path, thrown);
  }
}

/** A fault of what the file holds, with the file's name before it. */
export function fileFault(path: string, thrown: unknown): unknown {
  if (!(thrown instanceof StudioError)) return thrown;
  return new StudioError(thrown.code, `${path}: ${thrown.message}`, thrown.remedy, { cause: thrown });
}

/** Files this command was given, by their real paths; what it makes must not replace them by accident. */
const given = new Set<string>();
let promised: string[] = [];
let mayReplace = false;

/** Names of the options that say where to write. */
const outputOptions = ['out', 'csv', 'animation', 'sheet', 'chart'] as const;

/** Commander's values: a path, or anything else where the option means something else. */
type DeclaredOutputs = { [Name in (typeof outputOptions)[number]]?: unknown } & { force?: boolean };

/**
 * Told before a command begins, so that a place that cannot be written, or that is also read, is refused before anything is
 * computed. Throws `place-unwritable`.
 */
export async function declareOutputs(options: DeclaredOutputs): Promise<void> {
  const named = outputOptions.map((name) => options[name]);
  const paths = named.filter((path) => typeof path === 'string');
  given.clear();
  mayReplace = options.force === true;
  promised = [];
  for (const path of paths) promised.push((await placeOf(path)).real);
}

/** At most `maximumBytes`, so that a wrong path cannot fill the memory; only regular files, which end and do not wait. */
export async function readInputFile(path: string, maximumBytes: number): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    // Opening a pipe waits for whoever writes it, unless told not to.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const information = await handle.stat();
    if (information.isDirectory()) {
      throw new StudioError('not-found', `${path} is a folder, not a file.`, 'Name a file inside it.');
    }
    if (!information.isFile()) {
      throw new StudioError('not-found', `${path} is ${kindOf(information)}, not a file.`, 'Name a file.');
    }
    const real = await realpath(path);
    given.add(real);
    if (promised.includes(real)) refuseReplacing(path);
    const bytes = await readAtMost(handle, Math.min(information.size, maximumBytes) + 1, maximumBytes);
    if (bytes !== null) return bytes;
    throw new StudioError(
      'image-too-large',
      `${path} has ${Math.ceil(information.size / 2 ** 20)} MB; at most ${maximumBytes / 2 ** 20} MB can be read.`,
      'Use a smaller file.',
    );
  } catch (thrown) {
    throw fileError(thrown, path, 'read');
  } finally {
    await handle?.close();
  }
}

/** Null when there is more; `expected` only sizes the first piece, since a file may state another size than it has. */
async function readAtMost(handle: FileHandle, expected: number, most: number): Promise<Uint8Array | null> {
  const parts: Buffer[] = [];
  let read = 0;
  for (let room = Math.max(expected, 4096); read <= most; room = 1024 * 1024) {
    const part = Buffer.alloc(Math.min(room, most + 1 - read));
    const { bytesRead } = await handle.read(part, 0, part.length, null);
    if (bytesRead === 0) return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    parts.push(part.subarray(0, bytesRead));
    read += bytesRead;
  }
  return null;
}

/**
 * Writes beside the goal and renames, so that a reader never sees half a file and a cancelled command leaves none. A symbolic
 * link stays one, a file keeps its rights; what is no regular file, or was read by this command, is refused.
 */
export async function writeOutputFile(path: string, content: Uint8Array | string): Promise<void> {
  const { real, mode } = await placeOf(path);
  if (given.has(real)) refuseReplacing(path);
  const partial = `${real}.${randomUUID().slice(0, 8)}.partial`;
  try {
    await mkdir(dirname(real), { recursive: true });
    const file = await open(partial, 'wx', mode ?? 0o666);
    try {
      if (mode !== null) await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, real);
  } catch (thrown) {
    await rm(partial, { force: true });
    throw fileError(thrown, path, 'written');
  }
}

/** Where writing to `path` leads, links followed, and the rights of what is there; null = nothing is. */
async function placeOf(path: string): Promise<{ real: string; mode: number | null }> {
  try {
    const real = await followed(resolve(path));
    const there = await stat(real).catch(absent);
    if (there === null) return { real, mode: null };
    if (there.isFile()) return { real, mode: there.mode & 0o777 };
    throw new StudioError(
      'place-unwritable',
      `${path} is ${there.isDirectory() ? 'a folder' : kindOf(there)}, and only files are written.`,
      'Name a file.',
    );
  } catch (thrown) {
    throw fileError(thrown, path, 'written');
  }
}

/** The real path, also where a link leads to what is not there yet. */
async function followed(path: string, links = 0): Promise<string> {
  const entry = await lstat(path).catch(absent);
  if (entry === null) {
    const folder = dirname(path);
    return folder === path ? path : join(await followed(folder, links), basename(path));
  }
  if (!entry.isSymbolicLink()) return realpath(path);
  const real = await realpath(path).catch(absent);
  if (real !== null) return real;
  if (links === mostLinks)
    throw new StudioError('place-unwritable', `${path} is a link that leads nowhere.`, 'Name a file.');
  return followed(resolve(dirname(path), await readlink(path)), links + 1);
}

const mostLinks = 40;

function absent(error: unknown): null {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
  throw error;
}

function refuseReplacing(path: string): void {
  if (mayReplace) return;
  throw new StudioError(
    'place-unwritable',
    `${path} is read by this command, so it is not written over.`,
    'Name another file with --out, or add --force.',
  );
}

function kindOf(entry: Stats): string {
  if (entry.isFIFO()) return 'a pipe';
  return entry.isSocket() ? 'a socket' : 'a device';
}

/** `out.png` for one of one; `out-1.png` … for several. */
export function numberedPath(path: string, index: number, count: number): string {
  if (count === 1) return path;
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}-${index + 1}${extension}`;
}

function fileError(thrown: unknown, path: string, deed: 'read' | 'written'): unknown {
  switch (diskFailureOf(thrown)) {
    case 'missing':
      return new StudioError('not-found', `There is no file ${path}.`, 'Check the path; quote it when it has spaces.');
    case 'unwritable':
      return new StudioError(
        'not-found',
        `${path} cannot be ${deed}: access is not permitted.`,
        'Choose another place or change its permissions.',
      );
    case 'full':
      return new StudioError(
        'disk-full',
        `${path} cannot be written: the disk is full.`,
        'Free some space and run it again.',
      );
    default:
      return (thrown as NodeJS.ErrnoException).code === 'EISDIR'
        ? new StudioError('not-found', `${path} is a folder.`, 'Name a file.')
        : thrown;
  }
}
