/** The Python process that runs the same cases: one question a line, one answer a line (training/speed/answer.py). */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { z } from 'zod';
import { StudioError } from '../../../src/shared/errors.js';
import type { StoredTensor } from './cases.js';

const storedTensor = z.object({ file: z.string(), type: z.string(), shape: z.array(z.number().int()) });
const opened = z.object({
  /** Runtimes of a graph that is run once, and of what writes tokens. */
  once: z.array(z.string()),
  writing: z.array(z.string()),
  versions: z.record(z.string(), z.string()),
  /** Why something cannot be run, by its name. */
  missing: z.record(z.string(), z.string()),
});
const ran = z.object({ ms: z.number().positive(), answer: storedTensor.nullable() });
const failed = z.object({ error: z.string() });

export type Opened = z.infer<typeof opened>;

/** A case as Python reads it. */
export interface StoredCase {
  name: string;
  graph: string;
  inputs: readonly string[];
  tensors: Record<string, StoredTensor>;
}

export class PythonSide {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;

  /** `root`: the repository, whose `training` is run. Ends when `signal` is aborted. */
  constructor(python: string, root: string, signal: AbortSignal) {
    this.#child = spawn(python, ['-m', 'training.speed.answer'], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
      signal,
      // Two of three libraries would otherwise take as many threads as there are processors.
      env: { ...process.env, PYTHONUNBUFFERED: '1' },
    });
    this.#lines = createInterface({ input: this.#child.stdout! });
    this.#answers = this.#lines[Symbol.asyncIterator]();
    // Told by the question that gets no answer.
    this.#child.on('error', () => this.#lines.close());
    this.#child.stdin!.on('error', () => undefined);
  }

  async open(pack: string, threads: number, original: readonly string[]): Promise<Opened> {
    return opened.parse(await this.#ask({ do: 'open', pack, threads, original }));
  }

  /** One run. The first of a runtime opens or compiles what it needs, which its time does not count, and names its answer. Throws `engine-failed`. */
  async run(runtime: string, stored: StoredCase): Promise<{ ms: number; answer: StoredTensor | null }> {
    return ran.parse(await this.#ask({ do: 'run', runtime, case: stored }));
  }

  async close(): Promise<void> {
    this.#child.stdin!.end();
    if (this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid !== undefined)
      await once(this.#child, 'exit');
  }

  async #ask(question: object): Promise<unknown> {
    this.#child.stdin!.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) {
      throw new StudioError(
        'engine-failed',
        'The Python process ended.',
        'Name a Python with training/speed/requirements.txt installed by --python; what it said stands above.',
      );
    }
    const answer: unknown = JSON.parse(value);
    const failure = failed.safeParse(answer);
    if (failure.success)
      throw new StudioError('engine-failed', failure.data.error, 'The other runtimes are measured without it.');
    return answer;
  }
}
