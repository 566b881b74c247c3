import { describe, expect, test } from 'vitest';
import { FakeSafeStorage } from '../../../../tests/fakes/electron/safe-storage.js';
import { keychainOf } from './keychain.js';

describe('the keychain', () => {
  test('gives back what it sealed, and what it sealed does not show it', () => {
    const keychain = keychainOf({ safeStorage: new FakeSafeStorage() }, 'darwin');
    const sealed = keychain.seal('secret-token-7');
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('secret');
    expect(keychain.unseal(sealed)).toBe('secret-token-7');
  });

  test('is none where Linux has no keyring, or the system has none ready', () => {
    const safeStorage = new FakeSafeStorage();
    safeStorage.backend = 'basic_text';
    expect(keychainOf({ safeStorage }, 'linux').isAvailable()).toBe(false);
    safeStorage.backend = 'gnome_libsecret';
    expect(keychainOf({ safeStorage }, 'linux').isAvailable()).toBe(true);
    safeStorage.available = false;
    expect(keychainOf({ safeStorage }, 'darwin').isAvailable()).toBe(false);
  });
});
