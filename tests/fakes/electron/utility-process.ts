/** Electron's utility processes, as real processes of Node that know nothing but `process.parentPort`. */
import { fork, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const parentPort = pathToFileURL(join(import.meta.dirname, 'parent-port.mjs')).href;

type Mode = 'pipe' | 'ignore' | 'inherit';
const modes: readonly Mode[] = ['pipe', 'ignore', 'inherit'];

export interface FakeForkOptions {
  stdio?: Mode | readonly Mode[];
  env?: NodeJS.ProcessEnv;
}

/**
 * `spawn` comes in a later turn; until then there is no process, and `kill` does nothing and says so. `exit` comes once, with the
 * code alone. An `error` nobody listens to is thrown, as every emitter does.
 */
export class FakeUtilityProcess extends EventEmitter {
  #child: ChildProcess | null = null;
  #killed = false;
  pid: number | undefined;
  /** All it was sent, heard or not. */
  readonly posted: unknown[] = [];
  /** Null where the process prints to its parent's own streams. */
  stdout: Readable | null = null;
  stderr: Readable | null = null;

  constructor(
    script: string,
    parameters: readonly string[],
    fate: 'spawn' | 'nothing',
    { stdio = 'inherit', env }: FakeForkOptions = {},
  ) {
    super();
    const [stdin, ...others] = typeof stdio === 'string' ? (['ignore', stdio, stdio] as const) : stdio;
    if (stdin !== 'ignore') throw new Error('stdin value other than ignore is not supported.');
    if (others.some((one) => !modes.includes(one))) throw new TypeError('Invalid stdio');
    if (fate === 'nothing') return;
    const child = fork(script, parameters, {
      serialization: 'advanced',
      execArgv: ['--import', parentPort],
      stdio: [stdin, ...others, 'ipc'],
      // In place of this process's own, not beside it.
      ...(env === undefined ? {} : { env }),
    });
    this.#child = child;
    this.stdout = child.stdout;
    this.stderr = child.stderr;
    child.on('message', (message) => this.emit('message', message));
    child.on('error', () => {});
    child.once('exit', (code) => {
      this.pid = undefined;
      this.emit('exit', this.#killed ? 0 : (code ?? 9));
    });
    setTimeout(() => {
      this.pid = child.pid;
      this.emit('spawn');
    }, 5);
  }

  /** Reaches the process also before it has spawned: the pipe is there first. */
  readonly postMessage = (message: unknown): void => {
    this.posted.push(structuredClone(message));
    if (this.#child?.connected === true) this.#child.send(message as object, () => {});
  };

  readonly kill = (): boolean => {
    if (this.pid === undefined) return false;
    this.#killed = true;
    return this.#child!.kill('SIGTERM');
  };

  /** What V8 does when it runs out of memory: the event first, then the end of the process. */
  failFatally(): void {
    this.emit('error', 'FatalError', 'v8::ToLocalChecked', '{}');
    this.#child!.kill('SIGKILL');
  }

  /** For the end of a test, whatever was asked of it. */
  end(): void {
    this.#child?.kill('SIGKILL');
  }
}
