/** Which pack a command means. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StudioError } from '../../shared/errors.js';
import { applicationPaths } from '../application.js';
import { listPacks } from '../engine/pack/pack.js';

/** Where packs are looked for: the shipped ones, then the person's own. */
export function packDirectories(): string[] {
  return applicationPaths().packDirectories;
}

/**
 * The folder of a pack named by id (`name` or `name@version`) or by path; without a name the first one found.
 * Throws `pack-missing`.
 */
export async function findPack(named?: string): Promise<string> {
  if (named !== undefined && existsSync(join(named, 'pack.json'))) return resolve(named);
  const directories = packDirectories();
  const found = await listPacks(directories);
  const fitting = found.filter(({ id }) => named === undefined || id === named || id.split('@')[0] === named);
  // Without a name, the pack the studio itself starts with; of several versions, the newest.
  const chosen = named === undefined ? fitting[0] : fitting.at(-1);
  if (chosen !== undefined) return chosen.directory;
  // A folder whose pack.json is missing or broken: opening it says what is wrong.
  if (named !== undefined && existsSync(named)) return resolve(named);
  throw new StudioError(
    'pack-missing',
    named === undefined ? 'There is no model pack.' : `There is no model pack ${named}.`,
    found.length === 0
      ? `Put a pack's folder into ${directories.at(-1)}, or name one with --pack.`
      : `There are: ${found.map(({ id }) => id).join(', ')}. Name one of them, or a folder, with --pack.`,
  );
}
