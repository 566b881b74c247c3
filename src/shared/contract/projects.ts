/** Projects as a window sees them. */

import type { StudioDocument } from '../document/document.js';
import type { Queue } from '../jobs/queue.js';

export interface HistoryState {
  /** Labels of what undo and redo would do; null = nothing. */
  undo: string | null;
  redo: string | null;
}

/** One committed action of the history that is kept. */
export interface HistoryStep {
  label: string;
  /** ISO 8601; null where the file does not say. */
  at: string | null;
}

export interface ProjectHistory {
  /** Oldest first; those before it are kept no more. */
  steps: HistoryStep[];
  /** How many of them are in effect: the others were taken back and can be done again. */
  applied: number;
}

export interface OpenedProject {
  document: StudioDocument;
  revision: number;
  history: HistoryState;
  /** Why this window may only look, and the way out; null when it may write. */
  readOnly: string | null;
  /** Empty where another program runs it. */
  queue: Queue;
}

export interface ProjectSummary {
  id: string;
  name: string;
  frames: number;
  modifiedAt: string;
}
