import { availableParallelism } from 'node:os';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: {
    include: ['src/**/*.test.ts', 'tools/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['tests/e2e/**', 'node_modules/**'],
    setupFiles: ['tests/setup.ts'],
    // Engine tests open real onnxruntime sessions; process isolation keeps a native crash to one file.
    pool: 'forks',
    // As many engines as test files run at a time; more threads would only take turns.
    env: { DDT_STUDIO_THREADS: '1' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Files that wait for a program they started leave a core to it, and many wait: three keep two cores busy.
    maxWorkers: Math.max(3, Math.min(4, availableParallelism() - 1)),
  },
});
