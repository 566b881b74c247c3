import { expect, test } from 'vitest';
import { dataDirectory } from './data-directory.js';

test.each([
  ['linux', {}, '/home/ada/.local/share/ddt-studio'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/data/ddt-studio'],
  ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/ddt-studio'],
  ['darwin', {}, '/home/ada/Library/Application Support/ddt-studio'],
  ['win32', { APPDATA: '/roaming' }, '/roaming/ddt-studio'],
  ['win32', { DDT_STUDIO_HOME: '/own', APPDATA: '/roaming' }, '/own'],
  ['linux', { DDT_STUDIO_HOME: '' }, '/home/ada/.local/share/ddt-studio'],
] as const)('data directory on %s with %o', (platform, environment, expected) => {
  expect(dataDirectory({ platform, environment, home: '/home/ada' })).toBe(expected);
});
