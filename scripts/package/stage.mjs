/** The program as a folder of its own: built code and the packages it loads, with native code for one platform and nothing else. */
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { root } from '../lib/repository.mjs';
import { desktopName, homepageOf } from './config.mjs';
import { notPacked, runtimePackages } from './packages.mjs';

/** Nothing loads these; Electron exists for glibc alone. */
const useless =
  /(?:\.map|\.musl\.node|\.[cm]?ts|\.md|\.cpp|\.cc|\.h|\.gyp)$|(?:^|\/)(?:tests?|__tests__|examples?|\.github)(?:\/|$)/i;

/** The same library once more: npm knows no links, and the binding asks for the shorter name. */
const doubled = /^bin\/.*\/libonnxruntime\.\d+\.\d+\.\d+\.dylib$/;

/** Folders that hold native code, the sources of it, or what nothing here loads; of these only `kept` is taken. */
function nativeRules(platform, architecture) {
  return {
    'onnxruntime-node': {
      folders: ['bin', 'script'],
      kept: [`bin/napi-v6/${platform}/${architecture}`],
    },
    '@photostructure/sqlite': {
      folders: ['prebuilds', 'src', 'scripts'],
      kept: [`prebuilds/${platform}-${architecture}`],
    },
    // The studio writes PNG alone: of these it decodes.
    '@jsquash/jpeg': { folders: ['codec/enc'], kept: [] },
    '@jsquash/webp': { folders: ['codec/enc'], kept: [] },
    jscolorengine: { folders: ['browser'], kept: [] },
  };
}

/** Whether a file of a package is taken; `path` is relative to the package, with slashes. */
export function isTaken(name, path, platform, architecture) {
  if (path === '' || path === 'package.json') return true;
  if (useless.test(path) || (name === 'onnxruntime-node' && doubled.test(path))) return false;
  const rule = nativeRules(platform, architecture)[name];
  if (rule === undefined || !rule.folders.some((folder) => isWithin(path, folder))) return true;
  return rule.kept.some((kept) => isWithin(path, kept) || isWithin(kept, path));
}

function isWithin(path, folder) {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Throws when the platform has no native code to take. */
export function stage(folder, { platform, architecture, directory = root, env = process.env }) {
  const { name, version, description, license, type, main, dependencies } = JSON.parse(
    readFileSync(join(directory, 'package.json'), 'utf8'),
  );
  const kept = Object.fromEntries(Object.entries(dependencies).filter(([one]) => !notPacked.includes(one)));
  mkdirSync(folder, { recursive: true });
  const author = 'DDT Studio contributors';
  const homepage = homepageOf(env);
  const manifest = {
    ...{ name, version, description, author, license, homepage, desktopName, type, main },
    dependencies: kept,
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  cpSync(join(directory, 'LICENSE'), join(folder, 'LICENSE'));
  const notTaken = [join('main', 'cli.js'), '.build-stamp'];
  const built = join(directory, 'out');
  cpSync(built, join(folder, 'out'), {
    recursive: true,
    filter: (path) => !notTaken.includes(relative(built, path)) && !path.endsWith('.map'),
  });
  for (const { name: one, path } of runtimePackages(directory)) {
    const source = realpathSync(join(directory, path));
    const goal = join(folder, path);
    mkdirSync(dirname(goal), { recursive: true });
    cpSync(source, goal, {
      recursive: true,
      filter: (file) => {
        const inside = relative(source, file).replaceAll(sep, '/');
        return !isWithin(inside, 'node_modules') && isTaken(one, inside, platform, architecture);
      },
    });
  }
  const runtime = join(folder, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6', platform, architecture);
  if (!existsSync(runtime)) throw new Error(`onnxruntime-node has nothing for ${platform} ${architecture}.`);
}
