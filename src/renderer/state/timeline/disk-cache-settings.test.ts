import { expect, it, vi } from 'vitest';
import { CacheNotices, cacheUse } from './disk-cache-settings.svelte.js';

const problem = { code: 'cache-unusable', message: 'It cannot be written.', remedy: 'Make it writable.' } as const;
const cache = { bytes: 0, limit: 1, problem: null };

it('tells a problem once, and again after all was well', () => {
  const reportSerialised = vi.fn();
  const notices = new CacheNotices({ reportSerialised });
  notices.follow(undefined);
  notices.follow({ ...cache, problem });
  notices.follow({ ...cache, problem: { ...problem } });
  expect(reportSerialised).toHaveBeenCalledTimes(1);
  notices.follow(cache);
  notices.follow({ ...cache, problem });
  expect(reportSerialised).toHaveBeenCalledTimes(2);
});

it('states what is used in whole megabytes', () => {
  const megabyte = 1024 * 1024;
  expect(cacheUse(undefined)).toBeNull();
  expect(cacheUse({ bytes: 0, limit: 0, problem: null })).toBe('off');
  expect(cacheUse({ bytes: 33.2 * megabyte, limit: 256 * megabyte, problem: null })).toBe('34 of 256 MB');
});
