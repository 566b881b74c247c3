/** Large things that are put together beside their place, seen by nobody before they are whole: room for them, and what is left of killed ones. */
import { randomBytes } from 'node:crypto';
import { readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../shared/errors.js';

const prefix = '.incoming-';

/** The name of a folder in `place` that belongs to this process. */
export function incomingFolder(place: string): string {
  return join(place, `${prefix}${process.pid}-${randomBytes(4).toString('hex')}`);
}

/** Removes what processes that no longer run have left in `place`. */
export async function removeAbandoned(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    const owner = new RegExp(`^\\${prefix}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner))) await rm(join(place, name), { recursive: true, force: true });
  }
}

/** Throws `disk-full` where `bytes` and `spare` beside them are not free at `place`; `what` needs them, `remedy` is the way out. */
export async function requireSpace(
  place: string,
  { bytes, spare }: { bytes: number; spare: number },
  what: string,
  remedy: string,
): Promise<void> {
  const { bavail, bsize } = await statfs(place);
  const free = bavail * bsize;
  if (free >= bytes + spare) return;
  throw new StudioError(
    'disk-full',
    `${what} needs ${megabytes(bytes)}, and ${megabytes(free)} are free at ${place}.`,
    remedy,
  );
}

/** As people read sizes of packs. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
