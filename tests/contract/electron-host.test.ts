/** What the Electron host locks, driven through the stand-in for Electron. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startElectronHost } from '../../src/main/hosts/electron/host.js';
import type { CallOutcome } from '../../src/shared/contract/api.js';
import { FakeElectron } from '../fakes/electron.js';
import { settings } from './helpers.js';
import { fakeEngine, makeFolders, settled, type TestFolders } from './transports.js';

let folders: TestFolders;
let electron: FakeElectron;

const start = () =>
  startElectronHost(electron.modules, {
    paths: {
      root: '',
      version: '0.0.0',
      engineScript: fakeEngine,
      projectCheckScript: '/project-check.js',
      pictureScripts: { read: '/pictures.js', write: '/picture-writing.js' },
      rendererDirectory: folders.renderer,
      preloadScript: '/preload.cjs',
      packDirectories: [folders.packs],
      dataDirectory: folders.data,
      noticesFile: '/notices.txt',
    },
    platform: 'linux',
  });

beforeEach(() => {
  folders = makeFolders();
  electron = new FakeElectron();
});
afterEach(() => {
  electron.end();
  folders.remove();
});

test('a second instance ends without touching anything', async () => {
  electron.app.isFirstInstance = false;
  expect(await start()).toBeNull();
  expect(electron.app.quitted).toBe(true);
  expect(electron.windows).toEqual([]);
});

test('the window is sandboxed, isolated and shown when it has painted', async () => {
  await start();
  await settled();
  const [window] = electron.windows;
  expect(window!.options.webPreferences).toMatchObject({
    preload: '/preload.cjs',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  });
  await vi.waitFor(() => expect(window!.shown).toBe(true), 10_000);
  expect(electron.schemes).toMatchObject([{ scheme: 'ddt', privileges: { standard: true, secure: true } }]);
});

test('only the studio’s own top frame may call', async () => {
  await start();
  await settled();
  const window = electron.windows[0]!;
  const call = (frame: { url: string; parent: unknown } | null) => window.invoke('status', {}, frame);
  expect(((await call(window.webContents.mainFrame)) as CallOutcome).ok).toBe(true);
  for (const frame of [
    null,
    { url: 'https://evil.example/', parent: null },
    { url: 'ddt://studio.evil.example/', parent: null },
    { url: 'ddt://other/', parent: null },
    { url: 'file:///etc/passwd', parent: null },
    { url: 'ddt://studio/', parent: window.webContents.mainFrame },
  ]) {
    expect(await call(frame)).toMatchObject({ ok: false, error: { code: 'unauthorised' } });
  }
});

test('navigation, new windows and webviews are refused', async () => {
  await start();
  const { webContents } = electron.windows[0]!;
  await settled();
  const isPrevented = (event: string, url: string): boolean => {
    let prevented = false;
    webContents.emit(event, { url, preventDefault: () => (prevented = true) });
    return prevented;
  };
  for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
    expect(isPrevented(event, 'https://evil.example/')).toBe(true);
    expect(isPrevented(event, 'ddt://studio/')).toBe(false);
  }
  expect(isPrevented('will-attach-webview', 'ddt://studio/')).toBe(true);
  expect(webContents.windowOpenHandler!({ url: 'https://evil.example' })).toEqual({ action: 'deny' });
});

test('permissions: copying and the full screen from the own page, nothing else', async () => {
  await start();
  const session = electron.session.defaultSession;
  const asked = (permission: string, requestingUrl: string): boolean => {
    let answer = false;
    session.request!(null, permission, (allowed) => (answer = allowed), { requestingUrl });
    return answer;
  };
  for (const decide of [asked, (name: string, from: string) => session.check!(null, name, from)]) {
    for (const name of ['clipboard-sanitized-write', 'fullscreen']) {
      expect(decide(name, 'ddt://studio/')).toBe(true);
      expect(decide(name, 'https://evil.example/')).toBe(false);
    }
    for (const name of ['media', 'geolocation', 'clipboard-read', 'openExternal', 'fileSystem', 'notifications']) {
      expect(decide(name, 'ddt://studio/')).toBe(false);
    }
  }
  expect(session.device!()).toBe(false);
});

test('the scheme serves the page with its policy, and nothing outside its folder', async () => {
  await start();
  const page = await electron.fetch('ddt://studio/');
  expect(await page.text()).toContain('DDT Studio');
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  for (const address of [
    'ddt://studio/..%2fsecret.json',
    'ddt://studio/%2e%2e/secret.json',
    'ddt://studio/..%5csecret.json',
    `ddt://studio/images/${'0'.repeat(64)}.png`,
  ]) {
    expect((await electron.fetch(address)).status).toBe(404);
  }
  expect((await electron.fetch('ddt://elsewhere/')).status).toBe(403);
});

test('a reloaded page starts anew: its project may be written again, its old listeners hear nothing', async () => {
  await start();
  await settled();
  const window = electron.windows[0]!;
  await window.bridge().openProject({});
  await window.loadURL('ddt://studio/');
  expect(await window.bridge().undo({})).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  expect(await window.bridge().openProject({})).toMatchObject({ ok: true, value: { readOnly: null } });
});

test('a navigation that is refused takes nothing away: the project stays open, its jobs go on', async () => {
  await start();
  await settled();
  const window = electron.windows[0]!;
  const bridge = window.bridge();
  await bridge.openProject({});
  const kinds: unknown[] = [];
  bridge.onEvent((event) => event.channel === 'job' && kinds.push(event.event.type));
  const request = { kind: 'generate' as const, prompt: 'slow', seed: 1, variations: 1, settings };
  expect(await bridge.submit({ request })).toMatchObject({ ok: true });
  await vi.waitFor(() => expect(kinds).toContain('progress'), 10_000);
  expect(window.webContents.navigate('https://evil.example/')).toBe(false);
  await settled();
  expect(kinds).not.toContain('cancelled');
  expect(await bridge.undo({})).toMatchObject({ ok: true });
});

test('the last window closes the program, which ends the engine', async () => {
  const studio = (await start())!;
  await settled();
  electron.windows[0]!.destroy();
  expect(electron.app.quitted).toBe(true);
  const connection = studio.connect({ sendEvent: () => {} });
  const status = await connection.call('status', {});
  expect(status).toMatchObject({ ok: true, value: { engine: { state: 'stopped' } } });
});

test('the menu has the commands of the window with the focus, and runs them there', async () => {
  await start();
  await settled();
  const [first] = electron.windows;
  const entry = (id: string, enabled: boolean, shortcut: string | null = 'Mod+Z') =>
    ({ id, label: id, group: 'Edit', shortcut, enabled }) as const;
  await first!.bridge().showMenu({ entries: [entry('undo', false), entry('redo', true, null)] });
  const item = (id: string) => electron.menu!.getMenuItemById(`command:${id}`);
  expect(item('undo')).toMatchObject({ enabled: false, accelerator: 'CmdOrCtrl+Z' });

  const heard: unknown[] = [];
  first!.bridge().onEvent((event) => heard.push(event));
  electron.clickMenu('undo');
  electron.clickMenu('redo');
  await vi.waitFor(() => expect(heard).toContainEqual({ channel: 'command', id: 'redo', byKey: false }));
  expect(heard).not.toContainEqual({ channel: 'command', id: 'undo', byKey: false });

  // What became possible changes the menu that is there; other keys need another one.
  const built = electron.menusBuilt;
  await first!.bridge().showMenu({ entries: [entry('undo', true), entry('redo', true, null)] });
  expect(item('undo')!.enabled).toBe(true);
  expect(electron.menusBuilt).toBe(built);
  await first!.bridge().showMenu({ entries: [entry('undo', true, 'Alt+U'), entry('redo', true, null)] });
  expect(item('undo')).toMatchObject({ accelerator: 'Alt+U' });

  electron.clickMenu('New Window');
  await settled();
  const second = electron.windows[1]!;
  await second.bridge().showMenu({ entries: [entry('select-all', true)] });
  expect(item('select-all')).toBeNull();
  second.focus();
  expect(item('select-all')).not.toBeNull();
  second.destroy();
  expect(item('select-all')).toBeNull();
  first!.focus();
  expect(item('redo')).not.toBeNull();
});

test('a menu nobody could draw is refused', async () => {
  await start();
  await settled();
  const entries = [{ id: 'x', label: '', group: 'Edit', shortcut: null, enabled: true }];
  expect(await electron.windows[0]!.invoke('showMenu', { entries })).toMatchObject({
    ok: false,
    error: { code: 'bad-request' },
  });
  const elsewhere = [{ id: 'x', label: 'x', group: 'Elsewhere', shortcut: null, enabled: true }];
  expect(await electron.windows[0]!.invoke('showMenu', { entries: elsewhere })).toMatchObject({ ok: false });
});
