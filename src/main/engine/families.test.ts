/** The real engine on packs of the shapes of public models. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drain } from '../../../tests/fakes/engine-parts.js';
import {
  darClasses,
  darShape,
  selftokShape,
  writeDarPack,
  writeSelftokPack,
} from '../../../tests/fakes/family-packs.js';
import type { RasterImage } from '../../shared/pictures/images.js';
import { tokensVisibleAt } from '../../shared/tokens/tokens.js';
import { Engine } from './engine.js';
import type { EngineRequest, ResultOf } from './protocol.js';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'families-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { signal } = new AbortController();

async function run<Request extends EngineRequest>(engine: Engine, request: Request) {
  const { events, result } = await drain(engine.run(request, signal));
  return { events, result: result.result as ResultOf<Request['kind']> };
}

/** A photograph, as far as anybody here knows. */
const image: RasterImage = {
  width: 96,
  height: 64,
  data: Uint8Array.from({ length: 96 * 64 * 4 }, (_, at) => (at % 4 === 3 ? 255 : (at * 7919) % 256)),
};

function difference(one: RasterImage, other: RasterImage): number {
  return one.data.reduce((most, byte, at) => Math.max(most, Math.abs(byte - other.data[at]!)), 0);
}

describe('a pack like Selftok', () => {
  let engine: Engine;
  beforeAll(async () => {
    const packDirectory = writeSelftokPack(join(folder, 'selftok'));
    engine = await Engine.open({ packDirectory, providers: ['cpu'], threads: 1 });
  });
  afterAll(() => engine.dispose());

  const codes = Array.from({ length: selftokShape.tokens.count }, (_, index) => (index * 13) % 64);

  test('turns a photograph into tokens and draws them again, all of them and none', async () => {
    const { result } = await run(engine, { kind: 'encode', image });
    expect(result.codes).toHaveLength(selftokShape.tokens.count);
    const decoding = { kind: 'decode', codes, t: 1, keepFrom: 0, steps: 4, seed: 1, tokenGuidance: 1 } as const;
    const drawn = (await run(engine, decoding)).result.image;
    expect([drawn.width, drawn.height]).toEqual([64, 64]);
    // Without tokens is what it was trained for.
    const guided = (await run(engine, { ...decoding, tokenGuidance: 2 })).result.image;
    expect(difference(guided, drawn)).toBeGreaterThan(8);
  });

  test('shows a timeline of as many positions as it allows, in batches of as many rows, with its own k(t)', async () => {
    const { events, result } = await run(engine, { kind: 'timeline', source: { codes }, seed: 1 });
    expect(result.positions).toBeLessThanOrEqual(8);
    const { schedule, count } = engine.ready.pack.manifest.tokens;
    const positions = events.flatMap((event) => (event.type === 'position' ? [event.position] : []));
    expect(positions).toHaveLength(result.positions);
    for (const { t, visibleTokens } of positions) expect(visibleTokens).toBe(tokensVisibleAt(schedule, count, t));
    const asked = (
      await run(engine, { kind: 'timeline', source: { codes }, seed: 1, positions: [0, 0.5, 1] })
    ).events.flatMap((event) => (event.type === 'position' ? [event.position.visibleTokens] : []));
    // One more than whole shares: 1 at t = 0, and at 0.5 the 23 of two stages, half of five, and one.
    expect(asked).toEqual([1, 26, 32]);
  });

  test('its renderer answers with latents, which become a picture beside those of several seeds', async () => {
    const seeds = { kind: 'seeds', source: { codes }, seed: 1, count: 2, steps: 2 } as const;
    const pictures = (await run(engine, seeds)).events.flatMap((event) =>
      event.type === 'seed-picture' ? [event.picture] : [],
    );
    expect(pictures.map(({ seed }) => seed)).toEqual([1, 2, null]);
    const rendered = pictures.at(-1)!.image;
    expect([rendered.width, rendered.height]).toEqual([64, 64]);
    expect(new Set(rendered.data).size).toBeGreaterThan(16);
  });

  test('what it was not trained for is refused with the reason', async () => {
    const film = run(engine, { kind: 'film', source: { codes }, seed: 1 });
    await expect(film).rejects.toMatchObject({ code: 'task-unsupported', message: /coarse tokens alone/ });
    const settings = { steps: 2, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
    const generate = run(engine, { kind: 'generate', prompt: 'a dog', seed: 1, variations: 1, settings });
    await expect(generate).rejects.toMatchObject({ code: 'task-unsupported', message: /cannot draw from text/ });
  });
});

describe('a pack like Selftok of large pictures', () => {
  const codes = Array.from({ length: selftokShape.tokens.count }, (_, index) => (index * 5) % 8);

  /** From noise, or `read`: a photograph through the autoencoder and back, half of it noise in between. */
  async function drawn(
    name: string,
    pack: Parameters<typeof writeSelftokPack>[1],
    read?: RasterImage,
  ): Promise<RasterImage> {
    const packDirectory = writeSelftokPack(join(folder, name), { cells: 12, codes: 8, ...pack });
    const engine = await Engine.open({ packDirectory, providers: ['cpu'], threads: 1 });
    const decoding = { kind: 'decode', codes, keepFrom: 0, steps: 2, seed: 1, tokenGuidance: 1 } as const;
    const { result } = await run(engine, { ...decoding, t: read ? 0.5 : 1, ...(read && { image: read }) });
    await engine.dispose();
    return result.image;
  }

  test('in tiles, or with half floats inside its graphs, draws what it draws', async () => {
    const whole = await drawn('whole', {});
    expect([whole.width, whole.height]).toEqual([96, 96]);
    // Each cell of this autoencoder is drawn by itself, so tiles change nothing.
    expect(difference(await drawn('tiles', { limits: { vaeTile: 8 } }), whole)).toBeLessThanOrEqual(1);
    const inHalves = difference(await drawn('halves', { halves: true }), whole);
    expect(inHalves).toBeGreaterThan(0);
    expect(inHalves).toBeLessThanOrEqual(4);
  });

  test('reads a photograph in tiles as it reads it whole', async () => {
    const whole = await drawn('read-whole', {}, image);
    // Another photograph is another picture, so what was read has its say.
    const other = await drawn('read-other', {}, { ...image, data: image.data.toReversed() });
    expect(difference(other, whole)).toBeGreaterThan(8);
    expect(difference(await drawn('read-tiles', { limits: { vaeTile: 8 } }, image), whole)).toBeLessThanOrEqual(1);
  });
});

describe('a pack like D-AR', () => {
  let engine: Engine;
  beforeAll(async () => {
    const packDirectory = writeDarPack(join(folder, 'dar'));
    engine = await Engine.open({ packDirectory, providers: ['cpu'], threads: 1 });
  });
  afterAll(() => engine.dispose());

  const settings = { steps: 8, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
  const generating = { kind: 'generate', prompt: darClasses[2], seed: 3, variations: 2, settings } as const;

  test('draws a class by its name, whose words stay together, and another one from another name', async () => {
    const { images } = (await run(engine, generating)).result;
    expect(images.map(({ codes }) => codes.length)).toEqual([16, 16]);
    for (const { codes } of images) for (const code of codes) expect(code).toBeLessThan(darShape.tokens.codes);
    const again = (await run(engine, { ...generating, prompt: 'Great White Shark' })).result.images;
    expect(again[0]!.codes).toEqual(images[0]!.codes);
    const other = (await run(engine, { ...generating, prompt: 'goldfish' })).result.images;
    expect(other[0]!.codes).not.toEqual(images[0]!.codes);
  });

  test('its tokens draw the picture they were written with, by its own sampler', async () => {
    const { image: drawn, codes, seed } = (await run(engine, { ...generating, variations: 1 })).result.images[0]!;
    const decoding = { kind: 'decode', codes, t: 1, keepFrom: 0, steps: 8, seed, tokenGuidance: 1 } as const;
    expect(difference((await run(engine, decoding)).result.image, drawn)).toBeLessThanOrEqual(1);
  });

  test('all tokens are visible along the timeline; guidance by them is refused', async () => {
    const source = { codes: Array.from({ length: 16 }, (_, index) => index) };
    const { events } = await run(engine, { kind: 'timeline', source, seed: 1, positions: [0, 0.5, 1] });
    const visible = events.flatMap((event) => (event.type === 'position' ? [event.position.visibleTokens] : []));
    expect(visible).toEqual([16, 16, 16]);
    const guided = run(engine, { ...generating, settings: { ...settings, tokenGuidance: 2 } });
    await expect(guided).rejects.toMatchObject({ code: 'task-unsupported', message: /not trained to draw without/ });
  });
});
