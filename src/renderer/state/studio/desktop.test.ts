import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StudioError } from '../../../shared/errors.js';
import { addFrame, openFakeWindow } from '../../../../tests/fakes/window/fake-window.js';
import type { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { downloadImages } from '../import-export/exporting.js';
import { plainFileName, saveFile, saveFiles } from '../import-export/saving.js';
import { takeNews, tellHost } from './desktop.js';
import { fillScreen } from './full-screen.js';
import { notices } from './notices.svelte.js';
import { chooseProjectFile } from './projects.js';
import { studio } from './studio.svelte.js';

let fake: FakeStudio;
const click = vi.fn();
beforeEach(async () => {
  fake = await openFakeWindow();
  vi.stubGlobal('document', { createElement: () => ({ click }) });
  vi.stubGlobal('URL', { createObjectURL: () => 'blob:x', revokeObjectURL: () => {} });
  click.mockReset();
});
afterEach(() => vi.unstubAllGlobals());

async function inTheProgram(): Promise<void> {
  fake.host = 'electron';
  await studio.refresh();
}
const last = () => notices.list.at(-1)?.message;

describe('in the desktop program', () => {
  beforeEach(inTheProgram);

  it('a project file is chosen in the program’s dialog, which needs no click in the page', async () => {
    await chooseProjectFile();
    expect(fake.filesAsked).toBe(1);
    expect(click).not.toHaveBeenCalled();
  });

  it('several pictures are saved after one question, and only what was saved is told', async () => {
    const frames = [await addFrame('one'), await addFrame('two')];
    await downloadImages(frames);
    expect(fake.placesAsked).toEqual([['one.png', 'two.png']]);
    expect(fake.filesSaved).toEqual([]);
    expect(fake.exported).toEqual([]);
    expect(notices.list).toEqual([]);

    fake.savingPath = '/desk';
    await downloadImages(frames);
    expect(fake.placesAsked).toHaveLength(2);
    expect(fake.filesSaved).toEqual(['one.png', 'two.png']);
    expect(last()).toBe('Exported 2 pictures to /desk with prompt, seed, tokens and history inside');
    expect(click).not.toHaveBeenCalled();
  });

  it('what could not be saved is told, not counted', async () => {
    fake.savingPath = '/desk';
    fake.refusal = new StudioError('disk-full', 'There is no room left.', 'Free some space.');
    expect(await saveFile(new Blob(['a']), 'a.csv')).toBeNull();
    expect(last()).toBe('There is no room left.');
    const failing = () => Promise.reject(new StudioError('not-found', 'It is gone.', 'Undo.'));
    fake.refusal = null;
    const saved = await saveFiles([
      { fileName: 'a.png', content: failing },
      { fileName: 'b.png', content: () => new Blob(['b']) },
    ]);
    expect(saved).toEqual({ count: 1, where: ' to /desk' });
  });

  it('what the system hands over arrives: sentences, projects, pictures', async () => {
    const opened = vi.spyOn(fake, 'openOffered');
    const asked = vi.spyOn(fake, 'importImage');
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
    fake.news = {
      notices: ['The graphics process stopped.'],
      files: [
        { kind: 'project', fileName: 'trees.ddt', ticket: 't' },
        { kind: 'image', fileName: 'a.png', bytes: png },
      ],
    };
    await takeNews();
    expect(opened).toHaveBeenCalledWith({ ticket: 't' });
    expect(asked).toHaveBeenCalledWith({ fileName: 'a.png', bytes: png });
    expect(last()).toBe('“Fake” is open, from trees.ddt');
    await takeNews();
    expect(opened).toHaveBeenCalledOnce();
  });

  it('the presentation fills the screen on the program’s word, which needs no click in the page', () => {
    const requestFullscreen = vi.fn();
    const leave = fillScreen({ requestFullscreen } as unknown as Element);
    expect(fake.fullScreen).toEqual([true]);
    leave();
    expect(fake.fullScreen).toEqual([true, false]);
    expect(requestFullscreen).not.toHaveBeenCalled();
  });

  it('the program knows the theme and what waits', () => {
    tellHost({ theme: 'light', candidates: 2 });
    expect(fake.hostState).toEqual({ theme: 'light', candidates: 2 });
  });
});

it('in a browser files are downloaded, and the chooser is the page’s own', async () => {
  expect(await saveFile(new Blob(['a']), 'a.csv')).toEqual({ count: 1, where: '' });
  expect(click).toHaveBeenCalledOnce();
  await chooseProjectFile();
  expect(click).toHaveBeenCalledTimes(2);
  const requestFullscreen = vi.fn(async () => {});
  fillScreen({ requestFullscreen } as unknown as Element);
  expect(requestFullscreen).toHaveBeenCalledOnce();
  expect(fake.fullScreen).toEqual([]);
  expect([fake.placesAsked, fake.filesAsked]).toEqual([[], 0]);
});

it.each([
  ['a/b: c?.png', 'a b c.png'],
  ['  ..hidden.csv', 'hidden.csv'],
  ['???.png', 'image.png'],
  [`${'x'.repeat(300)}.png`, `${'x'.repeat(136)}.png`],
])('%s is saved as %s', (given, plain) => expect(plainFileName(given)).toBe(plain));
