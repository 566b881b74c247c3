/** Electron's binary, which its npm package does not contain. Importing `electron` would fetch it: only files are looked at. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runTool } from './repository.mjs';

/** Long enough for 110 MB on a modest line, short enough that a blocked network is not taken for a hang. */
const downloadLimitMs = 180_000;
const probeLimitMs = 4_000;

/** The binary's path when it is there, otherwise null. */
export function electronBinary(directory = join(root, 'node_modules', 'electron')) {
  try {
    const path = join(directory, 'dist', readFileSync(join(directory, 'path.txt'), 'utf8').trim());
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

/** Fetches the binary when its server answers. Returns null or the reason, as the end of a sentence, why it is not there. */
export async function fetchElectron() {
  const source = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com';
  try {
    await fetch(source, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(probeLimitMs) });
  } catch {
    return `its download server ${new URL(source).host} cannot be reached`;
  }
  process.stderr.write('Fetching the Electron binary (once, about 110 MB) …\n');
  const { code } = await runTool('electron/install.js', [], { output: 'capture', timeoutMs: downloadLimitMs });
  return code === 0 && electronBinary() !== null ? null : 'its download failed';
}

/** Shared libraries Electron needs and a bare machine may lack; the reason as the end of a sentence, or null. */
export async function electronRunProblem(binary, execute) {
  const { code, text } = await execute(binary, ['--version'], {
    output: 'capture',
    timeoutMs: 15_000,
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  if (code === 0) return null;
  const library = /(lib[\w.+-]+\.so[\w.]*)/.exec(text)?.[1];
  return library === undefined ? 'its binary does not run here' : `its binary needs ${library}`;
}
