/**
 * `npm start`: installs what is missing, builds what is stale, opens the studio. Electron where its binary is there or can be
 * fetched, otherwise the localhost host in an installed browser, otherwise the address to open. One line says which and why.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { findBrowser, hasDisplay, quietBrowserSwitches } from './lib/browsers.mjs';
import { ensureBuild } from './lib/build.mjs';
import { ensureDependencies, nodeProblem } from './lib/dependencies.mjs';
import { electronBinary, electronRunProblem, fetchElectron } from './lib/electron.mjs';
import { root, run } from './lib/repository.mjs';
import { runElectron } from './lib/run-electron.mjs';
import { sandboxProblem } from './lib/sandbox.mjs';
import { isOpenable, personsFolder, readArguments } from './lib/start-arguments.mjs';

const usage = `npm start -- [options] [file.ddt]

  --web          open the localhost host in a browser even where Electron could run
  --port <n>     port of the localhost host (implies --web; default: any free one)
  --data <dir>   where projects are kept, from where you are
  --electron     try again to fetch Electron's binary after a failure
  --no-sandbox   let Electron run without Chromium's sandbox, where it cannot have one
  --help         show this

Anything else is passed to the studio, for example --threads 4.
Example: npm start -- --web --port 4600
`;

const folder = personsFolder();
const options = readArguments(process.argv.slice(2), { folder, complain: (line) => process.stderr.write(`${line}\n`) });
if (options === null) process.exit(2);
if (options.help) {
  process.stdout.write(usage);
  process.exit(0);
}
// The studio runs in the repository, the person does not.
const home = process.env.DDT_STUDIO_HOME;
if (home) process.env.DDT_STUDIO_HOME = resolve(folder, home);
const problem = nodeProblem();
if (problem !== null) fail(problem);
if (!(await ensureDependencies())) fail('The dependencies could not be installed.');
if (!(await ensureBuild())) fail('The studio could not be built; the messages above say why.');

const children = [];
let ending = false;
/** Until the browser's window, where one was opened, has ended and what it kept for itself is removed. */
let windowGone = Promise.resolve();
endTogether();
const noElectron = (await reasonAgainstElectron()) ?? (await openElectron());
await openWebHost(noElectron);

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Null when Electron can open a window here, otherwise why not, as the end of a sentence. */
async function reasonAgainstElectron() {
  if (options.web) return 'asked for with --web';
  if (options.port !== undefined) return 'asked for with --port';
  if (!hasDisplay()) return 'there is no display';
  if (electronBinary() === null) {
    const missing = await fetchElectron({ again: options.electron });
    if (missing !== null) return `Electron's binary is not installed and ${missing}`;
  }
  const binary = electronBinary();
  return (options.noSandbox ? null : sandboxProblem(binary)) ?? electronRunProblem(binary, run);
}

/** Does not return after a program that had opened; otherwise the reason why it did not, as the end of a sentence. */
async function openElectron() {
  const how = options.noSandbox ? ', without Chromium’s sandbox, as asked for with --no-sandbox' : '';
  announce(`Opening DDT Studio in Electron: its binary is installed${how}.`);
  const switches = options.noSandbox ? ['--no-sandbox'] : [];
  const outcome = await runElectron(electronBinary(), [...switches, root, ...options.passed], {
    cwd: root,
    onStart: (child) => children.push(child),
  });
  if (outcome.opened || ending) process.exit(outcome.code ?? 0);
  return outcome.reason;
}

async function openWebHost(reason) {
  const port = options.port === undefined ? [] : ['--port', options.port];
  const files = options.passed.filter((parameter) => isOpenable(parameter));
  if (files.length > 0) announce(`In a browser files are dropped onto the board: ${files.join(', ')} was not opened.`);
  const passed = options.passed.filter((parameter) => !isOpenable(parameter));
  const host = spawn(process.execPath, ['out/main/cli.js', 'serve', '--json', '--attached', ...port, ...passed], {
    cwd: root,
    // Its standard input ends with this process, however that ends, and the host with it.
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(host);
  host.once('exit', (code) => {
    // A host that ended by itself leaves its window open: it says so there.
    const ended = ending ? Promise.race([windowGone, wait(3_000)]) : Promise.resolve();
    void ended.then(() => process.exit(code ?? 1));
  });

  for await (const line of createInterface({ input: host.stdout })) {
    const message = JSON.parse(line);
    if (message.type === 'serving') openBrowser(message.address, reason, host);
    if (message.type === 'entered') announce(`A browser came in. For another one: ${message.address}`);
  }
}

function openBrowser(address, reason, host) {
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
  windowGone = new Promise((resolve) => child.once('close', resolve)).then(() => forgetProfile(profile));
  child.once('exit', () => {
    if (ending) return;
    // A browser that ends at once did not show a window: keep serving, the address still works.
    if (Date.now() - opened < 3_000)
      announce(`${basename(browser)} closed at once; open ${address} in another browser.`);
    else host.kill('SIGTERM');
  });
}

/** A browser that has ended can still have helpers that write; what they leave behind lies among temporary files. */
function forgetProfile(profile) {
  try {
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Nobody needs it any more.
  }
}

/** Ctrl+C, a closed terminal and a polite kill end everything that was started. */
function endTogether() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      ending = true;
      for (const child of children) child.kill('SIGTERM');
      setTimeout(() => process.exit(0), 4_000).unref();
    });
  }
}

function announce(line) {
  process.stdout.write(`${line}\n`);
}
