/** From a window's commands to the template of Electron's application menu. Pure. */
import type { MenuItemConstructorOptions } from 'electron';
import type { MenuEntry, MenuGroup } from '../../../shared/menu.js';
import { acceleratorOf } from './accelerators.js';

type Items = MenuItemConstructorOptions[];

export interface MenuActions {
  platform: NodeJS.Platform;
  openWindow: () => void;
  run: (commandId: string) => void;
}

/** Never clashes with the id of an item that is no command. */
export function menuItemId(commandId: string): string {
  return `command:${commandId}`;
}

/** Without entries (no window, or one that is still loading) only what the program itself can do. */
export function menuTemplate(entries: readonly MenuEntry[], actions: MenuActions): Items {
  const mac = actions.platform === 'darwin';
  const of = (group: MenuGroup): Items =>
    entries.filter((entry) => entry.group === group).map((entry) => commandItem(entry, actions));
  const newWindow: Items = [
    { id: 'new-window', label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: () => actions.openWindow() },
  ];
  const viewRoles: Items = [{ role: 'reload' }, { role: 'togglefullscreen' }, { role: 'toggleDevTools' }];
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    ...menu('File', newWindow, of('Project'), [{ role: mac ? 'close' : 'quit' }]),
    ...menu('Edit', of('Edit'), textRoles(of('Edit').length > 0)),
    ...menu('Create', of('Create'), of('Candidates')),
    ...menu('Frame', of('Frame')),
    ...menu('Mask', of('Mask')),
    ...menu('Arrange', of('Arrange')),
    ...menu('Explore', of('Explore')),
    ...menu('View', of('View'), viewRoles),
    ...menu('Tools', of('Tools')),
    { role: 'windowMenu' },
    ...menu('Help', of('Help')),
  ];
}

/** One menu of several parts with lines between them; none when all parts are empty. */
function menu(label: string, ...parts: Items[]): Items {
  const submenu = parts
    .filter((part) => part.length > 0)
    .reduce<Items>((all, part) => (all.length === 0 ? part : [...all, { type: 'separator' }, ...part]), []);
  return submenu.length === 0 ? [] : [{ label, submenu }];
}

/** For text fields. The page's own commands undo, redo and select in them too. */
function textRoles(withCommands: boolean): Items {
  const always: Items = [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }];
  return withCommands ? always : [{ role: 'undo' }, { role: 'redo' }, ...always, { role: 'selectAll' }];
}

function commandItem({ id, label, shortcut, enabled }: MenuEntry, { platform, run }: MenuActions): Items[number] {
  const accelerator = shortcut === null ? null : acceleratorOf(shortcut, platform);
  return {
    id: menuItemId(id),
    // A single & would underline the next letter.
    label: label.replaceAll('&', '&&'),
    enabled,
    click: () => run(id),
    // The page sees every key before the menu does and knows best what it means there.
    ...(accelerator === null ? {} : { accelerator, registerAccelerator: false }),
  };
}
