/** Electron's binary, which its npm package does not contain. Importing `electron` would fetch it: only files are looked at. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { root, runTool } from './repository.mjs';

const packageDirectory = join(root, 'node_modules', 'electron');
/** What became of the last attempt to fetch it. */
const memory = join(root, 'node_modules', '.cache', 'ddt-studio', 'electron-fetch.json');

const probeLimitMs = 4_000;
/** A download that brings nothing for so long has stopped; one that is merely slow goes on. */
const stallLimitMs = 30_000;
/** A network that was blocked an hour ago is not asked at every start. */
const rememberedForMs = 24 * 60 * 60 * 1000;

/** The binary's path when it is there, otherwise null. */
export function electronBinary(directory = packageDirectory, env = process.env) {
  try {
    const dist = env.ELECTRON_OVERRIDE_DIST_PATH ?? join(directory, 'dist');
    const path = join(dist, readFileSync(join(directory, 'path.txt'), 'utf8').trim());
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

/** A program that was started by Electron hands this on, and Electron would run as plain Node. */
export function electronEnvironment(env = process.env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'ELECTRON_RUN_AS_NODE'));
}

/** Electron says itself which Node its installation needs. The reason as the end of a sentence, or null. */
export function electronNodeProblem(version = process.versions.node, directory = packageDirectory) {
  const { engines } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const needed = /(?<!\d)(\d+)\.(\d+)/.exec(engines?.node ?? '');
  if (needed === null) return null;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least, leastMinor] = [Number(needed[1]), Number(needed[2])];
  if (major > least || (major === least && minor >= leastMinor)) return null;
  return `fetching it needs Node ${least}.${leastMinor} or newer, this is ${version}`;
}

/** Where a proxy stands before the network, only what knows of it can tell whether a server is there. */
export function hasProxy(env = process.env) {
  return ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => Boolean(env[name]));
}

/** The reason why it need not be tried again yet, as the end of a sentence, or null. */
export function rememberedFailure(file = memory, now = Date.now()) {
  try {
    const { reason, at } = JSON.parse(readFileSync(file, 'utf8'));
    const fresh = typeof reason === 'string' && now - at < rememberedForMs && now >= at;
    return fresh ? `${reason} when it was tried last; npm start -- --electron tries again` : null;
  } catch {
    return null;
  }
}

/**
 * Fetches the binary when its server answers. Returns null or the reason, as the end of a sentence, why it is not there.
 * `again`: although it failed not long ago.
 */
export async function fetchElectron({ again = false, env = process.env } = {}) {
  const remembered = again ? null : rememberedFailure();
  const reason = remembered ?? electronNodeProblem() ?? (await tryToFetch(env));
  if (reason === null) rmSync(memory, { force: true });
  else if (remembered === null) {
    mkdirSync(dirname(memory), { recursive: true });
    writeFileSync(memory, JSON.stringify({ reason, at: Date.now() }));
  }
  return reason;
}

async function tryToFetch(env) {
  const source = env.ELECTRON_MIRROR ?? env.npm_config_electron_mirror ?? 'https://github.com';
  if (!hasProxy(env)) {
    try {
      await fetch(source, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(probeLimitMs) });
    } catch {
      return `its download server ${new URL(source).host} cannot be reached`;
    }
  }
  const failure = await downloadWithProgress(process.execPath, [join(import.meta.dirname, 'download-electron.mjs')]);
  if (failure !== null) return failure;
  const { code } = await runTool('electron/install.js', [], { output: 'capture' });
  return code === 0 && electronBinary() !== null ? null : 'it could not be unpacked';
}

/**
 * Runs a program that writes how much it has, 0…1, a line each; shows it, and ends it when nothing comes any more. Resolves to null or the
 * reason, as the end of a sentence.
 */
export function downloadWithProgress(command, parameters, { stallMs = stallLimitMs, show = showProgress } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let problem = '';
    let stalled = false;
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stalled = true;
        child.kill('SIGKILL');
      }, stallMs);
    };
    wait();
    createInterface({ input: child.stdout }).on('line', (line) => {
      wait();
      show(Number(line));
    });
    child.stderr.on('data', (chunk) => (problem = `${problem}${chunk}`.slice(-2000)));
    child.once('error', (error) => (problem = error.message));
    child.once('close', (code) => {
      clearTimeout(timer);
      if (stalled) return resolve(`its download stopped: nothing came for ${Math.round(stallMs / 1000)} s`);
      const line = problem.trim().split('\n')[0];
      resolve(code === 0 ? null : `its download failed${line ? ` (${line})` : ''}`);
    });
  });
}

function showProgress(fraction) {
  const text = `Fetching the Electron binary (once, about 110 MB): ${Math.floor(fraction * 100)} %`;
  if (process.stderr.isTTY) process.stderr.write(`\r${text}${fraction >= 1 ? '\n' : ''}`);
  else if (fraction === 0 || fraction >= 1) process.stderr.write(`${text}\n`);
}

/** Shared libraries Electron needs and a bare machine may lack; the reason as the end of a sentence, or null. */
export async function electronRunProblem(binary, execute) {
  const { code, text } = await execute(binary, ['--version'], {
    output: 'capture',
    timeoutMs: 15_000,
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  if (code === 0) return null;
  const library = /(lib[\w.+-]+\.so[\w.]*)/.exec(text)?.[1];
  return library === undefined ? 'its binary does not run here' : `its binary needs ${library}`;
}
