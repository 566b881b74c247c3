/** What goes wrong around the desktop program, on a stand-in as strict as Electron: processes, pages, folders, machines. */
import { pictureScripts } from '../fakes/pictures.js';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { utilityLauncher } from '../../src/main/hosts/electron/launcher.js';
import { runProgram, watchProgram } from '../../src/main/hosts/electron/program.js';
import { showWhenPainted } from '../../src/main/hosts/electron/windows/showing.js';
import { keepPageAlive } from '../../src/main/hosts/electron/windows/page-health.js';
import { FakeElectron } from '../fakes/electron.js';
import { withoutRights } from '../fakes/without-rights.js';
import { ElectronRig } from './electron-rig.js';
import { fakeEngine, settled } from './transports.js';

let rig: ElectronRig;
beforeEach(() => (rig = new ElectronRig()));
afterEach(() => rig.end());

describe('the engine as a utility process', () => {
  const launch = async (limitMs?: number) => {
    await rig.electron.modules.app.whenReady();
    const launched = utilityLauncher(rig.electron.modules.utilityProcess, fakeEngine, { startLimitMs: limitMs })();
    const ends: string[] = [];
    launched.onExit((reason) => ends.push(reason));
    return { launched, ends, child: rig.electron.utilityProcesses[0]! };
  };

  test('ended before it has spawned, it ends as soon as it has', async () => {
    const { launched, ends, child } = await launch();
    expect(child.pid).toBeUndefined();
    launched.kill();
    await vi.waitFor(() => expect(ends).toEqual(['exit code 0']), 20_000);
  });

  test('a fatal error of V8 is the reason of its end, not the end of the program', async () => {
    const { ends, child } = await launch();
    await new Promise((resolve) => child.once('spawn', resolve));
    child.failFatally();
    await vi.waitFor(() => expect(ends).toEqual(['FatalError in v8::ToLocalChecked']), 20_000);
  });

  test('a start of which nothing is ever heard has an end too', async () => {
    rig.electron.forks = 'nothing';
    const { launched, ends } = await launch(10);
    await vi.waitFor(() => expect(ends).toEqual(['it could not be started']));
    launched.kill();
    expect(ends).toHaveLength(1);
  });

  test('that cannot be started is a status with a reason, and the window is there', async () => {
    rig.electron.forks = 'nothing';
    await rig.start({
      launchEngine: utilityLauncher(rig.electron.modules.utilityProcess, fakeEngine, { startLimitMs: 5 }),
      engine: { restartDelaysMs: [] },
    });
    const { api } = await rig.page();
    await vi.waitFor(async () => {
      const { engine } = await api.status({});
      expect(engine).toMatchObject({ state: 'failed', error: { code: 'engine-stopped' } });
      expect(engine.error!.message).toContain('could not be started');
    }, 20_000);
  });
});

