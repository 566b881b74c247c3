/** Entry of the command line; scripts/ddt-studio.mjs imports the built file. */
import { exitCodes } from './output.js';
import { runCommandLine } from './program.js';

const cancellation = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // The first one asks, the second one does not wait for the answer.
    if (cancellation.signal.aborted) process.exit(exitCodes.cancelled);
    cancellation.abort();
  });
}
// `ddt-studio … --json | head -1` closes our stdout; that ends the work, it is not an error to report.
process.stdout.on('error', () => process.exit(exitCodes.done));

process.exit(await runCommandLine(process.argv.slice(2), process, cancellation.signal));
