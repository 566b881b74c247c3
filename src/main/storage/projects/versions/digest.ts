import { createHash } from 'node:crypto';
import type { Row } from './migration.js';

/** SHA-256 over a row's values in these columns and where each ends, 64 hexadecimal digits. */
export function digestOver(...columns: readonly string[]): (row: Row) => string {
  return (row) => {
    const values = columns.map((column) => row[column]!);
    return createHash('sha256').update(JSON.stringify(values)).digest('hex');
  };
}
