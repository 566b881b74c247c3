/** Manifests for lists of packs, which are asked for often and change seldom: each is read and checked again only when its file is another one. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackManifest } from '../../../shared/packs/pack.js';
import type { PackFinding } from './pack-files.js';
import { manifestFile } from './pack-manifest.js';

type Read = Promise<PackManifest | PackFinding[]>;

/** By folder. */
const known = new Map<string, { stamp: string; manifest: Read }>();
/** A file that changed this recently may change once more in the same moment of its file system's clock. */
const settledMs = 2000;

/** What `read` says about a folder, now or when its manifest was the same. Whoever opens a pack reads it anew. */
export async function listedManifest(directory: string, read: (directory: string) => Read): Read {
  const entry = await stat(join(directory, manifestFile)).catch(() => null);
  // Unlike the time of its contents, that of its entry cannot be set.
  const stamp = entry && [entry.dev, entry.ino, entry.size, entry.mtimeMs, entry.ctimeMs].join(' ');
  const before = known.get(directory);
  if (before !== undefined && before.stamp === stamp) return before.manifest;
  known.delete(directory);
  const manifest = read(directory);
  if (stamp !== null && Date.now() - entry!.ctimeMs > settledMs) known.set(directory, { stamp, manifest });
  return manifest;
}
