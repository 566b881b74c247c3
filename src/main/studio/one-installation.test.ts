import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { notTooOften } from './one-installation.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

test('a window hears the beginning and the end of each phase, and not every piece between', () => {
  const heard: string[] = [];
  const tell = notTooOften(({ phase, done }: { phase: string; done: number; total: number }) => {
    heard.push(`${phase} ${done}`);
  });
  const at = (ms: number, phase: string, done: number) => {
    vi.setSystemTime(ms);
    tell({ phase, done, total: 9 });
  };
  at(1000, 'copying', 1);
  at(1099, 'copying', 2);
  at(1100, 'copying', 3);
  at(1101, 'copying', 9);
  at(1102, 'verifying', 0);
  at(1103, 'verifying', 5);
  expect(heard).toEqual(['copying 1', 'copying 3', 'copying 9', 'verifying 0']);
});
