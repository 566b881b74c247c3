/** The system's keychain as Electron reaches it. */
import type { SecretSeal } from '../../servers/chosen-servers.js';
import type { ElectronModules } from './modules.js';

type Keychain = Pick<
  ElectronModules['safeStorage'],
  'isEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptString' | 'decryptString'
>;

/** On Linux without a keyring Electron would only hide a secret, with a word everybody knows; that counts as none. */
export function keychainOf({ safeStorage }: { safeStorage: Keychain }, platform: NodeJS.Platform): SecretSeal {
  return {
    isAvailable: () =>
      safeStorage.isEncryptionAvailable() &&
      (platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text'),
    seal: (secret) => safeStorage.encryptString(secret),
    unseal: (sealed) => safeStorage.decryptString(Buffer.from(sealed)),
  };
}
