/** What SQLite and the file system throw, in the studio's words: what could not be done, why, and the way out. */
import { StudioError } from '../../../shared/errors.js';
import { DatabaseError, failureOf, type FailureKind } from './failures.js';

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

export function isFull(thrown: unknown): boolean {
  return failureOf(thrown) === 'full' || (thrown instanceof StudioError && thrown.code === 'disk-full');
}

/** The place does not let anything be written, or not what SQLite needs beside the file. */
export function isUnwritable(thrown: unknown): boolean {
  // Put into other words it is still what it was: a folder that cannot be written keeps SQLite from opening a file with a log.
  const isReworded = thrown instanceof StudioError && thrown.code === 'disk-failed';
  const kind = failureOf(thrown) ?? (isReworded ? failureOf(thrown.cause) : null);
  if (kind !== null) return kind === 'unwritable' || kind === 'unopenable';
  return thrown instanceof StudioError && thrown.code === 'project-read-only';
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

/** What went wrong with the project file at `path`, which left `failed` undone. */
export function failureInWords(kind: FailureKind, path: string, cause: unknown, failed = changeFailed): StudioError {
  switch (kind) {
    case 'full':
      return diskFull(cause, failed);
    case 'damaged':
      return projectDamaged(path, 'its contents do not hold together', cause);
    case 'foreign':
      return projectDamaged(path, 'it is not a project file', cause);
    case 'oversized':
      return projectDamaged(path, 'something in it is larger than any project has', cause);
    case 'unwritable':
      return projectReadOnly('The file of this project may not be written where it lies.', writableRemedy);
    case 'busy':
    case 'interrupted':
      return projectReadOnly('Another program is writing to the project file.', 'Wait a moment and try again.');
    case 'missing':
      return new StudioError('not-found', 'The project file is no longer there.', 'Open another project.', { cause });
    case 'unopenable':
    case 'no-folder':
      return new StudioError(
        'disk-failed',
        `The project file cannot be opened, so ${failed}.`,
        'See that it is there and that you may read it and its folder, then try again.',
        { detail: path, cause },
      );
    case 'disk':
      return diskFailed(path, failed, cause);
    case 'memory':
      return new StudioError(
        'memory-full',
        `There is not enough memory, so ${failed}.`,
        'Close other programs or windows and try again; everything saved before is safe.',
        { detail: path, cause },
      );
    case 'structure':
      // A project is checked when it is opened; later this would be a mistake of the studio.
      return new StudioError(
        'internal',
        `Something unexpected went wrong with the project file, so ${failed}.`,
        'Your work is saved. Reload this window; if it happens again, please report it with the details.',
        { detail: String(cause), cause },
      );
  }
}

/** The same of the gallery's own files, which are made again where they can be. */
export function galleryInWords(kind: FailureKind, cause: unknown): StudioError {
  if (kind === 'full') return diskFull(cause, 'the gallery could not be brought up to date');
  return new StudioError(
    'gallery-unwritable',
    kind === 'busy'
      ? 'Another program is writing to the gallery’s files.'
      : 'The gallery’s files cannot be read or written at present.',
    'All projects are untouched. Try again in a moment; if it stays so, start DDT Studio again.',
    { detail: String(cause), cause },
  );
}

/** `thrown` while a project file was worked on; what is no failure of file or disk passes. */
export function storageError(path: string, thrown: unknown, failed = changeFailed): unknown {
  const kind = failureOf(thrown);
  if (kind === null || (kind === 'no-folder' && !(thrown instanceof DatabaseError))) return thrown;
  return failureInWords(kind, path, causeOf(thrown), failed);
}

/** `thrown` while something new was written to `place`, which no project depends on yet. */
export function writingError(place: string, thrown: unknown, failed: string): unknown {
  if (isFull(thrown)) return diskFull(causeOf(thrown), failed);
  const kind = failureOf(thrown);
  if (isUnwritable(thrown) || kind === 'missing' || kind === 'no-folder') return placeUnwritable(place, failed, thrown);
  return storageError(place, thrown, failed);
}

/**
 * While a project is opened, tables or columns that are missing and text that is no JSON mean a damaged file; later they
 * would mean a bug.
 */
export function openingError(path: string, thrown: unknown): unknown {
  if (thrown instanceof SyntaxError || thrown instanceof TypeError || failureOf(thrown) === 'structure') {
    return projectDamaged(path, 'its contents are not those of a project', causeOf(thrown));
  }
  return storageError(path, thrown, 'the project could not be opened');
}

function diskFailed(path: string, failed: string, cause: unknown): StudioError {
  return new StudioError(
    'disk-failed',
    `The disk reported an error, so ${failed}.`,
    'Check the disk and its connection, then reload this window; everything saved before is in the project file.',
    { detail: path, cause },
  );
}

/** What the file or the disk reported, without the words it had been put into. */
function causeOf(thrown: unknown): unknown {
  return thrown instanceof DatabaseError ? thrown.cause : thrown;
}
