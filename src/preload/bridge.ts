import type { IpcRenderer, IpcRendererEvent } from 'electron';
import { studioMethods } from '../shared/contract/api.js';
import type { StudioBridge } from '../shared/contract/bridge.js';
import { appOrigin, callChannel, eventChannel } from '../shared/contract/channels.js';
import type { StudioEvent } from '../shared/contract/events.js';
import { imagePathOf } from '../shared/contract/gallery.js';

/** What is exposed: never the IPC object itself, nor the event object, through which a page would reach it. */
export function createBridge(ipc: Pick<IpcRenderer, 'invoke' | 'on' | 'removeListener'>): StudioBridge {
  const methods = Object.fromEntries(
    studioMethods.map((method) => [method, (parameters: unknown) => ipc.invoke(callChannel, method, parameters)]),
  );
  return {
    ...(methods as Omit<StudioBridge, 'onEvent' | 'imageUrl'>),
    onEvent: (listener) => {
      const receive = (_event: IpcRendererEvent, event: StudioEvent): void => listener(event);
      ipc.on(eventChannel, receive);
      return () => void ipc.removeListener(eventChannel, receive);
    },
    imageUrl: (imageId, size) => appOrigin + imagePathOf(imageId, size),
  };
}
