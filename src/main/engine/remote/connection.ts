/** HTTP to one inference server: bounded answers, time-outs, its token, the system's proxies, certificates always checked. */
import { createRequire } from 'node:module';
import type * as Undici from 'undici';
import { cancelledError, StudioError } from '../../../shared/errors.js';
import { parseJson } from '../../../shared/json.js';
import { isLoopback, type RemoteServer } from './address.js';
import { headerLengthName } from './message.js';
import { openLine, refusedWith, unreachable, unsuitable, wrongProxy } from './server-errors.js';

const load = createRequire(import.meta.url);
/** Loaded for the first server: that takes as long as all else a start loads, and few engines have one. */
const http = (): typeof Undici => load('undici') as typeof Undici;

export const connectionLimits = {
  connectMs: 5_000,
  /** Questions about the server and its models. */
  askMs: 10_000,
  /** One run of a graph, its wait in the server's queue included. */
  inferMs: 120_000,
  /** Of an answer: 256 pictures of 512 × 512. */
  answerBytes: 1024 * 1024 * 1024,
  factBytes: 4 * 1024 * 1024,
} as const;

export interface Answer {
  body: Buffer;
  headerLength: string | null;
}

export interface Question {
  path: string;
  /** What it is about, in words that follow “for”. */
  doing: string;
  body?: Buffer;
  headers?: Record<string, string>;
  timeoutMs: number;
  maxBytes: number;
  signal?: AbortSignal | undefined;
}

export interface ConnectionOptions {
  certificates?: string | undefined;
  limits?: Partial<Pick<typeof connectionLimits, 'connectMs' | 'askMs' | 'inferMs'>>;
}

export class ServerConnection {
  readonly url: string;
  readonly #token: string | undefined;
  readonly #dispatcher: Undici.Dispatcher;

  /** Throws `server-refused` where a token would go over an open line, `server-unreachable` where the proxy's address is none. */
  constructor({ url, token }: RemoteServer, { certificates, limits }: ConnectionOptions = {}) {
    this.url = url;
    this.#token = token;
    const isLocal = isLoopback(url);
    if (token !== undefined && url.startsWith('http:') && !isLocal) throw openLine(url);
    const tls = certificates === undefined ? {} : { ca: certificates };
    const connect = { ...tls, timeout: limits?.connectMs ?? connectionLimits.connectMs };
    // A proxy is for the way out; what listens on this machine is spoken to directly.
    this.#dispatcher = isLocal ? new (http().Agent)({ connect }) : throughProxies(url, { connect, requestTls: tls });
  }

  /** Throws `server-unreachable`, `server-refused`, `server-unsuitable` or `cancelled`. Redirects are not followed: they would lead the token away. */
  async ask(question: Question): Promise<Answer> {
    const ended = AbortSignal.timeout(question.timeoutMs);
    try {
      const response = await this.#request(question, ended);
      const found = await readBounded(response.body, question.maxBytes);
      if (found === null) throw this.#tooMuch(question);
      const length = response.headers[headerLengthName];
      return { body: found, headerLength: typeof length === 'string' ? length : null };
    } catch (thrown) {
      throw this.#failure(question, thrown, ended.aborted);
    }
  }

  /** An answer that comes bit by bit; `timeoutMs` is for each of them. Throws what `ask` throws, and hangs up when it is ended. */
  async *stream(question: Question): AsyncGenerator<Buffer, void> {
    try {
      const response = await this.#request(question, undefined);
      let size = 0;
      for await (const chunk of response.body) {
        size += (chunk as Buffer).length;
        if (size > question.maxBytes) throw this.#tooMuch(question);
        yield chunk as Buffer;
      }
    } catch (thrown) {
      throw this.#failure(question, thrown, false);
    }
  }

  async #request(
    { path, doing, body, headers = {}, timeoutMs, signal }: Question,
    ended: AbortSignal | undefined,
  ): Promise<Undici.Dispatcher.ResponseData> {
    const signals = [signal, ended].filter((one) => one !== undefined);
    const response = await http().request(`${this.url}/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...headers,
        accept: body === undefined ? 'application/json' : '*/*',
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
      },
      body: body ?? null,
      dispatcher: this.#dispatcher,
      ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    if (response.statusCode >= 200 && response.statusCode < 300) return response;
    const found = await readBounded(response.body, connectionLimits.factBytes);
    if (found === null)
      throw unsuitable(this.url, `answers ${doing} with more than ${connectionLimits.factBytes} bytes`);
    throw refusedWith(this.url, doing, response.statusCode, this.said(found.toString('utf8', 0, 2000)));
  }

  #tooMuch({ doing, maxBytes }: Question): StudioError {
    return unsuitable(this.url, `answers ${doing} with more than ${maxBytes} bytes`);
  }

  #failure({ doing, signal }: Question, thrown: unknown, isLate: boolean): StudioError {
    if (signal?.aborted === true) return cancelledError();
    if (isLate) return unreachable(this.url, doing, timedOut());
    return thrown instanceof StudioError ? thrown : unreachable(this.url, doing, thrown);
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  /** What a server says of a failure: one short line that shows as it is, without our token, should it repeat that. */
  said(text: string): string {
    const words = unquoted(/"(?:error|detail|message)"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1]);
    const plain = words.replace(/\s/g, ' ').replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '');
    return (this.#token === undefined ? plain : plain.replaceAll(this.#token, '…')).slice(0, 200).trim();
  }
}

function throughProxies(url: string, options: Undici.EnvHttpProxyAgent.Options): Undici.Dispatcher {
  try {
    return new (http().EnvHttpProxyAgent)(options);
  } catch {
    // The error names the proxy's address, in which a password may stand.
    throw wrongProxy(url);
  }
}

/** What a JSON string says, so that a token in it reads as we know it; nothing where it is none. */
function unquoted(quoted = '""'): string {
  try {
    return String(parseJson(quoted, { characters: quoted.length, depth: 1 }));
  } catch {
    return '';
  }
}

/** Null when there is more. */
async function readBounded(body: Undici.Dispatcher.ResponseData['body'], maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    // Leaving the loop hangs up.
    if (size > maxBytes) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks, size);
}

function timedOut(): Error {
  return Object.assign(new Error('The time for an answer is over.'), { code: 'UND_ERR_HEADERS_TIMEOUT' });
}
