/** One step from a version of the project file to the next: its tables in SQL, its contents as a pure function. */

export type Row = Record<string, string | number>;

/** What a project file holds beside its pictures, which no version has changed: the rows of its tables. */
export interface ProjectRows {
  state: readonly Row[];
  frames: readonly Row[];
  transactions: readonly Row[];
  /** From version 4 on; an older file has no such table. */
  queue?: readonly Row[];
}

export interface Migration {
  /** The version it leads to; it takes files of the version before. */
  to: number;
  /** SQL that makes the tables of the version before into those of this one. */
  schema: string;
  /**
   * Rows of the version before as rows of this one: pure, and row by row, so that some rows of a file become what they
   * become among all of them. Throws TypeError when they are not of the version before.
   */
  upgrade: (rows: ProjectRows) => ProjectRows;
}

export const noRows: ProjectRows = { state: [], frames: [], transactions: [] };

/** Every row with a column more. One that has it already is not of the version it is said to be. */
export function withColumn(rows: readonly Row[], column: string, valueOf: (row: Row) => string | number): Row[] {
  return rows.map((row) => {
    if (Object.hasOwn(row, column)) throw new TypeError(`A row has “${column}” before its version.`);
    return { ...row, [column]: valueOf(row) };
  });
}
