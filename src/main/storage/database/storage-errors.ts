/** What SQLite and the file system throw, in the studio's words: what could not be done, why, and the way out. */
import { constants } from 'node:os';
import { StudioError } from '../../../shared/errors.js';

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const resultCodes = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  mismatch: 20,
  notADatabase: 26,
};

const fullErrors = ['ENOSPC', 'EDQUOT'];
const unwritableErrors = ['EACCES', 'EROFS', 'EPERM'];
const noFolderErrors = ['ENOTDIR', 'EEXIST', 'EISDIR', 'ENOENT'];

const writableRemedy = 'Make the file and its folder writable, then reload this window.';

/** What was not done, for the end of a sentence. */
const changeFailed = 'the change was not saved';

export function projectDamaged(path: string, what: string, cause?: unknown): StudioError {
  return new StudioError(
    'project-damaged',
    `The project file is damaged: ${what}.`,
    'Nothing was changed in it. Restore the file from a backup, or open another project.',
    { detail: path, cause },
  );
}

export function projectReadOnly(reason: string, remedy: string): StudioError {
  return new StudioError('project-read-only', reason, remedy);
}

/** Somebody else has it; `where` completes “This project is open”. */
export function openElsewhere(where: string): StudioError {
  return projectReadOnly(`This project is open ${where}.`, 'Close it there and reload this window.');
}

export function diskFull(cause: unknown, failed = changeFailed): StudioError {
  return new StudioError(
    'disk-full',
    `There is no room left on the disk, so ${failed}.`,
    'Free some space and try again; everything saved before is safe.',
    { cause },
  );
}

export function placeUnwritable(place: string, failed: string, cause: unknown): StudioError {
  return new StudioError(
    'place-unwritable',
    `Nothing may be written to ${place}, so ${failed}.`,
    'Make that place writable, or choose another one.',
    { cause },
  );
}

/** The disk has no room for what is written, or for what SQLite needs beside the file. */
export function isFull(thrown: unknown): boolean {
  if (thrown instanceof StudioError) return thrown.code === 'disk-full';
  return isOneOf(thrown, [resultCodes.full], fullErrors);
}

/** The place does not let anything be written, or not what SQLite needs beside the file. */
export function isUnwritable(thrown: unknown): boolean {
  if (thrown instanceof StudioError) return thrown.code === 'project-read-only';
  return !isFull(thrown) && isOneOf(thrown, [resultCodes.readOnly, resultCodes.cannotOpen], unwritableErrors);
}

/** Why a project whose opening for writing ended with `thrown` can only be looked at; null when that is not the reason. */
export function lookOnly(thrown: unknown): StudioError | null {
  if (isFull(thrown)) {
    return projectReadOnly(
      'There is no room left on the disk, so nothing can be changed.',
      'Free some space, then reload this window.',
    );
  }
  if (!isUnwritable(thrown)) return null;
  return projectReadOnly('The file of this project may not be written where it lies.', writableRemedy);
}

/** `thrown` while a project file was worked on; a StudioError passes, anything unknown is a bug and passes too. */
export function storageError(path: string, thrown: unknown, failed = changeFailed): unknown {
  if (!(thrown instanceof Error) || thrown instanceof StudioError) return thrown;
  if (isFull(thrown)) return diskFull(thrown, failed);
  const result = resultOf(thrown);
  if (result === resultCodes.corrupt) return projectDamaged(path, 'its contents do not hold together', thrown);
  if (result === resultCodes.notADatabase) return projectDamaged(path, 'it is not a project file', thrown);
  if (isOneOf(thrown, [resultCodes.readOnly], unwritableErrors)) {
    return projectReadOnly('The file of this project may not be written where it lies.', writableRemedy);
  }
  if (result === resultCodes.busy || result === resultCodes.locked) {
    return projectReadOnly('Another program is writing to the project file.', 'Wait a moment and try again.');
  }
  if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') {
    return new StudioError('not-found', 'The project file is no longer there.', 'Open another project.', {
      cause: thrown,
    });
  }
  if (result === resultCodes.inputOutput) return diskFailed(path, failed, thrown);
  return thrown;
}

/** `thrown` while something new was written to `place`, which no project depends on yet. */
export function writingError(place: string, thrown: unknown, failed: string): unknown {
  if (isFull(thrown)) return diskFull(thrown, failed);
  if (isUnwritable(thrown) || isOneOf(thrown, [], noFolderErrors)) return placeUnwritable(place, failed, thrown);
  return storageError(place, thrown, failed);
}

/**
 * While a project is opened, tables or columns that are missing and text that is no JSON mean a damaged file; later they
 * would mean a bug.
 */
export function openingError(path: string, thrown: unknown): unknown {
  const structural = [resultCodes.error, resultCodes.constraint, resultCodes.mismatch];
  if (thrown instanceof SyntaxError || thrown instanceof TypeError || structural.includes(resultOf(thrown))) {
    return projectDamaged(path, 'its contents are not those of a project', thrown);
  }
  return isFull(thrown) ? diskFull(thrown, 'the project could not be opened') : storageError(path, thrown);
}

function diskFailed(path: string, failed: string, cause: unknown): StudioError {
  return new StudioError(
    'disk-failed',
    `The disk reported an error, so ${failed}.`,
    'Check the disk and its connection, then reload this window; everything saved before is in the project file.',
    { detail: path, cause },
  );
}

/** The primary code; SQLite tells some failures by an extended one, which has it in its lowest byte. 0: none. */
function resultOf(thrown: unknown): number {
  return Number((thrown as { sqliteCode?: unknown } | null)?.sqliteCode ?? 0) & 0xff;
}

/** SQLite also tells what the system told it. */
function isOneOf(thrown: unknown, results: readonly number[], codes: readonly string[]): boolean {
  const { code, systemErrno } = (thrown ?? {}) as { code?: unknown; systemErrno?: unknown };
  const errnos = codes.map((name) => (constants.errno as Record<string, number>)[name]);
  return (
    results.includes(resultOf(thrown)) ||
    (typeof code === 'string' && codes.includes(code)) ||
    (typeof systemErrno === 'number' && errnos.includes(systemErrno))
  );
}
