/** Windows of the desktop program on the stand-in for Electron: how they appear, come back, hang, and what keys of the system do in them. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ElectronRig } from './electron-rig.js';
import { settled } from './transports.js';

let rig: ElectronRig;
beforeEach(() => (rig = new ElectronRig()));
afterEach(() => rig.end());

test('one that was left maximised stays hidden until it has painted', async () => {
  await rig.start({ platform: 'darwin' });
  await vi.waitFor(() => expect(rig.window.shown).toBe(true), 10_000);
  rig.window.maximize();
  rig.window.close();
  rig.electron.pages = 'never painting';
  rig.electron.clickMenu('New Window');
  await settled();
  expect(rig.window).toMatchObject({ shown: false, maximized: false });
  rig.window.emit('ready-to-show');
  expect(rig.window).toMatchObject({ shown: true, maximized: true });
});

test('one that was minimised comes back when the program is started again', async () => {
  await rig.start();
  await settled();
  rig.window.minimize();
  rig.electron.app.startAgain([], '/', { parameters: [], workingDirectory: '/' });
  expect(rig.window).toMatchObject({ minimized: false, focused: true });
});

test('one that hangs is ended and loaded again when the person says so, and left alone otherwise', async () => {
  await rig.start();
  await rig.page();
  const { webContents } = rig.window;
  rig.window.emit('unresponsive');
  await settled();
  expect(webContents.reloads).toBe(0);
  rig.electron.dialogs.answer = 'Load it again';
  rig.window.emit('unresponsive');
  await vi.waitFor(() => expect(webContents.reloads).toBe(1));
  expect(rig.incidents.map(({ reason }) => reason)).toEqual(['unresponsive', 'unresponsive', 'killed']);
  const { api } = await rig.page();
  expect((await api.takeNews({})).notices).toEqual([expect.stringContaining('loaded again')]);
});

describe('keys the page let pass', () => {
  const press = async (platform: NodeJS.Platform) => {
    await rig.start({ platform });
    const { api, heard } = await rig.page();
    const entries = [{ id: 'undo', label: 'Undo', group: 'Edit' as const, shortcut: 'Mod+Z', enabled: true }];
    await api.showMenu({ entries });
    rig.electron.menu!.press('CmdOrCtrl+Z', platform);
    await settled();
    return heard.filter(({ channel }) => channel === 'command');
  };

  test('reach the menu of a Mac, which says that they were keys', async () => {
    expect(await press('darwin')).toEqual([{ channel: 'command', id: 'undo', byKey: true }]);
  });

  test('are only shown by the menus of other systems', async () => {
    expect(await press('linux')).toEqual([]);
  });
});

test('Windows waits with the end of its session for one answer about all that would be lost', async () => {
  await rig.start({ platform: 'win32' });
  const first = await rig.page();
  rig.electron.clickMenu('New Window');
  const [one, other] = rig.electron.windows;
  await rig.page(other);
  expect(one!.endSession()).toBe(false);
  await first.api.tellHost({ theme: 'dark', candidates: 2 });
  expect([one!.endSession(), other!.endSession()]).toEqual([true, true]);
  await settled();
  expect(rig.said).toEqual(['Quit and lose 2 candidates you have not taken?']);
  expect(rig.electron.app.quitted).toBe(false);
  rig.electron.dialogs.answer = 'Quit';
  expect(one!.endSession()).toBe(true);
  await vi.waitFor(() => expect(rig.electron.app.quitted).toBe(true));
});
