import type { MenuItemConstructorOptions } from 'electron';
import { assert, constantFrom, property } from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { MenuEntry } from '../../../shared/menu.js';
import { acceleratorOf } from './accelerators.js';
import { menuItemId, menuTemplate } from './menu-template.js';

const entry = (id: string, group: MenuEntry['group'], shortcut: string | null = null, enabled = true): MenuEntry => ({
  id,
  label: id,
  group,
  shortcut,
  enabled,
});
const actions = (platform: NodeJS.Platform = 'linux') => ({ platform, openWindow: vi.fn(), run: vi.fn() });
const labels = (template: MenuItemConstructorOptions[]) => template.map(({ label, role }) => label ?? role);
const submenu = (template: MenuItemConstructorOptions[], label: string) =>
  template.find((one) => one.label === label)!.submenu as MenuItemConstructorOptions[];

describe('the menu', () => {
  it('without a window offers only what the program itself can do', () => {
    expect(labels(menuTemplate([], actions()))).toEqual(['File', 'Edit', 'View', 'windowMenu']);
    expect(labels(menuTemplate([], actions('darwin')))[0]).toBe('appMenu');
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
    (submenu(template, 'Create')[0]!.click as () => void)();
    expect(doing.run).toHaveBeenCalledExactlyOnceWith('accept');
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
