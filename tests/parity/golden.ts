/** Golden vectors of a pack: raw little-endian tensors that PyTorch gave, described by golden.json (training/export_pack.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface StoredTensor {
  file: string;
  type: 'float32' | 'int64' | 'bool';
  shape: number[];
}

export interface GoldenVectors {
  format: 1;
  tolerance: number;
  encoder: { image: StoredTensor; tokens: StoredTensor };
  decoder: Record<'x' | 't' | 'tokens' | 'visible' | 'x0', StoredTensor>;
  /** Packs of pixels give the image, packs of latents the latent. */
  sampling: {
    tokens: StoredTensor;
    noise: StoredTensor;
    steps: number;
    guidance: number;
    image?: StoredTensor;
    latent?: StoredTensor;
  }[];
  /** Of packs with a language model. */
  languageModel?: {
    prompts: [string, string];
    prefill: Record<'input_ids' | 'attention_mask' | 'position_ids' | 'logits', StoredTensor>;
    cached: { step: number; logits: StoredTensor }[];
    greedy: { order: string; imageTokens: StoredTensor };
  };
  /** Of packs with a one-step renderer: the image, or the latent where it answers with those; a mask where it takes one. */
  renderer?: Record<'tokens', StoredTensor> & Partial<Record<'visible' | 'image' | 'latent', StoredTensor>>;
  /** Of packs of latents. */
  vae?: Record<'image' | 'latent' | 'restored', StoredTensor>;
  text: { text: string; ids: number[] }[];
}

export class Golden {
  readonly vectors: GoldenVectors;
  private readonly folder: string;

  constructor(packDirectory: string) {
    this.folder = join(packDirectory, 'golden');
    this.vectors = JSON.parse(readFileSync(join(this.folder, 'golden.json'), 'utf8')) as GoldenVectors;
  }

  floats(stored: StoredTensor): Float32Array {
    return new Float32Array(this.bytes(stored, 'float32', 4));
  }

  integers(stored: StoredTensor): BigInt64Array {
    return new BigInt64Array(this.bytes(stored, 'int64', 8));
  }

  flags(stored: StoredTensor): Uint8Array {
    return new Uint8Array(this.bytes(stored, 'bool', 1));
  }

  /** Integers [rows, columns] as rows of numbers. */
  rows(stored: StoredTensor): number[][] {
    const [rows, columns] = stored.shape as [number, number];
    const values = Array.from(this.integers(stored), Number);
    return Array.from({ length: rows }, (_, row) => values.slice(row * columns, (row + 1) * columns));
  }

  private bytes(stored: StoredTensor, type: StoredTensor['type'], itemBytes: number): ArrayBuffer {
    if (stored.type !== type) throw new Error(`${stored.file} holds ${stored.type}, not ${type}`);
    const raw = readFileSync(join(this.folder, stored.file));
    const expected = stored.shape.reduce((product, side) => product * side, itemBytes);
    if (raw.length !== expected) throw new Error(`${stored.file} has ${raw.length} bytes, not ${expected}`);
    return raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length) as ArrayBuffer;
  }
}

/** Largest absolute difference; throws on unlike lengths, NaN counts as infinite. */
export function largestDifference(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) throw new Error(`${found.length} values, not ${expected.length}`);
  let largest = 0;
  for (let index = 0; index < found.length; index++) {
    const difference = Math.abs(found[index]! - expected[index]!);
    largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference);
  }
  return largest;
}
