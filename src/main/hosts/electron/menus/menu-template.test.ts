import type { MenuItemConstructorOptions } from 'electron';
import { assert, constantFrom, property } from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { MenuEntry } from '../../../../shared/contract/menu.js';
import { acceleratorOf } from './accelerators.js';
import { menuItemId, menuTemplate } from './menu-template.js';

const entry = (id: string, group: MenuEntry['group'], shortcut: string | null = null, enabled = true): MenuEntry => ({
  id,
  label: id,
  group,
  shortcut,
  enabled,
});
const actions = (platform: NodeJS.Platform = 'linux', development = true) => ({
  platform,
  development,
  recentFiles: [] as { path: string; name: string }[],
  openWindow: vi.fn(),
  openRecent: vi.fn(),
  clearRecent: vi.fn(),
  showAbout: vi.fn(),
  checkForUpdates: null as (() => void) | null,
  run: vi.fn(),
});
const labels = (template: MenuItemConstructorOptions[]) => template.map(({ label, role }) => label ?? role);
const submenu = (template: MenuItemConstructorOptions[], label: string) =>
  template.find((one) => one.label === label)!.submenu as MenuItemConstructorOptions[];

describe('the menu', () => {
  it('without a window offers only what the program itself can do', () => {
    expect(labels(menuTemplate([], actions()))).toEqual(['File', 'Edit', 'View', 'windowMenu', 'Help']);
    expect(labels(menuTemplate([], actions('darwin')))[0]).toBe('DDT Studio');
    expect(submenu(menuTemplate([], actions()), 'Edit').map(({ role }) => role)).toContain('undo');
  });

  it('has every command once, in the menu of its group, with what it is called and how it is', () => {
    const doing = actions();
    const entries = [
      entry('save-copy', 'Project', 'Mod+Shift+S'),
      entry('undo', 'Edit', 'Mod+Z', false),
      entry('accept', 'Candidates', 'Enter'),
      entry('help & keys', 'Help', '?'),
    ];
    const template = menuTemplate(entries, doing);
    expect(labels(template)).toEqual(['File', 'Edit', 'Create', 'View', 'windowMenu', 'Help']);
    expect(submenu(template, 'File').map(({ id, type, role }) => id ?? type ?? role)).toEqual([
      'new-window',
      undefined,
      'separator',
      menuItemId('save-copy'),
      'separator',
      'quit',
    ]);
    const [undo] = submenu(template, 'Edit');
    expect(undo).toMatchObject({
      id: menuItemId('undo'),
      enabled: false,
      accelerator: 'CmdOrCtrl+Z',
      registerAccelerator: false,
    });
    expect(submenu(template, 'Edit').map(({ role }) => role)).not.toContain('undo');
    expect(submenu(template, 'Help')[0]!.label).toBe('help && keys');
    const click = submenu(template, 'Create')[0]!.click as (...given: unknown[]) => void;
    click(null, null, { triggeredByAccelerator: false });
    expect(doing.run).toHaveBeenCalledExactlyOnceWith('accept', false);
  });

  it('says where a command came by its keys: a Mac cannot merely show them', () => {
    const doing = actions('darwin');
    const [undo] = submenu(menuTemplate([entry('undo', 'Edit', 'Mod+Z')], doing), 'Edit');
    (undo!.click as (...given: unknown[]) => void)(null, null, { triggeredByAccelerator: true });
    expect(doing.run).toHaveBeenCalledExactlyOnceWith('undo', true);
  });

  it('has tools for developers only where one develops', () => {
    const roles = (development: boolean) =>
      submenu(menuTemplate([], actions('linux', development)), 'View').map(({ role }) => role);
    expect(roles(true)).toEqual(['reload', 'togglefullscreen', 'toggleDevTools']);
    expect(roles(false)).toEqual(['togglefullscreen']);
  });

  it('looks for updates only in a build that knows where, and lists the files used lately', () => {
    const doing = { ...actions(), recentFiles: [{ path: '/a/b & c.ddt', name: 'b & c.ddt' }] };
    expect(submenu(menuTemplate([], doing), 'Help').map(({ id }) => id)).toEqual(['about']);
    const withUpdates = menuTemplate([], { ...doing, checkForUpdates: vi.fn() });
    expect(submenu(withUpdates, 'Help').map(({ id }) => id)).toEqual(['about', 'updates']);
    const recent = submenu(withUpdates, 'File')[1]!.submenu as MenuItemConstructorOptions[];
    expect(recent[0]!.label).toBe('b && c.ddt');
    (recent[0]!.click as () => void)();
    expect(doing.openRecent).toHaveBeenCalledWith('/a/b & c.ddt');
  });
});

describe('accelerators', () => {
  it.each([
    ['Mod+Shift+Z', 'CmdOrCtrl+Shift+Z'],
    ['Mod++', 'CmdOrCtrl+Plus'],
    ['Mod+=', 'CmdOrCtrl+='],
    ['Shift+ArrowLeft', 'Shift+Left'],
    ['Enter', 'Return'],
    ['Escape', 'Esc'],
    ['F2', 'F2'],
    ['Mod+Space', 'CmdOrCtrl+Space'],
    ['V', 'V'],
    ['?', '?'],
    ['Ö', null],
    ['MediaPlayPause', null],
  ])('%s is %s', (shortcut, expected) => expect(acceleratorOf(shortcut, 'linux')).toBe(expected));

  it('of a Mac have a modifier, so that nobody who writes loses a letter', () => {
    assert(
      property(constantFrom('V', 'Shift+V', 'ArrowLeft', '?', 'Delete', 'F2'), (shortcut) => {
        expect(acceleratorOf(shortcut, 'darwin')).toBeNull();
        expect(acceleratorOf(`Mod+${shortcut}`, 'darwin')).toMatch(/^CmdOrCtrl\+/);
      }),
    );
  });
});
