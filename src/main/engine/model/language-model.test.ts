import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fakeLanguageModel, fakeManifest } from '../../../../tests/fakes/engine-parts.js';
import { fillTemplate, halfToFloat, LanguageModel, selectRows } from './language-model.js';
import { runs } from '../../../../tests/property-runs.js';

const language = fakeManifest().languageModel!;
const model = () => new LanguageModel(fakeLanguageModel(), language);
const ids = fc.array(fc.integer({ min: 1, max: 29 }), { minLength: 1, maxLength: 12 });

describe('LanguageModel', () => {
  test('a row of a padded batch gives what it gives alone, step after step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ids, { minLength: 1, maxLength: 4 }), ids, async (prefixes, written) => {
        let together = await model().read(prefixes);
        const alone = await Promise.all(prefixes.map((prefix) => model().read([prefix])));
        for (const id of written) {
          expect(together.logits).toEqual(alone.map((state) => state.logits[0]));
          together = await model().append(
            together,
            prefixes.map(() => id),
          );
          for (const [row, state] of alone.entries()) alone[row] = await model().append(state, [id]);
        }
        expect(together.logits).toEqual(alone.map((state) => state.logits[0]));
      }),
      { numRuns: runs(30) },
    );
  });

  test('reading all at once equals appending one by one', async () => {
    await fc.assert(
      fc.asyncProperty(ids, async (prefix) => {
        const whole = await model().read([prefix]);
        let state = await model().read([prefix.slice(0, 1)]);
        for (const id of prefix.slice(1)) state = await model().append(state, [id]);
        expect(state.logits).toEqual(whole.logits);
      }),
    );
  });

  test('selected rows go on as if each had been read for itself', async () => {
    const prefixes = [[5, 6, 7], [9]];
    const selected = selectRows(await model().read(prefixes), [1, 0, 1]);
    const next = await model().append(selected, [11, 12, 13]);
    const expected = await model().append(await model().read([prefixes[1]!, prefixes[0]!, prefixes[1]!]), [11, 12, 13]);
    expect(next.logits).toEqual(expected.logits);
  });

  test('a graph that answers for the last place alone tells the same', async () => {
    await fc.assert(
      fc.asyncProperty(ids, ids, fc.nat(11), async (one, other, back) => {
        const length = Math.min(one.length, other.length);
        const rows = [one.slice(0, length), other.slice(0, length)];
        const places = 1 + (back % length);
        const lastOnly = new LanguageModel(fakeLanguageModel({ lastOnly: true }), language);
        expect((await lastOnly.read([one, other])).logits).toEqual((await model().read([one, other])).logits);
        for (let run = 0; run < 2; run++) {
          expect(await lastOnly.predictions(rows, places)).toEqual(await model().predictions(rows, places));
        }
      }),
      { numRuns: runs(30) },
    );
  });

  test('the cache goes back in as the tensors that came out', async () => {
    const graph = fakeLanguageModel();
    const cached = new LanguageModel(graph, language);
    const state = await cached.read([[5, 6]]);
    await cached.append(state, [7]);
    expect(graph.runs[1]!['past_key_values.0.key']).toBe(state.past['0.key']);
    expect(graph.runs[1]!['input_ids']!.dims).toEqual([1, 1]);
    expect(graph.runs[1]!['attention_mask']!.dims).toEqual([1, 3]);
  });
});

test('templates are filled in place', () => {
  expect(fillTemplate(language.templates.edit!, language, { text: [7, 8], image: [20, 21] })).toEqual([
    1, 20, 21, 4, 7, 8, 3,
  ]);
});

test('half floats become numbers', () => {
  expect([0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555].map(halfToFloat)).toEqual([
    1,
    -2,
    2 ** -24,
    Infinity,
    0.333251953125,
  ]);
  expect(halfToFloat(0x7e00)).toBeNaN();
});
