/** The built localhost host as a process of its own, with the memory that it and its children hold. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

export class HostProcess {
  readonly #addresses: AsyncIterableIterator<string>;

  private constructor(
    readonly child: ChildProcess,
    lines: Interface,
  ) {
    this.#addresses = lines[Symbol.asyncIterator]() as AsyncIterableIterator<string>;
  }

  static start(dataDirectory: string): HostProcess {
    const script = join(import.meta.dirname, '..', 'main', 'web.js');
    const child = spawn(process.execPath, [script, '--data', dataDirectory, '--provider', 'cpu', '--threads', '1'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return new HostProcess(child, createInterface({ input: child.stdout! }));
  }

  /** The next address for one browser; the host prints another one whenever one came in. */
  async address(): Promise<string> {
    const { value, done } = await this.#addresses.next();
    if (done === true) throw new Error('The host ended.');
    return value;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resident MB of the host alone and of the processes it started. */
  memory(): { own: number; children: number } {
    const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number));
    const megabytes = (at: 0 | 1): number =>
      rows.filter((row) => row[at] === this.child.pid).reduce((sum, row) => sum + row[2]! / 1024, 0);
    return { own: Math.round(megabytes(0)), children: Math.round(megabytes(1)) };
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}
