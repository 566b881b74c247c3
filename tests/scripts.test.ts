/** The scripts that run before anything is installed: what they decide from what they find. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBrowser, hasDisplay } from '../scripts/lib/browsers.mjs';
import { sourceHash } from '../scripts/lib/build.mjs';
import { dependenciesInstalled, ensureDependencies, nodeProblem } from '../scripts/lib/dependencies.mjs';
import { electronBinary } from '../scripts/lib/electron.mjs';

let directory = '';
const write = (path: string, content: unknown): void => {
  mkdirSync(join(directory, path, '..'), { recursive: true });
  writeFileSync(join(directory, path), typeof content === 'string' ? content : JSON.stringify(content));
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddt-scripts-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('dependenciesInstalled', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', optional: true },
    },
  };

  it('is false before the first installation', () => {
    write('package-lock.json', lock);
    expect(dependenciesInstalled(directory)).toBe(false);
  });

  it('is true when every package that is not optional has its version', () => {
    write('package-lock.json', lock);
    write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '1.0.0' } } });
    expect(dependenciesInstalled(directory)).toBe(true);
  });

  it('is false when one has another version', () => {
    write('package-lock.json', lock);
    write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '1.0.1' } } });
    expect(dependenciesInstalled(directory)).toBe(false);
  });

  it.skipIf(process.platform === 'win32')(
    'a folder that node_modules leads to is somebody’s, and is not emptied',
    async () => {
      write('package-lock.json', lock);
      write('shared/b/index.js', 'used elsewhere');
      symlinkSync('shared', join(directory, 'node_modules'));
      expect(await ensureDependencies({ directory })).toBe(false);
      expect(readFileSync(join(directory, 'shared', 'b', 'index.js'), 'utf8')).toBe('used elsewhere');
    },
  );
});

it.each([
  ['20.18.9', false],
  ['20.19.0', true],
  ['22.1.0', true],
  ['18.20.0', false],
])('Node %s is new enough: %s', (version, enough) => {
  expect(nodeProblem(version) === null).toBe(enough);
});

it('sourceHash follows contents, not tests and not times', () => {
  for (const file of [
    'electron.vite.config.ts',
    'scripts/lib/entries.mjs',
    'svelte.config.js',
    'package.json',
    'package-lock.json',
    'src/a.ts',
  ]) {
    write(file, 'one');
  }
  const before = sourceHash(directory);
  write('src/a.ts', 'one');
  write('src/a.test.ts', 'two');
  expect(sourceHash(directory)).toBe(before);
  write('src/a.ts', 'two');
  expect(sourceHash(directory)).not.toBe(before);
});

describe('findBrowser', () => {
  const only = (path: string) => (asked: string) => asked === path;

  it('prefers the one named explicitly, then the PATH, then the usual places', () => {
    const env = { PATH: '/bin:/opt/bin', DDT_STUDIO_BROWSER: '/mine' };
    expect(findBrowser({ platform: 'linux', env, exists: () => true })).toBe('/mine');
    expect(findBrowser({ platform: 'linux', env, exists: only('/opt/bin/chromium') })).toBe('/opt/bin/chromium');
    expect(findBrowser({ platform: 'linux', env, exists: only('/opt/google/chrome/chrome') })).toBe(
      '/opt/google/chrome/chrome',
    );
  });

  it('knows the programs of macOS and Windows', () => {
    const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(findBrowser({ platform: 'darwin', env: { HOME: '/Users/a' }, exists: only(mac) })).toBe(mac);
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
    const env = { 'ProgramFiles(x86)': 'C:\\Program Files (x86)' };
    expect(findBrowser({ platform: 'win32', env, exists: only(edge) })).toBe(edge);
  });

  it('is null where there is none', () => {
    expect(findBrowser({ platform: 'linux', env: {}, exists: () => false })).toBeNull();
  });
});

it('only Linux can be without a display', () => {
  expect(hasDisplay({ platform: 'linux', env: {} })).toBe(false);
  expect(hasDisplay({ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBe(true);
  expect(hasDisplay({ platform: 'win32', env: {} })).toBe(true);
});

it('electronBinary is null until path.txt names a file that is there', () => {
  expect(electronBinary(directory)).toBeNull();
  write('path.txt', 'electron');
  expect(electronBinary(directory)).toBeNull();
  write('dist/electron', '');
  expect(electronBinary(directory)).toBe(join(directory, 'dist', 'electron'));
});

describe.each(['fuzz', 'memory', 'package', 'screenshots'])('%s', (name) => {
  const said = (word: string): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [join(import.meta.dirname, '..', 'scripts', `${name}.mjs`), word], {
      encoding: 'utf8',
    });

  it('says how it is used', () => {
    const { status, stdout, stderr } = said('--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: (npm run|node scripts\/)/);
  });

  it('says what it does not know, without a stack', () => {
    const { status, stdout, stderr } = said('--nonsense');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/'--nonsense'[^]*\nUsage: /);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
