/** Reading what a command was given and writing what it made: whole files or none. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { StudioError } from '../../shared/errors.js';
import { imageLimits, type RasterImage } from '../../shared/images.js';
import { commandPictures } from './pictures.js';

/** Throws `not-found`, `image-too-large` or `image-unreadable`. */
export async function readImageFile(path: string): Promise<RasterImage> {
  const bytes = await readInputFile(path, imageLimits.maxBytes);
  try {
    return await commandPictures().run('decode', { bytes });
  } catch (thrown) {
    throw fileFault(path, thrown);
  }
}

/** A fault of what the file holds, with the file's name before it. */
export function fileFault(path: string, thrown: unknown): unknown {
  if (!(thrown instanceof StudioError)) return thrown;
  return new StudioError(thrown.code, `${path}: ${thrown.message}`, thrown.remedy, { cause: thrown });
}

/** At most `maximumBytes`, so that a wrong path cannot fill the memory. */
export async function readInputFile(path: string, maximumBytes: number): Promise<Uint8Array> {
  try {
    const information = await stat(path);
    if (information.isDirectory()) {
      throw new StudioError('not-found', `${path} is a folder, not a file.`, 'Name a file inside it.');
    }
    if (information.size > maximumBytes) {
      throw new StudioError(
        'image-too-large',
        `${path} has ${Math.ceil(information.size / 2 ** 20)} MB; at most ${maximumBytes / 2 ** 20} MB can be read.`,
        'Use a smaller file.',
      );
    }
    return await readFile(path);
  } catch (thrown) {
    throw fileError(thrown, path, 'read');
  }
}

/** Writes beside the goal and renames, so that a reader never sees half a file and a cancelled command leaves none. */
export async function writeOutputFile(path: string, content: Uint8Array | string): Promise<void> {
  const goal = resolve(path);
  const partial = `${goal}.${randomUUID().slice(0, 8)}.partial`;
  try {
    await mkdir(dirname(goal), { recursive: true });
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, goal);
  } catch (thrown) {
    await rm(partial, { force: true });
    throw fileError(thrown, path, 'written');
  }
}

/** `out.png` for one of one; `out-1.png` … for several. */
export function numberedPath(path: string, index: number, count: number): string {
  if (count === 1) return path;
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}-${index + 1}${extension}`;
}

function fileError(thrown: unknown, path: string, deed: 'read' | 'written'): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  switch (thrown instanceof StudioError ? undefined : code) {
    case 'ENOENT':
      return new StudioError('not-found', `There is no file ${path}.`, 'Check the path; quote it when it has spaces.');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StudioError(
        'not-found',
        `${path} cannot be ${deed}: access is not permitted.`,
        'Choose another place or change its permissions.',
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return new StudioError(
        'disk-full',
        `${path} cannot be written: the disk is full.`,
        'Free some space and run it again.',
      );
    case 'EISDIR':
      return new StudioError('not-found', `${path} is a folder.`, 'Name a file.');
    default:
      return thrown;
  }
}
