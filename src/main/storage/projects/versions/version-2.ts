import { withColumn, type Migration } from './migration.js';

/** Notes and arrows: a JSON array, back to front. */
export const version2: Migration = {
  to: 2,
  schema: `ALTER TABLE state ADD COLUMN annotations TEXT NOT NULL DEFAULT '[]'`,
  upgrade: (rows) => ({ ...rows, state: withColumn(rows.state, 'annotations', () => '[]') }),
};
