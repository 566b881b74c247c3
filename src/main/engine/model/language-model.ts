/**
 * A LLaMA-family graph with its key/value cache in the Optimum convention (`past_key_values.N.key` in, `present.N.key` out).
 * Rows of unlike length share a batch by padding on the left; the attention mask hides the padding.
 */
import type { PackManifest, TemplateItem, TemplateSlot } from '../../../shared/packs/pack.js';
import { int64, type Graph, type GraphTensor, type TensorData } from './graph.js';

type LanguageManifest = NonNullable<PackManifest['languageModel']>;

/** One batch of sequences in mid-writing. */
export interface LanguageState {
  /** Logits of the last position of every row, each [vocabulary]. */
  logits: Float32Array[];
  past: Record<string, GraphTensor>;
  /** Padding in front of every row. */
  padding: number[];
  /** Columns of the cache, padding included. */
  length: number;
}

export class LanguageModel {
  private readonly slots: string[];
  private readonly takesPositions: boolean;
  private readonly cacheType: string;
  /** Found out on the first run that could show it: the graph answers for the last place of what it reads only. */
  private answersOnce = false;

  constructor(
    private readonly graph: Graph,
    private readonly manifest: LanguageManifest,
  ) {
    this.slots = Array.from({ length: manifest.layers }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat();
    this.takesPositions = graph.inputs.some((input) => input.name === 'position_ids');
    this.cacheType = graph.inputs.find((input) => input.name === 'past_key_values.0.key')?.type ?? 'float32';
  }

  /** Reads whole prefixes at once. */
  async read(prefixes: readonly (readonly number[])[]): Promise<LanguageState> {
    const length = Math.max(...prefixes.map((prefix) => prefix.length));
    const padding = prefixes.map((prefix) => length - prefix.length);
    const { pad } = this.manifest.specialTokens;
    const ids = prefixes.flatMap((prefix, row) => [...Array<number>(padding[row]!).fill(pad), ...prefix]);
    return this.run(ids, this.beginning(prefixes.length, padding));
  }

  /** Appends one id to every row. */
  async append(state: LanguageState, ids: readonly number[]): Promise<LanguageState> {
    return this.run(ids, state);
  }

  /** What is expected at the last `places` places of rows of one length, that after the end included: [rows][places][vocabulary]. */
  async predictions(rows: readonly (readonly number[])[], places: number): Promise<Float32Array[][]> {
    const length = rows[0]!.length;
    if (!this.answersOnce) {
      const outputs = await this.feed(rows.flat(), this.beginning(rows.length, Array<number>(rows.length).fill(0)));
      const logits = outputs['logits']!;
      this.answersOnce = logits.dims[1]! < places;
      if (!this.answersOnce) {
        return rows.map((_, row) =>
          Array.from({ length: places }, (_, place) => logitsAt(logits, row, logits.dims[1]! - places + place)),
        );
      }
    }
    let state = await this.read(rows.map((row) => row.slice(0, length - places + 1)));
    const found = state.logits.map((logits) => [logits]);
    for (let place = length - places + 1; place < length; place++) {
      state = await this.append(
        state,
        rows.map((row) => row[place]!),
      );
      state.logits.forEach((logits, row) => found[row]!.push(logits));
    }
    return found;
  }

  private beginning(rows: number, padding: number[]): LanguageState {
    const { keyValueHeads, headSize } = this.manifest;
    const empty = this.cacheType === 'float16' ? new Uint16Array(0) : new Float32Array(0);
    const past: Record<string, GraphTensor> = {};
    for (const slot of this.slots) {
      past[slot] = { type: this.cacheType, data: empty, dims: [rows, keyValueHeads, 0, headSize] };
    }
    return { logits: [], past, padding, length: 0 };
  }

  private async run(ids: readonly number[], state: LanguageState): Promise<LanguageState> {
    const outputs = await this.feed(ids, state);
    const past: Record<string, GraphTensor> = {};
    for (const slot of this.slots) past[slot] = outputs[`present.${slot}`]!;
    const added = ids.length / state.padding.length;
    const answer = outputs['logits']!;
    // [B, S, V], or [B, 1, V] from a graph that computes no more than what is asked for here.
    const logits = state.padding.map((_, row) => logitsAt(answer, row, answer.dims[1]! - 1));
    return { logits, past, padding: state.padding, length: state.length + added };
  }

  private feed(ids: readonly number[], state: LanguageState): Promise<Record<string, GraphTensor>> {
    const rows = state.padding.length;
    const added = ids.length / rows;
    const total = state.length + added;
    const mask = new BigInt64Array(rows * total).fill(1n);
    const positions = new BigInt64Array(rows * added);
    state.padding.forEach((padding, row) => {
      mask.fill(0n, row * total, row * total + padding);
      for (let index = 0; index < added; index++) {
        positions[row * added + index] = BigInt(Math.max(0, state.length + index - padding));
      }
    });
    const feeds: Record<string, GraphTensor> = {
      input_ids: int64(BigInt64Array.from(ids, BigInt), [rows, added]),
      attention_mask: int64(mask, [rows, total]),
    };
    if (this.takesPositions) feeds['position_ids'] = int64(positions, [rows, added]);
    for (const slot of this.slots) feeds[`past_key_values.${slot}`] = state.past[slot]!;
    return this.graph.run(feeds);
  }
}

/** The state with its rows taken in the order `rows` names, repeats allowed: one reading serves many variations. */
export function selectRows(state: LanguageState, rows: readonly number[]): LanguageState {
  const past: Record<string, GraphTensor> = {};
  for (const [slot, tensor] of Object.entries(state.past)) {
    const bytes = bytesOf(tensor.data);
    const stride = bytes.length / tensor.dims[0]!;
    const selected = new Uint8Array(stride * rows.length);
    rows.forEach((row, index) => selected.set(bytes.subarray(row * stride, (row + 1) * stride), index * stride));
    const data = tensor.type === 'float16' ? new Uint16Array(selected.buffer) : new Float32Array(selected.buffer);
    past[slot] = { type: tensor.type, data, dims: [rows.length, ...tensor.dims.slice(1)] };
  }
  return {
    logits: rows.map((row) => state.logits[row]!),
    past,
    padding: rows.map((row) => state.padding[row]!),
    length: state.length,
  };
}

/** Vocabulary ids of each slot; what is left out stays empty. */
export type SlotIds = Partial<Record<TemplateSlot, readonly number[]>>;

/** A template with its slots filled. */
export function fillTemplate(items: readonly TemplateItem[], manifest: LanguageManifest, slots: SlotIds): number[] {
  return items.flatMap((item) => (typeof item === 'string' ? manifest.specialTokens[item]! : (slots[item.slot] ?? [])));
}

/** One place of logits [rows, length, vocabulary], without copying 32-bit ones. */
function logitsAt(tensor: GraphTensor, row: number, place: number): Float32Array {
  const [, length, vocabulary] = tensor.dims as [number, number, number];
  const from = (row * length + place) * vocabulary;
  if (tensor.data instanceof Float32Array) return tensor.data.subarray(from, from + vocabulary);
  const bytes = bytesOf(tensor.data);
  return Float32Array.from(new Uint16Array(bytes.buffer, bytes.byteOffset + 2 * from, vocabulary), halfToFloat);
}

/** Node 20 gives half floats as Uint16Array, later ones as Float16Array: only their bytes are alike. */
function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** IEEE 754 binary16 → number. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
