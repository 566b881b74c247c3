/** The built renderer from its folder, and nothing outside it. */
import { realpath, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

export interface StaticFile {
  type: string;
  bytes: Uint8Array;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** `path` is the still encoded path of a URL; null when there is no such file inside `directory`, links followed. */
export async function readStaticFile(directory: string, path: string): Promise<StaticFile | null> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  try {
    const root = await realpath(directory);
    const file = await realpath(join(root, decoded === '/' ? 'index.html' : decoded));
    if (!file.startsWith(root + sep)) return null;
    const type = types[extname(file).toLowerCase()];
    return type === undefined ? null : { type, bytes: await readFile(file) };
  } catch {
    return null;
  }
}
