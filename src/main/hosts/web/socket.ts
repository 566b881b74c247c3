/** One window over one WebSocket: `{ id, method, parameters }` → `{ id, outcome }`, and `{ event }` unasked, as MessagePack. */
import { MessageChannel } from 'node:worker_threads';
import { decode, encode } from '@msgpack/msgpack';
import { WebSocket } from 'ws';
import type { CallOutcome } from '../../../shared/contract/api.js';
import { serialiseError, StudioError } from '../../../shared/errors.js';
import type { StudioEvent } from '../../../shared/contract/events.js';
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
  let running = 0;
  const waiting: (() => void)[] = [];
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
    send(socket, await answerTo(isBinary ? parse(data) : null));
    letGo(data);
  }

  async function answerTo(message: Call | null): Promise<Message> {
    if (message === null) return { id: null, outcome: malformed() };
    const { id, method, parameters } = message;
    if (inFlight === hostLimits.callsInFlight) return { id, outcome: tooManyCalls() };
    inFlight++;
    if (running === hostLimits.callsAtOnce) await new Promise<void>((begin) => waiting.push(begin));
    else running++;
    const outcome = await connection.call(method, parameters);
    // Whoever waits takes this one's place.
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
    inFlight--;
    return { id, outcome };
  }
}

/**
 * Gives the memory of a large message back now that it was answered. It would wait for a collection otherwise, which a host that has
 * nothing to do sees no reason for. Whoever was given a part of it, such as the thread that reads pictures, owns that already.
 */
function letGo({ buffer, length }: Buffer): void {
  if (length < hostLimits.largeMessageBytes || !(buffer instanceof ArrayBuffer) || buffer.byteLength === 0) return;
  // What is sent where nobody listens is gone.
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.postMessage(null, [buffer]);
  port1.close();
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
/** And after which one is that has not read what it was sent, behind which every ping waits: five minutes. */
const mostUnread = 20;

/** A window whose machine went away never says goodbye. */
function watch(socket: WebSocket): () => void {
  let unanswered = 0;
  let wasPaused = false;
  socket.on('pong', () => (unanswered = 0));
  const timer = setInterval(() => {
    // Answers of a paused one lie unheard: what counted before counts no more.
    if (wasPaused && !socket.isPaused) unanswered = 0;
    wasPaused = socket.isPaused;
    if (unanswered >= (wasPaused ? mostUnread : mostUnanswered)) return socket.terminate();
    unanswered++;
    socket.ping();
  }, heartbeatMs);
  return () => clearInterval(timer);
}
