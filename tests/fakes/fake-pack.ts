/** Pack folders for engines that compute nothing: every graph is one without nodes, and the manifest tells the truth of them. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeManifest } from './engine-parts.js';
import type { PackManifest } from '../../src/shared/packs/pack.js';

/** What is undefined vanishes in the file. */
export type ManifestChange = { [Key in keyof PackManifest]?: PackManifest[Key] | undefined };

/** An ONNX model of IR version 8 and nothing more. */
export const emptyGraph = Buffer.from([0x08, 0x08]);
const emptyTokenizer = Buffer.from(JSON.stringify({ model: { vocab: {} } }));

/** Returns the folder. */
export function writeFakePack(directory: string, change: ManifestChange): string {
  mkdirSync(directory, { recursive: true });
  const manifest = { ...fakeManifest(), ...change };
  const paths = [...Object.values(manifest.graphs ?? {}), manifest.tokenizer].filter((path) => path !== undefined);
  const files = paths.map((path) => {
    const content = path === manifest.tokenizer ? emptyTokenizer : emptyGraph;
    writeFileSync(join(directory, path), content);
    return { path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  });
  writeFileSync(join(directory, 'pack.json'), JSON.stringify({ ...manifest, files }));
  return directory;
}
