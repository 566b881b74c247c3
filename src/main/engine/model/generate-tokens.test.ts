import { describe, expect, test } from 'vitest';
import type { GenerationOrder } from '../../../shared/tokens/tokens.js';
import {
  fakeCodes,
  fakeK,
  FakeGraph,
  fakeLanguageModel,
  fakeManifest,
  fakeOffset,
} from '../../../../tests/fakes/engine-parts.js';
import { LanguageModel } from './language-model.js';
import { Random } from './random.js';
import { writeImageTokens, writeText, writeTexts, type ImageWriting, type WrittenId } from './generate-tokens.js';

const manifest = fakeManifest();
const language = manifest.languageModel!;

function writing(changes: Partial<ImageWriting> = {}): ImageWriting {
  return {
    model: new LanguageModel(fakeLanguageModel(), language),
    manifest,
    prefixes: [[1, 7, 8, 3]],
    seed: 5,
    variations: 1,
    temperature: 1,
    topK: 0,
    guidance: 1,
    signal: new AbortController().signal,
    ...changes,
  };
}

async function codesOf(changes: Partial<ImageWriting> = {}): Promise<number[][]> {
  const sequences = Array.from({ length: changes.variations ?? 1 }, () => [] as number[]);
  for await (const { codes } of writeImageTokens(writing(changes)))
    codes.forEach((code, row) => sequences[row]!.push(code));
  return sequences;
}

/** A model whose likeliest ids are `ids`, in turn; every other logit is lower. */
function scripted(ids: number[]): LanguageModel {
  let call = 0;
  const shapes = fakeLanguageModel().inputs;
  const graph = new FakeGraph(
    'lm',
    (feeds) => {
      const [rows, added] = feeds['input_ids']!.dims as [number, number];
      const logits = new Float32Array(rows * added * 30);
      for (let row = 0; row < rows; row++)
        logits[(row * added + added - 1) * 30 + ids[Math.min(call, ids.length - 1)]!] = 9;
      call++;
      const total = feeds['attention_mask']!.dims[1]!;
      const present = { type: 'float32', data: new Float32Array(rows * total), dims: [rows, 1, total, 1] };
      return {
        logits: { type: 'float32', data: logits, dims: [rows, added, 30] },
        'present.0.key': present,
        'present.0.value': present,
      };
    },
    shapes,
  );
  return new LanguageModel(graph, language);
}

