import type { Session } from 'electron';
import { isOwnAddress } from '../windows/security.js';

/** The studio saves through dialogs of its own; a page that starts a download by itself gets none, unless it is the studio's. */
export function lockDownloads(session: Session): void {
  session.on('will-download', (event, item) => {
    const address = item.getURL().replace(/^blob:/, '');
    if (!isOwnAddress(address)) event.preventDefault();
  });
}
