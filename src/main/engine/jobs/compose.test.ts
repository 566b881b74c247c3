/** Masked edits over fake graphs: what lies outside the mask is the base's, whatever the model drew. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cropOf } from './compose.js';
import { edit, generate } from './generate.js';
import { drain, fakeParts } from '../../../../tests/fakes/engine-parts.js';
import type { EngineBase, EngineGeneratedImage, EngineRequest } from '../protocol.js';

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
      { numRuns: 60 },
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

test('the model sees the middle of an image of another shape', () => {
  expect(cropOf({ width: 300, height: 100 }, { width: 8, height: 8 })).toEqual({
    x: 100,
    y: 0,
    width: 100,
    height: 100,
  });
  expect(cropOf({ width: 1, height: 9 }, { width: 8, height: 8 })).toEqual({ x: 0, y: 4, width: 1, height: 1 });
});
