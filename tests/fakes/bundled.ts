import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..', '..');

/**
 * A script of tests/robustness, or of `source` in the repository, as one file that plain Node runs, beside the packages it needs.
 * Returns its path; it goes with this process, or when the caller removes it.
 */
export async function bundled(name: string, source = `tests/robustness/${name}.ts`): Promise<string> {
  const folder = join(root, 'node_modules', '.cache', 'ddt-studio');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${name}-${process.pid}.mjs`);
  await build({
    entryPoints: [join(root, source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  process.once('exit', () => rmSync(outfile, { force: true }));
  return outfile;
}
