/** Stand-ins for tests: a small manifest and graphs that compute something simple and checkable. */
import type { GraphName, PackManifest } from '../../src/shared/packs/pack.js';
import type { Graph, GraphTensor, TensorDescription } from '../../src/main/engine/model/graph.js';
import { assembleParts, type EngineParts } from '../../src/main/engine/pack/open-pack.js';

export const fakeK = 8;
export const fakeCodes = 10;
export const fakeOffset = 20;
export const fakeSide = 8;

/** K = 8 tokens of 10 codes, 8 × 8 pixels, ids 0…4 special, 5…19 text, 20…29 codes. */
export function fakeManifest(changes: Partial<PackManifest> = {}): PackManifest {
  return {
    format: 2,
    name: 'fake',
    version: '1.0.0',
    license: 'MIT',
    description: 'A pack for tests.',
    canDraw: [],
    examples: { prompts: [], instructions: [], questions: [] },
    knownWords: [],
    image: { width: fakeSide, height: fakeSide, channels: 3, range: [-1, 1], space: 'pixels' },
    tokens: {
      count: fakeK,
      codebookSize: fakeCodes,
      schedule: { kind: 'power', exponent: 2 },
      generationOrder: 'coarse-to-fine',
      keepFromTrained: true,
    },
    diffusion: { parameterisation: 'x0', noiseScale: 2, defaultSteps: 4, timestepShift: 1, defaultGuidance: 1 },
    languageModel: {
      layers: 1,
      keyValueHeads: 1,
      headSize: 1,
      vocabularySize: 30,
      contextLength: 40,
      imageTokenOffset: fakeOffset,
      maxPromptTokens: 6,
      specialTokens: { pad: 0, begin: 1, end: 2, beginImage: 3, endImage: 4 },
      templates: {
        textToImage: ['begin', { slot: 'text' }, 'beginImage'],
        caption: ['begin', 'beginImage', { slot: 'image' }, 'endImage'],
        edit: ['begin', { slot: 'image' }, 'endImage', { slot: 'text' }, 'beginImage'],
        question: ['begin', { slot: 'image' }, 'endImage', { slot: 'text' }],
      },
      unconditional: ['begin', 'beginImage'],
      defaults: { temperature: 1, topK: 0, guidance: 1, maxTextTokens: 5 },
    },
    files: [],
    graphs: { encoder: 'encoder.onnx', decoder: 'decoder.onnx', lm: 'lm.onnx' },
    tokenizer: 'tokenizer.json',
    parameters: {},
    precision: 'float32',
    memory: 0,
    provenance: { recipe: '', data: '', seed: 0, commit: '', date: '2026-01-01', scores: [] },
    ...changes,
  };
}

/** The fake language model as that of a pack that plans, its image ids by position: 20…29 for index 0 to 90…99 for index 7. */
export function planningLanguage(): NonNullable<PackManifest['languageModel']> {
  const language = fakeManifest().languageModel!;
  return {
    ...language,
    contextLength: 80,
    imageTokenIds: 'by-position',
    specialTokens: { ...language.specialTokens, caption: 5, edit: 6, plan: 7 },
    templates: {
      ...language.templates,
      plan: ['begin', { slot: 'text' }, 'plan'],
      editPlan: [
        ...(['begin', 'beginImage', { slot: 'image' }, 'endImage', 'caption', { slot: 'description' }] as const),
        ...(['edit', { slot: 'text' }, 'plan'] as const),
      ],
      editFromPlan: [
        ...(['begin', 'beginImage', { slot: 'image' }, 'endImage', 'caption', { slot: 'description' }] as const),
        ...(['edit', { slot: 'text' }, 'plan', { slot: 'plan' }, 'beginImage'] as const),
      ],
    },
  };
}

/** A tokenizer.json that splits at spaces into the words `w5` … `w19`. */
export const fakeTokenizer = JSON.stringify({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'WhitespaceSplit' },
  post_processor: null,
  decoder: null,
  model: {
    type: 'WordLevel',
    unk_token: 'w5',
    vocab: Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`w${index + 5}`, index + 5])),
  },
});

export class FakeGraph implements Graph {
  readonly runs: Record<string, GraphTensor>[] = [];

  constructor(
    readonly name: GraphName,
    private readonly compute: (feeds: Readonly<Record<string, GraphTensor>>) => Record<string, GraphTensor>,
    readonly inputs: readonly TensorDescription[] = [],
    readonly outputs: readonly TensorDescription[] = [],
  ) {}

