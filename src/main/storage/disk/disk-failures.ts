/** What the operating system reports when files are worked on, told apart by what it means for whoever needs them: the one table of its codes. */
import { constants } from 'node:os';

export type DiskFailure =
  /** The disk has no room for what is written. */
  | 'full'
  /** Nothing may be written there. */
  | 'unwritable'
  | 'missing'
  /** A file is where a folder should be, or the other way round. */
  | 'no-folder'
  /** The disk itself failed. */
  | 'disk';

const meanings: ReadonlyMap<string, DiskFailure> = new Map([
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EACCES', 'unwritable'],
  ['EROFS', 'unwritable'],
  ['EPERM', 'unwritable'],
  ['ENOENT', 'missing'],
  ['ENOTDIR', 'no-folder'],
  ['EEXIST', 'no-folder'],
  ['EISDIR', 'no-folder'],
  ['EIO', 'disk'],
]);

/** Null for what the system did not report: the studio's own errors have codes of their own. */
export function diskFailureOf(thrown: unknown): DiskFailure | null {
  return thrown instanceof Error ? (meanings.get((thrown as NodeJS.ErrnoException).code ?? '') ?? null) : null;
}

/** By the number of the system's error, which is what a library in C passes on; null for any other value. */
export function diskFailureNumbered(errno: unknown): DiskFailure | null {
  const code = Object.entries(constants.errno).find(([, number]) => number === errno)?.[0];
  return meanings.get(code ?? '') ?? null;
}
