import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NoticesState } from './notices.svelte.js';

const error = { code: 'engine-stopped', message: 'It ended.', remedy: 'Again.' } as const;
let notices: NoticesState;

beforeEach(() => {
  vi.useFakeTimers();
  notices = new NoticesState();
});
afterEach(() => void vi.useRealTimers());

it('lets errors stay for twelve seconds, and everything else for four', () => {
  notices.reportSerialised(error);
  notices.tell('Done');
  vi.advanceTimersByTime(4000);
  expect(notices.list.map(({ tone }) => tone)).toEqual(['error']);
  vi.advanceTimersByTime(7999);
  expect(notices.list).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(notices.list).toEqual([]);
});

it('keeps an error while somebody is at it, and gives it its time again afterwards', () => {
  notices.reportSerialised(error);
  const { id } = notices.list[0]!;
  notices.hold(id);
  vi.advanceTimersByTime(60_000);
  expect(notices.list).toHaveLength(1);
  notices.release(id);
  vi.advanceTimersByTime(12_000);
  expect(notices.list).toEqual([]);
  notices.release(id);
  expect(vi.getTimerCount()).toBe(0);
});

it('is dismissed at once, with nothing left behind', () => {
  notices.reportSerialised(error);
  notices.dismiss(notices.list[0]!.id);
  expect(notices.list).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

it('lets what offers to do something stay as long as an error, and what nothing could make up for until it is dismissed', () => {
  notices.tell('Moved to the trash', 'success', { label: 'Undo', run: () => {} });
  vi.advanceTimersByTime(11_999);
  expect(notices.list).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(notices.list).toEqual([]);
  notices.tell('Finished, and nowhere to go', 'info', { label: 'Save', run: () => {}, stays: true });
  notices.tell('Something else');
  vi.advanceTimersByTime(60_000);
  expect(notices.list.map(({ message }) => message)).toEqual(['Finished, and nowhere to go']);
  notices.hold(notices.list[0]!.id);
  notices.release(notices.list[0]!.id);
  vi.advanceTimersByTime(60_000);
  expect(notices.list).toHaveLength(1);
});

it('leaves all behind with the project it spoke about', () => {
  notices.reportSerialised(error);
  notices.tell('Kept', 'info', { label: 'Save', run: () => {}, stays: true });
  notices.clear();
  expect(notices.list).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