describe('a window', () => {
  test('is shown though its page never paints', async () => {
    rig.electron.pages = 'never painting';
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await rig.electron.modules.app.whenReady();
      const window = new rig.electron.modules.BrowserWindow({}) as unknown as ElectronRig['window'];
      showWhenPainted(window as never);
      window.webContents.emit('did-finish-load');
      vi.advanceTimersByTime(1_999);
      expect(window.shown).toBe(false);
      vi.advanceTimersByTime(1);
      expect(window.shown).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  test('is shown though its page cannot be had, which does not end the program', async () => {
    rig.electron.pages = 'failing';
    const noted = vi.spyOn(console, 'error').mockImplementation(() => {});
    await rig.start();
    await vi.waitFor(() => expect(rig.window.shown).toBe(true), 10_000);
    expect(noted).toHaveBeenCalled();
    noted.mockRestore();
  });

  test('that crashes is loaded again and says so, three times in a minute, then asks', async () => {
    await rig.electron.modules.app.whenReady();
    const window = new rig.electron.modules.BrowserWindow({}) as unknown as ElectronRig['window'];
    rig.electron.scheme = () => Promise.resolve(new Response(''));
    await window.loadURL('ddt://studio/');
    let clock = 0;
    keepPageAlive(rig.electron.modules, window as never, {
      onIncident: (incident) => rig.incidents.push(incident),
      now: () => clock,
    });
    const crash = async () => {
      window.webContents.crash('oom');
      await settled();
    };
    await crash();
    await crash();
    clock = 59_999;
    await crash();
    expect(window.webContents.reloads).toBe(3);
    expect(rig.said).toEqual([]);
    // The first two have been forgotten.
    clock = 60_000;
    await crash();
    expect(window.webContents.reloads).toBe(4);
    clock = 60_001;
    await crash();
    expect(window.webContents.reloads).toBe(5);
    rig.electron.dialogs.answer = 'Load it again';
    await crash();
    expect(rig.said).toEqual(['This window keeps failing.']);
    expect(rig.electron.dialogs.shown[0]!.parent).toBe(window);
    expect(window.webContents.reloads).toBe(6);
    rig.electron.dialogs.answer = 'Close the window';
    for (let again = 0; again < 4; again++) await crash();
    expect(window.isDestroyed()).toBe(true);
    expect(rig.incidents.map(({ told }) => told)).toContain(true);
  });

  test('that crashed tells the person once its page is back, with the project as it was', async () => {
    await rig.start();
    const { api } = await rig.page();
    await api.createProject({ name: 'Kept' });
    rig.window.webContents.crash('crashed');
    const after = await rig.page();
    expect((await after.api.openProject({})).document.name).toBe('Kept');
    expect((await after.api.takeNews({})).notices).toEqual([expect.stringContaining('loaded again')]);
    expect((await after.api.takeNews({})).notices).toEqual([]);
    expect(rig.incidents).toMatchObject([{ process: 'window', reason: 'crashed' }]);
  });

  test('that hangs asks whether to wait, and takes the question back when it answers', async () => {
    await rig.start();
    await settled();
    let signal: AbortSignal | undefined;
    const { dialog } = rig.electron.modules;
    Object.assign(dialog, {
      showMessageBox: (_parent: unknown, options: { signal: AbortSignal }) => {
        signal = options.signal;
        return new Promise(() => {});
      },
    });
    rig.window.emit('unresponsive');
    rig.window.emit('unresponsive');
    expect(signal!.aborted).toBe(false);
    rig.window.emit('responsive');
    expect(signal!.aborted).toBe(true);
    expect(rig.incidents).toHaveLength(1);
  });
});

test('a graphics process that died is noted and told, an engine ended on purpose is not', async () => {
  await rig.start();
  const { api, heard } = await rig.page();
  const { app } = rig.electron;
  app.emit('child-process-gone', {}, { type: 'Utility', name: 'DDT Studio engine', reason: 'killed', exitCode: 0 });
  expect(rig.incidents).toEqual([]);
  app.emit('child-process-gone', {}, { type: 'Utility', name: 'DDT Studio engine', reason: 'oom', exitCode: 5 });
  app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 9 });
  expect(rig.incidents).toMatchObject([
    { process: 'engine', reason: 'oom', told: true },
    { process: 'graphics', reason: 'crashed', exitCode: 9 },
  ]);
  await vi.waitFor(() => expect(heard).toContainEqual({ channel: 'news' }));
  expect((await api.takeNews({})).notices).toEqual([expect.stringContaining('graphics')]);
});

test('a package that runs without Chromium’s sandbox says so', async () => {
  Object.assign(rig.electron.app, { isPackaged: true });
  rig.electron.app.switches.add('no-sandbox');
  await rig.start();
  const { api } = await rig.page();
  expect((await api.takeNews({})).notices).toEqual([expect.stringContaining('without its sandbox')]);
});

