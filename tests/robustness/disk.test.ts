/**
 * Disks without room and disks that may not be written, real ones: a small disk in memory that only the processes of one
 * command see. Everything a person can ask is refused in words with a way out or done, and all that was there is there.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Asked, LeftOver } from './disk-script.js';
import { bundled } from '../fakes/bundled.js';

let disk: string;
let script: string;

/** Linux lets a process have mounts of its own; where it does not, and elsewhere, there is no such disk. */
const hasDisks = process.platform === 'linux' && onDisk('true', tmpdir()).status === 0;

beforeAll(async () => {
  disk = mkdtempSync(join(tmpdir(), 'ddt-disk-'));
  script = await bundled('disk-script');
});
afterAll(() => {
  rmSync(disk, { recursive: true });
  rmSync(script, { force: true });
});

function onDisk(command: string, at: string) {
  const mounted = `mount -t tmpfs -o size=1m tmpfs "$0" && ${command}`;
  return spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-ec', mounted, at, process.execPath, script], {
    encoding: 'utf8',
  });
}

/** Runs steps of the script and shell commands on a new disk; returns what each step printed. */
function run<Results extends unknown[]>(...steps: string[]): Results {
  const commands = steps.map((step) => (/^\w+$/.test(step) ? `"$1" "$2" "$0" ${step}` : step));
  const { stdout, stderr, status } = onDisk(commands.join(' && '), disk);
  expect(status, stderr).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown) as Results;
}

const refusal = (code: string, words: RegExp) =>
  expect.stringMatching(new RegExp(`^${code}: .*${words.source}`)) as string;
const noRoom = (what: string) =>
  refusal('disk-full', new RegExp(`no room left on the disk, so ${what}.*Free some space`));
const locked = (what: string) =>
  refusal('place-unwritable', new RegExp(`Nothing may be written to .*, so ${what}.*writable`));

/** Nothing of what was refused is there, and nothing of what was there is gone. */
function expectUntouched(left: LeftOver, files: string[]): void {
  expect(left).toMatchObject({
    frames: ['first'],
    history: { undo: 'Put', redo: null },
    commit: 'done',
    integrity: [{ integrity_check: 'ok' }],
  });
  // Which project was opened last is noted once it is open, where that can be.
  const projects = (list: readonly string[]) =>
    list
      .filter((file) => file !== 'data/settings.json')
      .map(withoutPlace)
      .sort();
  expect(projects(left.files)).toEqual(projects(files));
}

/** A project may have gone to the bin; it is the same file. */
const withoutPlace = (file: string) => file.replace(/^data\/(bin|projects)\//, '');

describe.skipIf(!hasDisks)('a disk', () => {
  test('that becomes full in mid-work', () => {
    const [files, asked, left] = run<[string[], Asked, LeftOver]>('prepare', 'fill', 'look');
    expect(asked.readOnly).toBeNull();
    expect(asked.outcomes).toEqual({
      importImage: noRoom('the change was not saved'),
      commit: noRoom('the change was not saved'),
      undo: noRoom('the change was not saved'),
      exportImage: 'done',
      saveCopy: noRoom('the copy was not written'),
      createProject: noRoom('the project was not made'),
      addProject: noRoom('the project was not added'),
      star: noRoom('stars and the trash were not saved'),
      search: 'done',
      thumbnail: true,
      cacheLimit: noRoom('the choice was not saved'),
      // Moving needs no room.
      deleteProject: 'done',
      reopen: 'done',
    });
    expect(asked.copyIsWhole).toBe(true);
    expectUntouched(left, files);
  });

  test('that is full before the program starts: projects are looked at, with the reason', () => {
    const ballast = '{ dd if=/dev/zero of="$0/ballast" bs=512 2>/dev/null || true; }';
    const [files, asked, left] = run<[string[], Asked, LeftOver]>('prepare', ballast, 'ask', 'look');
    const lookOnly =
      'There is no room left on the disk, so nothing can be changed. Free some space, then reload this window.';
    expect(asked.readOnly).toBe(lookOnly);
    expect(asked.outcomes).toMatchObject({
      importImage: `project-read-only: ${lookOnly}`,
      commit: `project-read-only: ${lookOnly}`,
      undo: `project-read-only: ${lookOnly}`,
      exportImage: 'done',
      saveCopy: noRoom('the copy was not written'),
      createProject: noRoom('the project was not made'),
      addProject: noRoom('the project was not added'),
      star: refusal('gallery-unwritable', /could not be written when DDT Studio started.*free some space/),
      search: 'done',
      thumbnail: true,
      reopen: 'done',
    });
    expect(asked.copyIsWhole).toBe(true);
    expectUntouched(left, files);
  });

  test('that may not be written: projects are looked at, with the reason', () => {
    const [files, asked, left] = run<[string[], Asked, LeftOver]>(
      'prepare',
      'mount -o remount,ro "$0"',
      'ask',
      'mount -o remount,rw "$0"',
      'look',
    );
    const lookOnly =
      'The file of this project may not be written where it lies. Make the file and its folder writable, then reload this window.';
    expect(asked.readOnly).toBe(lookOnly);
    expect(asked.outcomes).toEqual({
      importImage: `project-read-only: ${lookOnly}`,
      commit: `project-read-only: ${lookOnly}`,
      undo: `project-read-only: ${lookOnly}`,
      exportImage: 'done',
      saveCopy: refusal('not-found', /The copy cannot be written to .*Choose another place/),
      createProject: locked('the project was not made'),
      addProject: locked('the project was not added'),
      star: refusal('gallery-unwritable', /could not be written when DDT Studio started.*writable/),
      search: 'done',
      thumbnail: true,
      cacheLimit: locked('the choice was not saved'),
      deleteProject: locked('the project was not moved to the trash'),
      reopen: 'done',
    });
    expect(asked.copyIsWhole).toBe(true);
    expectUntouched(left, files);
  });

  test('without a data folder that may not be written: the program says why it cannot start', () => {
    const { stderr, status } = onDisk('mount -o remount,ro "$0" && "$1" "$2" "$0" prepare', disk);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/Nothing may be written to .*, so no project can be kept\./);
  });
});
