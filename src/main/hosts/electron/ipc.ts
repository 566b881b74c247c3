/** The StudioApi over Electron's IPC: one connection for each window, a new one whenever another page has taken its place. */
import type { BrowserWindow, IpcMain, IpcMainInvokeEvent } from 'electron';
import type { CallOutcome } from '../../../shared/contract/api.js';
import { callChannel, eventChannel } from '../../../shared/contract/channels.js';
import { serialiseError, StudioError } from '../../../shared/errors.js';
import type { StudioEvent } from '../../../shared/contract/events.js';
import type { Studio, WindowConnection } from '../../studio/studio.js';
import type { WindowDesktop } from '../../studio/window-desktop.js';
import type { ApplicationMenu } from './menus/menu.js';
import { isTrustedSender } from './windows/security.js';

export interface WindowConnections {
  /** To be called for every window, before its page is loaded. */
  add: (window: BrowserWindow, desktop: WindowDesktop) => void;
}

export interface IpcOptions {
  describeMenu: ApplicationMenu['describe'];
  /** Everything a window is told, on its way. */
  onEvent: (window: BrowserWindow, event: StudioEvent) => void;
  /** Its page was replaced, or is gone with it. */
  onPageEnd: (window: BrowserWindow) => void;
}

export function serveIpc(
  ipc: IpcMain,
  studio: Studio,
  { describeMenu, onEvent, onPageEnd }: IpcOptions,
): WindowConnections {
  const connections = new Map<number, WindowConnection>();

  const connect = (window: BrowserWindow, desktop: WindowDesktop): WindowConnection => {
    const contents = window.webContents;
    return studio.connect({
      sendEvent: (event) => {
        onEvent(window, event);
        if (!contents.isDestroyed()) contents.send(eventChannel, event);
      },
      showMenu: (entries) => describeMenu(contents, entries),
      desktop,
    });
  };

  ipc.handle(callChannel, (event: IpcMainInvokeEvent, method: unknown, parameters: unknown): Promise<CallOutcome> => {
    const connection = connections.get(event.sender.id);
    if (connection === undefined || !isTrustedSender(event.senderFrame)) return Promise.resolve(refused());
    return connection.call(method, parameters);
  });

  return {
    add: (window, desktop) => {
      const contents = window.webContents;
      // After destruction the object may not even be asked for its id.
      const { id } = contents;
      const end = (): void => {
        connections.get(id)?.close();
        connections.delete(id);
        onPageEnd(window);
      };
      // Not when a navigation begins: one that is refused leaves the page, and its work, where they are.
      contents.on('did-navigate', () => {
        end();
        connections.set(id, connect(window, desktop));
      });
      contents.on('destroyed', end);
    },
  };
}

function refused(): CallOutcome {
  const error = new StudioError(
    'unauthorised',
    'This page may not use the studio.',
    'Close the window and open DDT Studio again.',
  );
  return { ok: false, error: serialiseError(error) };
}
