/**
 * Run by `electron.mjs`: fetches Electron's archive into the cache its own installer looks into, and writes how much of it is there, 0…1, a
 * line for each hundredth.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasProxy } from './electron.mjs';
import { root } from './repository.mjs';

if (hasProxy()) process.env.ELECTRON_GET_USE_PROXY = 'true';
const { downloadArtifact } = await import('@electron/get');

const directory = join(root, 'node_modules', 'electron');
const read = (name) => JSON.parse(readFileSync(join(directory, name), 'utf8'));
let told = -1;

await downloadArtifact({
  version: read('package.json').version,
  artifactName: 'electron',
  checksums: read('checksums.json'),
  platform: process.platform,
  arch: process.arch,
  downloadOptions: {
    quiet: true,
    getProgressCallback: async ({ percent }) => {
      const hundredth = Math.floor(percent * 100);
      if (hundredth <= told) return;
      told = hundredth;
      process.stdout.write(`${percent}\n`);
    },
  },
});
