/** The real engine on a pack that works on latents, plans, and numbers image ids by position: every job it can be asked for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../src/main/engine/engine.js';
import { drain } from '../fakes/engine-parts.js';
import type { EngineRequest, ResultOf } from '../../src/main/engine/protocol.js';
import type { EngineEvent } from '../../src/shared/contract/events.js';
import type { RasterImage } from '../../src/shared/pictures/images.js';
import { latentTokens, writeLatentPack } from '../fakes/latent-pack.js';

const settings = { steps: 2, tokenGuidance: 2, textGuidance: 2, temperature: 1, topK: 0 };
const generating = { kind: 'generate', prompt: 'w8 w9', seed: 4, variations: 3, settings } as const;
const { count, codes } = latentTokens;
const side = 128;

/** A gradient: nothing in it is the same twice. */
const image: RasterImage = {
  width: side,
  height: side,
  data: Uint8Array.from({ length: side * side * 4 }, (_, at) => (at % 4 === 3 ? 255 : (at * 7 + (at >> 9)) % 256)),
};

let folder: string;
let engine: Engine;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-latent-'));
  engine = await Engine.open({
    packDirectory: writeLatentPack(join(folder, 'latent')),
    providers: ['cpu'],
    threads: 1,
  });
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

async function run<Request extends EngineRequest>(request: Request) {
  const { events, result } = await drain(engine.run(request, new AbortController().signal));
  return { events, result: result.result as ResultOf<Request['kind']> };
}

function ofType<Type extends EngineEvent['type']>(events: EngineEvent[], type: Type) {
  return events.filter((event): event is Extract<EngineEvent, { type: Type }> => event.type === type);
}

/** Comparing arrays element by element would take seconds. */
const same = (one: RasterImage, other: RasterImage, from = 0, to = side): boolean =>
  Buffer.compare(
    one.data.subarray(4 * side * from, 4 * side * to),
    other.data.subarray(4 * side * from, 4 * side * to),
  ) === 0;

const isPicture = ({ width, height, data }: RasterImage): void => {
  expect({ width, height, bytes: data.length }).toEqual({ width: side, height: side, bytes: side * side * 4 });
};
const largestDifference = (one: RasterImage, other: RasterImage): number =>
  one.data.reduce((most, byte, at) => Math.max(most, Math.abs(byte - other.data[at]!)), 0);

