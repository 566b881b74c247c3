/**
 * The one place that talks to SQLite: every file of the studio is opened, asked and changed through this class. What it throws
 * about the file is a `DatabaseError`, whatever SQLite met, and nothing in a file is trusted: no trigger, view or function of
 * its schema runs with more than it needs, and no value may be larger than the studio's own.
 */
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import type { StudioError } from '../../../shared/errors.js';
import { DatabaseError, sqliteFailure, type FailureKind } from './failures.js';
import { failureInWords } from './storage-errors.js';

export type Value = string | number | bigint | null | Uint8Array;

export interface DatabaseOptions {
  readOnly?: boolean;
  /** How long another process's lock is waited for, in milliseconds. */
  patienceMs?: number;
  /** An error in words; absent: those of a project file. */
  words?: (kind: FailureKind, cause: Error) => StudioError;
}

/** The largest picture there may be as PNG, and room to spare. */
const largestValue = 256 * 1024 * 1024;
/** Locks are held for moments. */
const usualPatienceMs = 2000;

export class Database {
  readonly #connection: DatabaseSyncInstance;
  readonly #words: (kind: FailureKind, cause: Error) => StudioError;
  /** Each is compiled once: reading thousands of frames runs a dozen of them for every one. */
  readonly #statements = new Map<string, StatementSyncInstance>();

  /** `location`: a path, a `file:` address, or `:memory:`. */
  constructor(
    readonly location: string,
    { readOnly = false, patienceMs = usualPatienceMs, words }: DatabaseOptions = {},
  ) {
    this.#words = words ?? ((kind, cause) => failureInWords(kind, location, cause));
    this.#connection = this.#attempt(
      () =>
        new DatabaseSync(location, {
          readOnly,
          timeout: patienceMs,
          defensive: true,
          limits: { length: largestValue, triggerDepth: 1 },
        }),
    );
    try {
      this.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  /** One or more statements without an answer. */
  exec(sql: string): void {
    this.#attempt(() => this.#connection.exec(sql));
  }

  /** The first row. The caller knows its columns and does not trust their values where the file is not the studio's own. */
  get<Row>(sql: string, ...values: Value[]): Row | undefined {
    return this.#attempt(() => this.#prepared(sql).get(...values) as Row | undefined);
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    return this.#attempt(() => this.#prepared(sql).all(...values) as Row[]);
  }

  /** Returns how many rows changed. */
  run(sql: string, ...values: Value[]): number {
    return this.#attempt(() => Number(this.#prepared(sql).run(...values).changes));
  }

  /** All of `work` or nothing. Throws what `work` throws. */
  transaction<Result>(work: () => Result): Result {
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk may have ended it already.
      if (this.#connection.isTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }

  /**
   * The library releases statements only when they are collected as garbage, and the write-ahead log stays until then; so
   * it is moved into the file here, which is then whole by itself. Never throws.
   */
  close(): void {
    this.#statements.clear();
    if (!this.#connection.isOpen) return;
    try {
      this.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Read-only or in use elsewhere: the log is kept, and nothing is lost.
    }
    this.release();
  }

  /** Closes it as it is, its log included. Never throws. */
  release(): void {
    this.#statements.clear();
    try {
      if (this.#connection.isOpen) this.#connection.close();
    } catch (error) {
      // The file is left to the end of the process, and everything committed is in it.
      console.warn('A file could not be closed:', error);
    }
  }

  #prepared(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql) ?? this.#connection.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #attempt<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      const kind = error instanceof Error ? sqliteFailure(error) : null;
      if (kind === null) throw error;
      throw new DatabaseError(kind, this.#words(kind, error as Error), error);
    }
  }
}
