/** The StudioApi over Electron's IPC: one connection for each window, a new one whenever its page is loaded anew. */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import type { CallOutcome } from '../../../shared/api.js';
import { callChannel, eventChannel } from '../../../shared/channels.js';
import { serialiseError, StudioError } from '../../../shared/errors.js';
import type { Studio, StudioConnection } from '../../studio/studio.js';
import type { ApplicationMenu } from './menu.js';
import { isTrustedSender } from './security.js';

export interface WindowConnections {
  /** To be called for every window, before its page is loaded. */
  add: (contents: WebContents) => void;
}

export function serveIpc(ipc: IpcMain, studio: Studio, describeMenu: ApplicationMenu['describe']): WindowConnections {
  const connections = new Map<number, StudioConnection>();

  const connect = (contents: WebContents): StudioConnection =>
    studio.connect({
      sendEvent: (event) => {
        if (!contents.isDestroyed()) contents.send(eventChannel, event);
      },
      showMenu: (entries) => describeMenu(contents, entries),
    });

  ipc.handle(callChannel, (event: IpcMainInvokeEvent, method: unknown, parameters: unknown): Promise<CallOutcome> => {
    const connection = connections.get(event.sender.id);
    if (connection === undefined || !isTrustedSender(event.senderFrame)) return Promise.resolve(refused());
    return connection.call(method, parameters);
  });

  return {
    add: (contents) => {
      // After destruction the object may not even be asked for its id.
      const { id } = contents;
      connections.set(id, connect(contents));
      contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
        if (!isMainFrame || isSameDocument) return;
        connections.get(id)?.close();
        connections.set(id, connect(contents));
      });
      contents.on('destroyed', () => {
        connections.get(id)?.close();
        connections.delete(id);
      });
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
