/** From a window's commands to the template of Electron's application menu. Pure. */
import type { MenuItemConstructorOptions } from 'electron';
import type { MenuEntry, MenuGroup } from '../../../../shared/contract/menu.js';
import { acceleratorOf } from './accelerators.js';

type Items = MenuItemConstructorOptions[];

export interface MenuActions {
  platform: NodeJS.Platform;
  /** A build for everyone has no developer tools. */
  development: boolean;
  recentFiles: readonly { path: string; name: string }[];
  openWindow: () => void;
  openRecent: (path: string) => void;
  clearRecent: () => void;
  showAbout: () => void;
  /** Null: this build has no place to look for another one. */
  checkForUpdates: (() => void) | null;
  /** `byKey`: the page let this key pass, so it means something else to whoever writes. */
  run: (commandId: string, byKey: boolean) => void;
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
    { label: 'Open Recent', submenu: recentItems(actions) },
  ];
  const viewRoles: Items = actions.development
    ? [{ role: 'reload' }, { role: 'togglefullscreen' }, { role: 'toggleDevTools' }]
    : [{ role: 'togglefullscreen' }];
  return [
    ...(mac ? [applicationMenu(actions)] : []),
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
    ...menu('Help', of('Help'), mac ? [] : programItems(actions)),
  ];
}

/** One menu of several parts with lines between them; none when all parts are empty. */
function menu(label: string, ...parts: Items[]): Items {
  const submenu = parts
    .filter((part) => part.length > 0)
    .reduce<Items>((all, part) => (all.length === 0 ? part : [...all, { type: 'separator' }, ...part]), []);
  return submenu.length === 0 ? [] : [{ label, submenu }];
}

function programItems({ showAbout, checkForUpdates }: MenuActions): Items {
  return [
    { id: 'about', label: 'About DDT Studio', click: () => showAbout() },
    ...(checkForUpdates === null
      ? []
      : [{ id: 'updates', label: 'Check for Updates…', click: () => checkForUpdates() }]),
  ];
}

/** A Mac's first menu, in the order Apple gives it. */
function applicationMenu(actions: MenuActions): Items[number] {
  return {
    label: 'DDT Studio',
    submenu: [
      ...programItems(actions),
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  };
}

function recentItems({ recentFiles, openRecent, clearRecent }: MenuActions): Items {
  if (recentFiles.length === 0) return [{ label: 'No files yet', enabled: false }];
  return [
    ...recentFiles.map(({ path, name }) => ({
      label: withoutMnemonic(name),
      toolTip: path,
      click: () => openRecent(path),
    })),
    { type: 'separator' },
    { label: 'Clear Menu', click: () => clearRecent() },
  ];
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
    label: withoutMnemonic(label),
    enabled,
    click: (_item, _window, { triggeredByAccelerator }) => run(id, triggeredByAccelerator === true),
    // The page sees every key before the menu does and knows best what it means there. A Mac cannot merely show keys: what the page
    // let pass arrives here, and the page is told that it was a key.
    ...(accelerator === null ? {} : { accelerator, registerAccelerator: false }),
  };
}

/** A single & would underline the next letter. */
function withoutMnemonic(label: string): string {
  return label.replaceAll('&', '&&');
}
