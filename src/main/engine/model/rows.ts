/** Batches as rows: every tensor counts them on its first axis. */
import type { GraphTensor, TensorData } from './graph.js';

export function rowsOf(feeds: Readonly<Record<string, GraphTensor>>): number {
  return Object.values(feeds)[0]!.dims[0]!;
}

type Numbers = Exclude<TensorData, { readonly buffer: ArrayBufferLike; readonly byteOffset: number }> | Float32Array;

/** Views of rows `from` to `to`, nothing copied. */
export function sliceRows(
  feeds: Readonly<Record<string, GraphTensor>>,
  from: number,
  to: number,
): Record<string, GraphTensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { type, data, dims }]) => {
      const size = data.length / dims[0]!;
      const part = (data as Numbers as Float32Array).subarray(from * size, to * size);
      return [name, { type, data: part, dims: [to - from, ...dims.slice(1)] }];
    }),
  );
}

/** Parts of a batch in their order as one batch again. */
export function joinRows(parts: readonly Record<string, GraphTensor>[]): Record<string, GraphTensor> {
  if (parts.length === 1) return parts[0]!;
  const rows = parts.reduce((sum, part) => sum + rowsOf(part), 0);
  return Object.fromEntries(
    Object.entries(parts[0]!).map(([name, { type, data, dims }]) => {
      const size = data.length / dims[0]!;
      const whole = new (data.constructor as Float32ArrayConstructor)(rows * size);
      let at = 0;
      for (const part of parts) {
        whole.set(part[name]!.data as Float32Array, at);
        at += part[name]!.data.length;
      }
      return [name, { type, data: whole, dims: [rows, ...dims.slice(1)] }];
    }),
  );
}
