/** Where the program's own parts lie. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { StudioError } from '../shared/errors.js';
import { parseJson, settingsBounds } from '../shared/json.js';
import type { PictureScripts } from './pictures/picture-workers.js';
import { dataDirectory } from './storage/data-directory.js';

export interface ApplicationPaths {
  root: string;
  version: string;
  engineScript: string;
  projectCheckScript: string;
  pictureScripts: PictureScripts;
  rendererDirectory: string;
  preloadScript: string;
  /** Shipped packs first, then those of the user. */
  packDirectories: string[];
  dataDirectory: string;
  /** What the program is made of, with its terms; only a package has it. */
  noticesFile: string;
}

/** `data` overrides where projects are kept; every path is absolute. The root is found by its package.json, so that it does not matter how the build splits files. */
export function applicationPaths(data?: string): ApplicationPaths {
  const root = findRoot(import.meta.dirname);
  const { version } = parseJson(readFileSync(join(root, 'package.json'), 'utf8'), settingsBounds) as {
    version: string;
  };
  // Electron takes no relative paths, and the working directory may change.
  const directory = resolve(
    data ?? dataDirectory({ platform: process.platform, environment: process.env, home: homedir() }),
  );
  return {
    root,
    version,
    engineScript: join(root, 'out', 'main', 'engine.js'),
    projectCheckScript: join(root, 'out', 'main', 'project-check.js'),
    pictureScripts: {
      read: join(root, 'out', 'main', 'pictures.js'),
      write: join(root, 'out', 'main', 'picture-writing.js'),
    },
    rendererDirectory: join(root, 'out', 'renderer'),
    preloadScript: join(root, 'out', 'preload', 'index.cjs'),
    packDirectories: [join(resourcesOf(root), 'packs'), join(directory, 'packs')],
    dataDirectory: directory,
    noticesFile: join(resourcesOf(root), 'THIRD_PARTY_NOTICES.txt'),
  };
}

/** An installed program keeps beside its archive what is opened by native code, which cannot look into one. */
function resourcesOf(root: string): string {
  return basename(root) === 'app.asar' ? dirname(root) : join(root, 'resources');
}

/** Where onnxruntime-node brings a runtime for. */
export const supportedPlatforms: readonly string[] = [
  'darwin-arm64',
  'linux-arm64',
  'linux-x64',
  'win32-arm64',
  'win32-x64',
];

/** Why nothing can be computed here, null where it can. */
export function platformProblem(platform: NodeJS.Platform, architecture: string): StudioError | null {
  if (supportedPlatforms.includes(`${platform}-${architecture}`)) return null;
  const where =
    platform === 'darwin' && architecture === 'x64' ? 'Macs with an Intel processor' : `${platform} on ${architecture}`;
  return new StudioError(
    'engine-failed',
    `DDT Studio’s engine does not exist for ${where}.`,
    'Use a Mac with Apple silicon, Windows or Linux; on another machine “ddt-studio serve” lets a browser reach it.',
  );
}

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('The program is incomplete: its package.json is missing.');
  return findRoot(parent);
}
