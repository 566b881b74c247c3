/** What a window is told of the studio's state at any time. */
import type { SerialisedError } from './errors.js';
import type { PackSummary } from './pack.js';

export type EngineState = 'starting' | 'ready' | 'failed' | 'stopped';

export interface StudioStatus {
  version: string;
  host: 'electron' | 'web';
  engine: {
    state: EngineState;
    /** The execution provider in use and, in words, why it was chosen over those before it. */
    provider: string | null;
    providerReason: string;
    error: SerialisedError | null;
    restarts: number;
    /** Resident bytes of the engine's process, null while unknown. */
    memory: number | null;
  };
  pack: PackSummary | null;
  queue: { running: number; waiting: number };
  /** Positions of timelines kept on disk; bytes, at most `limit`. */
  timelineCache: { bytes: number; limit: number; problem: SerialisedError | null };
}
