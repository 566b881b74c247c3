/** Which packages the program carries: read from package-lock.json, so that what is packed is what was tested. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/repository.mjs';

/** Used by the command line, by the localhost host, or by install scripts that are never run (docs/decisions/0004). */
export const notPacked = ['commander', 'bufferutil', 'adm-zip', 'global-agent', 'node-addon-api'];

/** Development packages whose code the window's build takes in. */
const builtIn = ['@fontsource-variable/inter', '@lucide/svelte', 'konva', 'svelte'];

function readJson(directory, name) {
  return JSON.parse(readFileSync(join(directory, name), 'utf8'));
}

/** Everything the main side loads at run time, with what that needs in turn. `path` is relative to `directory`. */
export function runtimePackages(directory = root) {
  const { packages } = readJson(directory, 'package-lock.json');
  const found = new Map();
  const visit = (name, from) => {
    if (notPacked.includes(name)) return;
    const path = [`${from}/node_modules/${name}`, `node_modules/${name}`].find((one) => packages[one] !== undefined);
    if (path === undefined) throw new Error(`${name} is not in package-lock.json.`);
    if (found.has(path)) return;
    found.set(path, { name, version: packages[path].version, path });
    for (const needed of Object.keys(packages[path].dependencies ?? {})) visit(needed, path);
  };
  for (const name of Object.keys(packages[''].dependencies)) visit(name, '');
  return [...found.values()].sort((a, b) => a.path.localeCompare(b.path));
}

/** The same and what is built into the window: whose terms go with the program. */
export function shippedPackages(directory = root) {
  const { packages } = readJson(directory, 'package-lock.json');
  const window = builtIn.map((name) => ({
    name,
    version: packages[`node_modules/${name}`].version,
    path: `node_modules/${name}`,
  }));
  return [...runtimePackages(directory), ...window].sort((a, b) => a.name.localeCompare(b.name));
}