  run(feeds: Readonly<Record<string, GraphTensor>>): Promise<Record<string, GraphTensor>> {
    this.runs.push({ ...feeds });
    return Promise.resolve(this.compute(feeds));
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

/** x0Hat is the mean of the visible codes, scaled to [0, 1), everywhere in the picture; nothing visible gives -1. */
export function fakeDecoder(output: 'x0' | 'velocity' = 'x0'): FakeGraph {
  return new FakeGraph('decoder', (feeds) => {
    const x = feeds['x']!;
    const batch = x.dims[0]!;
    const times = feeds['t']!.data as Float32Array;
    const codes = feeds['tokens']!.data as BigInt64Array;
    const visible = feeds['visible']!.data as Uint8Array;
    const values = x.data as Float32Array;
    const size = values.length / batch;
    const count = codes.length / batch;
    const answer = new Float32Array(values.length);
    for (let row = 0; row < batch; row++) {
      const seen = Array.from({ length: count }, (_, index) => row * count + index).filter((at) => visible[at] === 1);
      const mean = seen.reduce((sum, at) => sum + Number(codes[at]), 0) / (seen.length * fakeCodes);
      const clean = seen.length === 0 ? -1 : mean;
      for (let at = row * size; at < (row + 1) * size; at++) {
        answer[at] = output === 'x0' ? clean : (values[at]! - clean) / times[row]!;
      }
    }
    return { [output]: { type: 'float32', data: answer, dims: x.dims } };
  });
}

/** Token i is the brightness of the picture's first pixel in tenths, plus i, modulo the codebook. */
export function fakeEncoder(): FakeGraph {
  return new FakeGraph('encoder', (feeds) => {
    const first = Math.round((((feeds['image']!.data as Float32Array)[0]! + 1) / 2) * 9);
    const tokens = BigInt64Array.from({ length: fakeK }, (_, index) => BigInt((first + index) % fakeCodes));
    return { tokens: { type: 'int64', data: tokens, dims: [1, fakeK] } };
  });
}

/**
 * A causal model whose cache holds id·1000 + position of every column. Logits of a column are a hash of all that the
 * mask lets it see, so a wrong mask, position or cache row changes them. `lastOnly`: [B, 1, V] whatever it reads.
 */
export function fakeLanguageModel({ vocabulary = 30, lastOnly = false } = {}): FakeGraph {
  return new FakeGraph(
    'lm',
    (feeds) => {
      const [rows, added] = feeds['input_ids']!.dims as [number, number];
      const past = feeds['past_key_values.0.key']!;
      const before = past.dims[2]!;
      const total = before + added;
      const ids = feeds['input_ids']!.data as BigInt64Array;
      const positions = feeds['position_ids']!.data as BigInt64Array;
      const mask = feeds['attention_mask']!.data as BigInt64Array;
      const key = new Float32Array(rows * total);
      const answered = lastOnly ? 1 : added;
      const logits = new Float32Array(rows * answered * vocabulary);
      for (let row = 0; row < rows; row++) {
        key.set((past.data as Float32Array).subarray(row * before, (row + 1) * before), row * total);
        for (let index = 0; index < added; index++) {
          const at = row * added + index;
          key[row * total + before + index] = Number(ids[at]) * 1000 + Number(positions[at]);
        }
        let hash = 17;
        for (let column = 0; column < total; column++) {
          if (mask[row * total + column] === 1n) hash = (hash * 31 + key[row * total + column]!) % 1_000_003;
          if (column < total - answered) continue;
          const place = (row * answered + column - (total - answered)) * vocabulary;
          for (let id = 0; id < vocabulary; id++) logits[place + id] = Math.sin(hash + id * id) * 4;
        }
      }
      const present = { type: 'float32', data: key, dims: [rows, 1, total, 1] };
      return {
        logits: { type: 'float32', data: logits, dims: [rows, answered, vocabulary] },
        'present.0.key': present,
        'present.0.value': present,
      };
    },
    ['input_ids', 'attention_mask', 'position_ids', 'past_key_values.0.key', 'past_key_values.0.value'].map((name) => ({
      name,
      type: name.startsWith('past') ? 'float32' : 'int64',
      shape: [],
    })),
  );
}

export function fakeParts(manifest = fakeManifest(), graphs: Partial<Record<GraphName, Graph>> = {}): EngineParts {
  const all = {
    encoder: fakeEncoder(),
    decoder: fakeDecoder(manifest.diffusion.parameterisation),
    lm: fakeLanguageModel(),
    ...graphs,
  };
  return assembleParts(manifest, all, manifest.languageModel === undefined ? undefined : fakeTokenizer);
}

/** Every event and the result of a generator. */
export async function drain<Event, Result>(
  job: AsyncGenerator<Event, Result>,
): Promise<{ events: Event[]; result: Result }> {
  const events: Event[] = [];
  for (;;) {
    const next = await job.next();
    if (next.done === true) return { events, result: next.value };
    events.push(next.value);
  }
}
