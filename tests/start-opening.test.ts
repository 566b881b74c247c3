/** The whole of `npm start` in a repository of its own, where Electron, browser and localhost host are scripts: what opens when Electron does not. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sourceHash } from '../scripts/lib/build.mjs';

let root = '';
const write = (path: string, content: string, mode = 0o644): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content, { mode });
};
const program = (path: string, lines: string[]): void => write(path, ['#!/bin/sh', ...lines, ''].join('\n'), 0o755);

/** Answers the probe, which runs it as Node; otherwise notes what it was started with and does `act`. */
const electron = (act: string): void =>
  program('node_modules/electron/dist/electron', [
    'if [ -n "$ELECTRON_RUN_AS_NODE" ]; then exit 0; fi',
    `echo "$@" > '${join(root, 'started')}'`,
    act,
  ]);
const host = (act: string): void => write('out/main/cli.js', act);
const serves = `console.log(JSON.stringify({ type: 'serving', address: 'http://127.0.0.1:1/' })); setTimeout(() => process.exit(0), 500);`;

beforeEach(() => {
  root = `${realpathSync(mkdtempSync(join(tmpdir(), 'ddt-opening-')))}/`;
  cpSync('scripts', join(root, 'scripts'), { recursive: true });
  write('package.json', JSON.stringify({ type: 'module' }));
  write('package-lock.json', JSON.stringify({ packages: {} }));
  write('node_modules/.package-lock.json', JSON.stringify({ packages: {} }));
  write('node_modules/electron/path.txt', 'electron');
  write('node_modules/electron/package.json', JSON.stringify({ version: '0.0.0' }));
  for (const path of ['src/a.ts', 'electron.vite.config.ts', 'svelte.config.js']) write(path, '');
  write('out/.build-stamp', sourceHash(root));
  program('browser', ['exit 0']);
  host(serves);
});
afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

function start(...parameters: string[]): Promise<{ code: number; said: string; startedWith: string | null }> {
  return new Promise((resolve) => {
    const env = {
      ...{ PATH: process.env['PATH'], HOME: root, DISPLAY: ':99', DDT_STUDIO_BROWSER: join(root, 'browser') },
      ...{ INIT_CWD: join(root, 'ada'), DDT_STUDIO_HOME: 'mine' },
      ELECTRON_RUN_AS_NODE: '1',
    };
    execFile(process.execPath, [join(root, 'scripts', 'start.mjs'), ...parameters], { env }, (error, stdout) => {
      const note = join(root, 'started');
      const startedWith = existsSync(note) ? readFileSync(note, 'utf8').trim() : null;
      resolve({ code: error === null ? 0 : Number(error.code), said: stdout, startedWith });
    });
  });
}

describe.skipIf(process.platform === 'win32')('npm start', () => {
  it('opens the localhost host with the reason where Electron aborts', async () => {
    electron('kill -ABRT $$');
    const { code, said } = await start('--no-sandbox');
    expect(code).toBe(0);
    expect(said).toContain('in Electron: its binary is installed, without Chromium’s sandbox, as asked for');
    expect(said).toContain(
      'through its localhost host in browser (Electron ended at once (SIGABRT)): http://127.0.0.1:1/',
    );
  });

  it('so too where Electron ends with a code of its own, and fails where the localhost host fails', async () => {
    electron('exit 3');
    expect((await start('--no-sandbox')).said).toContain('(Electron ended at once (exit code 3))');
    host('process.exit(1);');
    expect((await start('--no-sandbox')).code).toBe(1);
    host('process.kill(process.pid, "SIGKILL");');
    expect((await start('--no-sandbox')).code).toBe(1);
  });

  it('ends with the program a person closed, and opens nothing else', async () => {
    electron('exit 0');
    const { code, said, startedWith } = await start('--no-sandbox', '--threads', '2');
    expect({ code, startedWith }).toEqual({ code: 0, startedWith: `--no-sandbox ${root} --threads 2` });
    expect(said).not.toContain('localhost');
  });

  it('keeps projects where the person meant, who is not in the repository', async () => {
    electron('kill -ABRT $$');
    host(`import { writeFileSync } from 'node:fs';
      writeFileSync('${join(root, 'home')}', process.env.DDT_STUDIO_HOME);
      ${serves}`);
    await start('--no-sandbox');
    expect(readFileSync(join(root, 'home'), 'utf8')).toBe(join(root, 'ada', 'mine'));
  });

  it('never leaves the sandbox out unless asked to', async () => {
    electron('kill -ABRT $$');
    const { said, startedWith } = await start();
    // Where there can be no sandbox Electron is not even started.
    expect(startedWith ?? '').not.toContain('--no-sandbox');
    expect(said).toContain('through its localhost host');
  });
});
