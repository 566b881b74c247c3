/** Reading pictures in tests: in this thread, or in the real threads, whose script is built once for each process. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { pictureTasks, type PictureReader } from '../../src/main/pictures/picture-tasks.js';

export const picturesHere: PictureReader = {
  run: async (task, input) => (pictureTasks[task] as (given: typeof input) => never)(input),
  close: () => {},
};

let script: string | undefined;

export function pictureScript(): string {
  if (script !== undefined) return script;
  // Beside the program's own build, where packages are found as they are from there.
  const root = join(import.meta.dirname, '..', '..');
  mkdirSync(join(root, 'out'), { recursive: true });
  const folder = mkdtempSync(join(root, 'out', 'test-pictures-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'pictures.js');
  buildSync({
    entryPoints: [join(root, 'src', 'main', 'pictures', 'picture-worker.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return (script = outfile);
}
