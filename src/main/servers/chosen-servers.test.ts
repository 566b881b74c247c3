import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ChosenServers, type SecretSeal } from './chosen-servers.js';
import { remoteFrom } from './remote-from.js';

const secret = 'secret-token-7';
const url = 'https://gpu-box:8000';
let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'ddt-servers-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const keychain: SecretSeal = {
  isAvailable: () => true,
  seal: (text) => Buffer.from(text).map((byte) => byte ^ 0x55),
  unseal: (sealed) => Buffer.from(sealed.map((byte) => byte ^ 0x55)).toString(),
};
const stored = (): string => readFileSync(join(data, 'servers.json'), 'utf8');
const chosen = (seal: SecretSeal | null) => new ChosenServers(data, seal);

describe('servers chosen in the window', () => {
  test('are there after a restart, their tokens sealed by the keychain', () => {
    chosen(keychain).choose([{ url: 'https://gpu-box:8000/', token: secret }, { url: 'localhost:8000' }]);
    expect(stored()).not.toContain(secret);
    expect(chosen(keychain).remote(undefined)).toEqual({
      servers: [{ url, token: secret }, { url: 'http://localhost:8000' }],
      orHere: true,
    });
  });

  test('have their tokens in a file of the owner alone where there is no keychain', () => {
    chosen({ ...keychain, isAvailable: () => false }).choose([{ url, token: secret }]);
    expect(statSync(join(data, 'servers.json')).mode & 0o777).toBe(0o600);
    expect(chosen(null).remote(undefined)!.servers).toEqual([{ url, token: secret }]);
  });

  test('keep a token nobody speaks of, and lose one that is taken away', () => {
    const servers = chosen(keychain);
    servers.choose([{ url, token: secret }]);
    servers.choose([{ url }, { url: 'http://other' }]);
    expect(servers.remote(undefined)!.servers[0]).toEqual({ url, token: secret });
    servers.choose([{ url, token: null }]);
    expect(servers.remote(undefined)!.servers).toEqual([{ url }]);
    servers.choose([]);
    expect(servers.remote(undefined)).toBeNull();
  });

  test('one named at start keeps its token beside others chosen later, which is never written', () => {
    const servers = new ChosenServers(data, keychain, [{ url, token: secret }]);
    servers.choose([{ url }, { url: 'http://other' }]);
    expect(servers.remote(undefined)!.servers).toEqual([{ url, token: secret }, { url: 'http://other' }]);
    expect(stored()).not.toMatch(/token|sealed/);
    servers.choose([{ url, token: null }]);
    servers.choose([{ url }]);
    expect(servers.remote(undefined)!.servers).toEqual([{ url }]);
  });

  test('a keychain that forgot, or a damaged file, costs only the token or the choice', () => {
    chosen(keychain).choose([{ url, token: secret }]);
    const locked = (): never => {
      throw new Error('locked');
    };
    const forgetful = { ...keychain, unseal: locked };
    expect(chosen(forgetful).remote(undefined)!.servers).toEqual([{ url }]);
    writeFileSync(join(data, 'servers.json'), '{');
    expect(chosen(keychain).remote(undefined)).toBeNull();
  });

  test.each([
    ['ftp://box', 'neither http nor https'],
    ['http://me:secret-token-7@box', 'a name or a password'],
    ['http://box/?token=secret-token-7', 'more behind its address'],
    ['http://', 'no address'],
    ['ftp://me:secret-token-7@box', 'neither http nor https'],
    ['http://me:secret-token-7@', 'no address'],
    ['http://me:pass#secret-token-7@box', 'no address'],
    ['http://box:port/?token=secret-token-7', 'no address'],
  ])('%s is refused in one sentence without its secret', (wrong, words) => {
    const servers = chosen(null);
    let message = '';
    try {
      servers.choose([{ url: wrong }]);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(words);
    expect(message).not.toContain(secret);
    expect(servers.remote(undefined)).toBeNull();
  });
});

describe('servers named at the start', () => {
  test('take their token from a file or the environment, each server once', () => {
    const file = join(data, 'token');
    writeFileSync(file, `${secret}\n`);
    const servers = [{ url, token: secret }];
    expect(remoteFrom([url, url], { DDT_STUDIO_REMOTE_TOKEN: secret }, true)).toEqual({ servers, orHere: true });
    expect(remoteFrom([url], { DDT_STUDIO_REMOTE_TOKEN_FILE: file }, false)).toEqual({ servers, orHere: false });
    expect(remoteFrom([url], {}, false)).toEqual({ servers: [{ url }], orHere: false });
  });

  test.each([
    [{ DDT_STUDIO_REMOTE_TOKEN_FILE: '/not/there' }, 'names a file that cannot be read'],
    [{ DDT_STUDIO_REMOTE_TOKEN: 'two words' }, 'is no token'],
    [{ DDT_STUDIO_REMOTE_CA: import.meta.filename }, 'holds no certificate'],
  ])('%o is said in one sentence', (environment, words) => {
    expect(() => remoteFrom([url], environment, true)).toThrow(words);
  });
});
