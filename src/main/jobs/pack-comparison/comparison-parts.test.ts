import { expect, it } from 'vitest';
import { cancelledError, StudioError } from '../../../shared/errors.js';
import type { EngineEvent } from '../../../shared/contract/events.js';
import type { PackComparisonNews } from '../../../shared/packs/pack-comparison.js';
import { fakeManifest } from '../../../../tests/fakes/engine-parts.js';
import type { EngineRequest, EngineResult } from '../../engine/protocol.js';
import { comparePack, type PackEngine } from './comparison-parts.js';

const image = { width: 8, height: 8, data: new Uint8Array(256).fill(255) };
const work = { prompt: 'w5', seed: 3, steps: 2, pictures: [image, image] };

function answer(request: EngineRequest): EngineResult {
  switch (request.kind) {
    case 'generate':
      return { kind: 'generate', images: [{ image, seed: request.seed, codes: [], certainty: [] }] };
    case 'encode':
      return { kind: 'encode', codes: [0, 1, 2, 3, 4, 5, 6, 7] };
    case 'decode':
      return { kind: 'decode', image };
    case 'entropy':
      return {
        kind: 'entropy',
        pictures: request.sources.length + (request.samples?.count ?? 0),
        codebookSize: 10,
        curves: [{ stride: 0, entropy: [1, 2], surprisal: [1, 2] }],
      };
    default:
      throw new Error(request.kind);
  }
}

async function view(
  change: Partial<PackEngine> = {},
  asked: Partial<typeof work> = {},
  manifest = fakeManifest(),
): Promise<{ news: PackComparisonNews[]; requests: EngineRequest[]; events: EngineEvent[] }> {
  const requests: EngineRequest[] = [];
  const events: EngineEvent[] = [];
  const run: PackEngine['run'] = async (request, onEvent) => {
    requests.push(request);
    onEvent({ type: 'progress', phase: 'restoring', done: 1, total: 2 });
    onEvent({ type: 'preview', variation: 0, knownTokens: 1, step: 0, steps: 1, image });
    return answer(request);
  };
  const pack = { id: 'fake@1.0.0', directory: '/packs/fake', manifest, bytes: 1 };
  await comparePack({ pack, provider: 'cpu', run, ...change }, { ...work, ...asked }, (event) => events.push(event));
  return { requests, events, news: events.flatMap((event) => (event.type === 'pack-comparison' ? [event.news] : [])) };
}

const parts = (news: readonly PackComparisonNews[]) =>
  news.map((one) => ('missing' in one ? `no ${one.part}` : one.part));

it('shows every part in order, with the same seed and steps throughout', async () => {
  const { news, requests } = await view();
  expect(parts(news)).toEqual(['pack', 'drawn', 'restored', ...new Array<string>(9).fill('interpolation'), 'entropy']);
  expect(requests.find(({ kind }) => kind === 'generate')).toMatchObject({ seed: 3, settings: { steps: 2 } });
  expect(requests.filter(({ kind }) => kind === 'decode')).toHaveLength(10);
  for (const request of requests)
    if (request.kind === 'decode') expect(request).toMatchObject({ seed: 3, steps: 2, t: 1 });
  expect(news.find((one) => one.part === 'restored')).toMatchObject({ psnr: null });
});

it('the entropy is of the tokens already read, and nothing is read twice', async () => {
  const { requests } = await view({}, { pictures: [image, image, image] });
  expect(requests.filter(({ kind }) => kind === 'encode')).toHaveLength(2);
  const entropy = requests.find((request) => request.kind === 'entropy');
  expect(entropy).toMatchObject({
    strides: [0],
    sources: [{ codes: expect.anything() }, { codes: expect.anything() }, { image }],
  });
  expect(entropy).not.toHaveProperty('samples');
});

it('progress passes, previews do not', async () => {
  const { events } = await view();
  expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['progress', 'pack-comparison']));
});

it('without a language model pictures are still restored and interpolated', async () => {
  const codec = fakeManifest();
  delete codec.languageModel;
  const { news, requests } = await view({}, {}, codec);
  expect(parts(news)).toEqual([
    'pack',
    'no drawn',
    'restored',
    ...new Array<string>(9).fill('interpolation'),
    'no entropy',
  ]);
  expect(JSON.stringify(news)).toContain('has no language model');
  expect(requests.every(({ kind }) => kind === 'encode' || kind === 'decode')).toBe(true);
});

it('without pictures it draws, and measures what it writes itself', async () => {
  const { news, requests } = await view({}, { pictures: [] });
  expect(parts(news)).toEqual(['pack', 'drawn', 'no restored', 'no interpolation', 'entropy']);
  expect(news.at(-1)).toMatchObject({ written: true, pictures: 8 });
  expect(requests.at(-1)).toMatchObject({ sources: [], samples: { count: 8, seed: 3 } });
});

it('one picture is no interpolation; no prompt is no drawing', async () => {
  const { news } = await view({}, { pictures: [image], prompt: '  ' });
  expect(parts(news)).toEqual(['pack', 'no drawn', 'restored', 'no interpolation', 'entropy']);
});

it('a part that fails is missing with its reason, and the rest goes on', async () => {
  const fault = new StudioError('prompt-too-long', 'The prompt is too long.', 'Shorten it.');
  const run: PackEngine['run'] = async (request) => {
    if (request.kind === 'generate' || request.kind === 'encode') throw fault;
    return answer(request);
  };
  const { news } = await view({ run });
  expect(parts(news)).toEqual(['pack', 'no drawn', 'no restored', 'no interpolation', 'entropy']);
  expect(news[1]).toEqual({ part: 'drawn', missing: 'The prompt is too long. Shorten it.' });
});

it.each([cancelledError(), new StudioError('engine-stopped', 'It stopped.', 'Again.'), new Error('a bug')])(
  'what ends the whole is thrown: %s',
  async (fault) => {
    await expect(view({ run: () => Promise.reject(fault) })).rejects.toBe(fault);
  },
);
