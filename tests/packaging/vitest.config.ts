import { defineConfig } from 'vitest/config';

/** Apart from the suite: it packs the whole program, which takes a minute. */
export default defineConfig({
  test: {
    include: ['tests/packaging/**/*.package.ts'],
    pool: 'forks',
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 1,
  },
});
