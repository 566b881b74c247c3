import { digestOver } from './digest.js';
import { withColumn, type Migration } from './migration.js';

export const stateDigest = digestOver(
  'project_id',
  'name',
  'created_at',
  'modified_at',
  'revision',
  'applied',
  'frame_order',
  'annotations',
);
export const frameDigest = digestOver('id', 'body');
export const transactionDigest = digestOver('sequence', 'label', 'operations', 'inverse');

/** Every row says what it was written as: SQLite does not notice a letter that changed inside one. */
export const version3: Migration = {
  to: 3,
  schema: `
    ALTER TABLE state ADD COLUMN digest TEXT NOT NULL DEFAULT '';
    ALTER TABLE frames ADD COLUMN digest TEXT NOT NULL DEFAULT '';
    ALTER TABLE transactions ADD COLUMN digest TEXT NOT NULL DEFAULT '';
  `,
  upgrade: ({ state, frames, transactions }) => ({
    state: withColumn(state, 'digest', stateDigest),
    frames: withColumn(frames, 'digest', frameDigest),
    transactions: withColumn(transactions, 'digest', transactionDigest),
  }),
};
