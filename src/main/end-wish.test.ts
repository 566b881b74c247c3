import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { onEndWish } from './end-wish.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const before = new Map(signals.map((signal) => [signal, process.listeners(signal)]));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) {
      if (!before.get(signal)!.includes(listener)) process.off(signal, listener);
    }
  }
});

it.each(signals)('%s asks; what comes with it is the same wish, and a later one insists', (signal) => {
  const said: string[] = [];
  onEndWish(
    () => said.push('ask'),
    () => said.push('insist'),
  );
  vi.advanceTimersByTime(10_000);
  process.emit(signal);
  // As `npm start` passes on a Ctrl+C that the terminal has sent to everybody.
  vi.advanceTimersByTime(20);
  process.emit('SIGTERM');
  expect(said).toEqual(['ask']);
  vi.advanceTimersByTime(1_000);
  process.emit(signal);
  expect(said).toEqual(['ask', 'insist']);
});
