/** What a package will be made of, without making one; `npm run test:package` makes it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  applicationId as idInPackage,
  builderConfig,
  desktopName,
  executableName,
  homepageOf,
  targets,
} from '../scripts/package/config.mjs';
import { iconSizes } from '../scripts/package/icon-files.mjs';
import { thirdPartyNotices } from '../scripts/package/notices.mjs';
import { notPacked, runtimePackages, shippedPackages } from '../scripts/package/packages.mjs';
import { isTaken } from '../scripts/package/stage.mjs';
import { supportedPlatforms } from '../src/main/application.js';
import { applicationId } from '../src/main/hosts/electron/host.js';
import { decodeImage } from '../src/main/storage/images/images.js';

const resources = 'scripts/package/resources';
const config = (env: Record<string, string> = {}) =>
  builderConfig({ app: '/app', output: '/dist', notices: '/notices', env });

describe('the configuration', () => {
  it('calls the program what it calls itself', () => {
    expect(config().appId).toBe(applicationId);
    expect(idInPackage).toBe(applicationId);
    expect(config().fileAssociations).toMatchObject([{ ext: 'ddt' }]);
    expect(config().linux).toMatchObject({ executableName });
  });

  it('makes a package for every platform the engine exists for, and no other', () => {
    const made = Object.entries(targets).flatMap(([platform, target]) =>
      target!.architectures.map((architecture) => `${platform}-${architecture}`),
    );
    expect(made.sort()).toEqual(supportedPlatforms);
  });

  it('makes the installers people of each system know', () => {
    const made = Object.fromEntries(Object.entries(targets).map(([platform, target]) => [platform, target!.targets]));
    // The zip is what a Mac updates from.
    expect(made).toEqual({ linux: ['AppImage', 'deb'], win32: ['nsis'], darwin: ['dmg', 'zip'] });
    const { linux, win, mac } = config();
    expect([linux!.target, win!.target, mac!.target]).toEqual(Object.values(made));
  });

  it('gives Linux a name its windows are known by, in the form portals take, and a home', () => {
    expect(desktopName).toMatch(/^(?:[a-z_]\w*\.)+[a-z_][\w-]*\.desktop$/i);
    expect(config().linux).toMatchObject({ syncDesktopName: true });
    expect(homepageOf({})).toBe('https://ddt-studio.invalid');
    expect(homepageOf({ DDT_STUDIO_HOMEPAGE: 'https://studio.example' })).toBe('https://studio.example');
  });

  it('leaves Chromium its sandbox', () => {
    expect(config().appImage).toMatchObject({ executableArgs: [] });
  });

  it('locks what a person’s program does not need', () => {
    expect(config().electronFuses).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      grantFileProtocolExtraPrivileges: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
    });
    expect(config().mac).toMatchObject({ hardenedRuntime: true, notarize: false, identity: '-' });
  });

  it('signs, notarises and looks for updates only where the environment says how', () => {
    expect(config().publish).toBeNull();
    const signed = config({ CSC_LINK: 'a', APPLE_API_KEY: 'b', DDT_STUDIO_UPDATES_URL: 'https://updates.example/' });
    expect(signed.mac).toMatchObject({ notarize: true });
    expect(signed.mac).not.toHaveProperty('identity');
    expect(signed.publish).toEqual({ provider: 'generic', url: 'https://updates.example/' });
  });

  it('names only files that are there', () => {
    const { linux, win, mac } = config();
    const paths = [linux!.icon, win!.icon, mac!.icon, mac!.entitlements];
    for (const path of paths) expect(existsSync(path as string), String(path)).toBe(true);
  });
});

describe('what is packed', () => {
  it('is what the main side loads, with all it needs, from package-lock.json', () => {
    const names = runtimePackages().map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['onnxruntime-node', 'onnxruntime-common', 'node-gyp-build', 'ws', 'zod']),
    );
    for (const name of notPacked) expect(names).not.toContain(name);
    expect(names).not.toContain('electron');
  });

  it('has native code of one platform, none of the sources of it, and nothing nobody loads', () => {
    const taken = (name: string, path: string) => isTaken(name, path, 'linux', 'x64');
    const runtime = 'bin/napi-v6';
    expect(taken('onnxruntime-node', `${runtime}/linux/x64/libonnxruntime.so.1`)).toBe(true);
    expect(taken('onnxruntime-node', `${runtime}/linux`)).toBe(true);
    for (const other of ['linux/arm64', 'win32/x64', 'darwin/arm64']) {
      expect(taken('onnxruntime-node', `${runtime}/${other}/onnxruntime_binding.node`)).toBe(false);
    }
    expect(taken('onnxruntime-node', 'script/install.js')).toBe(false);
    expect(taken('onnxruntime-node', 'dist/index.js')).toBe(true);
    expect(taken('@photostructure/sqlite', 'prebuilds/linux-x64/@photostructure+sqlite.glibc.node')).toBe(true);
    expect(taken('@photostructure/sqlite', 'prebuilds/linux-x64/@photostructure+sqlite.musl.node')).toBe(false);
    expect(taken('@photostructure/sqlite', 'prebuilds/linux-arm64/@photostructure+sqlite.glibc.node')).toBe(false);
    expect(taken('zod', 'index.d.ts')).toBe(false);
    expect(taken('zod', 'README.md')).toBe(false);
    expect(taken('zod', 'package.json')).toBe(true);
  });

  it('comes with the terms of everything in it', () => {
    const notices = thirdPartyNotices();
    for (const { name, version } of shippedPackages()) expect(notices).toContain(`${name} ${version} (`);
    expect(notices).toContain('Permission is hereby granted');
    expect(notices).not.toContain('(undefined)');
  });
});

describe('icons', () => {
  const folder = 'scripts/package/icons';
  const pngIn = (bytes: Buffer, at: number) => [bytes.readUInt32BE(at + 16), bytes.readUInt32BE(at + 20)];

  it('of Linux have the sizes of their names, and the drawing', () => {
    const names = readdirSync(join(folder, 'linux'));
    expect(names).toHaveLength(iconSizes.filter((size) => size <= 512).length);
    for (const name of names) {
      const { width, height, data } = decodeImage(readFileSync(join(folder, 'linux', name)));
      expect(`${width}x${height}.png`).toBe(name);
      expect(new Set(data).size).toBeGreaterThan(4);
    }
  });

  it('of Windows are a list of PNG pictures of the sizes it names', () => {
    const ico = readFileSync(join(folder, 'icon.ico'));
    const count = ico.readUInt16LE(4);
    const sizes = Array.from({ length: count }, (_, index) => {
      const at = 6 + 16 * index;
      const named = ico.readUInt8(at) || 256;
      expect(pngIn(ico, ico.readUInt32LE(at + 12))).toEqual([named, named]);
      return named;
    });
    expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256]);
  });

  it('of a Mac are chunks that add up', () => {
    const icns = readFileSync(join(folder, 'icon.icns'));
    expect(icns.toString('latin1', 0, 4)).toBe('icns');
    expect(icns.readUInt32BE(4)).toBe(icns.length);
    const found: Record<string, number> = {};
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
      found[icns.toString('latin1', at, at + 4)] = pngIn(icns, at + 8)[0]!;
    }
    expect(found).toMatchObject({ ic07: 128, ic10: 1024, ic14: 512 });
  });
});

describe('what comes with the packages', () => {
  it('the deb lets Chromium make its sandbox, as electron-builder does it', () => {
    const template = (name: string) => readFileSync(join('node_modules/app-builder-lib/templates/linux', name), 'utf8');
    expect(template('apparmor-profile.tpl')).toContain('userns,');
    expect(template('after-install.tpl')).toMatch(/chmod 4755 .*chrome-sandbox/);
    expect(template('after-install.tpl')).toMatch(/apparmor_parser --replace/);
    expect(config().deb).toBeUndefined();
  });

  it('a Mac lets the engine load its library, and little else', () => {
    const keys = [...readFileSync(join(resources, 'entitlements.mac.plist'), 'utf8').matchAll(/<key>(.*?)<\/key>/g)];
    expect(keys.map(([, key]) => key)).toEqual([
      'com.apple.security.cs.allow-jit',
      'com.apple.security.cs.disable-library-validation',
    ]);
  });
});
