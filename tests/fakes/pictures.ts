/** Reading pictures in tests: in this thread, or in the real threads, whose script is built once for each process. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { pictureTasks, type PictureReader } from '../../src/main/pictures/picture-tasks.js';

export const picturesHere: PictureReader = {
  run: async (task, input) => (pictureTasks[task] as (given: typeof input) => never)(input),
  close: () => {},
};

const root = join(import.meta.dirname, '..', '..');
let script: string | undefined;

/** Beside the packages it needs. */
export function pictureScript(): string {
  if (script !== undefined) return script;
  const folder = join(root, 'node_modules', '.cache', 'ddt-studio');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `pictures-${process.pid}.mjs`);
  process.once('exit', () => rmSync(outfile, { force: true }));
  buildSync({
    entryPoints: [join(root, 'src', 'main', 'pictures', 'picture-worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  return (script = outfile);
}
