import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import { resolve } from 'node:path';

const at = (path: string) => resolve(import.meta.dirname, path);

/** One build for both hosts and the command line: `out/main/*.js` (plain Node ESM), `out/preload/index.cjs`, `out/renderer`. */
export default defineConfig({
  main: {
    build: {
      externalizeDeps: true,
      rollupOptions: {
        input: {
          index: at('src/main/hosts/electron/index.ts'),
          web: at('src/main/hosts/web/index.ts'),
          cli: at('src/main/cli/index.ts'),
          engine: at('src/main/engine/process.ts'),
          'project-check': at('src/main/storage/projects/check-process.ts'),
          pictures: at('src/main/pictures/picture-worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      rollupOptions: {
        input: { index: at('src/preload/index.ts') },
        // A sandboxed preload must be CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    build: { rollupOptions: { input: { index: at('src/renderer/index.html') } } },
    plugins: [svelte({ configFile: at('svelte.config.js') })],
  },
});
