/** What can be made again: however its files are damaged, the gallery and the timeline go on, in words if at all, and end up right. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Gallery } from '../../src/main/storage/gallery/gallery.js';
import { PositionCache, type PositionKey } from '../../src/main/storage/positions/position-cache.js';
import type { CachedPosition } from '../../src/main/storage/positions/position-file.js';
import { StudioError } from '../../src/shared/errors.js';
import { everything } from '../../src/shared/contract/gallery.js';
import type { RasterImage } from '../../src/shared/pictures/images.js';
import { GalleryFolder, generated } from '../fakes/gallery-folder.js';
import { picturesHere } from '../fakes/pictures.js';
import { runs } from '../property-runs.js';

const make = (bytes: Uint8Array, side: number): Promise<Uint8Array> => picturesHere.run('thumbnail', { bytes, side });

/** Bytes changed anywhere, or the file cut off; places are shares of its length. */
type Damage = { flips: [number, number][] } | { length: number };
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const damages: fc.Arbitrary<Damage> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      flips: fc.array(fc.tuple(place, fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ length: place }) },
);

function damaged(sound: Buffer, damage: Damage): Buffer {
  if ('length' in damage) return sound.subarray(0, Math.floor(sound.length * damage.length));
  const bytes = Buffer.from(sound);
  for (const [at, mask] of damage.flips) bytes[Math.floor(bytes.length * at)]! ^= mask;
  return bytes;
}

describe('the gallery', () => {
  /** Enough to fill more than a page of each table, few enough for many runs. */
  const pictures = 5;
  let folder: GalleryFolder;
  const sound = new Map<string, Buffer>();

  beforeAll(async () => {
    folder = new GalleryFolder();
    const project = folder.newProject();
    for (let at = 0; at < pictures; at++) project.put(`f${at}`, generated(`word${at} of many`), { shade: at });
    const shown = folder.gallery.search(everything, 0, 100).items;
    folder.gallery.mark([shown[0]!.imageId], 'star');
    for (const { imageId } of shown) await folder.gallery.readThumbnail(imageId, 128, make);
    project.remove('f0');
    folder.closeProjects();
    await folder.gallery.refresh();
    folder.gallery.close();
    for (const name of readdirSync(folder.path('gallery'))) sound.set(name, readFileSync(folder.path('gallery', name)));
  });
  afterAll(() => folder.remove());
  beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));
  afterEach(() => void vi.restoreAllMocks());

  /** Everything a window asks of it. Only a StudioError may come out. */
  async function ask(gallery: Gallery): Promise<void> {
    const acts = [
      () => gallery.overview(),
      () => gallery.search({ ...everything, text: 'word3' }, 0, 50),
      () => gallery.search({ ...everything, view: 'trash' }, 0, 50),
      async () => {
        for (const { imageId } of gallery.search(everything, 0, 50).items) {
          gallery.picture(imageId);
          await gallery.readThumbnail(imageId, 128, make);
          gallery.readImage(imageId);
          gallery.mark([imageId], 'star');
        }
      },
    ];
    for (const act of acts) {
      try {
        await act();
      } catch (error) {
        if (!(error instanceof StudioError)) throw error;
      }
    }
  }

  test.each(['index.sqlite', 'thumbnails.sqlite', 'kept.sqlite'])('with a damaged %s', async (name) => {
    await fc.assert(
      fc.asyncProperty(damages, fc.boolean(), async (damage, whileOpen) => {
        for (const [one, bytes] of sound) writeFileSync(folder.path('gallery', one), bytes);
        const path = folder.path('gallery', name);
        if (!whileOpen) writeFileSync(path, damaged(sound.get(name)!, damage));
        const gallery = new Gallery(folder.data);
        if (whileOpen) writeFileSync(path, damaged(sound.get(name)!, damage));
        try {
          await ask(gallery);
          await gallery.refresh();
          await ask(gallery);
        } finally {
          gallery.close();
          for (const left of readdirSync(folder.path('gallery'))) rmSync(folder.path('gallery', left), { force: true });
        }
      }),
      { numRuns: runs(20, 0.05) },
    );
  });

  test('whose index is cut off shows every picture again', async () => {
    for (const [one, bytes] of sound) writeFileSync(folder.path('gallery', one), bytes);
    writeFileSync(folder.path('gallery', 'index.sqlite'), sound.get('index.sqlite')!.subarray(0, 5000));
    const gallery = new Gallery(folder.data);
    await gallery.refresh();
    expect(gallery.search(everything, 0, 50).total).toBe(pictures - 1);
    gallery.close();
  });
});

describe('positions of a timeline', () => {
  let folder: string;
  let sound: Buffer;
  let file: string;
  const key: PositionKey = { pack: 'p', imageId: 'a', codes: [1, 2], seed: 7, t: 0.5 };
  const picture: RasterImage = {
    width: 8,
    height: 8,
    data: Uint8Array.from({ length: 256 }, (_, at) => (at * 7) % 256),
  };
  const shares = { background: 1, layout: 0.5, colour: 0.25, shape: 0.125, texture: 0 };
  const position: CachedPosition = {
    ...{ t: 0.5, visibleTokens: 3, noised: picture, alone: picture, restored: picture },
    ...{ shares, sharesAlone: shares },
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ddt-positions-'));
    await new PositionCache(folder, { limit: 1e6 }).write(key, position);
    file = join(folder, readdirSync(folder)[0]!);
    sound = readFileSync(file);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('are what was computed, or are not there', async () => {
    await fc.assert(
      fc.asyncProperty(damages, async (damage) => {
        const bytes = damaged(sound, damage);
        writeFileSync(file, bytes);
        const found = await new PositionCache(folder, { limit: 1e6 }).read(key);
        expect(found).toEqual(bytes.equals(sound) ? position : null);
      }),
      { numRuns: runs(100, 0.25) },
    );
  });
});
