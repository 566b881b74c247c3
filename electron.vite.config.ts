import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import { resolve } from 'node:path';
import { mainEntries } from './scripts/lib/entries.mjs';

const at = (path: string) => resolve(import.meta.dirname, path);

/** One build for both hosts and the command line: `out/main/*.js` (plain Node ESM), `out/preload/index.cjs`, `out/renderer`. */
export default defineConfig({
  main: {
    build: {
      externalizeDeps: true,
      rollupOptions: {
        input: mainEntries,
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
