/** Which test files hold properties: those that `npm run fuzz` runs longer. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './repository.mjs';

/** Paths from the repository on, with slashes. */
export function propertyTests() {
  return ['src', 'tools', 'tests'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((path) => `${folder}/${path}`.replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.test.ts') && readFileSync(join(root, path), 'utf8').includes("'fast-check'")),
  );
}
