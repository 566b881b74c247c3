/** Pack folders for engines that compute nothing: every graph is the same few bytes, and the manifest tells the truth of them. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeManifest } from './engine-parts.js';
import type { PackManifest } from '../../src/shared/pack.js';

/** What is undefined vanishes in the file. */
export type ManifestChange = { [Key in keyof PackManifest]?: PackManifest[Key] | undefined };

/** Returns the folder. */
export function writeFakePack(directory: string, change: ManifestChange): string {
  mkdirSync(directory, { recursive: true });
  const content = Buffer.from('graph');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const manifest = { ...fakeManifest(), ...change };
  const paths = [...Object.values(manifest.graphs ?? {}), manifest.tokenizer].filter((path) => path !== undefined);
  for (const path of paths) writeFileSync(join(directory, path), content);
  const files = paths.map((path) => ({ path, bytes: content.length, sha256 }));
  writeFileSync(join(directory, 'pack.json'), JSON.stringify({ ...manifest, files }));
  return directory;
}
