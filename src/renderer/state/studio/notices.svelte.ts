import { SvelteMap } from 'svelte/reactivity';
import { isCancelled, serialiseError, type SerialisedError, type StudioErrorCode } from '../../../shared/errors.js';

/** What can be done about a notice, at a click; it leaves then. Failures are thrown. */
export interface NoticeAction {
  label: string;
  run: () => unknown;
  /** Until it was done or dismissed: nothing else could make up for it. */
  stays?: boolean;
}

export interface Notice {
  id: number;
  tone: 'info' | 'success' | 'error';
  code: StudioErrorCode | null;
  message: string;
  remedy: string | null;
  detail: string | null;
  action: NoticeAction | null;
}

/** Everything leaves by itself; an error, or what offers to do something, stays long enough for it, and while somebody is at it. */
const lifetimeMs = 4000;
const errorLifetimeMs = 12_000;
const mostAtOnce = 4;

export class NoticesState {
  list = $state.raw<Notice[]>([]);
  #nextId = 1;
  readonly #leaving = new SvelteMap<number, ReturnType<typeof setTimeout>>();

  tell(message: string, tone: 'info' | 'success' = 'info', action: NoticeAction | null = null): void {
    // One word about what just happened is enough; the newest counts.
    this.list = this.list.filter(({ tone, action }) => tone === 'error' || action?.stays === true);
    const id = this.#add({ tone, code: null, message, remedy: null, detail: null, action });
    this.#leave(id, action === null ? lifetimeMs : errorLifetimeMs);
  }

  /** Shows any thrown value; a cancellation is not an error and stays silent. */
  report(thrown: unknown): void {
    if (!isCancelled(thrown)) this.reportSerialised(serialiseError(thrown));
  }

  reportSerialised(error: SerialisedError): void {
    if (error.code === 'cancelled') return;
    if (this.list.some((notice) => notice.code === error.code && notice.message === error.message)) return;
    const id = this.#add({
      tone: 'error',
      code: error.code,
      message: error.message,
      remedy: error.remedy,
      detail: error.detail ?? null,
      action: null,
    });
    this.#leave(id, errorLifetimeMs);
  }

  /** Somebody points at it or has the focus in it: it stays until `release`. */
  hold(id: number): void {
    clearTimeout(this.#leaving.get(id));
    this.#leaving.delete(id);
  }

  release(id: number): void {
    const notice = this.list.find((one) => one.id === id);
    if (notice !== undefined) {
      this.#leave(id, notice.tone === 'error' || notice.action !== null ? errorLifetimeMs : lifetimeMs);
    }
  }

  dismiss(id: number): void {
    this.hold(id);
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  /** Another project is another context: what was said about the last one would be misread. */
  clear(): void {
    for (const { id } of this.list) this.dismiss(id);
  }

  #leave(id: number, afterMs: number): void {
    this.hold(id);
    if (this.list.find((one) => one.id === id)?.action?.stays === true) return;
    this.#leaving.set(
      id,
      setTimeout(() => this.dismiss(id), afterMs),
    );
  }

  #add(notice: Omit<Notice, 'id'>): number {
    const id = this.#nextId++;
    this.list = [...this.list, { ...notice, id }].slice(-mostAtOnce);
    return id;
  }
}

export const notices = new NoticesState();
