/** What waits for a page until it asks: files to open, and sentences. A page that is still loading misses nothing. */
import type { BrowserWindow } from 'electron';
import { eventChannel } from '../../../../shared/contract/channels.js';
import type { StudioEvent } from '../../../../shared/contract/events.js';

export interface WaitingNews {
  paths: string[];
  notices: string[];
}

export class NewsForWindows {
  readonly #waiting = new WeakMap<BrowserWindow, WaitingNews>();

  offer(window: BrowserWindow, news: Partial<WaitingNews>): void {
    if (window.isDestroyed()) return;
    const waiting = this.#waiting.get(window) ?? { paths: [], notices: [] };
    waiting.paths.push(...(news.paths ?? []));
    waiting.notices.push(...(news.notices ?? []));
    this.#waiting.set(window, waiting);
    const event: StudioEvent = { channel: 'news' };
    window.webContents.send(eventChannel, event);
  }

  take(window: BrowserWindow): WaitingNews {
    const waiting = this.#waiting.get(window) ?? { paths: [], notices: [] };
    this.#waiting.delete(window);
    return waiting;
  }
}
