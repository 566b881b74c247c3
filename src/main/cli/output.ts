import type { JobPhase } from '../../shared/contract/events.js';
import { visible, visibleJson, visibleLine } from './visible.js';
import { isCancelled, serialiseError } from '../../shared/errors.js';

/** Where a command writes: `process` in life, buffers in tests. */
export interface Streams {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown; isTTY?: boolean | undefined };
}

export const exitCodes = { done: 0, failed: 1, wrongUse: 2, cancelled: 130 } as const;

/** Of a job, or of a pack that is installed. */
type Phase = JobPhase | 'copying' | 'verifying' | 'fetching' | 'unpacking';

const phaseNames: Record<Phase, string> = {
  'opening-graph': 'opening the model',
  'reading-image': 'reading the image',
  planning: 'planning',
  'writing-tokens': 'writing tokens',
  choosing: 'choosing the best',
  'writing-text': 'writing text',
  restoring: 'restoring',
  'computing-timeline': 'computing the timeline',
  'measuring-influence': 'measuring what tokens change',
  analysing: 'analysing',
  copying: 'copying (MB)',
  verifying: 'verifying (MB)',
  fetching: 'fetching (MB)',
  unpacking: 'unpacking',
};

/**
 * A command's two voices. Plain: the answer on stdout, progress and remarks on stderr. `--json`: one JSON object a line on
 * stdout, progress first, the result last; stderr keeps only what went wrong. What people see cannot command their terminal.
 */
export class Output {
  readonly #streams: Streams;
  readonly #json: boolean;
  readonly #verbose: boolean;
  #lineOpen = false;
  #lastPhase = '';

  constructor(streams: Streams, { json, verbose }: { json: boolean; verbose: boolean }) {
    this.#streams = streams;
    this.#json = json;
    this.#verbose = verbose;
  }

  get isJson(): boolean {
    return this.#json;
  }

  /** An event for programs; people see `progress` and `note`. */
  event(event: { type: string } & Record<string, unknown>): void {
    if (this.#json) this.#streams.stdout.write(`${visibleJson(event)}\n`);
  }

  progress(phase: Phase, done: number, total: number): void {
    if (this.#json) return;
    const name = phaseNames[phase];
    if (this.#streams.stderr.isTTY) {
      this.#streams.stderr.write(`\r\u001B[K${name} ${done} of ${total}`);
      this.#lineOpen = true;
    } else if (name !== this.#lastPhase) {
      // A log keeps every line, so it gets one a phase instead of one a step.
      this.#streams.stderr.write(`${name} …\n`);
    }
    this.#lastPhase = name;
  }

  /** A remark for people. */
  note(text: string): void {
    this.#closeLine();
    if (!this.#json) this.#streams.stderr.write(`${visible(text)}\n`);
  }

  /** A remark on a file that was read, for people and programs. */
  remark({ file, note }: { file: string; note: string }): void {
    this.note(`${visibleLine(file)}: ${note}`);
    this.event({ type: 'note', file, note });
  }

  /** What the command was run for: `text` on stdout for people, `fields` as the last JSON line for programs. */
  result(text: string, fields: Record<string, unknown>): void {
    this.#closeLine();
    if (this.#json) this.event({ type: 'result', ...fields });
    else if (text !== '') this.#streams.stdout.write(`${visible(text)}\n`);
  }

  /** Says what went wrong and the way out; returns the exit code. */
  failure(thrown: unknown): number {
    this.#closeLine();
    if (isCancelled(thrown)) {
      this.event({ type: 'cancelled' });
      this.#streams.stderr.write('Cancelled; nothing was written.\n');
      return exitCodes.cancelled;
    }
    const error = serialiseError(thrown);
    this.event({ type: 'failed', error });
    this.#streams.stderr.write(`${visibleLine(error.message)}\n${visibleLine(error.remedy)}\n`);
    if (this.#verbose && error.detail !== undefined) this.#streams.stderr.write(`${visible(error.detail)}\n`);
    return exitCodes.failed;
  }

  #closeLine(): void {
    if (this.#lineOpen) this.#streams.stderr.write('\r\u001B[K');
    this.#lineOpen = false;
  }
}