describe('a pack of latents', () => {
  test('draws from a plan, in batches, with previews of pictures', async () => {
    const { events, result } = await run(generating);
    expect(result.images).toHaveLength(3);
    for (const one of result.images) {
      isPicture(one.image);
      expect(one.codes).toHaveLength(count);
      for (const code of one.codes) expect(code).toBeLessThan(codes);
      expect(one.plan).toBe(ofType(events, 'plan').at(-1)!.text);
    }
    const live = ofType(events, 'preview').filter(({ step }) => step === 0);
    expect(live[0]!.knownTokens).toBe(1);
    for (const { image: shown } of ofType(events, 'preview')) isPicture(shown);
    const alone = await run({ ...generating, seed: 6, variations: 1 });
    expect(alone.result.images[0]!.codes).toEqual(result.images[2]!.codes);
    expect(largestDifference(alone.result.images[0]!.image, result.images[2]!.image)).toBeLessThanOrEqual(1);
  });

  test('decodes the tokens of a picture into it again, and other tokens into another one', async () => {
    const { image: drawn, codes: written, seed } = (await run({ ...generating, variations: 1 })).result.images[0]!;
    const request = { kind: 'decode', codes: written, t: 1, keepFrom: 0, steps: 2, seed, tokenGuidance: 2 } as const;
    expect(largestDifference((await run(request)).result.image, drawn)).toBeLessThanOrEqual(1);
    const transplanted = written.map((code, index) => (index < 3 ? code : (code + 1) % codes));
    for (const changes of [{ codes: transplanted }, { keepFrom: 3 }, { hidden: [5] }, { t: 0.5, image }]) {
      const other = (await run({ ...request, ...changes })).result.image;
      isPicture(other);
      expect(largestDifference(other, drawn)).toBeGreaterThan(20);
    }
  });

  test('shows a timeline in pictures: x_t through the autoencoder, with and without tokens', async () => {
    const source = { image };
    const { events } = await run({ kind: 'timeline', source, seed: 1, positions: [0, 0.5, 1] });
    const positions = ofType(events, 'position').map(({ position }) => position);
    for (const { noised, alone, restored } of positions) [noised, alone, restored].forEach(isPicture);
    const [clean, half, noise] = positions;
    // What the autoencoder makes of the picture, untouched by noise or steps: the decode job gives the same at t = 0.
    const untouched = { kind: 'decode' as const, codes: [0, 0, 0, 0, 0, 0], image, t: 0 };
    const passed = await run({ ...untouched, keepFrom: 0, steps: 1, seed: 9, tokenGuidance: 1 });
    expect(largestDifference(clean!.noised, passed.result.image)).toBeLessThanOrEqual(1);
    expect(largestDifference(clean!.noised, noise!.noised)).toBeGreaterThan(20);
    expect(largestDifference(half!.alone, half!.restored)).toBeGreaterThan(20);
    expect(half!.shares).toBeDefined();
  });

  test('measures influence, captions, and every study', async () => {
    const source = { image };
    const { result: ablated, events } = await run({ kind: 'ablate', source, seed: 1 });
    expect(ablated.groups).toHaveLength(count);
    for (const { influence } of ofType(events, 'influence')) expect(influence.map.width).toBe(32);
    expect(ablated.groups.every(({ total }) => total > 0)).toBe(true);
    const said = await run({ kind: 'captions', source, seed: 1, positions: [0.2, 1] });
    expect(ofType(said.events, 'caption')).toHaveLength(2);
    const sampled = { count: 2, seed: 1, prompt: 'w8' };
    const entropy = await run({ kind: 'entropy', sources: [source], samples: sampled, strides: [0, 1] });
    expect(entropy.result).toMatchObject({ pictures: 3, codebookSize: codes });
    const spectrum = await run({ kind: 'spectrum', source, counts: [1, 6], seed: 1, steps: 2 });
    for (const { image: shown } of ofType(spectrum.events, 'spectrum')) isPicture(shown);
    const seeds = await run({ kind: 'seeds', source, count: 2, seed: 1, steps: 2 });
    expect(seeds.result.meanSpread).toBeGreaterThan(0);
  });

  test('reads a picture, describes it and answers', async () => {
    const { result } = await run({ kind: 'encode', image });
    expect(result.codes).toHaveLength(count);
    expect(result.codes.every((code) => code < codes)).toBe(true);
    const described = await run({ kind: 'describe', source: { codes: result.codes } });
    const again = await run({ kind: 'describe', source: { image } });
    expect(again.result.text).toBe(described.result.text);
    expect((await run({ kind: 'ask', source: { image }, question: 'w8' })).result.kind).toBe('ask');
  });

  test('edits by a plan, under a mask, and inside the region it finds', async () => {
    const common = { kind: 'edit', source: { image }, instruction: 'w9', seed: 2, variations: 2, settings } as const;
    const found = await run({ ...common, base: { image } });
    for (const one of found.result.images) {
      isPicture(one.image);
      expect(one.plan).toBeDefined();
      expect(one.check!.region).toBeGreaterThan(0);
    }
    const { codes: read } = (await run({ kind: 'encode', image })).result;
    const untouched = await run({ ...common, kept: read, base: { image } });
    for (const one of untouched.result.images) expect(same(one.image, image)).toBe(true);
    const painted = { width: side, height: side, data: new Uint8Array(side * side).fill(255, 0, side) };
    const mask = { painted, grow: 0, feather: 0 };
    const masked = await run({ ...common, base: { image, mask } });
    for (const one of masked.result.images) {
      expect(same(one.image, image, 1)).toBe(true);
      expect(same(one.image, image, 0, 1)).toBe(false);
    }
    const best = await run({ ...common, settings: { ...settings, bestOf: 3 }, variations: 1 });
    expect(best.events.some((event) => event.type === 'progress' && event.phase === 'choosing')).toBe(true);
  });
});