describe('a start that cannot succeed', () => {
  const told = () => rig.electron.dialogs.shown.filter(({ kind }) => kind === 'error');

  test('in a data folder that cannot be written says so in a box, after Electron is ready', async () => {
    mkdirSync(join(rig.folders.data, '..', 'file'), { recursive: true });
    const file = join(rig.folders.data, '..', 'file', 'plain');
    writeFileSync(file, '');
    const { app } = rig.electron;
    await runProgram(rig.electron.modules, () =>
      rig.start({ paths: { ...pathsOf(rig), dataDirectory: join(file, 'data') } }),
    );
    expect(app.ready).toBe(true);
    expect(told()).toHaveLength(1);
    expect(told()[0]!.options['content']).toMatch(/Nothing may be written|cannot/);
    expect(app.exitCode).toBe(1);
    expect(rig.electron.windows).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('in a folder of somebody else too', async () => {
    mkdirSync(rig.folders.data, { recursive: true });
    // The folder of a test belongs to whoever runs it alone.
    chmodSync(join(rig.folders.data, '..'), 0o755);
    await withoutRights(rig.folders.data, () => runProgram(rig.electron.modules, () => rig.start()));
    expect(told()).toHaveLength(1);
    expect(rig.electron.windows).toEqual([]);
  });

  test('on a machine the engine does not exist for says so, and what to use instead', async () => {
    await runProgram(rig.electron.modules, () => rig.start({ platform: 'darwin', architecture: 'x64' }));
    expect(told()[0]!.options['content']).toMatch(/Macs with an Intel processor.*\n.*Apple silicon/);
    expect(rig.electron.app.exitCode).toBe(1);
  });
});

test('an error nobody foresaw is noted and told in plain words, and the program can be started again', async () => {
  const electron = new FakeElectron();
  await electron.modules.app.whenReady();
  const program = Object.assign(new EventEmitter(), { env: {}, argv: [] });
  const relaunch = vi.fn();
  Object.assign(electron.app, { relaunch });
  watchProgram(electron.modules, program as never, (incident) => rig.incidents.push(incident));
  program.emit('unhandledRejection', 'no reason');
  expect(electron.dialogs.shown).toEqual([]);
  electron.dialogs.answer = 'Start again';
  program.emit('uncaughtException', new Error('the roof is on fire'));
  const { options } = electron.dialogs.shown[0]!;
  expect(options['detail']).toBe('the roof is on fire\nEverything you committed is saved.');
  expect(rig.incidents.map(({ detail }) => detail!.includes('at '))).toEqual([true, true]);
  expect(relaunch).toHaveBeenCalled();
  expect(electron.app.exitCode).toBe(1);
});

test.skipIf(process.platform === 'win32')('an AppImage is started again as the file it is', async () => {
  const electron = new FakeElectron();
  await electron.modules.app.whenReady();
  const said = join(rig.folders.data, '..', 'said');
  const image = join(rig.folders.data, '..', 'studio.AppImage');
  writeFileSync(image, `#!/bin/sh\necho "$@" > "${said}.new" && mv "${said}.new" "${said}"\n`, { mode: 0o755 });
  const program = Object.assign(new EventEmitter(), { env: { APPIMAGE: image }, argv: ['studio', '--data', '/a b'] });
  const relaunch = vi.fn();
  Object.assign(electron.app, { relaunch, isPackaged: true });
  electron.app.requestSingleInstanceLock({});
  watchProgram(electron.modules, program as never, () => {});
  electron.dialogs.answer = 'Start again';
  program.emit('uncaughtException', new Error('the roof is on fire'));
  expect(relaunch).not.toHaveBeenCalled();
  expect(electron.app.lockData).toBeNull();
  await vi.waitFor(() => expect(readFileSync(said, 'utf8')).toBe('--data /a b\n'), 20_000);
});

function pathsOf({ folders }: ElectronRig) {
  return {
    root: '/program',
    version: '1.2.3',
    engineScript: fakeEngine,
    projectCheckScript: '/project-check.js',
    pictureScripts: pictureScripts(),
    rendererDirectory: folders.renderer,
    preloadScript: '/preload.cjs',
    packDirectories: [folders.packs],
    dataDirectory: folders.data,
    noticesFile: '/notices.txt',
  };
}
