/** Where the programs of the main side begin, by the name of their built file in `out/main`. */
import { join } from 'node:path';
import { root } from './repository.mjs';

export const mainEntries = Object.fromEntries(
  Object.entries({
    index: 'hosts/electron/index.ts',
    web: 'hosts/web/index.ts',
    cli: 'cli/index.ts',
    engine: 'engine/process.ts',
    'project-check': 'storage/projects/check-process.ts',
    pictures: 'pictures/picture-worker.ts',
    'picture-writing': 'pictures/picture-writing.ts',
  }).map(([name, path]) => [name, join(root, 'src', 'main', path)]),
);
