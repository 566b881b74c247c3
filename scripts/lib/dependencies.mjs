/** Are the packages of package-lock.json the ones in node_modules, and if not, make them so. */
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './repository.mjs';

export const minimumNode = [20, 19];

/** One sentence when this Node is too old, otherwise null. */
export function nodeProblem(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1])) return null;
  return `DDT Studio needs Node ${minimumNode.join('.')} or newer; this is Node ${version}. Install a newer one from https://nodejs.org.`;
}

/**
 * Compares contents, not file times: a checkout gives every file a new time. npm records what it installed in
 * node_modules/.package-lock.json; packages for other platforms are marked optional and absent there.
 */
export function dependenciesInstalled(directory = root) {
  let wanted;
  let present;
  try {
    wanted = JSON.parse(readFileSync(join(directory, 'package-lock.json'), 'utf8')).packages;
    present = JSON.parse(readFileSync(join(directory, 'node_modules', '.package-lock.json'), 'utf8')).packages;
  } catch {
    return false;
  }
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' || optional === true || devOptional === true || present[path]?.version === version,
  );
}

/** npm would empty the folder that a link leads to, which may be another checkout's and in use there. */
function isLinked(directory) {
  return lstatSync(join(directory, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Installs when needed; false when npm failed, or must not be let loose. */
export async function ensureDependencies({ output = 'inherit', directory = root } = {}) {
  if (dependenciesInstalled(directory)) return true;
  if (isLinked(directory)) {
    process.stderr.write(
      'node_modules is a link to another folder, which lacks some packages of package-lock.json. Install them there, or remove the link and run the command again.\n',
    );
    return false;
  }
  process.stderr.write('Installing dependencies (npm ci) …\n');
  const { code } = await run('npm', ['ci', '--no-fund', '--no-audit'], { output });
  if (code === 0) return true;
  process.stderr.write(
    'npm ci failed (its message is above). Check that the npm registry can be reached (npm ping) and run the command again.\n',
  );
  return false;
}
