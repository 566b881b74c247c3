import { beforeEach, describe, expect, it, vi } from 'vitest';
import { StudioError } from '../../../shared/errors.js';
import type { Frame } from '../../../shared/document/document.js';
import { documentState } from '../document/document.svelte.js';
import { fakePicture } from '../../../../tests/fakes/window/fake-gallery.js';
import { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { newFrame } from '../document/frames.js';
import {
  deleteForGood,
  moveToTrash,
  placePictures,
  recallPicture,
  showOnBoard,
  toggleStars,
} from './gallery-actions.js';
import { GalleryState, gallery } from './gallery.svelte.js';
import { pageSize } from './gallery-pages.js';
import { composer } from '../composer/composer.svelte.js';
import { notices } from '../studio/notices.svelte.js';
import { startStudio } from '../studio/start.js';
import { studio } from '../studio/studio.svelte.js';
import { view } from '../board/view.svelte.js';

let fake: FakeStudio;

const id = (index: number) => String(index).padStart(64, '0');
const many = (count: number) => Array.from({ length: count }, (_, index) => fakePicture(id(index)));
const settle = () => vi.waitFor(() => expect(gallery.answered).toBe(true));

const settings = { steps: 7, tokenGuidance: 1, textGuidance: 2, temperature: 0.5, topK: 3 };

function frameOf(imageId: string, change: Partial<Frame> = {}): Frame {
  const image = { imageId, width: 128, height: 128 };
  const origin = { kind: 'generated' as const, prompt: 'a red kite', seed: 42, settings, pack: 'fake@1' };
  return { ...newFrame({ name: 'a red kite', place: { x: 0, y: 0 }, image, origin, tokens: null }), ...change };
}

beforeEach(async () => {
  fake = new FakeStudio();
  fake.pictures = many(250);
  gallery.setOpen(true);
  gallery.clearFilters();
  notices.list = [];
  view.viewport = { width: 800, height: 600 };
  await startStudio(fake);
  await settle();
  fake.searches.length = 0;
});

describe('what is read', () => {
  it('is the first page, and further pages when they come into sight', async () => {
    expect(gallery.total).toBe(250);
    expect(gallery.item(3)?.imageId).toBe(id(3));
    expect(gallery.item(pageSize)).toBeNull();
    gallery.need(pageSize + 5, pageSize + 20);
    await vi.waitFor(() => expect(gallery.item(pageSize)?.imageId).toBe(id(pageSize)));
    expect(fake.searches.map(({ offset }) => offset)).toEqual([pageSize]);
    gallery.need(0, 20);
    gallery.need(pageSize, pageSize + 20);
    expect(fake.searches).toHaveLength(1);
  });

  it('never asks for what was only scrolled past', async () => {
    fake.pictures = many(5000);
    gallery.ask({});
    await settle();
    fake.searches.length = 0;
    for (let at = 0; at < 5000; at += 50) gallery.need(at, at + 20);
    await vi.waitFor(() => expect(gallery.item(4960)).not.toBeNull());
    expect(fake.searches.length).toBeLessThanOrEqual(5);
  });

  it('answers the newest question only, and begins it at its top', async () => {
    gallery.active = 30;
    gallery.select([id(1)]);
    gallery.ask({ text: id(7) });
    gallery.ask({ text: id(8) });
    await settle();
    expect(gallery.total).toBe(1);
    expect(gallery.item(0)?.imageId).toBe(id(8));
    expect(gallery.active).toBe(0);
    expect(gallery.selection.size).toBe(0);
  });

  it('follows news without emptying the screen, and keeps the keyboard at its picture', async () => {
    gallery.active = 2;
    fake.pictures = [fakePicture(id(900)), ...fake.pictures];
    fake.tell({ channel: 'gallery' });
    expect(gallery.item(0)?.imageId).toBe(id(0));
    await vi.waitFor(() => expect(gallery.total).toBe(251));
    expect(gallery.item(0)?.imageId).toBe(id(900));
    expect(gallery.active).toBe(3);
  });

  it('is told when it is closed, and reads when it is opened', async () => {
    gallery.setOpen(false);
    fake.tell({ channel: 'gallery' });
    expect(fake.searches).toHaveLength(0);
    gallery.setOpen(true);
    await settle();
    expect(fake.searches).toHaveLength(1);
  });

  it('shows a failure and can be asked again', async () => {
    const whole = fake.searchGallery;
    fake.searchGallery = async () => {
      throw new StudioError('internal', 'Broken.', 'Again.');
    };
    gallery.ask({ text: 'x' });
    await vi.waitFor(() => expect(notices.list[0]).toMatchObject({ message: 'Broken.' }));
    fake.searchGallery = whole;
    gallery.ask({ text: '' });
    await settle();
    expect(gallery.total).toBe(250);
  });

  it('looks back from now for a period', () => {
    const state = new GalleryState();
    state.setPeriod('week', Date.parse('2026-11-23T12:00:00Z'));
    expect(state.query.since).toBe('2026-11-16T12:00:00.000Z');
    expect(state.isFiltered).toBe(true);
    state.clearFilters();
    expect(state.query.since).toBeNull();
  });
});

describe('what is done with pictures', () => {
  const items = (...indices: number[]) => indices.map((index) => gallery.item(index)!);

  it('stars all, and takes the stars away only when all have one', async () => {
    await toggleStars(items(0));
    fake.tell({ channel: 'gallery' });
    await vi.waitFor(() => expect(gallery.item(0)?.starred).toBe(true));
    await toggleStars(items(0, 1));
    expect(fake.pictures.filter(({ starred }) => starred)).toHaveLength(2);
    fake.tell({ channel: 'gallery' });
    await vi.waitFor(() => expect(gallery.item(1)?.starred).toBe(true));
    await toggleStars(items(0, 1));
    expect(fake.pictures.filter(({ starred }) => starred)).toHaveLength(0);
  });

  it('moves to the trash, says so, and counts what boards keep when it is emptied', async () => {
    fake.pictures[1] = fakePicture(id(1), { uses: 0 });
    await moveToTrash(items(0, 1));
    expect(notices.list.at(-1)?.message).toBe('2 pictures moved to the trash');
    await deleteForGood(null);
    expect(notices.list.at(-1)?.message).toBe('1 picture deleted for good; 1 stays because a board shows it');
    expect(fake.pictures).toHaveLength(249);
    expect(documentState.document.frames).toHaveLength(0);
  });

  it('passes on why a mark was refused', async () => {
    fake.galleryRefusal = new StudioError('gallery-unwritable', 'No.', 'Make room.');
    await expect(moveToTrash(items(0))).rejects.toMatchObject({ code: 'gallery-unwritable' });
  });

  it('places copies in one step, the first where it was dropped, with words, tokens and description', async () => {
    const tokens = { pack: 'fake@1', codes: [1, 2, 3] };
    fake.galleryFrames.set(id(0), frameOf(id(0), { description: 'a kite', tokens, locked: true }));
    fake.galleryFrames.set(id(1), frameOf(id(1)));
    await placePictures([id(0), id(1)], { x: 500, y: 300 });
    const [first, second] = documentState.frames;
    expect(documentState.history.undo).toBe('Place 2 pictures');
    expect(first).toMatchObject({ imageId: id(0), description: 'a kite', tokens, origin: { prompt: 'a red kite' } });
    expect(first).not.toHaveProperty('locked');
    expect(first!.x + first!.width / 2).toBe(500);
    expect(second!.x).not.toBe(first!.x);
    expect(view.selection).toEqual([first!.id, second!.id]);
  });

  it('places the others when one cannot be had', async () => {
    fake.galleryFrames.set(id(1), frameOf(id(1)));
    const whole = fake.adoptPicture;
    fake.adoptPicture = async (given) => {
      if (given.imageId === id(0)) throw new StudioError('not-found', 'Its project is gone.', 'Put it back.');
      return whole(given);
    };
    await placePictures([id(0), id(1)]);
    expect(documentState.frames).toHaveLength(1);
    expect(notices.list[0]).toMatchObject({ code: 'not-found' });
  });

  it('does not place into a project that may only be looked at', async () => {
    fake.readOnly = 'Open elsewhere.';
    await documentState.reload();
    await expect(placePictures([id(0)])).rejects.toMatchObject({ code: 'project-read-only' });
    fake.readOnly = null;
    await documentState.reload();
  });

  it('recalls prompt, seed and settings', async () => {
    fake.galleryFrames.set(id(0), frameOf(id(0)));
    await recallPicture(items(0)[0]!);
    expect(composer.prompt).toBe('a red kite');
    expect(composer.seed).toBe(42);
    expect(composer.settingsFor(studio.pack).steps).toBe(7);
  });

  it('shows where a picture stands, and says when it stands nowhere any more', async () => {
    fake.galleryFrames.set(id(0), frameOf(id(0)));
    fake.apply([{ type: 'put-frame', frame: frameOf(id(0), { id: 'f1' }) }]);
    gallery.show(true);
    await showOnBoard(items(0)[0]!);
    expect(view.selection).toEqual(['f1']);
    expect(gallery.wide).toBe(false);
    fake.pictures[0] = fakePicture(id(0), { uses: 0 });
    await expect(showOnBoard(items(0)[0]!)).rejects.toMatchObject({ code: 'not-found' });
  });
});
