/** Inference servers as a window sees them: who runs what, and how fast. */
import type { GraphName } from '../packs/pack.js';

/** A server the person named. Its token stays on the main side. */
export interface ChosenServer {
  url: string;
  hasToken: boolean;
}

/** `token`: null takes it away, absent keeps what is kept. */
export interface ServerChoice {
  url: string;
  token?: string | null | undefined;
}

export interface ServerReport {
  url: string;
  /** What it calls itself. */
  product: string;
  /** It writes: a row below is a token, a request the wait for one. Absent: it runs graphs on rows of batches. */
  counts?: 'tokens';
  /** `resting`: it failed, and is asked again a little later; `refused`: it answered what cannot be used, and is not asked again. */
  state: 'working' | 'resting' | 'refused';
  /** The last failure, one sentence. */
  problem: string | null;
  /** From a request to its answer, milliseconds, smoothed; null before the first one. */
  latencyMs: number | null;
  /** Rows of batches a second while it worked, smoothed. */
  rowsPerSecond: number | null;
  /** Rows answered, and rows it has not answered yet. */
  rows: number;
  outstanding: number;
}

/** What an engine runs on servers; null where everything runs on this machine. */
export interface RemoteWork {
  graphs: GraphName[];
  servers: ServerReport[];
  /** A graph that had to run on this machine after all, because no server could; null: none. */
  runHere: string | null;
}
