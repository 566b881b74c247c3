/** What is said to a script: `--help` tells how, and what nobody knows is one sentence, not a stack. */
import { parseArgs } from 'node:util';

/** As `parseArgs` of `node:util` has it, `options` included. Ends the script after `--help`, and with 2 after anything it does not know. */
export function readArguments(usage, options, { allowPositionals = false } = {}) {
  try {
    const found = parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } }, allowPositionals });
    if (found.values.help !== true) return found;
  } catch (error) {
    process.stderr.write(`${error.message}\n\nUsage: ${usage}\n`);
    process.exit(2);
  }
  process.stdout.write(`Usage: ${usage}\n`);
  process.exit(0);
}
