/** `npm run test:electron`: the end-to-end tests in Electron itself, where its binary is there. Anything after `--` goes to Playwright. */
import { hasDisplay } from './lib/browsers.mjs';
import { ensureBuild } from './lib/build.mjs';
import { electronBinary, electronRunProblem, fetchElectron } from './lib/electron.mjs';
import { run, runTool } from './lib/repository.mjs';
import { sandboxProblem } from './lib/sandbox.mjs';

const reason = await whyNot();
if (reason !== null) {
  process.stderr.write(`The tests cannot run in Electron: ${reason}.\n`);
  process.exit(1);
}
if (!(await ensureBuild())) process.exit(1);
const { code } = await runTool('@playwright/test/cli.js', ['test', '--project', 'electron', ...process.argv.slice(2)]);
process.exit(code);

/** As the end of a sentence. */
async function whyNot() {
  if (!hasDisplay()) return 'there is no display (xvfb-run gives one)';
  if (electronBinary() === null) {
    const missing = await fetchElectron({ again: true });
    if (missing !== null) return `its binary is not installed and ${missing}`;
  }
  // As root the tests run without the sandbox, as the ones in a browser do.
  const sandbox = process.getuid?.() === 0 ? null : sandboxProblem(electronBinary());
  return sandbox ?? electronRunProblem(electronBinary(), run);
}
