/**
 * `npm run package [-- --arch arm64] [-- --dir]`: builds the studio and makes the installers of this system into `dist`. What it needs besides
 * npm, and what signs it, is in docs/releasing.md.
 */
import { join } from 'node:path';
import { readArguments } from './lib/arguments.mjs';
import { ensureBuild } from './lib/build.mjs';
import { ensureDependencies, nodeProblem } from './lib/dependencies.mjs';
import { root } from './lib/repository.mjs';

const { values } = readArguments('npm run package -- [--arch arm64] [--dir]', {
  arch: { type: 'string', default: process.arch },
  dir: { type: 'boolean', default: false },
});
const problem = nodeProblem();
if (problem !== null) fail(problem);
if (!(await ensureDependencies()) || !(await ensureBuild())) fail('The studio could not be built; see above.');

const { targets } = await import('./package/config.mjs');
const target = targets[process.platform];
if (target === undefined || !target.architectures.includes(values.arch)) {
  fail(`There is no package for ${process.platform} ${values.arch}.`);
}
const { pack } = await import('./package/pack.mjs');
const made = await pack({
  platform: process.platform,
  architecture: values.arch,
  output: join(root, 'dist'),
  folderOnly: values.dir,
  ...(process.env.DDT_STUDIO_ELECTRON_DIST === undefined ? {} : { electronDist: process.env.DDT_STUDIO_ELECTRON_DIST }),
});
process.stdout.write(`${(made.length === 0 ? [join(root, 'dist')] : made).join('\n')}\n`);

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
