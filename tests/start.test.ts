/** `npm start` on machines of all kinds: what keeps Electron from opening, and what happens instead. */
import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nodeProblem } from '../scripts/lib/dependencies.mjs';
import {
  downloadWithProgress,
  electronBinary,
  electronEnvironment,
  electronNodeProblem,
  hasProxy,
  rememberedFailure,
} from '../scripts/lib/electron.mjs';
import { needsShell } from '../scripts/lib/repository.mjs';
import { outcomeOf, runElectron } from '../scripts/lib/run-electron.mjs';
import { sandboxProblem } from '../scripts/lib/sandbox.mjs';
import { isOpenable, personsFolder, readArguments } from '../scripts/lib/start-arguments.mjs';
import { platformProblem, supportedPlatforms } from '../src/main/application.js';

let directory = '';
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'ddt-start-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const node = (script: string): [string, string[]] => [process.execPath, ['-e', script]];

describe('Chromium’s sandbox', () => {
  const on = (settings: Record<string, string>, helper: { uid: number; mode: number } | null = null) =>
    sandboxProblem('/opt/e/electron', {
      platform: 'linux',
      userId: 1000,
      read: (path) => settings[path.split('/').at(-1)!] ?? null,
      look: (path) => {
        if (helper === null || path !== '/opt/e/chrome-sandbox') throw new Error('ENOENT');
        return helper;
      },
    });

  it.each([
    ['apparmor_restrict_unprivileged_userns', '1', /AppArmor/],
    ['unprivileged_userns_clone', '0', /forbids user namespaces/],
    ['max_user_namespaces', '0', /no user namespaces/],
  ])('is not to be had with %s = %s, unless its helper is root’s', (name, value, reason) => {
    expect(on({ [name]: value })).toMatch(reason);
    expect(on({ [name]: value })).toContain('sudo chown root:root /opt/e/chrome-sandbox');
    expect(on({ [name]: value }, { uid: 0, mode: 0o104755 })).toBeNull();
    // As npm unpacks it: somebody’s own, and without the bit.
    expect(on({ [name]: value }, { uid: 1000, mode: 0o104755 })).toMatch(reason);
    expect(on({ [name]: value }, { uid: 0, mode: 0o100755 })).toMatch(reason);
  });

  it('is there where nothing forbids it, and elsewhere than on Linux', () => {
    expect(on({ unprivileged_userns_clone: '1', apparmor_restrict_unprivileged_userns: '0' })).toBeNull();
    expect(sandboxProblem('C:\\e\\electron.exe', { platform: 'win32' })).toBeNull();
  });

  it('is never left out behind the back of root', () => {
    expect(sandboxProblem('/opt/e/electron', { platform: 'linux', userId: 0 })).toMatch(/root.*--no-sandbox/);
  });
});

describe('Electron as a child', () => {
  it('that is ended by a signal at once has not opened, and says why', async () => {
    expect(await runElectron(...node('process.kill(process.pid, "SIGABRT")'))).toEqual({
      opened: false,
      reason: 'Electron ended at once (SIGABRT)',
    });
    expect(await runElectron(...node('process.exit(3)'))).toMatchObject({ opened: false });
    expect(await runElectron(join(directory, 'no electron'), [])).toMatchObject({
      opened: false,
      reason: expect.stringContaining('could not be started'),
    });
  });

  it('that was closed, or ended politely, has; so has one that failed later', async () => {
    expect(await runElectron(...node(''))).toEqual({ opened: true, code: 0 });
    expect(outcomeOf({ code: null, signal: 'SIGTERM', aliveMs: 10 })).toEqual({ opened: true, code: 0 });
    expect(outcomeOf({ code: 1, signal: null, aliveMs: 60_000 })).toEqual({ opened: true, code: 1 });
    expect(outcomeOf({ code: null, signal: 'SIGSEGV', aliveMs: 60_000 })).toEqual({ opened: true, code: 139 });
  });

  it('does not inherit what would make it plain Node', async () => {
    expect(electronEnvironment({ ELECTRON_RUN_AS_NODE: '1', HOME: '/h' })).toEqual({ HOME: '/h' });
    process.env['ELECTRON_RUN_AS_NODE'] = '1';
    try {
      const outcome = await runElectron(
        ...node('process.exit(process.env.ELECTRON_RUN_AS_NODE === undefined ? 0 : 1)'),
      );
      expect(outcome).toEqual({ opened: true, code: 0 });
    } finally {
      delete process.env['ELECTRON_RUN_AS_NODE'];
    }
  });
});

it('nothing but npm goes through a shell of Windows, which would split a path with a space', () => {
  expect(needsShell('npm', 'win32')).toBe(true);
  expect(needsShell('C:\\Program Files\\electron.exe', 'win32')).toBe(false);
  expect(needsShell('npm', 'linux')).toBe(false);
});

