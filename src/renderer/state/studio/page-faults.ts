/** What this page throws and nobody catches goes into the studio's log: a person sees at most that something did not happen. */
import type { StudioConnection } from '../../../shared/contract/bridge.js';
import { isCancelled } from '../../../shared/errors.js';
import { faultLimits } from '../../../shared/contract/page-faults.js';

/** `page`: the window; its errors are still shown in its console. */
export function reportPageFaults(page: EventTarget, api: Pick<StudioConnection, 'reportFault'>): void {
  const told = new Set<string>();
  const tell = (text: string): void => {
    const fault = text.slice(0, faultLimits.text);
    if (told.has(fault) || told.size === faultLimits.most) return;
    told.add(fault);
    // Where there is no connection there is no log either.
    api.reportFault({ text: fault }).catch(() => {});
  };
  page.addEventListener('error', (event) => {
    const { error, message, filename, lineno, colno } = event as ErrorEvent;
    // An element whose file did not come is an event without any of this, and shows itself.
    if (error !== undefined || message !== undefined)
      tell(wordsOf(error) ?? `${message} at ${filename}:${lineno}:${colno}`);
  });
  page.addEventListener('unhandledrejection', (event) => {
    const { reason } = event as PromiseRejectionEvent;
    if (!isCancelled(reason)) tell(`Unhandled: ${wordsOf(reason) ?? String(reason)}`);
  });
}

function wordsOf(thrown: unknown): string | null {
  if (!(thrown instanceof Error)) return null;
  // Chromium's stack begins with name and message, others' do not.
  const head = `${thrown.name}: ${thrown.message}`;
  return thrown.stack?.startsWith(head) === true ? thrown.stack : `${head}\n${thrown.stack ?? ''}`;
}
