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

it('lights up what is pointed at, and goes back to what is picked', () => {
  const tools = new TimelineTools({ mode: 'explore' });
  tools.pickRange({ from: 2, to: 3 });
  tools.point({ from: 7, to: 8 });
  expect([2, 7, 8].map((index) => tools.lights(index))).toEqual([false, true, true]);
  expect(tools.includes(2)).toBe(true);
  tools.point(null);
  expect([2, 7, 8].map((index) => tools.lights(index))).toEqual([true, false, false]);
  tools.point({ from: 5, to: 5 });
  tools.extend(6);
  expect(tools.lit).toEqual(tools.range);
  tools.pickRange({ from: 2, to: 3 });
  tools.point({ from: 1, to: 1 });
  tools.reset(32);
  expect(tools.lit).toEqual({ from: 2, to: 3 });
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
  tools.tab = 'branch';
  expect(tools.active).toBe('look');
  window.mode = 'explore';
  expect(tools.active).toBe('branch');
  expect(tools.looking).toBe(false);
  tools.tab = 'look';
  expect(tools.looking).toBe(true);
  window.mode = 'create';
  expect(tools.looking).toBe(false);
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
