import type { CallOutcome, StudioApi, StudioMethod, StudioMethods } from './api.js';

/**
 * What the preload puts at `window.ddtStudio`: the StudioApi with outcomes in place of rejections, because errors lose
 * their class on the way into the window.
 */
export type StudioBridge = {
  [Method in StudioMethod]: (parameters: StudioMethods[Method][0]) => Promise<CallOutcome<Method>>;
} & Pick<StudioApi, 'onEvent' | 'imageUrl'>;

export type ConnectionState = 'connected' | 'lost';

/** The StudioApi of a window that may lose its host and find it again. */
export type StudioConnection = StudioApi & {
  /** Told of every change; after `lost` and `connected` the main side knows nothing of this window: open the project again. */
  onConnection: (listener: (state: ConnectionState) => void) => () => void;
};
