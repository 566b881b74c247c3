import { studioMethods, type CallOutcome, type StudioApi, type StudioMethod, type StudioMethods } from './api.js';
import { reviveError } from '../errors.js';

export type StudioCalls = {
  [Method in StudioMethod]: (parameters: StudioMethods[Method][0]) => Promise<CallOutcome<Method>>;
};

/**
 * What the preload puts at `window.ddtStudio`: the StudioApi with outcomes in place of rejections, because errors lose
 * their class on the way into the window.
 */
export type StudioBridge = StudioCalls & Pick<StudioApi, 'onEvent' | 'imageUrl'>;

export type ConnectionState = 'connected' | 'lost';

/** The StudioApi of a window that may lose its host and find it again. */
export type StudioConnection = StudioApi & {
  /** Told of every change; after `lost` and `connected` the main side knows nothing of this window: open the project again. */
  onConnection: (listener: (state: ConnectionState) => void) => () => void;
};

/** Outcomes become values and rejections (StudioErrors) again. */
export function fromOutcomes(bridge: StudioBridge & Pick<StudioConnection, 'onConnection'>): StudioConnection {
  const { onEvent, imageUrl, onConnection } = bridge;
  const methods = Object.fromEntries(studioMethods.map((method) => [method, revived(bridge, method)]));
  return { ...methods, onEvent, imageUrl, onConnection } as StudioConnection;
}

function revived<Method extends StudioMethod>(calls: StudioCalls, method: Method) {
  return async (parameters: StudioMethods[Method][0]): Promise<StudioMethods[Method][1]> => {
    const outcome: CallOutcome<Method> = await calls[method](parameters);
    if (outcome.ok) return outcome.value;
    throw reviveError(outcome.error);
  };
}
