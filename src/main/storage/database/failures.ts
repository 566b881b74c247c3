/** What SQLite reports, told apart by what it means for whoever works with a database: the one table of its codes. */
import { StudioError } from '../../../shared/errors.js';
import { diskFailureNumbered, diskFailureOf, type DiskFailure } from '../disk/disk-failures.js';

export type FailureKind =
  /** Of the disk that the file, or what SQLite needs beside it, lies on. */
  | DiskFailure
  /** The file, or what SQLite needs beside it, cannot be opened. */
  | 'unopenable'
  /** Somebody else is at it. */
  | 'busy'
  /** What is written in it does not hold together. */
  | 'damaged'
  /** It is no database. */
  | 'foreign'
  /** A value is larger than anything the studio writes. */
  | 'oversized'
  /** Tables, columns or values are not those that were asked for. */
  | 'structure'
  | 'memory'
  | 'interrupted';

/** Primary result codes of SQLite (sqlite.org/rescode.html); any other one means a mistake in what it was asked. */
const kinds: Readonly<Record<number, FailureKind>> = {
  3: 'unwritable', // PERM
  4: 'interrupted', // ABORT
  5: 'busy',
  6: 'busy', // LOCKED
  7: 'memory', // NOMEM
  8: 'unwritable', // READONLY
  9: 'interrupted',
  10: 'disk', // IOERR
  11: 'damaged', // CORRUPT
  13: 'full',
  14: 'unopenable', // CANTOPEN
  15: 'busy', // PROTOCOL: the race for a lock was lost too often
  18: 'oversized', // TOOBIG
  22: 'disk', // NOLFS: the disk has no files as large as this
  24: 'foreign', // FORMAT
  26: 'foreign', // NOTADB
};

/**
 * The library forgets the code when a row of several cannot be read, and keeps only what SQLite says of it, which is the same
 * in every version (`sqlite3_errstr`).
 */
const saidOf: Readonly<Record<string, number>> = {
  'access permission denied': 3,
  'query aborted': 4,
  'database is locked': 5,
  'database table is locked': 6,
  'out of memory': 7,
  'attempt to write a readonly database': 8,
  interrupted: 9,
  'disk I/O error': 10,
  'database disk image is malformed': 11,
  'database or disk is full': 13,
  'unable to open database file': 14,
  'locking protocol': 15,
  'string or blob too big': 18,
  'large file support is disabled': 22,
  'file is not a database': 26,
};

/** An error of SQLite in the studio's words, and what kind of one it was. */
export class DatabaseError extends StudioError {
  constructor(
    readonly kind: FailureKind,
    { code, message, remedy, detail }: StudioError,
    cause: unknown,
  ) {
    super(code, message, remedy, { cause, ...(detail === undefined ? {} : { detail }) });
    this.name = 'DatabaseError';
  }
}

/** Null for what neither SQLite nor the disk under it reported. */
export function failureOf(thrown: unknown): FailureKind | null {
  if (thrown instanceof DatabaseError) return thrown.kind;
  if (!(thrown instanceof Error) || thrown instanceof StudioError) return null;
  return sqliteFailure(thrown) ?? diskFailureOf(thrown);
}

/** Null for what the library did not throw about a database. */
export function sqliteFailure(thrown: Error): FailureKind | null {
  const { code, sqliteCode, systemErrno } = thrown as Error & Record<'code' | 'sqliteCode' | 'systemErrno', unknown>;
  // A number in the file that no number of JavaScript is.
  if (code === 'ERR_OUT_OF_RANGE') return 'structure';
  if (code !== 'ERR_SQLITE_ERROR') return null;
  // SQLite also tells what the system told it.
  const told = diskFailureNumbered(systemErrno);
  if (told === 'full' || told === 'unwritable') return told;
  // The lowest byte of an extended code is the primary one.
  const result = typeof sqliteCode === 'number' ? sqliteCode & 0xff : saidOf[thrown.message];
  return kinds[result ?? 1] ?? 'structure';
}
