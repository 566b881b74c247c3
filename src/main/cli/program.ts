import { Command, CommanderError } from 'commander';
import { cancelledError, isCancelled } from '../../shared/errors.js';
import { applicationPaths } from '../application.js';
import { addAnalyze } from './commands/analyze.js';
import { addBench } from '../../../tools/commands/bench.js';
import { addComparePacks } from './commands/compare-packs.js';
import { addEdit, addGenerate } from './commands/generate.js';
import { addEvaluate } from '../../../tools/commands/evaluate.js';
import { addAblate, addBranch, addTransplant } from './commands/explore.js';
import { addGrid } from './commands/grid.js';
import { addInfo } from './commands/info.js';
import { addPacks } from './commands/packs.js';
import { addAsk, addDescribe } from './commands/describe.js';
import { addServe } from './commands/serve.js';
import { addTimeline } from './commands/timeline.js';
import { addDecode, addEncode } from './commands/tokens.js';
import type { CommandContext } from './context.js';
import type { CommonOptions } from './options.js';
import { exitCodes, Output, type Streams } from './output.js';

/** Turns a command's work into a commander action; what it throws becomes a message and an exit code. */
export type Act = <Parameters extends unknown[]>(
  work: (context: CommandContext, ...parameters: Parameters) => Promise<void>,
) => (...parameters: Parameters) => Promise<void>;

/** Runs one command line (without node and script); resolves to the exit code and never throws. */
export async function runCommandLine(
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
        await work({ output, signal }, ...all);
      } catch (thrown) {
        if (thrown instanceof CommanderError) throw thrown;
        // A cancelled engine may report its end in other words; the person's wish is the cause.
        exitCode = output.failure(signal.aborted && !isCancelled(thrown) ? cancelledError() : thrown);
      }
    };
  const program = new Command('ddt-studio')
    .description('DDT Studio without a window: images as sentences of diffusion timestep tokens')
    .version(applicationPaths().version, '--version', 'print the version')
    .showHelpAfterError('Run it with --help to see how it is used.')
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    })
    .exitOverride();
  for (const add of [
    addGenerate,
    addEdit,
    addGrid,
    addDescribe,
    addAsk,
    addEncode,
    addDecode,
    addTimeline,
    addBranch,
    addAblate,
    addTransplant,
    addInfo,
    addAnalyze,
    addPacks,
    addComparePacks,
    addServe,
    addBench,
    addEvaluate,
  ]) {
    add(program, act);
  }
  try {
    await program.parseAsync(parameters, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
    throw thrown;
  }
}
