/** Writes an evaluation into its pack and checks that pack, scores and card belong together. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../src/shared/errors.js';
import type { PackManifest, PackScore } from '../../src/shared/packs/pack.js';
import { writeOutputFile } from '../../src/main/cli/files.js';
import { renderCard } from './card.js';
import { worstCasesFile } from './worst-cases.js';

const cardFile = 'CARD.md';
const manifestFile = 'pack.json';

/** Names the very graphs that were measured: twelve digits of a hash over the stated hashes of all graphs. */
export function graphsDigest(manifest: Pick<PackManifest, 'files' | 'graphs'>): string {
  const graphs = Object.values(manifest.graphs).sort();
  const hashes = manifest.files
    .filter(({ path }) => graphs.includes(path))
    .map(({ path, sha256 }) => `${path} ${sha256}`)
    .sort();
  return sha256(hashes.join('\n')).slice(0, 12);
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

export interface EvaluationRecord {
  scores: PackScore[];
  dataName: string;
  /** Replaces the pack's examples, kind by kind; a kind without any keeps what it has. */
  examples?: PackManifest['examples'];
  /** PNG bytes of the sheet of worst cases. */
  worstCases?: Uint8Array;
}

/** Puts the evaluation into pack.json, its sheet beside it, and writes the card anew. */
export async function recordEvaluation(directory: string, record: EvaluationRecord): Promise<PackManifest> {
  const { scores, dataName, worstCases } = record;
  const manifest = await readManifest(directory);
  const evaluation = `${dataName}, graphs ${graphsDigest(manifest)}`;
  const examples = { ...manifest.examples };
  for (const kind of ['prompts', 'instructions', 'questions'] as const) {
    const chosen = record.examples?.[kind] ?? [];
    if (chosen.length > 0) examples[kind] = chosen;
  }
  const files = manifest.files.filter(({ path }) => path !== worstCasesFile);
  if (worstCases !== undefined) {
    await writeOutputFile(join(directory, worstCasesFile), worstCases);
    files.push({ path: worstCasesFile, bytes: worstCases.length, sha256: sha256(worstCases) });
  }
  const provenance = { ...manifest.provenance, scores, evaluation };
  return writeRecord(directory, { ...manifest, examples, files, provenance });
}

/** The card once more from what pack.json states, after the card's form has changed. */
export async function rewriteCard(directory: string): Promise<PackManifest> {
  return writeRecord(directory, await readManifest(directory));
}

async function writeRecord(directory: string, manifest: PackManifest): Promise<PackManifest> {
  await writeOutputFile(join(directory, cardFile), renderCard(manifest));
  await writeOutputFile(join(directory, manifestFile), `${JSON.stringify(manifest, null, 1)}\n`);
  return manifest;
}

/** Throws `pack-damaged` naming the first disagreement between graphs, scores, card and sheet. */
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
  const listed = manifest.files.find(({ path }) => path === worstCasesFile);
  if (listed !== undefined) {
    const sheet = await readFile(join(directory, worstCasesFile)).catch(() => null);
    if (sheet === null || sha256(sheet) !== listed.sha256) {
      throw disagreement(directory, `${worstCasesFile} is not the sheet of this evaluation`);
    }
  }
  return manifest;
}

export async function readManifest(directory: string): Promise<PackManifest> {
  // The engine has checked this very file before any score exists.
  return JSON.parse(await readFile(join(directory, manifestFile), 'utf8')) as PackManifest;
}

export function disagreement(directory: string, what: string): StudioError {
  return new StudioError(
    'pack-damaged',
    `The pack ${directory} does not agree with itself: ${what}.`,
    'Run: npm run eval',
  );
}
