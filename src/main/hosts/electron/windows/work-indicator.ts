/**
 * Long work shows on the taskbar or the dock and keeps the machine awake. It is read off the events on their way to the windows;
 * what is done within a moment shows nowhere.
 */
import type { BrowserWindow } from 'electron';
import type { JobEvent } from '../../../../shared/contract/events.js';
import type { ElectronModules } from '../modules.js';

/** Work that has taken so long is long. */
const longMs = 2_000;
/** Electron's number for work without a measure. */
const endless = 2;
const none = -1;

interface WindowWork {
  /** Jobs that have not ended. */
  jobs: Set<string>;
  /** The job that has long been running, and how far it is. */
  long: { jobId: string; fraction: number } | null;
}

export class WorkIndicator {
  readonly #windows = new Map<BrowserWindow, WindowWork>();
  #blocker: number | null = null;

  constructor(private readonly powerSaveBlocker: ElectronModules['powerSaveBlocker']) {}

  /** Jobs of a window that have not ended. */
  jobsOf(window: BrowserWindow): number {
    return this.#windows.get(window)?.jobs.size ?? 0;
  }

  hear(window: BrowserWindow, event: JobEvent): void {
    const work = this.#of(window);
    const { jobId } = event;
    if (event.type === 'done' || event.type === 'failed' || event.type === 'cancelled') {
      work.jobs.delete(jobId);
      if (work.long?.jobId === jobId) work.long = null;
    } else {
      work.jobs.add(jobId);
      if (event.type === 'progress' && event.elapsedMs >= longMs) work.long = { jobId, fraction: fractionOf(event) };
    }
    this.#show(window, work);
  }

  /** Its page is a new one, or gone: it has no jobs any more. */
  forget(window: BrowserWindow): void {
    const work = this.#windows.get(window);
    if (work === undefined) return;
    work.jobs.clear();
    work.long = null;
    this.#show(window, work);
    if (window.isDestroyed()) this.#windows.delete(window);
  }

  #of(window: BrowserWindow): WindowWork {
    const known = this.#windows.get(window);
    if (known !== undefined) return known;
    const work: WindowWork = { jobs: new Set(), long: null };
    this.#windows.set(window, work);
    return work;
  }

  #show(window: BrowserWindow, { long }: WindowWork): void {
    if (!window.isDestroyed()) window.setProgressBar(long?.fraction ?? none);
    const working = [...this.#windows.values()].some((work) => work.long !== null);
    if (working) this.#blocker ??= this.powerSaveBlocker.start('prevent-app-suspension');
    else if (this.#blocker !== null) {
      this.powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
    }
  }
}

function fractionOf({ elapsedMs, remainingMs }: Extract<JobEvent, { type: 'progress' }>): number {
  return remainingMs === null ? endless : elapsedMs / (elapsedMs + remainingMs);
}
