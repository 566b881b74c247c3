/** What runs where, and what a pack is called on a server. */
import { createHash } from 'node:crypto';
import type { GraphName, PackManifest } from '../../../shared/packs/pack.js';

/**
 * What a server may run: graphs that take long and say little. The language model stays here, since its cache would cross the wire
 * with every token; so do the renderer and the probe, which answer sooner than a message travels.
 */
export const remoteGraphNames = [
  'decoder',
  'encoder',
  'vaeEncoder',
  'vaeDecoder',
] as const satisfies readonly GraphName[];
export type RemoteGraphName = (typeof remoteGraphNames)[number];

/** Graphs of a pack that a server runs. */
export function remoteGraphsOf(manifest: Pick<PackManifest, 'graphs'>): RemoteGraphName[] {
  return remoteGraphNames.filter((name) => manifest.graphs[name] !== undefined);
}

/** A model's name on a server: `scenes-128-decoder`. */
export function modelName(manifest: Pick<PackManifest, 'name'>, graph: GraphName): string {
  return `${manifest.name}-${graph}`;
}

/** The parameter of a model that says which pack it is from. */
export const packParameter = 'ddt_pack_sha256';

/** SHA-256 of what a pack is made of: its files with their hashes, whatever its card and its scores say. */
export function packHash({ files }: Pick<PackManifest, 'files'>): string {
  const lines = files.map(({ path, bytes, sha256 }) => `${sha256} ${bytes} ${path}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** Rows a server is sent at once where its configuration states no other number. */
export const usualBatch = 16;
