/** Where the program's own parts lie. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { dataDirectory } from './storage/data-directory.js';

export interface ApplicationPaths {
  root: string;
  version: string;
  engineScript: string;
  pictureScript: string;
  rendererDirectory: string;
  preloadScript: string;
  /** Shipped packs first, then those of the user. */
  packDirectories: string[];
  dataDirectory: string;
}

/** `data` overrides where projects are kept. The root is found by its package.json, so that it does not matter how the build splits files. */
export function applicationPaths(data?: string): ApplicationPaths {
  const root = findRoot(import.meta.dirname);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const directory = data ?? dataDirectory({ platform: process.platform, environment: process.env, home: homedir() });
  return {
    root,
    version,
    engineScript: join(root, 'out', 'main', 'engine.js'),
    pictureScript: join(root, 'out', 'main', 'pictures.js'),
    rendererDirectory: join(root, 'out', 'renderer'),
    preloadScript: join(root, 'out', 'preload', 'index.cjs'),
    packDirectories: [join(root, 'resources', 'packs'), join(directory, 'packs')],
    dataDirectory: directory,
  };
}

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('The program is incomplete: its package.json is missing.');
  return findRoot(parent);
}
