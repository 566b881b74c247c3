/**
 * `npm start`: installs what is missing, builds what is stale, opens the studio. Electron where its binary is there or can be
 * fetched, otherwise the localhost host in an installed browser, otherwise the address to open. One line says which and why.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { findBrowser, hasDisplay, quietBrowserSwitches } from './lib/browsers.mjs';
import { ensureBuild } from './lib/build.mjs';
import { ensureDependencies, nodeProblem } from './lib/dependencies.mjs';
import { electronBinary, electronRunProblem, fetchElectron } from './lib/electron.mjs';
import { root, run } from './lib/repository.mjs';

const usage = `npm start -- [options]

  --web          open the localhost host in a browser even where Electron could run
  --port <n>     port of the localhost host (implies --web; default: any free one)
  --help         show this

Anything else is passed to the studio, for example --threads 4 or --data <folder>.
Example: npm start -- --web --port 4600
`;

const options = readArguments(process.argv.slice(2));
if (options === null) process.exit(2);
if (options.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const problem = nodeProblem();
if (problem !== null) fail(problem);
if (!(await ensureDependencies())) fail('The dependencies could not be installed.');
if (!(await ensureBuild())) fail('The studio could not be built; the messages above say why.');

const noElectron = await reasonAgainstElectron();
if (noElectron === null) openElectron();
else await openWebHost(noElectron);

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readArguments(parameters) {
  const result = { web: false, help: false, port: undefined, passed: [] };
  for (let index = 0; index < parameters.length; index++) {
    const [name, inline] = parameters[index].split(/=(.*)/s);
    if (name === '--web') result.web = true;
    else if (name === '--help' || name === '-h') result.help = true;
    else if (name === '--port') {
      result.port = inline ?? parameters[++index];
      if (!/^\d{1,5}$/.test(result.port ?? '') || Number(result.port) > 65535) {
        process.stderr.write(`--port needs a number from 0 to 65535, for example --port 4600.\n`);
        return null;
      }
    } else result.passed.push(parameters[index]);
  }
  return result;
}

/** Null when Electron can open a window here, otherwise why not, as the end of a sentence. */
async function reasonAgainstElectron() {
  if (options.web) return 'asked for with --web';
  if (options.port !== undefined) return 'asked for with --port';
  if (!hasDisplay()) return 'there is no display';
  if (electronBinary() === null) {
    const missing = await fetchElectron();
    if (missing !== null) return `Electron's binary is not installed and ${missing}`;
  }
  return electronRunProblem(electronBinary(), run);
}

function openElectron() {
  announce('Opening DDT Studio in Electron: its binary is installed.');
  const rootUser = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(electronBinary(), [...rootUser, root, ...options.passed], { cwd: root, stdio: 'inherit' });
  endTogether([child]);
  child.once('error', (error) => fail(`Electron could not be started (${error.message}). Try npm start -- --web.`));
  child.once('exit', (code) => process.exit(code ?? 0));
}

async function openWebHost(reason) {
  const port = options.port === undefined ? [] : ['--port', options.port];
  const host = spawn(
    process.execPath,
    ['out/main/cli.js', 'serve', '--json', '--attached', ...port, ...options.passed],
    {
      cwd: root,
      // Its standard input ends with this process, however that ends, and the host with it.
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const children = [host];
  endTogether(children);
  host.once('exit', (code) => process.exit(code ?? 1));

  for await (const line of createInterface({ input: host.stdout })) {
    const message = JSON.parse(line);
    if (message.type === 'serving') openBrowser(message.address, reason, children, host);
    if (message.type === 'entered') announce(`A browser came in. For another one: ${message.address}`);
  }
}

function openBrowser(address, reason, children, host) {
  const browser = findBrowser();
  if (browser === null || !hasDisplay()) {
    const why = browser === null ? 'no browser of the Chromium family was found' : 'there is no display';
    const reasons = [...new Set([reason, why])].join('; ');
    announce(`Open ${address} in a browser: the studio runs through its localhost host (${reasons}).`);
    return;
  }
  announce(`Opening DDT Studio through its localhost host in ${basename(browser)} (${reason}): ${address}`);
  // A profile of its own keeps the process ours: closing the window ends it, and with it the studio.
  const profile = mkdtempSync(join(tmpdir(), 'ddt-studio-window-'));
  const child = spawn(
    browser,
    [`--app=${address}`, `--user-data-dir=${profile}`, '--window-size=1440,900', ...quietBrowserSwitches()],
    { stdio: 'ignore' },
  );
  children.push(child);
  const opened = Date.now();
  child.once('error', () => announce(`${basename(browser)} could not be started; open ${address} yourself.`));
  child.once('exit', () => {
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
    // A browser that ends at once did not show a window: keep serving, the address still works.
    if (Date.now() - opened < 3_000)
      announce(`${basename(browser)} closed at once; open ${address} in another browser.`);
    else host.kill('SIGTERM');
  });
}

/** Ctrl+C, a closed terminal and a polite kill end everything that was started. */
function endTogether(children) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      for (const child of children) child.kill('SIGTERM');
      setTimeout(() => process.exit(0), 4_000).unref();
    });
  }
}

function announce(line) {
  process.stdout.write(`${line}\n`);
}
