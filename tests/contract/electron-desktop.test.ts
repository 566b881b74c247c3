/** What a desktop program has beyond a page, driven through the stand-in for Electron. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Updater } from '../../src/main/hosts/electron/updates/updates.js';
import { encodePng } from '../../src/main/storage/images/images.js';
import { display } from '../fakes/electron/desktop.js';
import { writeFakePack } from '../fakes/fake-pack.js';
import { ElectronRig } from './electron-rig.js';
import { putFrame } from './helpers.js';
import { projectCheckScript, settled } from './transports.js';

let rig: ElectronRig;
beforeAll(async () => {
  ElectronRig.projectCheckScript = await projectCheckScript();
});
beforeEach(() => (rig = new ElectronRig()));
afterEach(() => rig.end());

const picture = () => encodePng({ width: 4, height: 4, data: new Uint8Array(64).fill(200) });

/** A file somewhere on the person's disk. */
function fileOf(name: string, bytes: Uint8Array): string {
  const folder = join(rig.folders.data, '..', 'desk');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

/** A copy of a project, as somebody would send it to somebody else. */
async function projectFile(): Promise<string> {
  const { api } = await rig.page();
  await api.createProject({ name: 'Trees' });
  const path = join(rig.folders.data, '..', 'trees.ddt');
  rig.electron.dialogs.savePath = path;
  expect(await api.saveCopy({})).toEqual({ kind: 'saved', path });
  return path;
}

describe('files of the system', () => {
  test('given at the start wait until the page asks', async () => {
    const png = fileOf('a.png', picture());
    await rig.start({ start: { parameters: [], workingDirectory: '/', files: [png] } });
    const { api } = await rig.page();
    const { files } = await api.takeNews({});
    expect(files).toEqual([{ kind: 'image', fileName: 'a.png', bytes: new Uint8Array(picture()) }]);
    expect((await api.takeNews({})).files).toEqual([]);
  });

  test('a Mac names before it is ready come too, and later ones reach the running window', async () => {
    const png = fileOf('a.png', picture());
    const starting = rig.start({ platform: 'darwin' });
    rig.electron.app.openFile(png);
    await starting;
    const { api, heard } = await rig.page();
    expect((await api.takeNews({})).files).toHaveLength(1);
    rig.electron.app.openFile(png);
    await vi.waitFor(() => expect(heard).toContainEqual({ channel: 'news' }));
    expect((await api.takeNews({})).files).toHaveLength(1);
  });

  test('a project of a second start opens in the window that is there, and is remembered', async () => {
    await rig.start({ start: { parameters: ['--lang=de'], workingDirectory: '/home', files: [] } });
    const path = await projectFile();
    const { api } = await rig.page();
    await api.createProject({ name: 'Other' });
    rig.window.focused = false;
    // Chromium adds switches to what it hands on, so it is read from what the second start says itself.
    rig.electron.app.startAgain(['/x', '--original-process-start-time=1', 'trees.ddt'], '/', {
      parameters: ['trees.ddt'],
      workingDirectory: join(path, '..'),
    });
    expect(rig.window.focused).toBe(true);
    expect(rig.electron.windows).toHaveLength(1);
    const { files } = await api.takeNews({});
    if (files[0]?.kind !== 'project') throw new Error('A project was expected.');
    expect((await api.openOffered({ ticket: files[0].ticket })).document.name).toBe('Trees');
    // A ticket is used up, and nobody can make one.
    await expect(api.openOffered({ ticket: files[0].ticket })).rejects.toMatchObject({ code: 'not-found' });
    expect(rig.electron.app.recentDocuments).toContain(path);
    expect(rig.electron.app.lockData).toEqual({ parameters: ['--lang=de'], workingDirectory: '/home' });
  });

  test('of the library itself open where they lie, without a copy', async () => {
    await rig.start();
    const { api } = await rig.page();
    const { document } = await api.createProject({ name: 'Mine' });
    await api.createProject({ name: 'Other' });
    rig.electron.app.openFile(join(rig.folders.data, 'projects', `${document.id}.ddt`));
    const [file] = (await api.takeNews({})).files;
    if (file?.kind !== 'project') throw new Error('A project was expected.');
    const before = (await api.listProjects({})).length;
    expect((await api.openOffered({ ticket: file.ticket })).document.id).toBe(document.id);
    expect(await api.listProjects({})).toHaveLength(before);
  });

  test('that cannot be read are named', async () => {
    await rig.start();
    const { api } = await rig.page();
    rig.electron.app.openFile('/nowhere/at/all.png');
    expect(await api.takeNews({})).toEqual({ files: [], notices: ['“all.png” cannot be read.'] });
  });

  test('chosen in the dialog of the window need no click in its page', async () => {
    await rig.start();
    const { api } = await rig.page();
    const { webContents } = rig.window;
    // What the menu sends gives a page no right to open a chooser of its own.
    rig.electron.clickMenu('About DDT Studio');
    expect(webContents.askBrowser()).toBe(false);
    expect(await api.chooseFiles({})).toEqual({ chosen: false });
    rig.electron.dialogs.openPaths = [fileOf('b.png', picture())];
    expect(await api.chooseFiles({})).toEqual({ chosen: true });
    expect((await api.takeNews({})).files).toMatchObject([{ fileName: 'b.png' }]);
    const opens = rig.electron.dialogs.shown.filter(({ kind }) => kind === 'open');
    expect(opens.map(({ parent }) => parent === rig.window)).toEqual([true, true]);
  });

  test('used lately are in the menu; one that is gone is forgotten', async () => {
    await rig.start();
    const path = await projectFile();
    const { api } = await rig.page();
    rig.electron.clickMenu('trees.ddt');
    expect((await api.takeNews({})).files).toMatchObject([{ kind: 'project', fileName: 'trees.ddt' }]);
    const { rmSync } = await import('node:fs');
    rmSync(path);
    rig.electron.clickMenu('trees.ddt');
    expect((await api.takeNews({})).notices).toEqual(['“trees.ddt” is not there any more.']);
    expect(() => rig.electron.clickMenu('trees.ddt')).toThrow();
  });

  test('used lately can be forgotten, here and in the system’s own list', async () => {
    await rig.start();
    const path = await projectFile();
    expect(rig.electron.app.recentDocuments).toEqual([path]);
    rig.electron.clickMenu('Clear Menu');
    expect(rig.electron.app.recentDocuments).toEqual([]);
    expect(() => rig.electron.clickMenu('trees.ddt')).toThrow();
  });
});

describe('files that leave', () => {
  test('several go into one folder, after one question, beside what is there already', async () => {
    await rig.start();
    const { api } = await rig.page();
    const folder = join(rig.folders.data, '..', 'desk');
    fileOf('a.png', new Uint8Array([9]));
    expect(await api.chooseSavingPlace({ fileNames: ['a.png', 'a.png'] })).toBeNull();
    rig.electron.dialogs.openPaths = [folder];
    const place = (await api.chooseSavingPlace({ fileNames: ['a.png', 'a.png'] }))!;
    const { ticket } = place;
    const save = (value: number) => api.saveFile({ ticket, fileName: 'a.png', bytes: new Uint8Array([value]) });
    expect((await save(1)).path).toBe(join(folder, 'a (2).png'));
    expect((await save(2)).path).toBe(join(folder, 'a (3).png'));
    expect([...readFileSync(join(folder, 'a.png'))]).toEqual([9]);
    expect(readdirSync(folder).sort()).toEqual(['a (2).png', 'a (3).png', 'a.png']);
    expect(rig.electron.dialogs.shown.filter(({ kind }) => kind !== 'message')).toHaveLength(2);
  });

  test('one goes where its dialog says, whole or not at all', async () => {
    await rig.start();
    const { api } = await rig.page();
    const path = fileOf('chosen.png', new Uint8Array([9]));
    rig.electron.dialogs.savePath = path;
    const { ticket } = (await api.chooseSavingPlace({ fileNames: ['a.png'] }))!;
    await api.saveFile({ ticket, fileName: 'a.png', bytes: new Uint8Array([1]) });
    expect([...readFileSync(path)]).toEqual([1]);
    expect(readdirSync(join(path, '..'))).toEqual(['chosen.png']);
    expect(rig.electron.dialogs.shown[0]).toMatchObject({ options: { defaultPath: 'a.png' } });
    expect(rig.electron.dialogs.shown[0]!.parent).toBe(rig.window);

    rig.electron.dialogs.savePath = join(path, 'no', 'folder.png');
    const lost = (await api.chooseSavingPlace({ fileNames: ['a.png'] }))!;
    await expect(
      api.saveFile({ ticket: lost.ticket, fileName: 'a.png', bytes: new Uint8Array([1]) }),
    ).rejects.toMatchObject({ remedy: expect.stringMatching(/./) });
  });

  test.each(['../a.png', 'a/b.png', 'C:\\a.png', '.hidden', 'con.png', 'a.png ', '', 'a\u0000.png'])(
    'a page cannot name %j',
    async (fileName) => {
      await rig.start();
      const { api } = await rig.page();
      await expect(api.chooseSavingPlace({ fileNames: [fileName, 'b.png'] })).rejects.toMatchObject({
        code: 'bad-request',
      });
    },
  );

  test('nothing is saved without a place the person chose', async () => {
    await rig.start();
    const { api } = await rig.page();
    const ticket = '00000000-0000-4000-8000-000000000000';
    const call = api.saveFile({ ticket, fileName: 'a.png', bytes: new Uint8Array() });
    await expect(call).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a picture is dragged out as a file with its record, gone with the program', async () => {
    await rig.start();
    const { api } = await rig.page();
    const { imageId } = await putFrame(api, 'grey', 90);
    await vi.waitFor(() => api.dragOut({ imageId, fileName: 'grey.png', metadata: true }), 10_000);
    const [{ file }] = rig.window.webContents.dragged as [{ file: string }];
    expect(file).toMatch(/grey\.png$/);
    expect([...readFileSync(file).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    rig.electron.app.quit();
    expect(existsSync(file)).toBe(false);
  });

  test('downloads of other places are refused', async () => {
    await rig.start();
    const { defaultSession } = rig.electron.session;
    const { webContents } = rig.window;
    expect(defaultSession.download('https://evil.example/a.exe', webContents).prevented).toBe(true);
    expect(defaultSession.download('blob:https://evil.example/1', webContents).prevented).toBe(true);
    expect(defaultSession.download('blob:ddt://studio/1', webContents)).toMatchObject({ prevented: false });
  });
});

describe('windows', () => {
  test('come back where they were, on a display that is there', async () => {
    rig.electron.screen.displays = [display(1, 0, 0, 1920, 1080), display(2, 1920, 0, 2560, 1440)];
    await rig.start({ platform: 'darwin' });
    await settled();
    const place = { x: 2000, y: 100, width: 1200, height: 800 };
    rig.window.moveTo(place);
    rig.window.close();
    rig.electron.clickMenu('New Window');
    expect(rig.window.getNormalBounds()).toEqual(place);
    rig.window.close();
    rig.electron.screen.displays = [display(1, 0, 0, 1280, 720)];
    rig.electron.clickMenu('New Window');
    expect(rig.window.getNormalBounds()).toEqual({ x: 0, y: 0, width: 1280, height: 720 });
  });

  test('fill the screen on the page’s word, without a click in it', async () => {
    await rig.start();
    const { api } = await rig.page();
    await api.setFullScreen({ on: true });
    expect(rig.window.fullScreen).toBe(true);
    await api.setFullScreen({ on: false });
    expect(rig.window.fullScreen).toBe(false);
  });

  test('give the whole program their theme', async () => {
    await rig.start();
    const { api } = await rig.page();
    await api.tellHost({ theme: 'light', candidates: 0 });
    expect(rig.electron.nativeTheme.themeSource).toBe('light');
    await api.tellHost({ theme: 'system', candidates: 0 });
    expect(rig.electron.nativeTheme.themeSource).toBe('system');
  });

  test('have no developer tools in a build for everyone', async () => {
    rig.electron.app.isPackaged = true;
    await rig.start();
    expect(rig.window.options.webPreferences).toMatchObject({ devTools: false });
    expect(rig.electron.menu!.every().map(({ role }) => role)).not.toContain('reload');
  });
});

describe('long work', () => {
  test('shows on the taskbar and keeps the machine awake, until it ends or its page does', async () => {
    await rig.start();
    const page = await rig.page();
    const jobId = await rig.startJob(page, 'slow');
    const { powerSaveBlocker } = rig.electron;
    expect(powerSaveBlocker.running.size).toBe(0);
    await vi.waitFor(() => expect(powerSaveBlocker.running.size).toBe(1), { timeout: 30_000 });
    expect(rig.window.progress).toBeGreaterThan(0);
    await page.api.cancel({ jobId });
    await vi.waitFor(() => expect(rig.window.progress).toBe(-1));
    expect(powerSaveBlocker.running.size).toBe(0);
  });
});

describe('one question', () => {
  test('before a window closes that has work or candidates; without them none', async () => {
    await rig.start({ platform: 'darwin' });
    const page = await rig.page();
    await rig.startJob(page);
    await page.api.tellHost({ theme: 'dark', candidates: 3 });
    const { window } = rig;
    window.close();
    window.close();
    await settled();
    expect(rig.said).toEqual(['Close and lose a job that has not ended and 3 candidates you have not taken?']);
    expect(rig.electron.dialogs.shown[0]!.parent).toBe(window);
    expect(window.isDestroyed()).toBe(false);
    rig.electron.dialogs.answer = 'Close';
    window.close();
    await settled();
    expect(window.isDestroyed()).toBe(true);
    rig.electron.clickMenu('New Window');
    await settled();
    rig.window.close();
    expect(rig.said).toHaveLength(2);
    expect(rig.electron.windows).toEqual([]);
  });

  test('before the program ends, for all windows together', async () => {
    await rig.start();
    const first = await rig.page();
    await first.api.tellHost({ theme: 'dark', candidates: 1 });
    rig.electron.clickMenu('New Window');
    const second = await rig.page(rig.electron.windows[1]!);
    await second.api.tellHost({ theme: 'dark', candidates: 2 });
    rig.electron.app.quit();
    await settled();
    expect(rig.electron.app.quitted).toBe(false);
    expect(rig.said).toEqual(['Quit and lose 3 candidates you have not taken?']);
    rig.electron.dialogs.answer = 'Quit';
    rig.electron.app.quit();
    await vi.waitFor(() => expect(rig.electron.app.quitted).toBe(true));
    expect(rig.said).toHaveLength(2);
  });
});

test('about says versions, what computes and the terms, and can be copied', async () => {
  await rig.start();
  const { api } = await rig.page();
  await vi.waitFor(async () => expect((await api.status({})).engine.state).toBe('ready'), 20_000);
  rig.electron.dialogs.answer = 'Copy';
  rig.window.focus();
  rig.electron.clickMenu('About DDT Studio');
  await settled();
  expect(rig.electron.dialogs.shown[0]!.parent).toBe(rig.window);
  expect(rig.electron.clipboard.text).toMatch(
    /DDT Studio\nVersion 1\.2\.3 on linux x64\nElectron .*Node \d[^\n]*\nComputes on cpu\. .*\nPack \S+ .*\nApache License 2\.0/,
  );
  rig.electron.dialogs.answer = 'Licences';
  rig.electron.clickMenu('About DDT Studio');
  await settled();
  expect(rig.electron.shell.opened).toEqual([join('/program', 'LICENSE')]);
});

describe('updates', () => {
  const installed = vi.fn();
  beforeEach(() => void installed.mockClear());
  const updater = (version: string | null): Updater => ({
    check: async () => version,
    download: async (onProgress) => onProgress(0.5),
    install: () => installed(),
  });

  test('are not looked for where there is no place to look', async () => {
    await rig.start();
    expect(() => rig.electron.clickMenu('Check for Updates…')).toThrow('no Check for Updates');
  });

  test('are looked for when asked, and each step is asked for', async () => {
    let given = updater(null);
    const load = vi.fn(async () => given);
    await rig.start({ loadUpdater: load });
    await settled();
    expect(load).not.toHaveBeenCalled();
    rig.window.focus();
    const click = async (answer: string | null) => {
      rig.electron.dialogs.answer = answer;
      rig.electron.clickMenu('Check for Updates…');
      await settled();
    };
    await click(null);
    expect(rig.said).toEqual(['DDT Studio is up to date.']);
    expect(rig.electron.dialogs.shown[0]!.parent).toBe(rig.window);
    given = updater('2.0.0');
    await click('Later');
    expect(rig.said.at(-1)).toBe('DDT Studio 2.0.0 can be fetched.');
    expect(installed).not.toHaveBeenCalled();
    const failing = { ...given, check: async () => Promise.reject(new Error('no network\n  at x')) };
    given = failing;
    await click(null);
    expect(rig.electron.dialogs.shown.at(-1)!.options['detail']).toBe('no network\nTry again later.');
  });

  test('go on though the window that asked for them was closed while they were fetched', async () => {
    const closing = { ...updater('2.0.0'), download: async () => rig.window.close() };
    await rig.start({ platform: 'darwin', loadUpdater: async () => closing });
    await settled();
    rig.window.focus();
    rig.electron.dialogs.answer = 'Fetch it';
    rig.electron.clickMenu('Check for Updates…');
    await vi.waitFor(() => expect(rig.said.at(-1)).toBe('DDT Studio 2.0.0 is ready.'));
    expect(rig.electron.dialogs.shown.at(-1)!.parent).toBeNull();
  });

  test('begin only after the one question about work that would be lost', async () => {
    await rig.start({ loadUpdater: async () => updater('2.0.0') });
    const { api } = await rig.page();
    await api.tellHost({ theme: 'dark', candidates: 1 });
    rig.electron.dialogs.answer = ['Fetch it', 'Install and start again'];
    rig.electron.clickMenu('Check for Updates…');
    await vi.waitFor(() => expect(rig.said.at(-1)).toBe('Quit and lose a candidate you have not taken?'));
    await settled();
    expect(installed).not.toHaveBeenCalled();
    rig.electron.dialogs.answer = ['Fetch it', 'Install and start again', 'Quit'];
    rig.electron.clickMenu('Check for Updates…');
    await vi.waitFor(() => expect(installed).toHaveBeenCalledOnce());
    const asked = rig.said.length;
    rig.electron.app.quit();
    expect(rig.electron.app.quitted).toBe(true);
    expect(rig.said).toHaveLength(asked);
  });
});

test('the menu of a text field corrects words; elsewhere than on a Mac a dictionary is fetched only when somebody says so', async () => {
  await rig.start();
  await settled();
  const { defaultSession } = rig.electron.session;
  expect(defaultSession.spelling).toBe(false);
  const params = {
    isEditable: true,
    selectionText: '',
    misspelledWord: 'cirkle',
    dictionarySuggestions: ['circle'],
    editFlags: { canUndo: true, canRedo: false, canCut: false, canCopy: false, canPaste: true, canSelectAll: true },
  };
  const { webContents } = rig.window;
  webContents.emit('context-menu', {}, params);
  rig.electron.contextMenu!.click('circle');
  expect(webContents.edits).toEqual(['replace circle']);
  rig.window.focus();
  rig.electron.contextMenu!.click('Check spelling while typing');
  await settled();
  expect(defaultSession.spelling).toBe(false);
  rig.electron.dialogs.answer = 'Fetch it';
  rig.electron.contextMenu!.click('Check spelling while typing');
  await settled();
  expect(defaultSession.spelling).toBe(true);
  rig.electron.contextMenu = null;
  webContents.emit('context-menu', {}, { ...params, isEditable: false });
  expect(rig.electron.contextMenu).toBeNull();
});

test('a Mac checks spelling by itself', async () => {
  await rig.start({ platform: 'darwin' });
  expect(rig.electron.session.defaultSession.spelling).toBe(true);
});

test('a pack is installed from where the window’s own dialog says, a folder or a zip', async () => {
  await rig.start();
  const { api } = await rig.page();
  const source = writeFakePack(join(rig.folders.data, '..', 'desk', 'pack'), { name: 'brought', version: '1.0.0' });
  await expect(api.offerPack({ place: { path: source } })).rejects.toMatchObject({ code: 'bad-request' });
  rig.electron.dialogs.openPaths = null;
  expect(await api.offerPack({ place: { ask: 'zip' } })).toBeNull();
  expect(rig.electron.dialogs.shown.at(-1)?.options).toMatchObject({
    properties: ['openFile'],
    filters: [{ extensions: ['zip'] }],
  });
  rig.electron.dialogs.openPaths = [source];
  const offered = (await api.offerPack({ place: { ask: 'folder' } }))!;
  expect(await api.installPack({ ticket: offered.ticket })).toEqual({ id: 'brought@1.0.0' });
  expect(await api.installedPacks({})).toContain('brought@1.0.0');
  expect((await api.listPacks({})).map(({ id }) => id)).toContain('brought@1.0.0');
});
