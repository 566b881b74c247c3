import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EngineEvent } from '../../shared/contract/events.js';
import { EventOutbox } from './event-outbox.js';

let sent: EngineEvent[][];
let outbox: EventOutbox;

const token = (index: number): EngineEvent => ({ type: 'token', variation: 0, index, code: 1 });
const progress = (phase: 'writing-tokens' | 'restoring', done: number): EngineEvent => ({
  type: 'progress',
  phase,
  done,
  total: 9,
});
const preview = { type: 'preview', variation: 0 } as EngineEvent;
const after = async (milliseconds: number, event: EngineEvent): Promise<void> => {
  await vi.advanceTimersByTimeAsync(milliseconds);
  outbox.add(event);
};

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  outbox = new EventOutbox((events) => sent.push(events));
});
afterEach(() => vi.useRealTimers());

test('progress that follows too soon is left out; the first and the last of a phase always pass', async () => {
  await after(0, progress('writing-tokens', 0));
  await after(20, progress('writing-tokens', 1));
  await after(20, progress('writing-tokens', 2));
  await after(10, progress('writing-tokens', 3));
  await after(20, progress('writing-tokens', 9));
  await after(20, progress('restoring', 0));
  expect(sent.flat()).toEqual([
    progress('writing-tokens', 0),
    progress('writing-tokens', 3),
    progress('writing-tokens', 9),
    progress('restoring', 0),
  ]);
});

test('the first token goes at once, those right behind it together, and a picture takes along what waits', async () => {
  await after(0, token(9));
  for (const index of [8, 7, 6]) await after(4, token(index));
  await after(4, token(5));
  await after(4, token(4));
  await after(1, preview);
  expect(sent).toEqual([[token(9)], [token(8), token(7), token(6)], [token(5), token(4), preview]]);
});

test('what waits goes when its time has come, or with the end of the job, once', async () => {
  await after(0, token(9));
  await after(1, token(8));
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(15);
  expect(sent).toEqual([[token(9)], [token(8)]]);
  await after(1, token(7));
  outbox.flush();
  outbox.flush();
  await vi.advanceTimersByTimeAsync(100);
  expect(sent).toEqual([[token(9)], [token(8)], [token(7)]]);
});
