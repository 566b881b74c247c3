/** How this window reaches the main side: through Electron's preload where there is one, otherwise over a WebSocket. */
import { studioMethods, type CallOutcome, type StudioMethod, type StudioMethods } from '../shared/api.js';
import type { StudioBridge, StudioConnection } from '../shared/bridge.js';
import { reviveError } from '../shared/errors.js';
import { openSocketBridge } from './transport.js';

declare global {
  interface Window {
    ddtStudio?: StudioBridge;
  }
}

/** Every call rejects with a StudioError; `disconnected` while the host cannot be reached. */
export function connectStudio(): StudioConnection {
  const bridge = window.ddtStudio;
  if (bridge !== undefined) return fromOutcomes({ ...bridge, onConnection: () => () => {} });
  return fromOutcomes(openSocketBridge(new URL('/api', window.location.href)));
}

/** Outcomes become values and rejections again. */
export function fromOutcomes(bridge: StudioBridge & Pick<StudioConnection, 'onConnection'>): StudioConnection {
  const { onEvent, imageUrl, onConnection } = bridge;
  const methods = Object.fromEntries(studioMethods.map((method) => [method, revived(bridge, method)]));
  return { ...methods, onEvent, imageUrl, onConnection } as StudioConnection;
}

function revived<Method extends StudioMethod>(bridge: StudioBridge, method: Method) {
  return async (parameters: StudioMethods[Method][0]): Promise<StudioMethods[Method][1]> => {
    const outcome: CallOutcome<Method> = await bridge[method](parameters);
    if (outcome.ok) return outcome.value;
    throw reviveError(outcome.error);
  };
}
