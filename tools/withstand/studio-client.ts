/** A window's connection without the window: it can say what no window says. */
import { once } from 'node:events';
import { decode, encode } from '@msgpack/msgpack';
import WebSocket from 'ws';
import type { CallOutcome } from '../../src/shared/contract/api.js';
import type { JobEvent, StudioEvent } from '../../src/shared/contract/events.js';

export interface Entrance {
  origin: string;
  cookie: string;
}

/** Takes the address the host printed, which works once. */
export async function enter(address: string): Promise<Entrance> {
  const entered = await fetch(address, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error(`The host did not let anybody in: ${entered.status}.`);
  return { origin: new URL(address).origin, cookie };
}

export class StudioClient {
  readonly #waiting = new Map<number, (outcome: CallOutcome | null) => void>();
  readonly #running = new Map<string, (ending: string) => void>();
  readonly #endings = new Map<string, string>();
  #lastId = 0;

  private constructor(readonly socket: WebSocket) {
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const { id, outcome, event } = decode(data as Buffer) as {
        id?: number;
        outcome?: CallOutcome;
        event?: StudioEvent;
      };
      if (id !== undefined && outcome !== undefined) this.#settle(id, outcome);
      if (event?.channel === 'job') this.#hear(event.event);
    });
    socket.on('close', () => {
      for (const id of this.#waiting.keys()) this.#settle(id, null);
    });
  }

  static async open({ origin, cookie }: Entrance): Promise<StudioClient> {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/api`, { headers: { cookie, origin } });
    const client = new StudioClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Null when the host hung up first. */
  call(method: string, parameters: unknown): Promise<CallOutcome | null> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.socket.send(encode({ id, method, parameters }));
    });
  }

  /** The type of the event it ends with, or why it was refused. */
  async runJob(request: unknown): Promise<string> {
    const outcome = await this.call('submit', { request });
    if (outcome?.ok !== true) return outcome === null ? 'hung up' : outcome.error.code;
    const { jobId } = outcome.value as { jobId: string };
    return this.#endings.get(jobId) ?? new Promise((resolve) => this.#running.set(jobId, resolve));
  }

  /** Bytes as they stand. Resolves once they are on their way. */
  send(bytes: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => this.socket.send(bytes, () => resolve()));
  }

  close(): void {
    this.socket.terminate();
  }

  #hear(event: JobEvent): void {
    const { type, jobId } = event;
    if (type !== 'done' && type !== 'failed' && type !== 'cancelled') return;
    const ending = type === 'failed' ? event.error.code : type;
    this.#endings.set(jobId, ending);
    this.#running.get(jobId)?.(ending);
  }

  #settle(id: number, outcome: CallOutcome | null): void {
    this.#waiting.get(id)?.(outcome);
    this.#waiting.delete(id);
  }
}
