/** Masked edits over fake graphs: what lies outside the mask is the base's, whatever the model drew. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { compose, cropOf } from './compose.js';
import { edit, generate } from './generate.js';
import { encodePixels } from '../model/encoder.js';
import { drain, FakeGraph, fakeManifest, fakeParts, planningLanguage } from '../../../../tests/fakes/engine-parts.js';
import { describe as describeImage } from './describe.js';
import type { EngineBase, EngineGeneratedImage, EngineRequest } from '../protocol.js';
import { runs } from '../../../../tests/property-runs.js';

const { signal } = new AbortController();
const settings = { steps: 2, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };

function pictureOf(width: number, height: number, value: (at: number) => number) {
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height * 4 }, (_, at) => (at % 4 === 3 ? 255 : value(at))),
  };
}

async function edited(base: EngineBase, variations = 1): Promise<EngineGeneratedImage[]> {
  const source = { image: base.image };
  const request = { kind: 'edit', source, instruction: 'w9', seed: 5, variations, settings, base } as const;
  const { result } = await drain(edit(fakeParts(), request, signal));
  if (result.kind !== 'edit') throw new Error(result.kind);
  return result.images;
}

describe('an edit under a mask', () => {
  test('leaves every pixel outside the feathered mask bit-identical, for any picture, mask and soft edge', async () => {
    const side = fc.integer({ min: 1, max: 20 });
    const cases = fc.tuple(side, side).chain(([width, height]) =>
      fc.record({
        image: fc
          .uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
          .map((data) => ({ width, height, data })),
        covered: fc.integer({ min: 0, max: width * height - 1 }),
        grow: fc.integer({ min: 0, max: 2 }),
        feather: fc.integer({ min: 0, max: 3 }),
      }),
    );
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ image, covered, grow, feather }) => {
        const { width, height } = image;
        const painted = { width, height, data: new Uint8Array(width * height) };
        painted.data[covered] = 255;
        let result: EngineGeneratedImage;
        try {
          [result] = (await edited({ image, mask: { painted, grow, feather } })) as [EngineGeneratedImage];
        } catch (error) {
          // The middle square is all the model sees.
          expect(error).toMatchObject({ code: 'bad-request' });
          return;
        }
        expect(result.image).toMatchObject({ width, height });
        for (let pixel = 0; pixel < width * height; pixel++) {
          const across = Math.abs((pixel % width) - (covered % width));
          const down = Math.abs(Math.floor(pixel / width) - Math.floor(covered / width));
          if (Math.max(across, down) <= grow + 1 + feather) continue;
          const range = [4 * pixel, 4 * pixel + 4] as const;
          expect(result.image.data.slice(...range)).toEqual(image.data.slice(...range));
          compared++;
        }
        expect(result.check!.outside ?? 0).toBe(0);
      }),
      { numRuns: runs(60) },
    );
    expect(compared).toBeGreaterThan(500);
  });

  test('takes the inside from what the model drew, and says what it would have changed outside', async () => {
    const image = pictureOf(8, 8, (at) => at % 251);
    const painted = { width: 8, height: 8, data: new Uint8Array(64).map((_, at) => (at < 32 ? 255 : 0)) };
    const [free] = await edited({ image });
    const [masked] = await edited({ image, mask: { painted, grow: 0, feather: 0 } });
    expect(masked!.image.data.slice(0, 128)).toEqual(free!.image.data.slice(0, 128));
    expect(masked!.image.data.slice(128)).toEqual(image.data.slice(128));
    expect(masked!.check).toMatchObject({ outside: 0 });
    expect(masked!.check!.spill).toBeGreaterThan(0);
    expect(free!.check!.outside).toBeNull();
    expect(free!.check!.changedPixels).toBeGreaterThan(0.5);
  });

  test('its tokens are those of the composed picture', async () => {
    const image = pictureOf(8, 8, () => 85);
    const painted = { width: 8, height: 8, data: new Uint8Array(64).fill(255, 0, 8) };
    const images = await edited({ image, mask: { painted, grow: 0, feather: 0 } }, 2);
    for (const one of images) {
      const request: EngineRequest = {
        kind: 'edit',
        source: { image: one.image },
        instruction: 'w9',
        seed: 1,
        variations: 1,
        settings,
      };
      expect(one.certainty).toEqual([]);
      const tokens = (await drain(edit(fakeParts(), request, signal))).events.flatMap((event) =>
        event.type === 'token' && event.certainty === undefined ? [[event.index, event.code]] : [],
      );
      for (const [index, code] of tokens) expect(one.codes[index!]).toBe(code);
      expect(tokens).toHaveLength(one.codes.length);
    }
  });

  test('also holds for a variation that keeps tokens', async () => {
    const image = pictureOf(8, 8, (at) => at);
    const painted = { width: 8, height: 8, data: new Uint8Array(64).fill(255, 40, 41) };
    const kept = [null, 1, 2, 3, 4, 5, 6, 7];
    const base = { image, mask: { painted, grow: 0, feather: 0 } };
    const request = { kind: 'generate', prompt: '', seed: 1, variations: 1, settings, kept, base } as const;
    const { result } = await drain(generate(fakeParts(), request, signal));
    if (result.kind !== 'generate') throw new Error(result.kind);
    const { data } = result.images[0]!.image;
    expect(data.filter((value, at) => value !== image.data[at]).length).toBeLessThanOrEqual(3);
  });

  test('a mask that covers nothing is refused before anything is drawn', async () => {
    const image = pictureOf(8, 8, () => 1);
    const painted = { width: 8, height: 8, data: new Uint8Array(64) };
    await expect(edited({ image, mask: { painted, grow: 3, feather: 3 } })).rejects.toMatchObject({
      code: 'bad-request',
    });
  });
});

test('where the edit itself says what it concerns, what was drawn there is brought to the base’s colours', async () => {
  const base = pictureOf(8, 8, () => 100);
  // Everything comes out a little too light, and one corner is another thing.
  const image = pictureOf(8, 8, (at) => (at < 64 && (at >> 2) % 8 < 2 ? 190 : 110));
  const data = new Uint8Array(64).fill(255, 0, 16);
  const drawn: EngineGeneratedImage = { image, seed: 1, codes: [], certainty: [] };
  const job = compose(fakeParts(), { image: base }, [drawn], [{ width: 8, height: 8, data }], signal);
  let step = await job.next();
  while (step.done !== true) step = await job.next();
  const [composed] = step.value;
  const reds = Array.from({ length: 16 }, (_, pixel) => composed!.image.data[4 * pixel]);
  expect(reds).toEqual(Array.from({ length: 16 }, (_, pixel) => (pixel % 8 < 2 ? 180 : 100)));
  // What the model alone would have changed is still told.
  expect(composed!.check!.spill).toBeCloseTo(10 / 255, 3);
});

describe('an edit without a mask', () => {
  const codes = [5, 1, 2, 3, 4, 5, 6, 0];
  /** The coarsest token colours the left half, the finest the right one. */
  const halves = (starts: Float32Array[]) =>
    new FakeGraph('decoder', (feeds) => {
      const { dims } = feeds['x']!;
      // A copy: the sampler goes on in place.
      starts.push(Float32Array.from(feeds['x']!.data as Float32Array));
      const tokens = feeds['tokens']!.data as BigInt64Array;
      const data = Float32Array.from({ length: dims[0]! * 768 }, (_, at) => {
        const row = Math.floor(at / 768) * 8;
        return Number(tokens[row + (at % 16 < 8 ? 7 : 0)]) / 5 - 1;
      });
      return { x0: { type: 'float32', data, dims } };
    });
  const manifest = fakeManifest({ image: { ...fakeManifest().image, width: 16, height: 16 } });
  const base = pictureOf(16, 16, (at) => (at * 37) % 251);
  const columnOf = ({ width, data }: RasterImage, column: number) =>
    data.filter((_, at) => Math.floor(at / 4) % width === column);

  async function changed(changes: object = {}, pack = manifest) {
    const request = {
      ...{ kind: 'edit', instruction: 'w9', seed: 5, variations: 1, settings, source: { codes } },
      // Only the coarsest token is written, and the fake model never writes the 0 that stood there.
      kept: [...codes.slice(0, 7), null],
      base: { image: base },
      ...changes,
    } as Extract<EngineRequest, { kind: 'edit' }>;
    const starts: Float32Array[] = [];
    const decoder = halves(starts);
    const { events, result } = await drain(edit(fakeParts(pack, { decoder }), request, signal));
    if (result.kind !== 'edit') throw new Error(result.kind);
    return { images: result.images, events, decoder, starts };
  }

  test('changes only what differs between source and result drawn from the same noise', async () => {
    const { images, events, decoder, starts } = await changed({ variations: 2 });
    const [whole] = (await changed({ variations: 2, region: 'whole' })).images;
    for (const { image, check } of images) {
      expect(columnOf(image, 15)).toEqual(columnOf(base, 15));
      expect(columnOf(image, 0)).not.toEqual(columnOf(base, 0));
      expect(check!.outside).toBe(0);
      expect(check!.spill).toBeGreaterThan(0);
      expect(check!.region).toBeGreaterThan(0.4);
      expect(check!.region).toBeLessThan(0.9);
    }
    expect(columnOf(images[0]!.image, 0)).toEqual(columnOf(whole!.image, 0));
    expect(columnOf(whole!.image, 15)).not.toEqual(columnOf(base, 15));
    expect(whole!.check).not.toHaveProperty('region');
    expect(starts.at(-2)).toEqual(starts.at(-4));
    expect(Array.from(decoder.runs.at(-2)!['tokens']!.data as BigInt64Array, Number)).toEqual([...codes, ...codes]);
    expect(events.findLast((event) => event.type === 'progress' && event.phase === 'restoring')).toMatchObject({
      done: 2 * settings.steps,
      total: 2 * settings.steps,
    });
  });

  test('reads the tokens of what it composed', async () => {
    const [{ image, codes: read, certainty }] = (await changed()).images as [EngineGeneratedImage];
    const parts = fakeParts(manifest);
    expect(read).toEqual(await encodePixels(parts.encoder, parts.manifest, parts.space.pixels(image)));
    expect(certainty).toEqual([]);
  });

  test('that changes no token leaves the picture as it is, bit for bit', async () => {
    const [{ image, check }] = (await changed({ kept: codes })).images as [EngineGeneratedImage];
    expect(image).toEqual(base);
    expect(check).toMatchObject({ changedPixels: 0, region: 0 });
  });

  test('with a plan is compared with what the model draws of the source by its own description', async () => {
    const planning = { ...manifest, languageModel: planningLanguage() };
    const source = { codes: [1, 2, 3, 4, 5, 6, 7, 8] };
    const said = await drain(describeImage(fakeParts(planning), { kind: 'describe', source }, signal));
    const text = said.result.kind === 'describe' ? said.result.text : '';
    expect(text).not.toBe('');
    const [same, other] = [text, 'w15 w16'].map(
      async (plan) => (await changed({ source, kept: undefined, plan: { text: plan } }, planning)).images[0]!,
    );
    // The codes that the model writes are not those of the source; the plans say what differs.
    expect(await same).toMatchObject({ image: base, check: { changedPixels: 0, region: 0 } });
    expect((await other)!.check!.region).toBeGreaterThan(0);
  });

  test('keeps the size and the surroundings of a larger picture of another shape', async () => {
    const large = pictureOf(48, 32, (at) => (at * 53) % 241);
    const [{ image }] = (await changed({ base: { image: large } })).images as [EngineGeneratedImage];
    expect(image).toMatchObject({ width: 48, height: 32 });
    for (const column of [0, 7, 40, 47]) expect(columnOf(image, column)).toEqual(columnOf(large, column));
    expect(columnOf(image, 10)).not.toEqual(columnOf(large, 10));
  });

  test('a painted mask wins', async () => {
    const painted = { width: 16, height: 16, data: new Uint8Array(256).map((_, at) => (at % 16 === 15 ? 255 : 0)) };
    const [{ image, check }] = (await changed({ base: { image: base, mask: { painted, grow: 0, feather: 0 } } }))
      .images as [EngineGeneratedImage];
    expect(columnOf(image, 0)).toEqual(columnOf(base, 0));
    expect(columnOf(image, 15)).not.toEqual(columnOf(base, 15));
    expect(check).not.toHaveProperty('region');
  });
});

test('the model sees the middle of an image of another shape', () => {
  expect(cropOf({ width: 300, height: 100 }, { width: 8, height: 8 })).toEqual({
    x: 100,
    y: 0,
    width: 100,
    height: 100,
  });
  expect(cropOf({ width: 1, height: 9 }, { width: 8, height: 8 })).toEqual({ x: 0, y: 4, width: 1, height: 1 });
});
