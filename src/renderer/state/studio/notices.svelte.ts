import { isCancelled, serialiseError, type SerialisedError, type StudioErrorCode } from '../../../shared/errors.js';

export interface Notice {
  id: number;
  tone: 'info' | 'success' | 'error';
  code: StudioErrorCode | null;
  message: string;
  remedy: string | null;
  detail: string | null;
}

/** Errors stay until dismissed; the rest leaves by itself. */
const lifetimeMs = 4000;
const mostAtOnce = 4;

export class NoticesState {
  list = $state.raw<Notice[]>([]);
  #nextId = 1;

  tell(message: string, tone: 'info' | 'success' = 'info'): void {
    // One word about what just happened is enough; the newest counts.
    this.list = this.list.filter((notice) => notice.tone === 'error');
    const id = this.#add({ tone, code: null, message, remedy: null, detail: null });
    setTimeout(() => this.dismiss(id), lifetimeMs);
  }

  /** Shows any thrown value; a cancellation is not an error and stays silent. */
  report(thrown: unknown): void {
    if (!isCancelled(thrown)) this.reportSerialised(serialiseError(thrown));
  }

  reportSerialised(error: SerialisedError): void {
    if (error.code === 'cancelled') return;
    if (this.list.some((notice) => notice.code === error.code && notice.message === error.message)) return;
    this.#add({
      tone: 'error',
      code: error.code,
      message: error.message,
      remedy: error.remedy,
      detail: error.detail ?? null,
    });
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  #add(notice: Omit<Notice, 'id'>): number {
    const id = this.#nextId++;
    this.list = [...this.list, { ...notice, id }].slice(-mostAtOnce);
    return id;
  }
}

export const notices = new NoticesState();
