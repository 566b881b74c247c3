import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { everything } from '../../../shared/contract/gallery.js';
import { Database } from '../database/database.js';
import { decodeImage, encodePng } from '../images/images.js';
import { shrink } from '../images/shrink.js';
import { GalleryFolder, generated } from '../../../../tests/fakes/gallery-folder.js';
import { Gallery } from './gallery.js';

let folder: GalleryFolder;

beforeEach(() => {
  folder = new GalleryFolder();
});
afterEach(() => folder.remove());

const make = (bytes: Uint8Array, side: number): Promise<Uint8Array> =>
  Promise.resolve().then(() => encodePng(shrink(decodeImage(bytes), side)));

describe('the trash', () => {
  it('hides, restores, and never deletes what a board shows', () => {
    const project = folder.newProject();
    const { imageId } = project.put('a', generated('x'));
    folder.gallery.mark([imageId], 'trash');
    expect(folder.names()).toEqual([]);
    expect(folder.names({ view: 'trash' })).toEqual(['a']);
    expect(folder.gallery.emptyTrash(null)).toEqual({ deleted: 0, inUse: 1 });
    expect(project.file.project.document.frames).toHaveLength(1);
    expect(project.file.project.readImage(imageId)).not.toBeNull();
    folder.gallery.mark([imageId], 'restore');
    expect(folder.names()).toEqual(['a']);
  });

  it('takes a picture that left its last board, keeps its pixels, and gives it back with undo', async () => {
    const project = folder.newProject();
    const { imageId } = project.put('a', generated('x'));
    const pixels = folder.gallery.readImage(imageId);
    project.remove('a');
    expect(folder.names()).toEqual([]);
    expect(folder.names({ view: 'trash' })).toEqual(['a']);
    // Even when its project no longer knows it.
    folder.closeProjects();
    rmSync(folder.path('projects', `${project.id}.ddt`));
    await folder.reopen();
    expect(folder.names({ view: 'trash' })).toEqual(['a']);
    expect(folder.gallery.readImage(imageId)).toEqual(pixels);
    expect(folder.gallery.picture(imageId)).toMatchObject({ uses: [], item: { uses: 0, projectName: 'One' } });
  });

  it('is left by itself when undo brings the frame back, unless somebody put the picture there', () => {
    const project = folder.newProject();
    const { imageId } = project.put('a', generated('x'));
    project.remove('a');
    project.change(() => project.file.project.undo());
    expect(folder.names()).toEqual(['a']);
    folder.gallery.mark([imageId], 'trash');
    project.remove('a');
    project.change(() => project.file.project.undo());
    expect(folder.names({ view: 'trash' })).toEqual(['a']);
  });

  it('a restored picture stays in the gallery although no board shows it', () => {
    const project = folder.newProject();
    const { imageId } = project.put('a', generated('x'));
    project.remove('a');
    folder.gallery.mark([imageId], 'restore');
    expect(folder.gallery.search(everything, 0, 1).items[0]).toMatchObject({ name: 'a', uses: 0 });
    expect(decodeImage(folder.gallery.readImage(imageId))).toMatchObject({ width: 4, height: 4 });
  });

  it('deletes for good what no board shows, all of it or what is named; undo in the project still works', () => {
    const project = folder.newProject();
    const a = project.put('a', generated('x'), { shade: 1 });
    const b = project.put('b', generated('y'), { shade: 2 });
    project.remove('b');
    project.remove('a');
    expect(folder.gallery.emptyTrash([b.imageId])).toEqual({ deleted: 1, inUse: 0 });
    expect(folder.names({ view: 'trash' })).toEqual(['a']);
    expect(folder.gallery.emptyTrash(null)).toEqual({ deleted: 1, inUse: 0 });
    expect(() => folder.gallery.readImage(a.imageId)).toThrow(expect.objectContaining({ code: 'not-found' }));
    project.change(() => project.file.project.undo());
    expect(folder.names()).toEqual(['a']);
    expect(folder.gallery.readImage(a.imageId)).toEqual(project.file.project.readImage(a.imageId));
  });
});

describe('a disk that does not cooperate', () => {
  /** A file where the folder should be: nothing can be written there, whoever runs the test. */
  const block = (): void => {
    folder.gallery.close();
    rmSync(folder.path('gallery'), { recursive: true });
    writeFileSync(folder.path('gallery'), '');
    folder.gallery = new Gallery(folder.data);
  };

  it('searches from memory when the folder cannot be written, refuses marks in words, and fails no commit', async () => {
    const project = folder.newProject();
    project.put('a', generated('red'), { shade: 1 });
    block();
    await folder.gallery.refresh();
    const { imageId } = project.put('b', generated('red'), { shade: 2 });
    expect(folder.names({ text: 'red' })).toEqual(['b', 'a']);
    expect(await folder.gallery.readThumbnail(imageId, 128, make)).not.toBeNull();
    expect(folder.gallery.overview().problem).toMatchObject({ code: 'gallery-unwritable' });
    expect(() => folder.gallery.mark([imageId], 'star')).toThrow(
      expect.objectContaining({ code: 'gallery-unwritable' }),
    );
    expect(() => folder.gallery.emptyTrash(null)).toThrow(expect.objectContaining({ code: 'gallery-unwritable' }));
    expect(existsSync(folder.path('gallery', 'index.sqlite'))).toBe(false);
  });

  it('sets damaged stars aside, says so, and begins anew', async () => {
    const project = folder.newProject();
    const { imageId } = project.put('a', generated('x'));
    folder.gallery.mark([imageId], 'star');
    folder.gallery.close();
    const path = folder.path('gallery', 'kept.sqlite');
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
    writeFileSync(path, Buffer.alloc(16384, 0x41));
    folder.gallery = new Gallery(folder.data);
    await folder.gallery.refresh();
    expect(folder.names()).toEqual(['a']);
    expect(folder.names({ view: 'starred' })).toEqual([]);
    expect(folder.gallery.overview().problem).toMatchObject({ code: 'gallery-unwritable', message: /damaged/ });
    expect(readdirSync(folder.path('gallery')).some((name) => name.startsWith('kept.sqlite.damaged-'))).toBe(true);
    expect(folder.gallery.mark([imageId], 'star')).toBe(1);
  });

  it('makes a damaged thumbnail again', async () => {
    const project = folder.newProject();
    const { imageId } = project.put('a', generated('x'));
    const good = await folder.gallery.readThumbnail(imageId, 128, make);
    folder.gallery.close();
    const store = new Database(folder.path('gallery', 'thumbnails.sqlite'));
    store.exec("UPDATE thumbnails SET bytes = x'89504e470d0a1a0a00'");
    store.close();
    folder.gallery = new Gallery(folder.data);
    expect(await folder.gallery.readThumbnail(imageId, 128, make)).toEqual(good);
  });

  it('has no thumbnail of what is not there, and none of pixels that cannot be decoded', async () => {
    expect(await folder.gallery.readThumbnail('0'.repeat(64), 128, make)).toBeNull();
    const damaged = (): Uint8Array => Uint8Array.from([1, 2, 3]);
    expect(await folder.gallery.readThumbnail('0'.repeat(64), 128, make, damaged)).toBeNull();
  });
});
