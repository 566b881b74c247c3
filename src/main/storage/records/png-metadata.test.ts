import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FrameOrigin, EarlierStep, GenerationSettings } from '../../../shared/document/document.js';
import type { ImageMetadata, PictureRecord } from '../../../shared/document/image-metadata.js';
import type { RasterImage } from '../../../shared/pictures/images.js';
import { decodeImage, encodePng } from '../images/images.js';
import { pngTexts, withPngTexts } from '../images/png-chunks.js';
import { pixelsOf, readOwn, writeOwn } from './own-record.js';
import { readMetadata, withMetadata } from './png-metadata.js';
import { runs } from '../../../../tests/property-runs.js';

const image: RasterImage = { width: 3, height: 2, data: Uint8Array.from({ length: 24 }, (_, at) => (at * 11) % 256) };
const png = encodePng(image);
const settings: GenerationSettings = { steps: 16, tokenGuidance: 1.5, textGuidance: 2, temperature: 0.7, topK: 50 };
const pack = 'scenes-128@0.1.0';
const createdAt = '2026-11-01T10:00:00.000Z';

function step(id: string, origin: FrameOrigin, codes: number[] | null = [1, 2, 3]): EarlierStep {
  return { id, name: `Frame ${id}`, origin, tokens: codes === null ? null : { pack, codes }, createdAt };
}

const generated: FrameOrigin = { kind: 'generated', prompt: 'a red circle, large: bold', seed: 7, settings, pack };
const edited: FrameOrigin = { kind: 'edited', instruction: 'make it blue', seed: 8, settings, pack, parentId: 'a' };
const record: PictureRecord = {
  picture: {
    ...step('b', edited),
    description: 'ein blauer Kreis — ●',
    answers: [{ question: 'how many?', answer: 'one' }],
  },
  earlier: [step('a', generated, [4, 5, 6])],
};

const texts = (...entries: [keyword: string, text: string][]): Uint8Array =>
  withPngTexts(
    png,
    entries.map(([keyword, text]) => ({ keyword, text })),
  );
const read = (bytes: Uint8Array): ImageMetadata | null => readMetadata(bytes, image);

