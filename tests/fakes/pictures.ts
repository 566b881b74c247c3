/** Reading pictures in tests: in this thread, or in the real threads, whose scripts are built once for each process. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { pictureTasks, type PictureReader, type PictureTask } from '../../src/main/pictures/picture-tasks.js';
import type { PictureScripts } from '../../src/main/pictures/picture-workers.js';
import type { KeptPicture } from '../../src/main/storage/images/images.js';
import { storePicture } from '../../src/main/storage/projects/picture-store.js';

const compute = (task: PictureTask, input: unknown): unknown =>
  (pictureTasks[task] as (given: unknown) => unknown)(input);

export const picturesHere: PictureReader = {
  run: async (task, input) => compute(task, input) as never,
  runInto: async (task, input, into) => {
    const { picture, ...rest } = compute(task, input) as { picture: KeptPicture };
    return { ...rest, stored: storePicture(into, picture) } as never;
  },
  close: () => {},
};

let scripts: PictureScripts | undefined;

export function pictureScripts(): PictureScripts {
  if (scripts !== undefined) return scripts;
  // Beside the program's own build, where packages are found as they are from there.
  const root = join(import.meta.dirname, '..', '..');
  mkdirSync(join(root, 'out'), { recursive: true });
  const folder = mkdtempSync(join(root, 'out', 'test-pictures-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  buildSync({
    entryPoints: ['picture-worker', 'picture-writing'].map((name) =>
      join(root, 'src', 'main', 'pictures', `${name}.ts`),
    ),
    outdir: folder,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  scripts = { read: join(folder, 'picture-worker.js'), write: join(folder, 'picture-writing.js') };
  return scripts;
}
