/**
 * How a browser gets in. The address it is opened with holds a code that works once: addresses stand in command lines, histories
 * and terminals. What it keeps from then on is a secret of its own, in a cookie that no page and no script can read.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Codes that were handed out and not used yet; more are nobody's. */
const mostCodes = 64;

export class Entrance {
  readonly #secret = newSecret();
  /** By their digests: looking one up tells nothing about the others. */
  readonly #codes = new Set<string>();

  /** A code for one more browser. */
  newCode(): string {
    const code = newSecret();
    if (this.#codes.size === mostCodes) this.#codes.delete(this.#codes.values().next().value!);
    this.#codes.add(digestOf(code).toString('hex'));
    return code;
  }

  /** True once for each code. */
  take(code: string): boolean {
    return this.#codes.delete(digestOf(code).toString('hex'));
  }

  /** The value of a `Set-Cookie` header; cookies know no ports, so the port is part of the name. */
  cookie(port: number): string {
    return `${cookieName(port)}=${this.#secret}; Path=/; HttpOnly; SameSite=Strict`;
  }

  isInside(request: IncomingMessage, port: number): boolean {
    const prefix = `${cookieName(port)}=`;
    const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
    return cookies.some((cookie) => cookie.startsWith(prefix) && this.#isSecret(cookie.slice(prefix.length)));
  }

  /** Hashing first makes the lengths equal, which a constant-time comparison needs. */
  #isSecret(offered: string): boolean {
    return timingSafeEqual(digestOf(offered), digestOf(this.#secret));
  }
}

function cookieName(port: number): string {
  return `ddt-studio-${port}`;
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
