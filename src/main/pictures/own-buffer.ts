/** The memory of bytes that have it to themselves, which can change hands instead of being copied; nothing of a view into more. */
export function ownBuffer({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && byteLength === buffer.byteLength ? [buffer] : [];
}
