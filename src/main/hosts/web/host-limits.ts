/** What one window, and whoever else reaches the port, may ask of the localhost host; docs/security.md has the whole table. */
import { imageLimits } from '../../../shared/pictures/images.js';

export const hostLimits = {
  /** The largest image and room for the message around it. */
  messageBytes: imageLimits.maxBytes + 1024 * 1024,
  /** From here on a message has memory of its own, which is given back as soon as it was answered. */
  largeMessageBytes: 1024 * 1024,
  /** Frames that a message may come in; a browser sends one. */
  messageFragments: 4096,
  /** Windows at once. */
  sockets: 64,
  connections: 512,
  /** Calls of a window that are not answered yet. */
  callsInFlight: 256,
  /** So many of them are worked on at once; the others wait in their order, and other windows do not. */
  callsAtOnce: 32,
  /** A window that does not keep up gets no more previews; the next one shows more anyway. Nor are its calls read. */
  waitingBytes: 8 * 1024 * 1024,
  /** One that leaves this much unread has gone. */
  unreadBytes: 256 * 1024 * 1024,
  /** For the head of a request, milliseconds. */
  headersMs: 10_000,
  requestMs: 30_000,
  /** A connection on which nothing moves. */
  idleMs: 60_000,
  /** For whoever was refused to hang up. */
  refusedMs: 2_000,
} as const;
