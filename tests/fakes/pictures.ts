/** Reading pictures in tests: in this thread, or in the real threads, whose script is built once for each process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
  const folder = mkdtempSync(join(tmpdir(), 'ddt-pictures-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'pictures.cjs');
  buildSync({
    entryPoints: [join(import.meta.dirname, '..', '..', 'src', 'main', 'pictures', 'picture-worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  return (script = outfile);
}
