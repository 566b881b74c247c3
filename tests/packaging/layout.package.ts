/** The program as it will lie on a disk, packed around a stand-in for Electron: what is in it, what is not, and that it works from there. */
import { extractAll, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pack } from '../../scripts/package/pack.mjs';
import { makeStandIn } from '../../scripts/package/stand-in.mjs';
import { openSocketBridge } from '../../src/renderer/transport.js';
import { fromOutcomes } from '../../src/shared/contract/bridge.js';
import type { JobEvent } from '../../src/shared/contract/events.js';
import { settings } from '../contract/helpers.js';

const root = mkdtempSync(join(tmpdir(), 'ddt-layout-'));
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

/** Where the program of a platform was packed to. */
async function packed({ platform, architecture, folder }: (typeof platforms)[number]): Promise<string> {
  const electronDist = join(root, `electron-${platform}`);
  await makeStandIn(electronDist, platform);
  const output = join(root, platform);
  await pack({ platform, architecture, output, electronDist, folderOnly: true, env: {} });
  return join(output, folder);
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function megabytes(folder: string): number {
  return filesUnder(folder).reduce((sum, file) => sum + statSync(file).size, 0) / 2 ** 20;
}

/** `folder`: where electron-builder lays the program down. `resources`, `fused` (what holds the fuses): from there. `terms`: of Electron and Chromium, where they lie in it. */
const platforms = [
  {
    platform: 'linux',
    architecture: 'x64',
    folder: 'linux-unpacked',
    resources: 'resources',
    program: 'ddt-studio',
    fused: 'ddt-studio',
    terms: ['LICENSE.electron.txt', 'LICENSES.chromium.html'],
    library: 'libonnxruntime.so.1',
    others: /darwin|win32|arm64|\.musl\.|\.dll$/,
  },
  {
    platform: 'win32',
    architecture: 'x64',
    folder: 'win-unpacked',
    resources: 'resources',
    program: 'ddt-studio.exe',
    fused: 'ddt-studio.exe',
    terms: ['LICENSE.electron.txt', 'LICENSES.chromium.html'],
    library: 'onnxruntime.dll',
    others: /darwin|linux|arm64|\.so\b/,
  },
  // Windows has no symbolic links for everybody, and electron-builder packs for macOS elsewhere only.
  ...(process.platform === 'win32'
    ? []
    : [
        {
          platform: 'darwin',
          architecture: 'arm64',
          folder: join('mac-arm64', 'DDT Studio.app', 'Contents'),
          resources: 'Resources',
          program: join('MacOS', 'DDT Studio'),
          // The bundle: its framework holds them.
          fused: '..',
          terms: [],
          library: 'libonnxruntime.1.dylib',
          others: /linux|win32|x64|\.so\b|\.dll$/,
        } as const,
      ]),
] as const;

describe.each(platforms)('packed for $platform', (layout) => {
  const { platform, program, fused, terms, library, others } = layout;
  let folder = '';
  let resources = '';
  beforeAll(async () => {
    folder = await packed(layout);
    resources = join(folder, layout.resources);
  });

  test('it has its archive, its packs and its terms, and Electron’s own page is gone', () => {
    const ours = readdirSync(resources).filter((name) => !/\.(?:icns|lproj)$/.test(name));
    expect(ours.sort()).toEqual(['THIRD_PARTY_NOTICES.txt', 'app.asar', 'app.asar.unpacked', 'packs']);
    for (const name of [program, ...terms]) expect(existsSync(join(folder, name))).toBe(true);
    for (const name of ['scenes-128', 'study-raster', 'study-timestep']) {
      const { files } = JSON.parse(readFileSync(join(resources, 'packs', name, 'pack.json'), 'utf8')) as {
        files: { path: string; bytes: number }[];
      };
      for (const { path, bytes } of files) {
        expect(statSync(join(resources, 'packs', name, path)).size).toBe(bytes);
      }
    }
  });

  test('native code lies beside the archive, for this platform alone', () => {
    const unpacked = filesUnder(join(resources, 'app.asar.unpacked'));
    expect(unpacked.filter((file) => others.test(file.slice(folder.length)))).toEqual([]);
    expect(unpacked.some((file) => file.endsWith(library))).toBe(true);
    expect(unpacked.filter((file) => file.endsWith('.node'))).toHaveLength(2);
    const inArchive = listPackage(join(resources, 'app.asar'), { isPack: true }).filter(
      (line) => line.startsWith('pack ') && /\.(?:node|dll|dylib|so(?:\.\d+)?)$/.test(line),
    );
    expect(inArchive).toEqual([]);
  });

  test('what only builds, tests or serves the command line stays out', () => {
    const listed = listPackage(join(resources, 'app.asar'), { isPack: false }).map((path) =>
      path.replaceAll('\\', '/'),
    );
    for (const path of [
      '/out/main/index.js',
      '/out/main/engine.js',
      '/out/preload/index.cjs',
      '/out/renderer/index.html',
    ]) {
      expect(listed).toContain(path);
    }
    expect(listed).toContain('/node_modules/electron-updater/package.json');
    const unwanted =
      /^\/(?:src|tests|training|scripts|docs)|\.map$|\.d\.[cm]?ts$|\/commander\/|\/global-agent\/|\/electron\/|\/cli\.js$/;
    expect(listed.filter((path) => unwanted.test(path))).toEqual([]);
  });

  test('it is no larger than it has to be', () => {
    const size = megabytes(folder);
    console.log(`${platform}: ${size.toFixed(0)} MB besides Electron itself`);
    expect(size).toBeGreaterThan(60);
    expect(size).toBeLessThan(150);
  });

  test('the fuses are as a program for everyone needs them', async () => {
    const fuses = await getCurrentFuseWire(join(folder, fused));
    const state = (option: FuseV1Options) => String.fromCharCode(fuses[option]!);
    expect(state(FuseV1Options.RunAsNode)).toBe('0');
    expect(state(FuseV1Options.EnableNodeOptionsEnvironmentVariable)).toBe('0');
    expect(state(FuseV1Options.EnableNodeCliInspectArguments)).toBe('0');
    expect(state(FuseV1Options.GrantFileProtocolExtraPrivileges)).toBe('0');
    expect(state(FuseV1Options.OnlyLoadAppFromAsar)).toBe('1');
    expect(state(FuseV1Options.EnableEmbeddedAsarIntegrityValidation)).toBe('1');
  });
});

describe.runIf(process.platform !== 'win32')('the bundle for macOS', () => {
  test('is named, opens projects, and knows the digest of its archive', () => {
    const contents = join(root, 'darwin', 'mac-arm64', 'DDT Studio.app', 'Contents');
    const facts = readFileSync(join(contents, 'Info.plist'), 'utf8');
    for (const text of ['org.ddt-studio.app', '<string>ddt</string>', 'ElectronAsarIntegrity', 'Resources/app.asar']) {
      expect(facts).toContain(text);
    }
    const helpers = readdirSync(join(contents, 'Frameworks')).filter((name) => name.endsWith('.app'));
    expect(helpers.sort()).toEqual(
      [' (GPU)', ' (Plugin)', ' (Renderer)', ''].map((kind) => `DDT Studio Helper${kind}.app`),
    );
  });
});

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('from where it was packed', () => {
  let host: ChildProcess;
  let address = '';

  beforeAll(async () => {
    const resources = join(root, 'linux', 'linux-unpacked', 'resources');
    // Node cannot look into an archive: a folder of the same name stands for it, with the same paths in it.
    const archive = join(resources, 'app.asar');
    extractAll(archive, `${archive}.folder`);
    rmSync(archive);
    renameSync(`${archive}.folder`, archive);
    expect(existsSync(join(archive, 'out', 'preload', 'index.cjs'))).toBe(true);
    host = spawn(
      process.execPath,
      [join(archive, 'out', 'main', 'web.js'), '--data', join(root, 'data'), '--provider', 'cpu'],
      {
        cwd: root,
        env: { PATH: process.env['PATH'], HOME: root },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    [address] = (await once(createInterface({ input: host.stdout! }), 'line')) as [string];
  });
  afterAll(async () => {
    const ended = once(host, 'exit');
    host.kill('SIGTERM');
    await ended;
  });

  test('the localhost host serves the window, and the engine draws with the packed packs', async () => {
    const { origin } = new URL(address);
    const entered = await fetch(address, { redirect: 'manual' });
    const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
    const page = await (await fetch(origin, { headers: { cookie } })).text();
    const script = /src="([^"]+\.js)"/.exec(page)![1]!;
    expect((await fetch(new URL(script, origin), { headers: { cookie } })).status).toBe(200);

    const bridge = openSocketBridge(new URL('/api', origin), {
      openSocket: (url, handlers) => {
        const socket = new WebSocket(url, { headers: { cookie, origin } });
        socket.binaryType = 'arraybuffer';
        socket.on('open', handlers.onOpen);
        socket.on('message', (data) => handlers.onMessage(data));
        socket.on('close', handlers.onClose);
        socket.on('error', () => {});
        return socket;
      },
    });
    const api = fromOutcomes(bridge);
    await api.openProject({});
    const packs = await api.listPacks({});
    expect(packs.map(({ manifest }) => manifest.name).sort()).toEqual(['scenes-128', 'study-raster', 'study-timestep']);
    expect(packs.every(({ directory }) => directory.startsWith(join(root, 'linux')))).toBe(true);
    const ended = new Promise<JobEvent>((resolve) => {
      api.onEvent((event) => {
        if (event.channel === 'job' && ['done', 'failed', 'cancelled'].includes(event.event.type)) resolve(event.event);
      });
    });
    const request = {
      kind: 'generate' as const,
      prompt: 'a red circle',
      seed: 5,
      variations: 1,
      settings: { ...settings, temperature: 0 },
    };
    await api.submit({ request });
    const end = await ended;
    if (end.type !== 'done' || end.result.kind !== 'generate') throw new Error(JSON.stringify(end));
    expect(end.result.images).toHaveLength(1);
    const picture = await fetch(new URL(api.imageUrl(end.result.images[0]!.imageId), origin), { headers: { cookie } });
    expect(picture.headers.get('content-type')).toBe('image/png');
    bridge.close();
  });
});