describe('writeImageTokens', () => {
  test.each<[GenerationOrder, number[]]>([
    ['coarse-to-fine', [7, 6, 5, 4, 3, 2, 1, 0]],
    ['fine-to-coarse', [0, 1, 2, 3, 4, 5, 6, 7]],
  ])('writes all K tokens %s', async (generationOrder, order) => {
    const ordered = { ...manifest, tokens: { ...manifest.tokens, generationOrder } };
    const indices: number[] = [];
    const known: number[] = [];
    for await (const token of writeImageTokens(writing({ manifest: ordered }))) {
      indices.push(token.index);
      known.push(token.known);
    }
    expect(indices).toEqual(order);
    expect(known).toEqual(order.map((_, step) => step + 1));
  });

  test('only codes are ever chosen, also where text is likelier', async () => {
    // Id 7 is text and has by far the largest logit everywhere.
    const [codes] = await codesOf({ model: scripted([7]), temperature: 0.1 });
    expect(codes).toHaveLength(fakeK);
    for (const code of codes!) {
      expect(code).toBeGreaterThanOrEqual(0);
      expect(code).toBeLessThan(fakeCodes);
    }
  });

  test('a variation is what its own seed gives alone', async () => {
    const together = await codesOf({ variations: 3, guidance: 2.5 });
    for (const [variation, codes] of together.entries()) {
      expect(await codesOf({ seed: 5 + variation, guidance: 2.5 })).toEqual([codes]);
    }
    expect(new Set(together.map(String)).size).toBe(3);
  });

  test.each<[GenerationOrder, number, number]>([
    ['coarse-to-fine', 1, 1],
    ['coarse-to-fine', 3, 1],
    ['coarse-to-fine', 3, 2.5],
    ['fine-to-coarse', 3, 2.5],
  ])(
    'kept tokens come back identical, %s, %i variations, guidance %f',
    async (generationOrder, variations, guidance) => {
      const ordered = { ...manifest, tokens: { ...manifest.tokens, generationOrder } };
      const kept = [null, 3, null, null, 9, 0, null, 7];
      const graph = fakeLanguageModel();
      const sequences = Array.from({ length: variations }, () => new Array<number>(fakeK));
      const model = new LanguageModel(graph, language);
      for await (const { index, codes } of writeImageTokens(
        writing({ model, manifest: ordered, variations, guidance, kept }),
      )) {
        codes.forEach((code, row) => (sequences[row]![index] = code));
      }
      for (const sequence of sequences) {
        kept.forEach((code, index) => {
          if (code !== null) expect(sequence[index]).toBe(code);
        });
      }
      // What was kept is what the model read before it wrote the next one, not what it would have written.
      const order = generationOrder === 'coarse-to-fine' ? [7, 6, 5, 4, 3, 2, 1] : [0, 1, 2, 3, 4, 5, 6];
      const fed = graph.runs.slice(1).map((feeds) => Number((feeds['input_ids']!.data as BigInt64Array)[0]));
      expect(fed).toEqual(order.map((index) => sequences[0]![index]! + fakeOffset));
      if (variations > 1) expect(new Set(sequences.map(String)).size).toBeGreaterThan(1);
    },
  );

  test('keeping what a seed wrote, in any pattern, writes the rest as before', async () => {
    const [written] = await codesOf();
    const codes = written!.toReversed();
    for (const pattern of [0b10110001, 0b11110000, 0b00000001]) {
      const kept = codes.map((code, index) => ((pattern >> index) & 1 ? code : null));
      expect(await codesOf({ kept })).toEqual([written]);
    }
  });

  test('temperature 0 needs no chance', async () => {
    expect(await codesOf({ temperature: 0, seed: 1 })).toEqual(await codesOf({ temperature: 0, seed: 2 }));
    expect(await codesOf({ seed: 1 })).not.toEqual(await codesOf({ seed: 2 }));
  });

  test('guidance runs one unconditional row for each variation, and changes what is written', async () => {
    const graph = fakeLanguageModel();
    await codesOf({ model: new LanguageModel(graph, language), variations: 2, guidance: 3 });
    // Read once with the two prefixes, then spread over the variations.
    expect(graph.runs[0]!['input_ids']!.dims).toEqual([2, 4]);
    expect(Array.from(graph.runs[0]!['input_ids']!.data as BigInt64Array, Number)).toEqual([1, 7, 8, 3, 0, 0, 1, 3]);
    expect(graph.runs[1]!['input_ids']!.dims).toEqual([4, 1]);
    const fed = Array.from(graph.runs[1]!['input_ids']!.data as BigInt64Array, Number);
    expect(fed.slice(2)).toEqual(fed.slice(0, 2));
    expect(await codesOf({ guidance: 4 })).not.toEqual(await codesOf({ guidance: 1 }));
    const unguided = fakeLanguageModel();
    await codesOf({ model: new LanguageModel(unguided, language), variations: 2 });
    expect(unguided.runs[1]!['input_ids']!.dims).toEqual([2, 1]);
  });

  test('each code goes back in as its vocabulary id', async () => {
    const graph = fakeLanguageModel();
    const [codes] = await codesOf({ model: new LanguageModel(graph, language) });
    const fed = graph.runs.slice(1).map((feeds) => Number((feeds['input_ids']!.data as BigInt64Array)[0]));
    expect(fed).toEqual(codes!.slice(0, -1).map((code) => code + fakeOffset));
  });

  test('each code goes back in as the id of its own place where the pack numbers them so', async () => {
    const graph = fakeLanguageModel();
    const numbered = { ...manifest, languageModel: { ...language, imageTokenIds: 'by-position' as const } };
    const model = new LanguageModel(graph, language);
    const [codes] = await codesOf({ model, manifest: numbered, kept: [null, null, null, null, null, 4, null, null] });
    const fed = graph.runs.slice(1).map((feeds) => Number((feeds['input_ids']!.data as BigInt64Array)[0]));
    expect(fed).toEqual(codes!.slice(0, -1).map((code, step) => fakeOffset + (7 - step) * fakeCodes + code));
    expect(fed[2]).toBe(fakeOffset + 5 * fakeCodes + 4);
  });

  test('a variation with a prefix of its own is what that prefix gives alone', async () => {
    const prefixes = [
      [1, 7, 8, 3],
      [1, 9, 3],
      [1, 11, 12, 13, 3],
    ];
    for (const guidance of [1, 2.5]) {
      const together = await codesOf({ prefixes, variations: 3, guidance });
      for (const [variation, codes] of together.entries()) {
        expect(await codesOf({ prefixes: [prefixes[variation]!], seed: 5 + variation, guidance })).toEqual([codes]);
      }
    }
  });

  test('stops between tokens when cancelled', async () => {
    const cancellation = new AbortController();
    let written = 0;
    const run = async () => {
      for await (const token of writeImageTokens(writing({ signal: cancellation.signal }))) {
        written = token.known;
        if (written === 3) cancellation.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
    expect(written).toBe(3);
  });
});

describe('writeText', () => {
  const text = (model: LanguageModel) =>
    writeText({ model, manifest, prefix: [1, 3], textIds: [5, 6, 7, 8], signal: new AbortController().signal });

  test('ends at the end token, which is not part of the text', async () => {
    const ids: number[] = [];
    for await (const id of text(scripted([6, 8, 2, 7]))) ids.push(id);
    expect(ids).toEqual([6, 8]);
  });

  test('ends at the pack’s limit', async () => {
    const ids: number[] = [];
    for await (const id of text(scripted([6]))) ids.push(id);
    expect(ids).toEqual([6, 6, 6, 6, 6]);
  });

  test('image codes are never chosen', async () => {
    for await (const id of text(scripted([25]))) expect([5, 6, 7, 8]).toContain(id);
  });
});

describe('writeTexts', () => {
  const textIds = [5, 6, 7, 8];
  const { signal } = new AbortController();

  test('every text of a batch is what it is alone, whatever ends when', async () => {
    const prefixes = [
      [1, 3],
      [1, 9, 3],
      [1, 11, 12, 3],
      [1, 13, 3],
      [1, 17, 3],
    ];
    const model = new LanguageModel(fakeLanguageModel(), language);
    const together = prefixes.map(() => [] as WrittenId[]);
    for await (const next of writeTexts({ model, manifest, prefixes, textIds, signal })) {
      next.forEach((chosen, row) => {
        if (chosen !== null) together[row]!.push(chosen);
      });
    }
    const lengths = new Set<number>();
    for (const [row, prefix] of prefixes.entries()) {
      const alone: number[] = [];
      for await (const id of writeText({ model, manifest, prefix, textIds, signal })) alone.push(id);
      expect(together[row]!.map(({ id }) => id).filter((id) => id !== 2)).toEqual(alone);
      lengths.add(alone.length);
    }
    expect(lengths.size).toBeGreaterThan(1);
  });

  test('sampled texts follow their row’s chance, and at a temperature of almost nothing the likeliest', async () => {
    const prefixes = [
      [1, 3],
      [1, 3],
    ];
    const model = new LanguageModel(fakeLanguageModel(), language);
    const texts = async (temperature: number, seeds: number[]) => {
      const randoms = seeds.map((seed) => new Random(seed, 'plan'));
      const written = prefixes.map(() => [] as number[]);
      const writing = { model, manifest, prefixes, textIds, signal, sampling: { temperature, randoms } };
      for await (const next of writeTexts(writing)) next.forEach((one, row) => one && written[row]!.push(one.id));
      return written;
    };
    const [one, other] = await texts(8, [1, 2]);
    expect(other).not.toEqual(one);
    expect(await texts(8, [2, 1])).toEqual([other, one]);
    const likeliest: number[] = [];
    for await (const [next] of writeTexts({ model, manifest, prefixes: [[1, 3]], textIds, signal }))
      likeliest.push(next!.id);
    expect(await texts(1e-6, [1, 2])).toEqual([likeliest, likeliest]);
  });

  test('a probability is that of the id among all legal ones', async () => {
    for await (const [next] of writeTexts({ model: scripted([6, 2]), manifest, prefixes: [[1, 3]], textIds, signal })) {
      // One logit of 9, four of 0.
      expect(next!.probability).toBeCloseTo(1 / (1 + 4 * Math.exp(-9)), 12);
    }
  });
});
