/** Paths and child processes for the scripts that run before anything is installed: Node's own modules only. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * npm is a `.cmd` file on Windows, which Node starts only through a shell. Nothing else goes through one: it would take a path with a
 * space for two words.
 */
export function needsShell(command, platform = process.platform) {
  return platform === 'win32' && command === 'npm';
}

/**
 * Runs a command in the repository and resolves to its exit code; 127 when it could not be started.
 * `output`: 'inherit' shows everything, 'errors' sends all of it to stderr, 'capture' keeps it for the caller.
 */
export function run(command, parameters, { output = 'inherit', env = {}, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, {
      cwd: root,
      env: { ...process.env, ...env },
      shell: needsShell(command),
      stdio: output === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    const collect = (chunk) => (output === 'errors' ? process.stderr.write(chunk) : chunks.push(chunk));
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const finish = (code) => {
      clearTimeout(timer);
      resolve({ code, text: Buffer.concat(chunks).toString('utf8') });
    };
    child.once('error', () => finish(127));
    child.once('close', (code) => finish(code ?? 1));
  });
}

/** The entry of a development tool inside node_modules, run by this Node: no shell, no `.cmd`. */
export function runTool(script, parameters, options) {
  return run(process.execPath, [`node_modules/${script}`, ...parameters], options);
}
