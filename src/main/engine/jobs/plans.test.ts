/** Plans over fake graphs: what is written before a picture, what it is drawn from, and who has a say in it. */
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../shared/contract/events.js';
import { readPlanAgain } from './caption-ranking.js';
import { surprisalOf } from '../model/token-sampling.js';
import { edit, generate } from './generate.js';
import {
  drain,
  fakeCodes,
  fakeLanguageModel,
  fakeManifest,
  fakeOffset,
  fakeParts,
  planningLanguage,
  type FakeGraph,
} from '../../../../tests/fakes/engine-parts.js';
import { LanguageModel } from '../model/language-model.js';
import type { EngineRequest } from '../protocol.js';
import { ask, describe as describeImage } from './describe.js';

const { signal } = new AbortController();
const settings = { steps: 2, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
const generating = { kind: 'generate', prompt: 'w8 w9', seed: 3, variations: 2, settings } as const;
const codes = [1, 2, 3, 4, 5, 6, 7, 8];
const editing = { kind: 'edit', source: { codes }, instruction: 'w9', seed: 3, variations: 1, settings } as const;

type Drawing = Extract<EngineRequest, { kind: 'generate' | 'edit' }>;

function planning(planTemperature?: number) {
  const language = planningLanguage();
  if (planTemperature !== undefined) language.defaults.planTemperature = planTemperature;
  return fakeManifest({ languageModel: language });
}

async function draw(request: Drawing, manifest = planning(), lm: FakeGraph = fakeLanguageModel()) {
  const parts = fakeParts(manifest, { lm });
  const job = request.kind === 'edit' ? edit(parts, request, signal) : generate(parts, request, signal);
  const { events, result } = await drain(job);
  if (result.kind !== 'generate' && result.kind !== 'edit') throw new Error(result.kind);
  return { events, images: result.images, prefixes: prefixesRead(lm) };
}

/** What was read at once, row by row without padding. */
function prefixesRead(lm: FakeGraph): number[][] {
  return lm.runs.flatMap((feeds) => {
    const { data, dims } = feeds['input_ids']!;
    const [rows, length] = dims as [number, number];
    if (length === 1) return [];
    const ids = Array.from(data as BigInt64Array, Number);
    return Array.from({ length: rows }, (_, row) =>
      ids.slice(row * length, (row + 1) * length).filter((id) => id !== 0),
    );
  });
}

const idsOf = (text: string): number[] => text.split(' ').map((word) => Number(word.slice(1)));
const plansIn = (events: EngineEvent[]) => events.filter((event) => event.type === 'plan');
/** Coarse first, each with the id of its place. */
const imageIds = codes.map((code, index) => fakeOffset + index * fakeCodes + code).reverse();

describe('a picture that is planned first', () => {
  test('is drawn from the plan, which is told as it grows and kept with every variation', async () => {
    const { events, images, prefixes } = await draw(generating);
    expect(prefixes[0]).toEqual([1, 8, 9, 7]);
    const told = plansIn(events).filter(({ variation }) => variation === 1);
    const { text } = told.at(-1)!;
    expect(text).toMatch(/^w\d+( w\d+)*$/);
    told.forEach((event, at) => expect(event.text.startsWith(told[at - 1]?.text ?? '')).toBe(true));
    expect(prefixes[1]).toEqual([1, ...idsOf(text), 3]);
    expect(prefixes).toHaveLength(2);
    expect(images.map(({ plan }) => plan)).toEqual([text, text]);
    const phases = events.flatMap((event) => (event.type === 'progress' ? [event.phase] : []));
    expect([...new Set(phases)]).toEqual(['planning', 'writing-tokens', 'restoring']);
  });

  test('a stored plan draws the same picture without being written again', async () => {
    const written = await draw(generating);
    const plan = { text: written.images[0]!.plan! };
    const again = await draw({ ...generating, plan });
    expect(again.images).toEqual(written.images);
    expect(again.prefixes).toEqual(written.prefixes.slice(1));
    expect(plansIn(again.events)).toEqual([0, 1].map((variation) => ({ type: 'plan', variation, ...plan })));
  });

  test('a person’s own plan is what is drawn', async () => {
    const { images, prefixes } = await draw({ ...generating, plan: { text: '  w15 w16 ' } });
    expect(prefixes).toEqual([[1, 15, 16, 3]]);
    expect(images[0]!.plan).toBe('w15 w16');
  });

  test('none draws straight from the words, as a pack without plans does', async () => {
    const { events, images, prefixes } = await draw({ ...generating, plan: 'none' });
    expect(prefixes).toEqual([[1, 8, 9, 3]]);
    expect(images[0]).not.toHaveProperty('plan');
    expect(plansIn(events)).toEqual([]);
    const plain = await draw({ ...generating, plan: 'none' }, fakeManifest());
    expect(plain.prefixes).toEqual([[1, 8, 9, 3]]);
  });

  test('above temperature 0 every variation plans for itself, as its seed plans alone', async () => {
    const together = await draw({ ...generating, variations: 3 }, planning(8));
    const texts = together.images.map(({ plan }) => plan!);
    expect(new Set(texts).size).toBe(3);
    for (const [variation, image] of together.images.entries()) {
      const alone = await draw({ ...generating, seed: 3 + variation, variations: 1 }, planning(8));
      expect(alone.images[0]).toEqual(image);
    }
  });

  test('the pack says how unlikely a word of a plan may be', async () => {
    const likeliest = await draw(generating);
    const narrow = planning(8);
    narrow.languageModel!.defaults.planMinP = 1;
    const { images } = await draw({ ...generating, variations: 3 }, narrow);
    expect(new Set(images.map(({ plan }) => plan))).toEqual(new Set([likeliest.images[0]!.plan]));
  });

  test('a branch without words has no plan', async () => {
    const kept = [null, null, null, null, 4, 3, 2, 1];
    const { images, prefixes } = await draw({ ...generating, prompt: '', kept });
    expect(prefixes).toEqual([[1, 3]]);
    expect(images[0]).not.toHaveProperty('plan');
  });

  test.each([
    [{ text: ' ' }, planning(), 'prompt-empty'],
    [{ text: 'w9 '.repeat(7) }, planning(), 'prompt-too-long'],
    [{ text: 'w9' }, fakeManifest(), 'task-unsupported'],
  ])('the plan %j is refused', async (plan, manifest, code) => {
    await expect(draw({ ...generating, plan }, manifest)).rejects.toMatchObject({ code });
  });

  test('stops while it plans', async () => {
    const cancellation = new AbortController();
    const run = async () => {
      for await (const event of generate(fakeParts(planning()), generating, cancellation.signal)) {
        if (event.type === 'plan') cancellation.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('an edit that is planned first', () => {
  test('goes from the source’s description over the result’s to its tokens', async () => {
    const { images, prefixes } = await draw(editing);
    const parts = fakeParts(planning());
    const said = await drain(describeImage(parts, { kind: 'describe', source: { codes } }, signal));
    if (said.result.kind !== 'describe') throw new Error(said.result.kind);
    const source = [1, 3, ...imageIds, 4];
    const described = [...source, 5, ...idsOf(said.result.text), 6, 9, 7];
    expect(prefixes).toEqual([source, described, [...described, ...idsOf(images[0]!.plan!), 3]]);
  });

  test('is planned from words alone where the pack asks for no more, and drawn from the picture', async () => {
    const manifest = planning();
    const wordsFirst = ['edit', { slot: 'text' }, 'caption', { slot: 'description' }, 'plan'] as const;
    const { templates } = manifest.languageModel!;
    templates.editPlan = ['begin', ...wordsFirst];
    templates.editFromPlan = [
      ...(['begin', 'beginImage', { slot: 'image' }, 'endImage'] as const),
      ...([...wordsFirst, { slot: 'plan' }, 'beginImage'] as const),
    ];
    const { prefixes } = await draw(editing, manifest);
    const [, planned, drawn] = prefixes;
    expect(planned!.slice(0, 4)).toEqual([1, 6, 9, 5]);
    expect(drawn!.slice(0, 2 + imageIds.length + 1)).toEqual([1, 3, ...imageIds, 4]);
    expect(drawn!.slice(3 + imageIds.length, 2 + imageIds.length + planned!.length)).toEqual(planned!.slice(1));
  });

  test('reads the description twice before the plan where the pack asks for it', async () => {
    const manifest = planning();
    const described = ['caption', { slot: 'description' }] as const;
    manifest.languageModel!.templates.editPlan = [
      'begin',
      'edit',
      { slot: 'text' },
      ...described,
      ...described,
      'plan',
    ];
    const [, planned] = (await draw(editing, manifest)).prefixes;
    const said = planned!.slice(planned!.indexOf(5), planned!.lastIndexOf(5));
    expect(said.length).toBeGreaterThan(1);
    expect(planned).toEqual([1, 6, 9, ...said, ...said, 7]);
  });

  test('above temperature 0 the first variation keeps the likeliest plan, the others their own', async () => {
    const likeliest = await draw({ ...editing, seed: 8 });
    const { images } = await draw({ ...editing, variations: 3 }, planning(8));
    const texts = images.map(({ plan }) => plan!);
    expect(texts[0]).toBe(likeliest.images[0]!.plan);
    expect(new Set(texts).size).toBe(3);
  });

  test('takes a person’s plan, or goes straight from the instruction', async () => {
    const own = await draw({ ...editing, plan: { text: 'w15' } });
    expect(own.prefixes.at(-1)!.slice(-3)).toEqual([7, 15, 3]);
    expect(own.images[0]!.plan).toBe('w15');
    const straight = await draw({ ...editing, plan: 'none' });
    expect(straight.prefixes).toEqual([[1, ...imageIds, 4, 9, 3]]);
  });

  test('a pack that edits by plans alone says so when asked for none', async () => {
    const manifest = planning();
    delete manifest.languageModel!.templates.edit;
    await expect(draw({ ...editing, plan: 'none' }, manifest)).rejects.toMatchObject({ code: 'task-unsupported' });
    await expect(draw(editing, manifest)).resolves.toBeDefined();
  });

  test('a plan for a pack without them is refused before anything is read', async () => {
    const lm = fakeLanguageModel();
    const job = draw({ ...editing, plan: { text: 'w9' } }, fakeManifest(), lm);
    await expect(job).rejects.toMatchObject({ code: 'task-unsupported' });
    expect(lm.runs).toEqual([]);
  });
});

describe('a question that is answered from a description', () => {
  test('reads what the model says of the picture before the question', async () => {
    const manifest = planning();
    const { question, ...templates } = manifest.languageModel!.templates;
    const described = question!.flatMap((item) =>
      typeof item !== 'string' && item.slot === 'text' ? [{ slot: 'description' as const }, item] : [item],
    );
    manifest.languageModel!.templates = { ...templates, question: described };
    const lm = fakeLanguageModel();
    const parts = fakeParts(manifest, { lm });
    const said = await drain(describeImage(parts, { kind: 'describe', source: { codes } }, signal));
    if (said.result.kind !== 'describe') throw new Error(said.result.kind);
    const before = prefixesRead(lm).length;
    const { events } = await drain(ask(parts, { kind: 'ask', source: { codes }, question: 'w9' }, signal));
    const [seen, asked] = prefixesRead(lm).slice(before);
    expect(seen).toEqual(prefixesRead(lm)[0]);
    const words = idsOf(said.result.text);
    expect(asked!.join()).toContain([...words, 9].join());
    expect(asked).toHaveLength(question!.length - 2 + imageIds.length + words.length + 1);
    expect(new Set(events.flatMap((event) => (event.type === 'progress' ? [event.phase] : [])))).toEqual(
      new Set(['reading-image', 'writing-text']),
    );
  });
});

describe('the best of a planned picture', () => {
  /** log p(plan and its end | codes) / length, id after id. */
  async function reading(sequence: readonly number[], plan: string): Promise<number> {
    const manifest = planning();
    const model = new LanguageModel(fakeLanguageModel(), manifest.languageModel!);
    const image = sequence.map((code, index) => fakeOffset + index * fakeCodes + code).reverse();
    let state = await model.read([[1, 3, ...image, 4]]);
    let sum = 0;
    const whole = [...idsOf(plan), 2];
    for (const id of whole) {
      sum -= surprisalOf(state.logits[0]!, id);
      state = await model.append(state, [id]);
    }
    return sum / whole.length;
  }

  test.each([generating, editing])(
    'the one whose own description is likeliest the plan is kept ($kind)',
    async (one) => {
      const plan = { text: 'w15 w11 w12' };
      const pools = await Promise.all(
        [1, 2, 4, 8].map((bestOf) => draw({ ...one, plan, settings: { ...settings, bestOf } })),
      );
      const scores = await Promise.all(pools.map(({ images }) => reading(images[0]!.codes, plan.text)));
      scores.slice(1).forEach((score, at) => expect(score).toBeGreaterThanOrEqual(scores[at]! - 1e-6));
      expect(scores.at(-1)).toBeGreaterThan(scores[0]!);
      const drafts = pools.map(({ images }) => ({ codes: images[0]!.codes, certainty: [] }));
      const read = await readPlanAgain(fakeParts(planning()), idsOf(plan.text), drafts, signal);
      read.forEach((score, at) => expect(score).toBeCloseTo(scores[at]!, 4));
    },
  );
});
