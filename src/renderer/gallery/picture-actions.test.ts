import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { GalleryItem } from '../../shared/contract/gallery.js';
import { exportOptions } from '../state/import-export/export-options.svelte.js';
import { fakePicture } from '../../../tests/fakes/window/fake-gallery.js';
import { FakeStudio } from '../../../tests/fakes/window/fake-studio.js';
import { newFrame } from '../state/document/frames.js';
import { notices } from '../state/studio/notices.svelte.js';
import { startStudio } from '../state/studio/start.js';
import { pictureActions, type PictureActionId, type PictureSurroundings } from './picture-actions.js';

const ondelete = vi.fn();
const here: PictureSurroundings = { projectId: 'p1', writable: true, inTrash: false, ondelete };
const ids = (items: readonly GalleryItem[], surroundings = here) =>
  pictureActions(items, surroundings).map(({ id }) => id);
const action = (id: PictureActionId, items: readonly GalleryItem[], surroundings = here) =>
  pictureActions(items, surroundings).find((one) => one.id === id)!;

const drawn = fakePicture('a'.repeat(64));
const imported = fakePicture('b'.repeat(64), { kind: 'imported', text: null, uses: 0, starred: true });

beforeEach(() => {
  notices.list = [];
  ondelete.mockReset();
});

describe('what is offered', () => {
  it('is everything for a picture that was drawn and stands on a board', () => {
    const all = ['place', 'show', 'recall', 'copy-image', 'copy-text', 'export', 'star', 'trash'];
    expect(ids([drawn])).toEqual(all);
    expect(action('show', [drawn]).label).toBe('Show on the board');
    expect(action('show', [drawn], { ...here, projectId: 'p2' }).label).toBe('Open its project, “Fake”');
  });

  it('leaves out what an imported picture without a board and what several pictures have not', () => {
    expect(ids([imported])).toEqual(['place', 'copy-image', 'export', 'star', 'trash']);
    expect(ids([drawn, imported])).toEqual(['place', 'export', 'star', 'trash']);
    expect(action('star', [imported]).label).toBe('Take the star away');
    expect(action('star', [imported, drawn]).label).toBe('Star');
  });

  it('in the trash is restoring, and deleting after asking', () => {
    const inTrash = { ...here, inTrash: true };
    expect(ids([imported], inTrash).slice(-2)).toEqual(['restore', 'delete']);
    action('delete', [imported], inTrash).run();
    expect(ondelete).toHaveBeenCalledWith([imported]);
  });

  it('is not placing where the project may only be looked at', () => {
    expect(action('place', [drawn], { ...here, writable: false }).enabled).toBe(false);
    expect(pictureActions([drawn], { ...here, writable: false }).filter(({ enabled }) => !enabled)).toHaveLength(1);
  });
});

it('exports each picture with its record, or without; one that cannot be had is reported', async () => {
  const fake = new FakeStudio();
  fake.pictures = [drawn, imported];
  await startStudio(fake);
  const image = { imageId: drawn.imageId, width: 1, height: 1 };
  const origin = { kind: 'imported' as const, fileName: 'x.png' };
  const frame = newFrame({ name: 'a “kite”', place: { x: 0, y: 0 }, image, origin, tokens: null });
  fake.galleryFrames.set(drawn.imageId, frame);
  const saved: string[] = [];
  vi.stubGlobal('URL', { createObjectURL: () => 'blob:x', revokeObjectURL: () => {} });
  vi.stubGlobal('document', {
    createElement: () => ({
      href: '',
      download: '',
      click(this: { download: string }) {
        saved.push(this.download);
      },
    }),
  });
  try {
    // The second has no frame in this fake: as if its project were gone.
    await action('export', [drawn, imported]).run();
    exportOptions.withRecord = false;
    exportOptions.factor = 2;
    await action('export', [drawn]).run();
  } finally {
    exportOptions.withRecord = true;
    exportOptions.factor = 1;
    vi.unstubAllGlobals();
  }
  expect(saved).toEqual(['a kite.png', 'a kite.png']);
  expect(fake.exportedPictures).toEqual([
    { imageId: drawn.imageId, metadata: true, factor: 1 },
    { imageId: drawn.imageId, metadata: false, factor: 2 },
  ]);
  expect(notices.list).toContainEqual(expect.objectContaining({ code: 'not-found' }));
  expect(notices.list.at(-1)).toMatchObject({ tone: 'success', message: 'Exported as plain pixels, 2 times as large' });
});
