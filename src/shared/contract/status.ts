/** What a window is told of the studio's state at any time. */
import type { SerialisedError } from '../errors.js';
import type { EngineDevice, GraphName, PackSummary } from '../packs/pack.js';
import type { ChosenServer, RemoteWork } from './servers.js';

export type EngineState = 'starting' | 'ready' | 'failed' | 'stopped';

/** A graph of the pack that is in memory. */
export interface OpenGraph {
  name: GraphName;
  provider: string;
  /** Why it is not where the others are; null: it is. */
  reason: string | null;
}

export interface StudioStatus {
  version: string;
  host: 'electron' | 'web';
  engine: {
    state: EngineState;
    /** The execution provider in use and, in words, why it was chosen over those before it. */
    provider: string | null;
    providerReason: string;
    /** The name of the graphics device in use, null where it has none or is not known. */
    device: string | null;
    /** Graphics devices that can be chosen. */
    devices: EngineDevice[];
    /** Graphs in this machine's memory; each is opened when it is first needed. */
    graphs: OpenGraph[];
    /** What runs on inference servers, null where everything runs here. */
    remote: RemoteWork | null;
    /** Servers the person chose; while there are any, they come before every device. */
    chosenServers: ChosenServer[];
    /** What the person chose: `cpu`, or the id of a device; null = automatic. */
    chosenDevice: string | null;
    error: SerialisedError | null;
    restarts: number;
    /** How much of a large pack that is being opened was read and found as it should be, in bytes; null: nothing to tell. */
    checking: { done: number; total: number } | null;
    /** Resident bytes of the engine's process, null while unknown. */
    memory: number | null;
  };
  pack: PackSummary | null;
  /** `paused`: what waits in the queues of projects is not begun. */
  queue: { running: number; waiting: number; paused: boolean };
  /** Positions of timelines kept on disk; bytes, at most `limit`. */
  timelineCache: { bytes: number; limit: number; problem: SerialisedError | null };
}
