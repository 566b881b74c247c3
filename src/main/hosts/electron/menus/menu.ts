/** The application menu: the commands of the window that has the focus, as that window describes them. */
import type { BrowserWindow, WebContents } from 'electron';
import { eventChannel } from '../../../../shared/contract/channels.js';
import type { StudioEvent } from '../../../../shared/contract/events.js';
import type { MenuEntry } from '../../../../shared/contract/menu.js';
import { menuItemId, menuTemplate, type MenuActions } from './menu-template.js';
import type { ElectronModules } from '../modules.js';

export interface ApplicationMenu {
  /** What a window can do now; shown at once when it has the focus. */
  describe: (contents: WebContents, entries: readonly MenuEntry[]) => void;
  /** Something the program itself shows in it is different now. */
  refresh: () => void;
}

export type MenuOptions = Omit<MenuActions, 'run' | 'recentFiles'> & {
  recentFiles: () => MenuActions['recentFiles'];
};

export function installMenu(
  { app, Menu }: Pick<ElectronModules, 'app' | 'Menu'>,
  { recentFiles, ...actions }: MenuOptions,
): ApplicationMenu {
  const described = new Map<WebContents, readonly MenuEntry[]>();
  let current: WebContents | null = null;
  let shown: readonly MenuEntry[] | null = null;

  const run = (id: string, byKey: boolean): void => {
    const event: StudioEvent = { channel: 'command', id, byKey };
    if (current !== null && !current.isDestroyed()) current.send(eventChannel, event);
  };

  const update = (): void => {
    const entries = (current === null ? undefined : described.get(current)) ?? [];
    if (shown === null || !sameItems(shown, entries)) {
      const template = menuTemplate(entries, { ...actions, recentFiles: recentFiles(), run });
      Menu.setApplicationMenu(Menu.buildFromTemplate(template));
    } else {
      // A menu that is open is not torn down because something became possible.
      const menu = Menu.getApplicationMenu();
      for (const { id, enabled } of entries) {
        const item = menu?.getMenuItemById(menuItemId(id));
        if (item !== null && item !== undefined) item.enabled = enabled;
      }
    }
    shown = entries;
  };

  app.on('browser-window-focus', (_event, window: BrowserWindow) => {
    current = window.webContents;
    update();
  });
  update();

  return {
    refresh: () => {
      shown = null;
      update();
    },
    describe: (contents, entries) => {
      if (!described.has(contents)) {
        contents.once('destroyed', () => {
          described.delete(contents);
          if (current !== contents) return;
          current = null;
          update();
        });
      }
      described.set(contents, entries);
      current ??= contents;
      if (current === contents) update();
    },
  };
}

/** Whether they differ in nothing but what is enabled. */
function sameItems(one: readonly MenuEntry[], other: readonly MenuEntry[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ id, label, group, shortcut }, index) => {
      const twin = other[index]!;
      return id === twin.id && label === twin.label && group === twin.group && shortcut === twin.shortcut;
    })
  );
}
