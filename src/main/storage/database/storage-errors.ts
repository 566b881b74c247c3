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

export function projectDamaged(path: string, what: string, cause?: unknown): StudioError {
  return new StudioError(
    'project-damaged',
    `The project file is damaged: ${what}.`,
    'Nothing was changed in it. Restore the file from a backup, or open another project.',
    { detail: path, cause },
  );
}

export function projectReadOnly(reason: string): StudioError {
  return new StudioError(
    'project-read-only',
    reason,
    'Close it there and reload this window, or open another project.',
  );
}

export function diskFull(cause?: unknown): StudioError {
  return new StudioError(
    'disk-full',
    'There is no room left on the disk, so the change was not saved.',
    'Free some space and try again; everything saved before is safe.',
    { cause },
  );
}

/** The place does not let anything be written, or not what SQLite needs beside the file. */
export function isUnwritable(thrown: unknown): boolean {
  if (thrown instanceof StudioError) return thrown.code === 'project-read-only';
  const { code, sqliteCode } = (thrown ?? {}) as { code?: unknown; sqliteCode?: unknown };
  const codes: unknown[] = [resultCodes.readOnly, resultCodes.cannotOpen];
  return codes.includes(sqliteCode) || code === 'EACCES' || code === 'EROFS' || code === 'EPERM';
}

/** What SQLite or the file system threw, in the studio's words; a StudioError passes, anything else is a bug and passes too. */
export function storageError(path: string, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof StudioError) return thrown;
  const { code, sqliteCode } = thrown as Error & { code?: unknown; sqliteCode?: unknown };
  if (sqliteCode === resultCodes.full || code === 'ENOSPC' || code === 'EDQUOT') return diskFull(thrown);
  if (sqliteCode === resultCodes.corrupt) return projectDamaged(path, 'its contents do not hold together', thrown);
  if (sqliteCode === resultCodes.notADatabase) return projectDamaged(path, 'it is not a project file', thrown);
  if (sqliteCode === resultCodes.readOnly || code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return projectReadOnly('The project file may not be written.');
  }
  if (sqliteCode === resultCodes.busy || sqliteCode === resultCodes.locked) {
    return projectReadOnly('Another program is writing to the project file.');
  }
  if (code === 'ENOENT') {
    return new StudioError('not-found', 'The project file is no longer there.', 'Open another project.', {
      cause: thrown,
    });
  }
  return thrown;
}

/**
 * While a project is opened, tables or columns that are missing and text that is no JSON mean a damaged file; later they
 * would mean a bug.
 */
export function openingError(path: string, thrown: unknown): unknown {
  const { sqliteCode } = (thrown ?? {}) as { sqliteCode?: unknown };
  const structural: unknown[] = [resultCodes.error, resultCodes.constraint, resultCodes.mismatch];
  if (thrown instanceof SyntaxError || thrown instanceof TypeError || structural.includes(sqliteCode)) {
    return projectDamaged(path, 'its contents are not those of a project', thrown);
  }
  return storageError(path, thrown);
}
