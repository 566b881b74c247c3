/** Projects as a window sees them. */

import type { StudioDocument, HistoryState } from './document.js';
import type { Queue } from './queue.js';

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