describe('our own record', () => {
  test('comes back as it was written, and the pixels are the same', () => {
    const written = withMetadata(png, image, record, 'DDT Studio 0.1.0');
    expect(decodeImage(written)).toEqual(image);
    expect(read(written)).toEqual({
      source: 'ddt-studio',
      record,
      recipe: { task: 'edit', text: 'make it blue', seed: 8, settings, model: pack, facts: [] },
      faults: [],
    });
  });

  test('tells of how many it is the best', () => {
    const chosen: GenerationSettings = { ...settings, bestOf: 4 };
    const origin = { kind: 'generated' as const, prompt: 'a', seed: 1, settings: chosen, pack };
    const written = withMetadata(png, image, { ...record, picture: { ...record.picture, origin } }, 'DDT Studio 0.1.0');
    expect(read(written)?.recipe?.settings).toEqual(chosen);
    expect(pngTexts(written).some(({ text }) => text.includes('Best of: 4'))).toBe(true);
  });

  test('settings by former names are taken, those of newer studios passed over', () => {
    const value = { ...record, program: 'x', pixels: pixelsOf(image) };
    const origin = { ...generated, settings: { ...settings, candidates: 4, sharpness: 2 } };
    const written = writeOwn({ ...value, picture: { ...record.picture, origin } });
    expect(written).toContain('sharpness');
    expect(readOwn(written).picture.origin).toEqual({ ...generated, settings: { ...settings, bestOf: 4 } });
  });

  test('tells what was planned, and that an edit kept the rest', () => {
    const origin: FrameOrigin = { ...edited, plan: 'a large circle, blue', region: 'changed' };
    const planned = { ...record, picture: { ...record.picture, origin } };
    const written = withMetadata(png, image, planned, 'DDT Studio 0.1.0');
    expect(read(written)).toMatchObject({
      record: planned,
      recipe: { plan: 'a large circle, blue', keepsRest: true },
    });
    expect(pngTexts(written)[0]!.text).toContain('Plan: "a large circle, blue"');
    expect(read(withMetadata(png, image, record, 'x'))?.recipe).not.toHaveProperty('plan');
  });

  test('stands as UTF-8 in iTXt, readable by any program, and its parameters beside it', () => {
    const written = withMetadata(png, image, record, 'DDT Studio 0.1.0');
    const found = pngTexts(written);
    expect(found.map(({ keyword }) => keyword)).toEqual(['parameters', 'ddt-studio']);
    expect(Buffer.from(written).includes(Buffer.from('iTXtddt-studio\0\0\0\0\0{"format":"ddt-studio/image"'))).toBe(
      true,
    );
    expect(found[0]!.text).toBe(
      'a red circle, large: bold\nEdit: make it blue\nSteps: 16, Sampler: Euler, CFG scale: 2, Seed: 8, ' +
        'Token guidance: 1.5, Temperature: 0.7, Top-k: 50, Size: 3x2, Model: scenes-128@0.1.0, Version: DDT Studio',
    );
  });

  test('a few hundred bytes for one generated picture of 32 tokens', () => {
    const codes = Array.from({ length: 32 }, (_, at) => at * 31);
    const one = { picture: { ...step('a', generated, codes), description: null, answers: [] }, earlier: [] };
    expect(withMetadata(png, image, one, 'DDT Studio 0.1.0').length - png.length).toBeLessThan(1000);
  });

  test('written twice it is there once', () => {
    const once = withMetadata(png, image, record, 'x');
    const twice = withMetadata(once, image, record, 'x');
    expect(twice).toEqual(once);
  });

  test('any record survives', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 60 });
    const origin: fc.Arbitrary<FrameOrigin> = fc.oneof(
      fc.record({ kind: fc.constant('generated' as const), prompt: word, seed: fc.nat(), settings: fc.constant(settings), pack: fc.constant(pack) }),
      fc.record({ kind: fc.constant('edited' as const), instruction: word, seed: fc.nat(), settings: fc.constant(settings), pack: fc.constant(pack), parentId: fc.uuid(), branch: fc.constant({ parentId: 'p', kept: [1, 2] as number[] }) }),
      fc.record({ kind: fc.constant('decoded' as const), parentId: fc.uuid(), t: fc.double({ min: 0, max: 1, noNaN: true }), keepFrom: fc.nat(32), seed: fc.nat(), steps: fc.integer({ min: 1, max: 200 }), pack: fc.constant(pack), transplant: fc.constant({ donorId: 'd', from: 0, to: 3 }) }),
      fc.record({ kind: fc.constant('imported' as const), fileName: word }),
    ); // prettier-ignore
    const steps: fc.Arbitrary<EarlierStep> = fc.record({
      id: fc.uuid(),
      name: word,
      origin,
      tokens: fc.option(
        fc.record({ pack: fc.constant(pack), codes: fc.array(fc.nat(), { minLength: 1, maxLength: 40 }) }),
      ),
      createdAt: fc.constant(createdAt),
    });
    const answers = fc.array(fc.record({ question: word, answer: word }), { maxLength: 3 });
    fc.assert(
      fc.property(
        steps,
        fc.option(word),
        answers,
        fc.array(steps, { maxLength: 6 }),
        (one, description, said, earlier) => {
          const whole: PictureRecord = { picture: { ...one, description, answers: said }, earlier };
          const { record: back, faults } = read(withMetadata(png, image, whole, 'x'))!;
          expect(faults).toEqual([]);
          // JSON has no −0.
          expect(back).toEqual(JSON.parse(JSON.stringify(whole)));
        },
      ),
      { numRuns: runs(60) },
    );
  });

  test('a chain too long for its bound loses the oldest tokens, then steps, and stays readable', () => {
    const codes = Array.from({ length: 4096 }, () => 1_000_000);
    const earlier = Array.from({ length: 300 }, (_, at) => step(`s${at}`, generated, codes));
    const { earlier: kept, picture } = readOwn(writeOwn({ ...record, earlier, program: 'x', pixels: pixelsOf(image) }));
    expect(kept).toHaveLength(256);
    expect(kept.every(({ tokens }) => tokens === null)).toBe(true);
    expect(picture).toEqual(record.picture);
  });
});

