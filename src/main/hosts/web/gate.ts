/**
 * Who may talk to the localhost host. Any web page can send requests to 127.0.0.1, and DNS rebinding can make its own name
 * point there: so the Host must be a loopback name and the Origin that same address; who may come in at all is decided in `entrance.ts`.
 */
import type { IncomingMessage } from 'node:http';

export type Verdict = { allowed: true } | { allowed: false; status: 401 | 403 | 503; reason: string };

const loopbackNames = new Set(['127.0.0.1', 'localhost']);

/** Any port passes: behind a tunnel the browser may see another one than the server. */
export function isLoopbackHost(host: string | undefined): host is string {
  const match = /^([a-z0-9.-]+)(?::\d{1,5})?$/i.exec(host ?? '');
  return match !== null && loopbackNames.has(match[1]!.toLowerCase());
}

/** `needsOrigin`: browsers always send one with a WebSocket upgrade, so one without is not the studio's window. */
export function checkAddress(request: IncomingMessage, needsOrigin: boolean): Verdict {
  const { host, origin } = request.headers;
  if (!isLoopbackHost(host)) return { allowed: false, status: 403, reason: 'This address is not served here.' };
  const isForeign = origin === undefined ? needsOrigin : origin !== `http://${host}`;
  if (isForeign) return { allowed: false, status: 403, reason: 'Other sites may not use the studio.' };
  return { allowed: true };
}
