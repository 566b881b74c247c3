import type { MenuItemConstructorOptions } from 'electron';
import type { ElectronModules } from './modules.js';

/**
 * The standard roles. The page sees every key before the menu does, so its own undo and zoom come first; the roles serve
 * text fields.
 */
export function installMenu(
  { Menu }: Pick<ElectronModules, 'Menu'>,
  { platform, openWindow }: { platform: NodeJS.Platform; openWindow: () => void },
): void {
  const template: MenuItemConstructorOptions[] = [
    ...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    {
      label: 'File',
      submenu: [
        { id: 'new-window', label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: () => openWindow() },
        { role: platform === 'darwin' ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    { label: 'View', submenu: [{ role: 'reload' }, { role: 'togglefullscreen' }, { role: 'toggleDevTools' }] },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
