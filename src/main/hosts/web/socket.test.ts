/** How long a window may say nothing. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { Studio } from '../../studio/studio.js';
import { serveSocket } from './socket.js';

class FakeSocket extends EventEmitter {
  isPaused = false;
  pings = 0;
  isGone = false;
  ping(): void {
    this.pings += 1;
  }
  terminate(): void {
    this.isGone = true;
    this.emit('close');
  }
}

const studio = { connect: () => ({ call: () => undefined, close: () => undefined }) } as unknown as Studio;
const beatMs = 15_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function served(): FakeSocket {
  const socket = new FakeSocket();
  serveSocket(socket as unknown as WebSocket, studio);
  return socket;
}

test('a window that answers no ping is gone after the third', () => {
  const socket = served();
  vi.advanceTimersByTime(3 * beatMs);
  expect([socket.pings, socket.isGone]).toEqual([3, false]);
  vi.advanceTimersByTime(beatMs);
  expect(socket.isGone).toBe(true);
});

test('one that answers stays', () => {
  const socket = served();
  for (let beat = 0; beat < 10; beat++) {
    vi.advanceTimersByTime(beatMs);
    socket.emit('pong');
  }
  expect(socket.isGone).toBe(false);
});

test('one that is slow to read what it was sent has five minutes, and begins anew once it has', () => {
  const socket = served();
  vi.advanceTimersByTime(2 * beatMs);
  socket.isPaused = true;
  vi.advanceTimersByTime(10 * beatMs);
  expect(socket.isGone).toBe(false);
  socket.isPaused = false;
  // Its answers are heard in a moment.
  vi.advanceTimersByTime(beatMs);
  expect(socket.isGone).toBe(false);
  socket.isPaused = true;
  vi.advanceTimersByTime(21 * beatMs);
  expect(socket.isGone).toBe(true);
});
