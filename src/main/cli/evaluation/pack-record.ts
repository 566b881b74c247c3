/** Writes an evaluation into its pack and checks that pack, scores and card belong together. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../../shared/errors.js';
import type { PackManifest, PackScore } from '../../../shared/pack.js';
import { writeOutputFile } from '../files.js';
import { renderCard } from './card.js';

const cardFile = 'CARD.md';
const manifestFile = 'pack.json';

/** Names the very graphs that were measured: twelve digits of a hash over the stated hashes of all graphs. */
export function graphsDigest(manifest: Pick<PackManifest, 'files' | 'graphs'>): string {
  const graphs = Object.values(manifest.graphs).sort();
  const hashes = manifest.files
    .filter(({ path }) => graphs.includes(path))
    .map(({ path, sha256 }) => `${path} ${sha256}`)
    .sort();
  return createHash('sha256').update(hashes.join('\n')).digest('hex').slice(0, 12);
}

/** Puts the scores into pack.json and writes the card beside it. */
export async function recordEvaluation(
  directory: string,
  scores: PackScore[],
  dataName: string,
): Promise<PackManifest> {
  const manifest = await readManifest(directory);
  const evaluation = `${dataName}, graphs ${graphsDigest(manifest)}`;
  const updated: PackManifest = { ...manifest, provenance: { ...manifest.provenance, scores, evaluation } };
  await writeOutputFile(join(directory, cardFile), renderCard(updated));
  await writeOutputFile(join(directory, manifestFile), `${JSON.stringify(updated, null, 1)}\n`);
  return updated;
}

/** Throws `pack-damaged` naming the first disagreement between graphs, scores and card. */
export async function checkRecord(directory: string): Promise<PackManifest> {
  const manifest = await readManifest(directory);
  const { evaluation } = manifest.provenance;
  if (evaluation === undefined) throw disagreement(directory, 'its scores were never measured');
  if (!evaluation.endsWith(`graphs ${graphsDigest(manifest)}`)) {
    throw disagreement(
      directory,
      `its scores are of other graphs (${evaluation}) than it holds (${graphsDigest(manifest)})`,
    );
  }
  const card = await readFile(join(directory, cardFile), 'utf8').catch(() => null);
  if (card === null) throw disagreement(directory, `${cardFile} is missing`);
  if (card !== renderCard(manifest))
    throw disagreement(directory, `${cardFile} states something else than ${manifestFile}`);
  return manifest;
}

async function readManifest(directory: string): Promise<PackManifest> {
  // The engine has checked this very file before any score exists.
  return JSON.parse(await readFile(join(directory, manifestFile), 'utf8')) as PackManifest;
}

function disagreement(directory: string, what: string): StudioError {
  return new StudioError(
    'pack-damaged',
    `The pack ${directory} does not agree with itself: ${what}.`,
    'Run: npm run eval',
  );
}
