/** How this window reaches the main side: through Electron's preload where there is one, otherwise over a WebSocket. */
import { fromOutcomes, type StudioBridge, type StudioConnection } from '../shared/contract/bridge.js';
import { openSocketBridge, type Socket, type SocketHandlers } from './transport.js';

declare global {
  interface Window {
    ddtStudio?: StudioBridge;
  }
}

/** Every call rejects with a StudioError; `disconnected` while the host cannot be reached. */
export function connectStudio(): StudioConnection {
  const bridge = window.ddtStudio;
  if (bridge !== undefined) return fromOutcomes({ ...bridge, onConnection: () => () => {} });
  const address = new URL('/api', window.location.href);
  const socketBridge = openSocketBridge(address, { openSocket });
  watch(socketBridge.check);
  return fromOutcomes(socketBridge);
}

const checkEveryMs = 20_000;

/** Now and then, and whenever this window, its machine or its network has been away. */
function watch(check: () => void): void {
  setInterval(check, checkEveryMs);
  for (const back of ['online', 'focus', 'pageshow']) addEventListener(back, check);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && check());
  document.addEventListener('resume', check);
}

function openSocket(address: string, { onOpen, onMessage, onClose }: SocketHandlers): Socket {
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  socket.onopen = onOpen;
  socket.onmessage = ({ data }) => onMessage(data);
  socket.onclose = onClose;
  return socket;
}
