/** Files as damage, transfer and malice change them, for property tests of whoever reads them. */
import fc from 'fast-check';

/** What damage, transfer and malice make of a file: flipped, cut, doubled, removed, spliced and extreme numbers. */
export const change = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(), value: fc.nat(255) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat(), length: fc.nat(200) }),
  fc.record({
    kind: fc.constant('repeat' as const),
    at: fc.nat(),
    length: fc.integer({ min: 1, max: 200 }),
    times: fc.nat(2000),
  }),
  fc.record({
    kind: fc.constant('number' as const),
    at: fc.nat(),
    value: fc.constantFrom(0, 1, 0x7fffffff, 0xffffffff, 0xffff),
  }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), bytes: fc.uint8Array({ maxLength: 40 }) }),
);
export type Change = typeof change extends fc.Arbitrary<infer One> ? One : never;

/** What is left after all of them, one after the other. */
export function changed(bytes: Uint8Array, changes: readonly Change[]): Uint8Array {
  return changes.reduce((now, one) => {
    if (now.length === 0 || now.length > 1_000_000) return now;
    const at = one.at % now.length;
    switch (one.kind) {
      case 'set':
        return now.with(at, one.value);
      case 'cut':
        return now.slice(0, at);
      case 'remove':
        return joined(now.subarray(0, at), now.subarray(at + one.length));
      case 'repeat':
        return joined(
          now.subarray(0, at),
          ...Array<Uint8Array>(one.times).fill(now.subarray(at, at + one.length)),
          now.subarray(at),
        );
      case 'number': {
        const copy = Uint8Array.from(now);
        if (at + 4 <= copy.length) new DataView(copy.buffer).setUint32(at, one.value);
        return copy;
      }
      case 'insert':
        return joined(now.subarray(0, at), one.bytes, now.subarray(at));
    }
  }, bytes);
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
