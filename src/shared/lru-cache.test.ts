import { describe, expect, it } from 'vitest';
import { LruCache } from './lru-cache.js';

function cache(entries: number, bytes: number) {
  const released: string[] = [];
  const store = new LruCache<{ name: string; bytes: number }>(
    { entries, bytes },
    (value) => value.bytes,
    (value) => released.push(value.name),
  );
  return { store, released };
}

describe('LruCache', () => {
  it('lets go of the least recently used, and releases it', () => {
    const { store, released } = cache(2, Infinity);
    store.set('a', { name: 'a', bytes: 1 });
    store.set('b', { name: 'b', bytes: 1 });
    store.get('a');
    store.set('c', { name: 'c', bytes: 1 });
    expect(released).toEqual(['b']);
    expect(store.get('a')?.name).toBe('a');
    expect(store.get('b')).toBeUndefined();
  });

  it('is bounded in bytes too, but never lets go of what was used last', () => {
    const { store, released } = cache(8, 10);
    store.set('a', { name: 'a', bytes: 6 });
    store.set('b', { name: 'b', bytes: 6 });
    expect(released).toEqual(['a']);
    store.set('c', { name: 'c', bytes: 50 });
    expect(released).toEqual(['a', 'b']);
    expect(store.size).toBe(1);
  });

  it('does not release a value that grows under its key', () => {
    const { store, released } = cache(8, 100);
    store.set('a', { name: 'a', bytes: 1 });
    store.set('a', { name: 'a', bytes: 2 });
    expect(released).toEqual([]);
    store.clear();
    expect(released).toEqual(['a']);
  });
});
