import { expect, it } from 'vitest';
import { TimelineTools } from './timeline-tools.svelte.js';

it('picks a range from the first token to the last, in either direction', () => {
  const tools = new TimelineTools({ mode: 'explore' });
  tools.extend(9);
  expect(tools.range).toEqual({ from: 9, to: 9 });
  tools.extend(4);
  expect(tools.range).toEqual({ from: 4, to: 9 });
  tools.extend(12);
  expect(tools.range).toEqual({ from: 9, to: 12 });
  expect([8, 9, 12, 13].map((index) => tools.includes(index))).toEqual([false, true, true, false]);
  tools.reset(12);
  expect(tools.range).toBeNull();
});

it('follows the pointer until a place is pinned; the same place again lets go', () => {
  const tools = new TimelineTools({ mode: 'explore' });
  tools.hoverPlace({ x: 0.1, y: 0.1 });
  tools.pinPlace({ x: 0.5, y: 0.5 });
  tools.hoverPlace({ x: 0.2, y: 0.2 });
  expect(tools.place).toEqual({ x: 0.5, y: 0.5 });
  tools.pinPlace({ x: 0.5, y: 0.51 });
  tools.hoverPlace(null);
  expect(tools.place).toBeNull();
});

it('offers only looking outside Explore', () => {
  const window = { mode: 'create' as 'create' | 'explore' };
  const tools = new TimelineTools(window);
  tools.tab = 'where';
  expect(tools.active).toBe('look');
  window.mode = 'explore';
  expect(tools.active).toBe('where');
});

it('locks what is not all locked yet, else unlocks; another picture starts without locks', () => {
  const tools = new TimelineTools({ mode: 'explore' });
  tools.toggleLock({ from: 2, to: 2 });
  tools.toggleLock({ from: 1, to: 3 });
  expect([...tools.locked].sort()).toEqual([1, 2, 3]);
  tools.toggleLock({ from: 2, to: 3 });
  expect([...tools.locked]).toEqual([1]);
  tools.reset(32);
  expect(tools.locked.size).toBe(0);
});
