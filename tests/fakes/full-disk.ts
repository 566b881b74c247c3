/** A disk that has no room for what is written from a moment on that a test chooses. */
import type * as FileSystem from 'node:fs';

/** `node:fs` whose write streams fail while `writes.fail`; for `vi.mock`. */
export function onFullDisk(real: typeof FileSystem, writes: { fail: boolean }): typeof FileSystem {
  const createWriteStream: typeof real.createWriteStream = (...given) => {
    const stream = real.createWriteStream(...given);
    const fail = { code: 'ENOSPC', errno: -28, syscall: 'write' };
    if (writes.fail) {
      stream._write = (_chunk, _encoding, done) =>
        done(Object.assign(new Error('ENOSPC: no space left on device'), fail));
    }
    return stream;
  };
  return { ...real, createWriteStream };
}
