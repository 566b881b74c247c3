/** One window over one WebSocket: `{ id, method, parameters }` → `{ id, outcome }`, and `{ event }` unasked, as MessagePack. */
import { decode, encode } from '@msgpack/msgpack';
import { WebSocket } from 'ws';
import type { CallOutcome } from '../../../shared/api.js';
import { serialiseError, StudioError } from '../../../shared/errors.js';
import type { StudioEvent } from '../../../shared/events.js';
import type { Studio } from '../../studio/studio.js';

/** A window that does not keep up gets no more previews until it has; the next one shows more anyway. */
const mostWaitingBytes = 8 * 1024 * 1024;
const heartbeatMs = 15_000;

export function serveSocket(socket: WebSocket, studio: Studio): void {
  const connection = studio.connect({
    sendEvent: (event) => {
      if (isDispensable(event) && socket.bufferedAmount > mostWaitingBytes) return;
      send(socket, { event });
    },
  });
  socket.on('message', (data, isBinary) => {
    void answer(data as Buffer, isBinary);
  });
  // A message over the limit or a broken frame: the close that follows does the rest.
  socket.on('error', () => {});
  const stopHeartbeat = watch(socket);
  socket.on('close', () => {
    stopHeartbeat();
    connection.close();
  });

  async function answer(data: Buffer, isBinary: boolean): Promise<void> {
    const message = isBinary ? parse(data) : null;
    if (message === null) return send(socket, { id: null, outcome: malformed() });
    const outcome = await connection.call(message.method, message.parameters);
    send(socket, { id: message.id, outcome });
  }
}

interface Call {
  id: number;
  method: unknown;
  parameters: unknown;
}

function parse(data: Buffer): Call | null {
  let value: unknown;
  try {
    value = decode(data);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { id, method, parameters } = value as Partial<Call>;
  return typeof id === 'number' ? { id, method, parameters } : null;
}

function malformed(): CallOutcome {
  const error = new StudioError(
    'bad-request',
    'A message could not be read: it must be MessagePack with id, method and parameters.',
    'Reload the window; it may be outdated.',
  );
  return { ok: false, error: serialiseError(error) };
}

function send(socket: WebSocket, message: { event: StudioEvent } | { id: number | null; outcome: CallOutcome }): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  try {
    socket.send(packed(message), () => {});
  } catch (error) {
    // What cannot be written as a message fails the call that asked for it, nothing else.
    if ('outcome' in message) socket.send(packed({ ...message, outcome: unanswerable(error) }), () => {});
    else console.error('A window could not be told of something:', error);
  }
}

/** Absent and undefined are one thing in the contract; MessagePack would turn undefined into null. */
function packed(message: object): Uint8Array {
  return encode(message, { ignoreUndefined: true });
}

function unanswerable(error: unknown): CallOutcome {
  return { ok: false, error: serialiseError(error) };
}

function isDispensable(event: StudioEvent): boolean {
  return event.channel === 'job' && event.event.type === 'preview';
}

/** Unanswered pings after which a window is gone: one may wait while a machine is busy with something else. */
const mostUnanswered = 3;

/** A window whose machine went away never says goodbye. */
function watch(socket: WebSocket): () => void {
  let unanswered = 0;
  socket.on('pong', () => (unanswered = 0));
  const timer = setInterval(() => {
    if (unanswered >= mostUnanswered) return socket.terminate();
    unanswered++;
    socket.ping();
  }, heartbeatMs);
  return () => clearInterval(timer);
}
