import { availableParallelism } from 'node:os';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/**
 * Rooms whose modules remember nothing, so that their tests can follow each other in one process: starting one takes half a second,
 * which most of these tests do not. `renderer/state` and `renderer/commands` are one window's memory, and stay alone.
 */
const stateless = [
  'src/shared',
  'src/renderer/{analyses,canvas,compare,components,composer,dialogs,gallery,grids,masks,staging,timeline,topbar}',
  'src/main/{cli,jobs,servers,storage,validation}',
  'tools',
].map((room) => `${room}/**/*.test.ts`);

export default defineConfig({
  plugins: [svelte()],
  test: {
    setupFiles: ['tests/setup.ts'],
    // Engine tests open real onnxruntime sessions; process isolation keeps a native crash to one file.
    pool: 'forks',
    // As many engines as test files run at a time; more threads would only take turns.
    env: { DDT_STUDIO_THREADS: '1' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Files that wait for a program they started leave a core to it, and many wait: three keep two cores busy.
    maxWorkers: Math.max(3, Math.min(4, availableParallelism() - 1)),
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: ['tests/e2e/**', 'node_modules/**', ...stateless],
        },
      },
      { extends: true, test: { name: 'together', include: stateless, isolate: false } },
    ],
  },
});