describe('fetching Electron’s binary', () => {
  it('shows how much is there, and ends when nothing comes any more', async () => {
    const shown: number[] = [];
    const options = { show: (fraction: number) => shown.push(fraction) };
    expect(await downloadWithProgress(...node('console.log(0); console.log(1)'), options)).toBeNull();
    expect(shown).toEqual([0, 1]);
    const stalls = node('console.log(0.5); setInterval(() => {}, 1000)');
    expect(await downloadWithProgress(...stalls, { ...options, stallMs: 1_000 })).toMatch(/stopped: nothing came/);
    expect(await downloadWithProgress(...node('console.error("403 Forbidden"); process.exit(1)'), options)).toBe(
      'its download failed (403 Forbidden)',
    );
  });

  it('that failed is remembered for a day, and says how to try again', () => {
    const file = join(directory, 'memory.json');
    const day = 24 * 60 * 60 * 1000;
    expect(rememberedFailure(file)).toBeNull();
    writeFileSync(file, JSON.stringify({ reason: 'its download failed', at: 1000 }));
    expect(rememberedFailure(file, 1000 + day - 1)).toMatch(/its download failed when .*--electron/);
    expect(rememberedFailure(file, 1000 + day)).toBeNull();
    writeFileSync(file, '{');
    expect(rememberedFailure(file)).toBeNull();
  });

  it('is the proxy’s to judge where there is one', () => {
    expect(hasProxy({ HTTPS_PROXY: 'http://proxy:3128' })).toBe(true);
    expect(hasProxy({ HTTPS_PROXY: '' })).toBe(false);
  });

  it('goes through the proxy, and says what it answered', async () => {
    const asked: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url!);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${port}`);
    vi.stubEnv('NO_PROXY', '');
    vi.stubEnv('electron_config_cache', directory);
    try {
      const script = join('scripts', 'lib', 'download-electron.mjs');
      expect(await downloadWithProgress(process.execPath, [script], { stallMs: 20_000 })).toMatch(
        /^its download failed/,
      );
      expect(asked[0]).toMatch(/:443$/);
    } finally {
      vi.unstubAllEnvs();
      proxy.close();
    }
  });

  it('needs the Node that Electron names; everything else runs on the studio’s own minimum', () => {
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ engines: { node: '>= 22.12.0' } }));
    expect(electronNodeProblem('20.19.0', directory)).toMatch(/needs Node 22\.12 or newer, this is 20\.19\.0/);
    expect(electronNodeProblem('22.11.0', directory)).not.toBeNull();
    expect(electronNodeProblem('22.12.0', directory)).toBeNull();
    expect(electronNodeProblem('24.0.0', directory)).toBeNull();
    // What the package says, what the check says and what a reader is told are one thing.
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    expect(engines.node).toBe('>=20.19');
    expect(nodeProblem('20.19.0')).toBeNull();
    const electron = JSON.parse(readFileSync('node_modules/electron/package.json', 'utf8')) as typeof engines & {
      engines: { node: string };
    };
    const [, major, minor] = /(?<!\d)(\d+)\.(\d+)/.exec(electron.engines.node)!;
    expect(readFileSync('README.md', 'utf8')).toContain(`Node ≥ ${major}.${minor}`);
  });

  it('finds a binary kept elsewhere, as Electron’s own package does', () => {
    writeFileSync(join(directory, 'path.txt'), 'electron');
    writeFileSync(join(directory, 'electron'), '');
    expect(electronBinary(directory, {})).toBeNull();
    expect(electronBinary(directory, { ELECTRON_OVERRIDE_DIST_PATH: directory })).toBe(join(directory, 'electron'));
  });
});

describe('what a person writes', () => {
  const read = (...parameters: string[]) => {
    const complaints: string[] = [];
    const options = readArguments(parameters, { folder: '/home/ada', complain: (line) => complaints.push(line) });
    return { options, complaints };
  };

  it('is meant from where they are, not from the repository', () => {
    expect(read('--data', 'work', 'trees.ddt', '--threads', '4').options!.passed).toEqual([
      '--data',
      '/home/ada/work',
      '/home/ada/trees.ddt',
      '--threads',
      '4',
    ]);
    expect(read('--data=/abs').options!.passed).toEqual(['--data', '/abs']);
    expect(personsFolder({ INIT_CWD: '/home/ada' }, '/repository')).toBe('/home/ada');
    expect(personsFolder({}, '/repository')).toBe('/repository');
  });

  it('is refused where it makes no sense', () => {
    expect(read('--data')).toMatchObject({ options: null, complaints: [expect.stringContaining('--data')] });
    expect(read('--port', '70000').options).toBeNull();
    expect(read('--port=4600', '--web', '--no-sandbox').options).toMatchObject({
      port: '4600',
      web: true,
      noSandbox: true,
    });
    expect(isOpenable('--a.png')).toBe(false);
  });
});

it('the platforms named are those the runtime brings libraries for', () => {
  for (const name of supportedPlatforms) {
    const [platform, architecture] = name.split('-');
    const library = join(
      'node_modules/onnxruntime-node/bin/napi-v6',
      platform!,
      architecture!,
      'onnxruntime_binding.node',
    );
    expect(readFileSync(library).length).toBeGreaterThan(0);
  }
  expect(platformProblem('darwin', 'x64')).toMatchObject({ message: expect.stringContaining('Intel') });
  expect(platformProblem('linux', 'arm64')).toBeNull();
});
