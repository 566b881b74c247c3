/** Reading an untrusted folder: nothing outside it is opened, nothing larger than stated is read, every byte is hashed. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { PackFile } from '../../../shared/packs/pack.js';
import { keyOf, type Verdicts } from './verdicts.js';

/** One broken rule of a pack, and the file that breaks it. */
export interface PackFinding {
  code: 'pack-missing' | 'pack-damaged' | 'pack-unsupported';
  /** Relative to the pack's folder. */
  file: string;
  /** What is wrong, in words that end a sentence beginning with the file's name. */
  rule: string;
}

const chunkBytes = 1024 * 1024;

/** The whole file as text, or the finding. Reads at most `maxBytes`. */
export async function readBounded(directory: string, file: string, maxBytes: number): Promise<string | PackFinding> {
  const located = await locate(directory, file);
  if (typeof located !== 'string') return located;
  const handle = await open(located, 'r');
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) return damaged(file, `is ${size} bytes long, ${maxBytes} are allowed`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/**
 * Checks one listed file: inside the folder, of the stated size, with the stated hash, which for a large file may be known from
 * before. Null when all is well. `onRead` hears of every part that is passed, in bytes; of the whole at once where it is known.
 */
export async function checkFile(
  directory: string,
  file: PackFile,
  verdicts?: Verdicts,
  onRead: (bytes: number) => void = () => undefined,
): Promise<PackFinding | null> {
  const located = await locate(directory, file.path);
  if (typeof located !== 'string') return located;
  const before = await stat(located, { bigint: true });
  if (before.size !== BigInt(file.bytes)) {
    return damaged(file.path, `is ${before.size} bytes long, pack.json states ${file.bytes}`);
  }
  const known = verdicts?.of(before) ?? null;
  if (known !== null) onRead(file.bytes);
  const found = known ?? (await hashOf(located, file.bytes, onRead));
  if (found !== file.sha256) {
    return damaged(file.path, `has SHA-256 ${found.slice(0, 12)}…, pack.json states ${file.sha256.slice(0, 12)}…`);
  }
  verdicts?.note(before, found);
  return null;
}

/** What changes with every change of a file; null where it is not there. */
export async function markOf(directory: string, file: string): Promise<string | null> {
  const located = await locate(directory, file);
  return typeof located === 'string' ? keyOf(await stat(located, { bigint: true })) : null;
}

async function hashOf(path: string, bytes: number, onRead: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  const stream = createReadStream(path, { highWaterMark: chunkBytes, end: Math.max(0, bytes - 1) });
  for await (const chunk of stream) {
    hash.update(chunk as Buffer);
    onRead((chunk as Buffer).length);
  }
  return hash.digest('hex');
}

/** The real path of a regular file inside the folder, symbolic links followed. */
export async function locate(directory: string, file: string): Promise<string | PackFinding> {
  let real: string;
  let root: string;
  try {
    root = await realpath(directory);
    real = await realpath(join(directory, file));
  } catch {
    return damaged(file, 'is missing');
  }
  if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) {
    return damaged(file, 'leads out of the pack’s folder');
  }
  if (!(await stat(real)).isFile()) return damaged(file, 'is not a regular file');
  return real;
}

export function damaged(file: string, rule: string): PackFinding {
  return { code: 'pack-damaged', file, rule };
}
