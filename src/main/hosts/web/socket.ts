/** One window over one WebSocket: `{ id, method, parameters }` → `{ id, outcome }`, and `{ event }` unasked, as MessagePack. */
import { decode, encode } from '@msgpack/msgpack';
import { WebSocket } from 'ws';
import type { CallOutcome } from '../../../shared/api.js';
import { serialiseError, StudioError } from '../../../shared/errors.js';
import type { StudioEvent } from '../../../shared/events.js';
import { messageLimits } from '../../../shared/limits.js';
import { hostLimits } from './host-limits.js';
import { isWithinBounds } from './message-bounds.js';
import type { Studio } from '../../studio/studio.js';

/** How a window's messages are read. */
export const socketOptions = {
  maxPayload: hostLimits.messageBytes,
  maxFragments: hostLimits.messageFragments,
  perMessageDeflate: false,
  // One message a turn: a window that sends thousands at once is not served before everybody else.
  allowSynchronousEvents: false,
} as const;

const heartbeatMs = 15_000;

export function serveSocket(socket: WebSocket, studio: Studio): void {
  const connection = studio.connect({
    sendEvent: (event) => {
      if (isDispensable(event) && socket.bufferedAmount > hostLimits.waitingBytes) return;
      send(socket, { event });
    },
  });
  let inFlight = 0;
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
    if (inFlight === hostLimits.callsInFlight) return send(socket, { id: message.id, outcome: tooManyCalls() });
    inFlight++;
    const outcome = await connection.call(message.method, message.parameters);
    inFlight--;
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
  if (!isWithinBounds(data, messageLimits)) return null;
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

function tooManyCalls(): CallOutcome {
  const error = new StudioError(
    'bad-request',
    `This window waits for ${hostLimits.callsInFlight} answers already.`,
    'Wait for some of them, then try again.',
  );
  return { ok: false, error: serialiseError(error) };
}

type Message = { event: StudioEvent } | { id: number | null; outcome: CallOutcome };

/** A window that does not read its answers is not asked for more calls until it has; one that leaves too much unread is gone. */
function send(socket: WebSocket, message: Message): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  const bytes = encoded(message);
  // An event that cannot be told leaves the window behind: it begins anew.
  if (bytes === null) return socket.close(1011);
  socket.send(bytes, () => {
    if (socket.isPaused && socket.bufferedAmount <= hostLimits.waitingBytes) socket.resume();
  });
  if (socket.bufferedAmount > hostLimits.unreadBytes) socket.terminate();
  else if (socket.bufferedAmount > hostLimits.waitingBytes) socket.pause();
}

/** Absent and undefined are one thing in the contract; MessagePack would turn undefined into null. */
function encoded(message: Message): Uint8Array | null {
  try {
    return encode(message, { ignoreUndefined: true });
  } catch (error) {
    console.error('A message to a window could not be written:', error);
    return 'id' in message ? encode({ id: message.id, outcome: { ok: false, error: serialiseError(error) } }) : null;
  }
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
