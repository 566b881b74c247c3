/** The same studio behind its two real transports, so that one suite can hold both to the contract. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from '@msgpack/msgpack';
import WebSocket from 'ws';
import { fakeManifest } from '../fakes/engine-parts.js';
import { startElectronHost } from '../../src/main/hosts/electron/host.js';
import { startWebHost } from '../../src/main/hosts/web/host.js';
import type { StudioOptions } from '../../src/main/studio/studio.js';
import { openSocketBridge, type SocketHandlers } from '../../src/renderer/transport.js';
import type { CallOutcome } from '../../src/shared/contract/api.js';
import { fromOutcomes, type StudioConnection } from '../../src/shared/contract/bridge.js';
import { bundled } from '../fakes/bundled.js';
import { FakeElectron, type FakeWindow } from '../fakes/electron.js';
import { pictureScripts } from '../fakes/pictures.js';

/** Built once for the files of one test process. */
let projectCheck: Promise<string> | null = null;

export function projectCheckScript(): Promise<string> {
  return (projectCheck ??= bundled('project-check', 'src/main/storage/projects/check-process.ts'));
}

export const fakeEngine = join(import.meta.dirname, '..', 'fakes', 'fake-engine.mjs');

export interface TestWindow {
  api: StudioConnection;
  /** What an <img> with this address would get; null when it is refused. */
  load: (address: string) => Promise<{ type: string; bytes: Uint8Array } | null>;
  /** Calls with what no typed window could send. */
  callRaw: (method: string, parameters: unknown) => Promise<CallOutcome>;
  close: () => Promise<void>;
}

export interface TestHost {
  /** What the person will answer to the system's save dialog; absent where there is none. */
  answerSaveDialog?: (path: string | null) => void;
  /** What the person will answer to the system's dialog for a folder; absent where there is none. */
  answerFolderDialog?: (path: string | null) => void;
  openWindow: () => Promise<TestWindow>;
  close: () => Promise<void>;
}

export interface TestHostOptions extends Pick<StudioOptions, 'engine' | 'storage'> {
  dataDirectory: string;
  packDirectory: string;
  rendererDirectory?: string;
  engineScript?: string;
}

export const transports: Record<'web' | 'electron', (options: TestHostOptions) => Promise<TestHost>> = {
  web: openWebHost,
  electron: openElectronHost,
};

