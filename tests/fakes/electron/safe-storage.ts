/** A keychain that turns secrets around; it refuses what Electron's would. */
export class FakeSafeStorage {
  available = true;
  backend: 'basic_text' | 'gnome_libsecret' = 'gnome_libsecret';

  isEncryptionAvailable(): boolean {
    return this.available;
  }

  getSelectedStorageBackend(): 'basic_text' | 'gnome_libsecret' {
    return this.backend;
  }

  encryptString(text: string): Buffer {
    if (!this.available) throw new Error('Encryption is not available.');
    return Buffer.from(text).map((byte) => byte ^ 0x2a) as Buffer;
  }

  decryptString(sealed: Buffer): string {
    if (!this.available) throw new Error('Decryption is not available.');
    return Buffer.from(sealed.map((byte) => byte ^ 0x2a)).toString();
  }
}
