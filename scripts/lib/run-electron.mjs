/** Electron as a child: closed by the person, or ended before anyone saw a window. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { electronEnvironment } from './electron.mjs';

/** A program that fails later had opened: another window would not help. */
const earlyMs = 15_000;

/**
 * Resolves to the exit code of a program that had its time, or to the reason, as the end of a sentence, why it never opened.
 * `onStart` gets the process, so that what ends this one ends it too.
 */
export function runElectron(binary, parameters, { cwd, onStart = () => {}, now = () => performance.now() } = {}) {
  return new Promise((resolve) => {
    const started = now();
    const child = spawn(binary, parameters, { cwd, stdio: 'inherit', env: electronEnvironment() });
    onStart(child);
    child.once('error', (error) =>
      resolve({ opened: false, reason: `Electron could not be started (${error.message})` }),
    );
    child.once('exit', (code, signal) => resolve(outcomeOf({ code, signal, aliveMs: now() - started })));
  });
}

/** Signals people and systems end a program with. */
const polite = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export function outcomeOf({ code, signal, aliveMs }) {
  if (code === 0 || polite.includes(signal)) return { opened: true, code: 0 };
  if (aliveMs < earlyMs) {
    return { opened: false, reason: `Electron ended at once (${signal ?? `exit code ${code}`})` };
  }
  return { opened: true, code: code ?? 128 + (constants.signals[signal] ?? 0) };
}
