/** A bounded store of what can be computed again: least recently used goes first, and is released as it goes. */

/* Not the package `lru-cache`: it refuses what alone is larger than its bound, and here the value in use must stay; and it asks for sizes only once. */

export interface CacheBounds {
  entries: number;
  bytes: number;
}

export class LruCache<Value> {
  readonly #values = new Map<string, Value>();

  /** `bytesOf` is asked anew at each trim, so entries may grow; `release` frees what the garbage collector does not. */
  constructor(
    readonly bounds: CacheBounds,
    readonly bytesOf: (value: Value) => number = () => 0,
    readonly release: (value: Value) => void = () => {},
  ) {}

  get size(): number {
    return this.#values.size;
  }

  /** Also marks the entry as the most recently used. */
  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** A value that is replaced is not released: the new one may share what the old one held. */
  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    this.trim();
  }

  /** Brings the store within its bounds; the most recently used entry always stays. */
  trim(): void {
    let bytes = 0;
    if (Number.isFinite(this.bounds.bytes)) for (const value of this.#values.values()) bytes += this.bytesOf(value);
    for (const [key, value] of this.#values) {
      if (this.#values.size <= 1) return;
      if (this.#values.size <= this.bounds.entries && bytes <= this.bounds.bytes) return;
      bytes -= this.bytesOf(value);
      this.#values.delete(key);
      this.release(value);
    }
  }

  clear(): void {
    for (const value of this.#values.values()) this.release(value);
    this.#values.clear();
  }
}
