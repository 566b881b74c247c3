import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { menuLimits, type MenuEntry } from '../../shared/contract/menu.js';
import { commandOf } from './commands.js';
import { isListed, menuEntries, MenuSender, performFromMenu } from './application-menu.js';
import { FakeStudio } from '../../../tests/fakes/window/fake-studio.js';
import { shortcutChoices } from '../state/shortcuts/shortcut-choices.svelte.js';
import { startStudio } from '../state/studio/start.js';
import { view } from '../state/board/view.svelte.js';

beforeEach(async () => {
  vi.stubGlobal('document', { activeElement: null, execCommand: vi.fn() });
  await startStudio(new FakeStudio());
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  shortcutChoices.change({});
});

const entryOf = (id: string): MenuEntry => menuEntries().find((one) => one.id === id)!;

it('describes commands as they are now', () => {
  expect(entryOf('duplicate')).toEqual({
    id: 'duplicate',
    label: 'Duplicate',
    group: 'Frame',
    shortcut: 'Mod+D',
    enabled: false,
  });
  shortcutChoices.change({ duplicate: [] });
  expect(entryOf('duplicate').shortcut).toBeNull();
  expect(entryOf('timeline').enabled).toBe(true);
});

it('leaves out what is only a key, and fits what a host accepts', () => {
  expect(isListed(commandOf('nudge-left'))).toBe(false);
  expect(isListed(commandOf('mask-pen'))).toBe(false);
  const entries = menuEntries();
  expect(entries.length).toBeLessThanOrEqual(menuLimits.entries);
  expect(entries.every(({ id, label }) => id.length <= menuLimits.text && label.length <= menuLimits.text)).toBe(true);
});

it('runs what is chosen, passes over what it does not know, and leaves the undo of a text field to the browser', () => {
  view.tool = 'select';
  performFromMenu('tool-hand');
  expect(view.tool).toBe('hand');
  performFromMenu('of another version');
  vi.stubGlobal('document', { activeElement: { matches: () => true }, execCommand: vi.fn() });
  performFromMenu('undo');
  expect(document.execCommand).toHaveBeenCalledExactlyOnceWith('undo');
  view.tool = 'select';
});

it('leaves keys that came through the menu to whoever writes, as the page had done', () => {
  view.tool = 'select';
  vi.stubGlobal('document', { activeElement: { matches: () => true }, execCommand: vi.fn() });
  performFromMenu('tool-hand', true);
  expect(view.tool).toBe('select');
  performFromMenu('redo', true);
  expect(document.execCommand).toHaveBeenCalledExactlyOnceWith('redo');
  performFromMenu('tool-hand');
  expect(view.tool).toBe('hand');
  vi.stubGlobal('document', { activeElement: null, execCommand: vi.fn() });
  view.tool = 'select';
  performFromMenu('tool-hand', true);
  expect(view.tool).toBe('hand');
  view.tool = 'select';
});

it('tells the host the newest, not too often and nothing twice', () => {
  vi.useFakeTimers();
  const sent: string[][] = [];
  const sender = new MenuSender((entries) => sent.push(entries.map(({ id }) => id)), 100);
  const entry = (id: string): MenuEntry => ({ id, label: id, group: 'Help', shortcut: null, enabled: true });
  sender.offer([entry('a')]);
  sender.offer([entry('b')]);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(100);
  sender.offer([entry('b')]);
  vi.advanceTimersByTime(500);
  sender.offer([entry('c')]);
  sender.stop();
  vi.advanceTimersByTime(500);
  expect(sent).toEqual([['b']]);
});
