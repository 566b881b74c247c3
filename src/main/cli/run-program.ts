/** Runs a program of commands: the studio's command line, and the tools of this repository. */
import { Command, CommanderError } from 'commander';
import { cancelledError, isCancelled } from '../../shared/errors.js';
import { applicationPaths } from '../application.js';
import { onEndWish } from '../end-wish.js';
import type { Act } from './context.js';
import { declareOutputs } from './files.js';
import type { CommonOptions } from './options.js';
import { endPictures, hearRemarks } from './pictures.js';
import { visible } from './visible.js';
import { exitCodes, Output, type Streams } from './output.js';
import { hearUnwritten } from './sheet/text.js';

export interface ProgramDescription {
  name: string;
  description: string;
  commands: readonly ((program: Command, act: Act) => void)[];
}

/** Runs what the process was called with and ends it with the exit code. */
export async function runAsProcess(description: ProgramDescription): Promise<never> {
  const cancellation = new AbortController();
  onEndWish(
    () => cancellation.abort(),
    () => process.exit(exitCodes.cancelled),
  );
  // `ddt-studio … --json | head -1` closes our stdout; that ends the work, it is not an error to report.
  process.stdout.on('error', () => process.exit(exitCodes.done));
  process.exit(await runProgram(description, process.argv.slice(2), process, cancellation.signal));
}

/** Runs one command line (without node and script); resolves to the exit code and never throws. */
export async function runProgram(
  { name, description, commands }: ProgramDescription,
  parameters: readonly string[],
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  let exitCode: number = exitCodes.done;
  const act: Act =
    (work) =>
    async (...all) => {
      // Commander appends the command itself; the options come just before it.
      const options = all.at(-2) as CommonOptions;
      const output = new Output(streams, options);
      try {
        await declareOutputs(options);
        hearRemarks((remark) => output.remark(remark));
        const unwritten = new Set<string>();
        hearUnwritten((character) => unwritten.add(character));
        await work({ output, signal }, ...all);
        if (unwritten.size > 0) output.note(unwrittenNote(unwritten));
      } catch (thrown) {
        if (thrown instanceof CommanderError) throw thrown;
        // A cancelled engine may report its end in other words; the person's wish is the cause.
        exitCode = output.failure(signal.aborted && !isCancelled(thrown) ? cancelledError() : thrown);
      }
    };
  const program = new Command(name)
    .description(description)
    .version(applicationPaths().version, '--version', 'print the version')
    .showHelpAfterError('Run it with --help to see how it is used.')
    .configureOutput({
      writeOut: (text) => streams.stdout.write(visible(text)),
      writeErr: (text) => streams.stderr.write(visible(text)),
    })
    .exitOverride();
  for (const add of commands) add(program, act);
  signal.addEventListener('abort', endPictures, { once: true });
  try {
    await program.parseAsync(parameters, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
    throw thrown;
  } finally {
    signal.removeEventListener('abort', endPictures);
    endPictures();
  }
}

/** Sheets are drawn with letters of the program's own, which has no fonts (decision 91). */
function unwrittenNote(characters: ReadonlySet<string>): string {
  return `Sheets of the command line have Latin letters only; on this one “?” stands for ${[...characters].join(' ')}.`;
}