async function openWebHost(options: TestHostOptions): Promise<TestHost> {
  const host = await startWebHost({
    ...options,
    packDirectories: [options.packDirectory],
    engineScript: options.engineScript ?? fakeEngine,
    projectCheckScript: await projectCheckScript(),
    pictureScripts: pictureScripts(),
  });
  const { origin } = new URL(host.url);
  const entered = await fetch(host.url, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
  return {
    close: host.close,
    openWindow: async () => {
      const bridge = openSocketBridge(new URL('/api', origin), {
        openSocket: (address, handlers) => openNodeSocket(address, handlers, { cookie, origin }),
      });
      const api = fromOutcomes(bridge);
      await api.status({});
      return {
        api,
        load: (address) => read(fetch(new URL(address, origin), { headers: { cookie } })),
        callRaw: (method, parameters) => callSocket(origin, cookie, method, parameters),
        close: async () => {
          bridge.close();
          await settled();
        },
      };
    },
  };
}

async function openElectronHost(options: TestHostOptions): Promise<TestHost> {
  const electron = new FakeElectron();
  await startElectronHost(electron.modules, {
    ...options,
    paths: {
      root: '',
      version: '0.0.0',
      engineScript: options.engineScript ?? fakeEngine,
      projectCheckScript: await projectCheckScript(),
      pictureScripts: pictureScripts(),
      rendererDirectory: options.rendererDirectory ?? '',
      preloadScript: 'preload.cjs',
      packDirectories: [options.packDirectory],
      dataDirectory: options.dataDirectory,
      noticesFile: '/notices.txt',
    },
    architecture: 'arm64',
    platform: 'darwin', // where closing the last window does not end the program
  });
  // The host opens one window by itself; the suite opens each of its own.
  electron.windows[0]!.destroy();
  return {
    answerSaveDialog: (path) => (electron.dialogs.savePath = path),
    answerFolderDialog: (path) => (electron.dialogs.openPaths = path === null ? null : [path]),
    close: async () => {
      // Whoever has work under way is asked first.
      electron.dialogs.answer = 'Quit';
      electron.app.quit();
      await settled();
      electron.end();
      await settled();
    },
    openWindow: async () => {
      const before = electron.windows.length;
      electron.clickMenu('New Window');
      const window = electron.windows[before]!;
      await settled();
      return electronWindow(electron, window);
    },
  };
}

function electronWindow(electron: FakeElectron, window: FakeWindow): TestWindow {
  const bridge = window.bridge();
  return {
    api: fromOutcomes({ ...bridge, onConnection: () => () => {} }),
    load: (address) => read(electron.fetch(address)),
    callRaw: (method, parameters) => window.invoke(method, parameters) as Promise<CallOutcome>,
    close: async () => {
      window.destroy();
      await settled();
    },
  };
}

function openNodeSocket(address: string, handlers: SocketHandlers, headers: { cookie: string; origin: string }) {
  const socket = new WebSocket(address, { headers });
  socket.binaryType = 'arraybuffer';
  socket.on('open', handlers.onOpen);
  socket.on('message', (data) => handlers.onMessage(data));
  socket.on('close', handlers.onClose);
  socket.on('error', () => {});
  return socket;
}

/** Past the bridge, which would not send such a message. */
async function callSocket(origin: string, cookie: string, method: string, parameters: unknown): Promise<CallOutcome> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api`, { headers: { cookie, origin } });
  await once(socket, 'open');
  socket.send(encode({ id: 1, method, parameters }));
  try {
    for (;;) {
      const [data] = (await once(socket, 'message')) as [Buffer];
      const answer = decode(data) as { outcome?: CallOutcome };
      if (answer.outcome !== undefined) return answer.outcome;
    }
  } finally {
    socket.close();
  }
}

async function read(response: Promise<Response>): Promise<{ type: string; bytes: Uint8Array } | null> {
  const { ok, headers, ...rest } = await response.then(async (answer) => ({
    ok: answer.ok,
    headers: answer.headers,
    bytes: new Uint8Array(await answer.arrayBuffer()),
  }));
  return ok ? { type: headers.get('content-type')!, bytes: rest.bytes } : null;
}

/** Long enough for what was sent to arrive on the other side of a local connection. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30));
}

export interface TestFolders {
  data: string;
  /** A page; beside its folder lies secret.json, which nobody may get. */
  renderer: string;
  packs: string;
  addPack: (name: string) => void;
  remove: () => void;
}

/** A data directory and a folder of packs; a name with `refuse`, `crash` or `endless` makes the fake engine do so at opening. */
export function makeFolders(packNames: readonly string[] = ['alpha', 'beta']): TestFolders {
  const root = mkdtempSync(join(tmpdir(), 'ddt-contract-'));
  const addPack = (name: string): void => {
    const directory = join(root, 'packs', name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'pack.json'), JSON.stringify(manifestOf(name)));
  };
  for (const name of packNames) addPack(name);
  mkdirSync(join(root, 'packs'), { recursive: true });
  mkdirSync(join(root, 'renderer'));
  writeFileSync(join(root, 'renderer', 'index.html'), '<!doctype html><title>DDT Studio</title>');
  writeFileSync(join(root, 'secret.json'), '{}');
  return {
    data: join(root, 'data'),
    packs: join(root, 'packs'),
    addPack,
    renderer: join(root, 'renderer'),
    remove: () => rmSync(root, { recursive: true, maxRetries: 5 }),
  };
}

function manifestOf(name: string) {
  const paths = ['encoder.onnx', 'decoder.onnx', 'lm.onnx', 'tokenizer.json'];
  return fakeManifest({ name, files: paths.map((path) => ({ path, bytes: 1, sha256: '0'.repeat(64) })) });
}
