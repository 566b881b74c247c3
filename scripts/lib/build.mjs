/** Builds `out/` when its sources changed since the last build, judged by their contents. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { root, runTool } from './repository.mjs';

const sources = ['src', 'electron.vite.config.ts', 'scripts/lib/entries.mjs', 'svelte.config.js', 'package.json', 'package-lock.json'];
const stamp = join(root, 'out', '.build-stamp');
const lock = join(root, 'node_modules', '.ddt-build-lock');

function filesUnder(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}

/** SHA-256 over the names and contents of everything the build reads; tests are not part of it. */
export function sourceHash(directory = root) {
  const hash = createHash('sha256').update(process.version);
  for (const path of sources.flatMap((source) => filesUnder(join(directory, source)))) {
    if (!/\.test\.ts$/.test(path)) hash.update(path.slice(directory.length)).update('\0').update(readFileSync(path));
  }
  return hash.digest('hex');
}

export function buildIsStale() {
  try {
    return readFileSync(stamp, 'utf8') !== sourceHash();
  } catch {
    return true;
  }
}

/** Builds when stale, `quiet`: silently unless it fails; false when the build failed. Two callers at once: the second waits and finds the work done. */
export async function ensureBuild({ quiet = false } = {}) {
  if (!buildIsStale()) return true;
  const release = await takeLock();
  try {
    if (!buildIsStale()) return true;
    if (!quiet) process.stderr.write('Building …\n');
    rmSync(stamp, { force: true });
    const hash = sourceHash();
    const { code, text } = await runTool('electron-vite/bin/electron-vite.js', ['build', '--logLevel', 'error'], {
      output: quiet ? 'capture' : 'inherit',
    });
    if (code !== 0) {
      process.stderr.write(text);
      return false;
    }
    writeFileSync(stamp, hash);
    return true;
  } finally {
    release();
  }
}

/**
 * Bundles `tools/` into `out/tools/index.js` and the thread it starts, which runs beside the built engine; false when that failed. Always anew: it takes a
 * fraction of a second, and nothing that is shipped is made of it.
 */
export async function buildTools() {
  const release = await takeLock();
  try {
    const { build } = await import('esbuild');
    await build({
      entryPoints: ['index.ts', 'withstand/watcher.ts'].map((path) => join(root, 'tools', path)),
      outbase: join(root, 'tools'),
      outdir: join(root, 'out', 'tools'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      sourcemap: true,
      logLevel: 'error',
    });
    return true;
  } catch {
    // esbuild has said what is wrong.
    return false;
  } finally {
    release();
  }
}

/** A folder named after the work, holding the builder's process id; a builder that died does not block the next. */
async function takeLock() {
  const owner = join(lock, 'pid');
  for (let attempt = 0; attempt < 600; attempt++) {
    try {
      mkdirSync(lock);
      writeFileSync(owner, String(process.pid));
      return () => rmSync(lock, { recursive: true, force: true });
    } catch {
      if (attempt > 2 && !isRunning(owner)) rmSync(lock, { recursive: true, force: true });
      else await wait(300);
    }
  }
  throw new Error(`Another build has been running for three minutes. If none is, delete ${lock}.`);
}

function isRunning(owner) {
  try {
    process.kill(Number(readFileSync(owner, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
