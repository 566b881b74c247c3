import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { StudioError } from '../../../shared/errors.js';
import { diskFailureNumbered, diskFailureOf, type DiskFailure } from './disk-failures.js';

/** As Node reports what the system said. */
const reported = (code: string): Error => Object.assign(new Error(`${code}: it was said`), { code });

it.each<[code: string, DiskFailure]>([
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EACCES', 'unwritable'],
  ['EROFS', 'unwritable'],
  ['EPERM', 'unwritable'],
  ['ENOENT', 'missing'],
  ['ENOTDIR', 'no-folder'],
  ['EEXIST', 'no-folder'],
  ['EISDIR', 'no-folder'],
  ['EIO', 'disk'],
])('%s means %s', (code, failure) => {
  expect(diskFailureOf(reported(code))).toBe(failure);
});

it('its number says the same on every system', () => {
  const { ENOSPC, EACCES, ENOENT, EIO } = constants.errno;
  expect([ENOSPC, EACCES, ENOENT, EIO].map(diskFailureNumbered)).toEqual(['full', 'unwritable', 'missing', 'disk']);
});

it('what a disk really says is known', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ddt-disk-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const failureOf = (work: () => unknown): DiskFailure | null => {
    try {
      work();
      return null;
    } catch (thrown) {
      return diskFailureOf(thrown);
    }
  };
  expect(failureOf(() => readFileSync(join(folder, 'not there')))).toBe('missing');
  expect(failureOf(() => mkdirSync(folder))).toBe('no-folder');
  expect(failureOf(() => mkdirSync(join(folder, 'new')))).toBeNull();
});

it.each([
  ['a code of a connection', reported('ECONNRESET')],
  ['a code that every object has as a property', reported('constructor')],
  ['an error without a code', new Error('a bug')],
  ['the studio’s own words for the same', new StudioError('disk-full', 'The disk is full.', 'Free some space.')],
  ['what is no error', { code: 'ENOSPC' }],
  ['nothing', undefined],
])('%s is no failure of the disk', (_what, thrown) => {
  expect(diskFailureOf(thrown)).toBeNull();
});

it.each([0, -1, undefined, 'ENOSPC', constants.errno.ECONNRESET])('%s is no number of one', (errno) => {
  expect(diskFailureNumbered(errno)).toBeNull();
});
