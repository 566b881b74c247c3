/**
 * Who may talk to the localhost host. Any web page can send requests to 127.0.0.1, and DNS rebinding can make its own name
 * point there: so the Host must be a loopback name, the Origin must be that same address, and the run's token is needed.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type Verdict = { allowed: true } | { allowed: false; status: 401 | 403; reason: string };

const loopbackNames = new Set(['127.0.0.1', 'localhost']);

/** Any port passes: behind a tunnel the browser may see another one than the server. */
export function isLoopbackHost(host: string | undefined): host is string {
  const match = /^([a-z0-9.-]+)(?::\d{1,5})?$/i.exec(host ?? '');
  return match !== null && loopbackNames.has(match[1]!.toLowerCase());
}

/** Cookies do not know ports: the name keeps two studios on one machine apart. */
export function cookieName(port: number): string {
  return `ddt-studio-${port}`;
}

export function sessionCookie(port: number, token: string): string {
  return `${cookieName(port)}=${token}; Path=/; HttpOnly; SameSite=Strict`;
}

/** Hashing first makes the lengths equal, which a constant-time comparison needs. */
export function isToken(candidate: string | null | undefined, token: string): boolean {
  if (candidate === null || candidate === undefined) return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(candidate), digest(token));
}

export function hasSession(request: IncomingMessage, port: number, token: string): boolean {
  const prefix = `${cookieName(port)}=`;
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.some((cookie) => cookie.startsWith(prefix) && isToken(cookie.slice(prefix.length), token));
}

/** `needsOrigin`: browsers always send one with a WebSocket upgrade, so one without is not the studio's window. */
export function checkAddress(request: IncomingMessage, needsOrigin: boolean): Verdict {
  const { host, origin } = request.headers;
  if (!isLoopbackHost(host)) return { allowed: false, status: 403, reason: 'This address is not served here.' };
  const isForeign = origin === undefined ? needsOrigin : origin !== `http://${host}`;
  if (isForeign) return { allowed: false, status: 403, reason: 'Other sites may not use the studio.' };
  return { allowed: true };
}