describe('what lies is named and not believed', () => {
  const own = (change: (value: Record<string, unknown>) => void): Uint8Array => {
    const value = JSON.parse(writeOwn({ ...record, program: 'x', pixels: pixelsOf(image) })) as Record<string, unknown>;
    change(value);
    return texts(['ddt-studio', JSON.stringify(value)]);
  };

  test.each<[string, Uint8Array, RegExp]>([
    ['no JSON', texts(['ddt-studio', '{']), /it is not JSON/],
    ['another shape', texts(['ddt-studio', '[1]']), /the whole/],
    ['a newer version', own((value) => (value['version'] = 2)), /a newer DDT Studio wrote it/],
    ['a seed out of range', own((value) => ((value['picture'] as { origin: { seed: number } }).origin.seed = -1)), /picture\.origin\.seed/],
    ['codes that are no numbers', own((value) => ((value['picture'] as { tokens: unknown }).tokens = { pack, codes: ['1'] })), /picture\.tokens\.codes\.0/],
    ['far too many steps', own((value) => (value['earlier'] = Array.from({ length: 300 }, () => record.earlier[0]))), /earlier/],
    ['too much', texts(['ddt-studio', JSON.stringify('x'.repeat(3_000_000))]), /too long/],
  ])('%s', (_name, bytes, reason) => {
    const found = read(bytes)!;
    expect(found.record).toBeNull();
    expect(found.faults).toEqual([expect.stringMatching(reason)]);
  }); // prettier-ignore

  test('other pixels than those it was written with: the recipe remains, the record does not', () => {
    const written = withMetadata(png, image, record, 'x');
    const painted = { ...image, data: image.data.with(0, 255) };
    const found = readMetadata(written, painted)!;
    expect(found).toMatchObject({ source: 'ddt-studio', record: null, recipe: { text: 'make it blue' } });
    expect(found.faults[0]).toMatch(/pixels were changed/);
    // Transposed sides are other pixels too.
    expect(readMetadata(written, { ...image, width: 2, height: 3 })!.record).toBeNull();
  });

  test('a broken record beside sound parameters leaves what those say', () => {
    const found = read(texts(['ddt-studio', '{'], ['parameters', 'a fish\nSteps: 4, Sampler: Euler, Seed: 5']))!;
    expect(found).toMatchObject({ source: 'ddt-studio', record: null, recipe: { text: 'a fish', seed: 5 } });
    expect(found.faults).toHaveLength(1);
  });

  test('any damage to a file with metadata is survived', () => {
    const written = withMetadata(png, image, record, 'x');
    fc.assert(
      fc.property(fc.nat(written.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, mask, cut) => {
        const damaged = cut ? written.slice(0, at) : written.with(at, written[at]! ^ mask);
        const found = read(damaged);
        // A damaged chunk fails its CRC and counts as absent, so nothing false is ever read.
        if (found?.record) expect(found.record).toEqual(record);
      }),
      { numRuns: runs(500) },
    );
  });

  test('any JSON at all under any known key is survived', () => {
    const keyword = fc.constantFrom('ddt-studio', 'prompt', 'workflow', 'invokeai_metadata', 'sd-metadata');
    fc.assert(
      fc.property(keyword, fc.json({ maxDepth: 6 }), (key, json) => {
        const found = read(texts([key, json]));
        if (found !== null && found.recipe !== null) expect(found.recipe.text).not.toBe('');
      }),
      { numRuns: runs(300) },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => void read(texts(['parameters', text]))),
    );
  });
});
