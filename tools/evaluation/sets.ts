/**
 * Which of the fixed sets in resources/evaluation belong to a pack. A set is of one world and so is a pack; the pack's record
 * names the set it was measured with, and the sets of one world share a version: world-v1, examples-v1, attributes-v1.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../src/shared/errors.js';
import { applicationPaths } from '../../src/main/application.js';

export function evaluationFolder(): string {
  return join(applicationPaths().root, 'resources', 'evaluation');
}

/** 'world-v1' of the record 'world-v1, graphs a97886f2ed25'; undefined for a pack never measured. */
export function recordedSet(evaluation: string | undefined): string | undefined {
  return evaluation?.split(',')[0];
}

/**
 * The file of the set a pack was measured with; of one never measured, the newest. Throws `not-found` when the folder lacks
 * what the record names.
 */
export async function worldSet(evaluation: string | undefined, folder = evaluationFolder()): Promise<string> {
  const name = recordedSet(evaluation) ?? `world-v${await newestVersion(folder)}`;
  const path = join(folder, `${name}.json`);
  // The name comes from a pack: it may be any text, and must not lead out of the folder.
  if (/^[\w-]+$/.test(name) && existsSync(path)) return path;
  throw new StudioError(
    'not-found',
    `The pack was measured with the set ${name}, which ${folder} does not hold.`,
    'Name the file of a set of its world with --data.',
  );
}

/** The file of another set of the same world as the set `name`; of the newest world when that name bears no version. */
export async function siblingSet(
  kind: 'examples' | 'attributes',
  name: string,
  folder = evaluationFolder(),
): Promise<string> {
  const version = /-v(\d+)$/.exec(name)?.[1] ?? (await newestVersion(folder));
  return join(folder, `${kind}-v${version}.json`);
}

async function newestVersion(folder: string): Promise<number> {
  const files = await readdir(folder).catch(() => []);
  const versions = files.flatMap((file) => /^world-v(\d+)\.json$/.exec(file)?.[1] ?? []).map(Number);
  if (versions.length > 0) return Math.max(...versions);
  throw new StudioError(
    'not-found',
    `There is no evaluation data in ${folder}.`,
    'Write it with: python3 -m training.world.evaluation_set world',
  );
}
