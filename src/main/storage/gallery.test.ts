import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Frame, FrameOrigin } from '../../shared/document.js';
import { everything, type GalleryQuery } from '../../shared/gallery.js';
import { Gallery } from './gallery.js';
import { decodeImage } from './images.js';
import { takeLease } from './lease.js';
import { ProjectLibrary, type OpenedFile } from './library.js';

let data: string;
let library: ProjectLibrary;
let gallery: Gallery;
const open: OpenedFile[] = [];

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'ddt-gallery-'));
  library = new ProjectLibrary(data);
  gallery = new Gallery(data);
});
afterEach(() => {
  gallery.close();
  for (const file of open.splice(0)) file.close();
  chmodSync(data, 0o700);
  rmSync(data, { recursive: true, force: true });
});

const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };

function generated(prompt: string, pack = 'scenes@1'): FrameOrigin {
  return { kind: 'generated', prompt, seed: 7, settings, pack };
}

/** A project of this process, whose changes the gallery follows. */
class Project {
  readonly file: OpenedFile;

  constructor(
    readonly id: string,
    private readonly follow = true,
  ) {
    this.file = library.open(id);
    open.push(this.file);
  }

  put(id: string, origin: FrameOrigin, change: Partial<Frame> & { shade?: number } = {}): Frame {
    const { shade = [...id].reduce((sum, letter, at) => sum + letter.charCodeAt(0) * (at + 3), 0), ...fields } = change;
    const image = this.file.project.addImage({
      width: 4,
      height: 4,
      data: new Uint8Array(64).map((_, at) => (at % 4 === 3 ? 255 : (shade * 37 + at) % 251)),
    });
    const frame: Frame = {
      id,
      name: id,
      x: 0,
      y: 0,
      width: 4,
      height: 4,
      imageId: image.imageId,
      pixelWidth: 4,
      pixelHeight: 4,
      origin,
      tokens: null,
      description: null,
      answers: [],
      createdAt: `2026-01-01T00:00:0${this.file.project.document.frames.length}.000Z`,
      ...fields,
    };
    this.change(() => this.file.project.commit({ label: 'Put', operations: [{ type: 'put-frame', frame }] }));
    return frame;
  }

  remove(frameId: string): void {
    this.change(() => this.file.project.commit({ label: 'Delete', operations: [{ type: 'remove-frame', frameId }] }));
  }

  rename(name: string): void {
    this.change(() => this.file.project.commit({ label: 'Rename', operations: [{ type: 'rename', name }] }));
  }

  change(act: () => unknown): void {
    const { project } = this.file;
    const before = project.document;
    act();
    if (!this.follow) return;
    gallery.projectChanged({
      projectId: this.id,
      revision: project.revision,
      before,
      after: project.document,
      readImage: (imageId) => project.readImage(imageId),
    });
  }
}

const find = (change: Partial<GalleryQuery> = {}): string[] =>
  gallery.search({ ...everything, ...change }, 0, 100).items.map(({ name }) => name);
const newProject = (name = 'One', follow = true): Project => new Project(library.create(name), follow);
const reopen = async (): Promise<void> => {
  gallery.close();
  gallery = new Gallery(data);
  await gallery.refresh();
};

describe('what the gallery shows', () => {
  it('follows commits, undo and redo of open projects', () => {
    const project = newProject();
    project.put('a', generated('a red circle'));
    project.put('b', generated('a blue boat'));
    expect(find()).toEqual(['b', 'a']);
    project.change(() => project.file.project.undo());
    expect(find()).toEqual(['a']);
    project.change(() => project.file.project.redo());
    expect(find({ order: 'oldest' })).toEqual(['a', 'b']);
  });

  it('finds words of prompts, instructions, descriptions, answers and names; beginnings, any order, without accents', () => {
    const project = newProject();
    project.put('first', generated('a Réd circle on a striped ground'));
    project.put('second', {
      kind: 'edited',
      instruction: 'make it wider',
      seed: 1,
      settings,
      pack: 'scenes@1',
      parentId: 'first',
    });
    project.put(
      'third',
      { kind: 'imported', fileName: 'holiday.png' },
      {
        description: 'two fish under a boat',
        answers: [{ question: 'How many?', answer: 'seven lanterns' }],
      },
    );
    project.put('fourth', generated('夕焼けの海'), { shade: 50 });
    expect(find({ text: 'circ red' })).toEqual(['first']);
    expect(find({ text: 'WIDER' })).toEqual(['second']);
    expect(find({ text: 'fish boat' })).toEqual(['third']);
    expect(find({ text: 'lantern' })).toEqual(['third']);
    expect(find({ text: 'holiday' })).toEqual(['third']);
    expect(find({ text: '海' })).toEqual(['fourth']);
    expect(find({ text: 'fish circle' })).toEqual([]);
    for (const odd of ['"', "'; DROP TABLE pictures", 'a AND OR NOT', '*', 'NEAR(', '%', '\0', '(('])
      find({ text: odd });
    expect(find()).toHaveLength(4);
  });

  it('filters by project, pack, date and star', () => {
    const one = newProject('One');
    const two = newProject('Two');
    const a = one.put('a', generated('x', 'alpha@1'), { createdAt: '2026-01-01T00:00:00.000Z' });
    two.put('bb', generated('y', 'beta@1'), { createdAt: '2026-03-01T00:00:00.000Z' });
    expect(find({ projectId: two.id })).toEqual(['bb']);
    expect(find({ pack: 'alpha@1' })).toEqual(['a']);
    expect(find({ since: '2026-02-01T00:00:00.000Z' })).toEqual(['bb']);
    expect(gallery.mark([a.imageId, 'f'.repeat(64)], 'star')).toBe(1);
    expect(find({ view: 'starred' })).toEqual(['a']);
    expect(gallery.overview()).toMatchObject({
      counts: { all: 2, starred: 1, trash: 0 },
      projects: [
        { name: 'One', pictures: 1 },
        { name: 'Two', pictures: 1 },
      ],
      packs: [
        { id: 'alpha@1', pictures: 1 },
        { id: 'beta@1', pictures: 1 },
      ],
      problem: null,
    });
    gallery.mark([a.imageId], 'unstar');
    expect(find({ view: 'starred' })).toEqual([]);
  });

  it('shows a picture once, however many frames show it, and knows them all', () => {
    const one = newProject('One');
    const two = newProject('Two');
    const { imageId } = one.put('a', generated('x'), { shade: 1 });
    two.put('copy', generated('x'), { shade: 1 });
    expect(find()).toEqual(['a']);
    expect(find({ projectId: two.id })).toEqual(['a']);
    expect(
      gallery
        .picture(imageId)
        .uses.map(({ projectName }) => projectName)
        .sort(),
    ).toEqual(['One', 'Two']);
    one.remove('a');
    expect(gallery.picture(imageId).item).toMatchObject({ uses: 1, trashed: false, projectName: 'Two' });
  });

  it('does not count a move as a change, and follows a project’s new name', () => {
    const project = newProject();
    const frame = project.put('a', generated('x'));
    project.put('a', generated('x'), { x: 500, shade: 1, imageId: frame.imageId });
    project.rename('Renamed');
    expect(gallery.search(everything, 0, 1).items[0]).toMatchObject({ projectName: 'Renamed' });
  });

  it('pages through many', () => {
    const project = newProject();
    for (let at = 0; at < 9; at++) project.put(`f${at}`, generated('x'), { shade: at });
    const page = gallery.search({ ...everything, order: 'oldest' }, 3, 4);
    expect(page).toMatchObject({ total: 9 });
    expect(page.items.map(({ name }) => name)).toEqual(['f3', 'f4', 'f5', 'f6']);
  });
});

describe('reading project files', () => {
  it('fills an index that is missing, and one that is damaged', async () => {
    const project = newProject();
    const { imageId } = project.put('a', generated('a red circle'));
    gallery.mark([imageId], 'star');
    gallery.close();
    rmSync(join(data, 'gallery', 'index.sqlite'));
    gallery = new Gallery(data);
    await gallery.refresh();
    expect(find({ view: 'starred', text: 'red' })).toEqual(['a']);
    gallery.close();
    for (const damage of [Buffer.from('no database'), Buffer.alloc(8192, 7), Buffer.alloc(0)]) {
      const path = join(data, 'gallery', 'index.sqlite');
      for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
      writeFileSync(path, damage);
      gallery = new Gallery(data);
      await gallery.refresh();
      expect(find()).toEqual(['a']);
      expect(gallery.overview().problem).toBeNull();
      gallery.close();
    }
    gallery = new Gallery(data);
  });

  it('survives an index whose pages were overwritten while it was open', async () => {
    const project = newProject();
    for (let at = 0; at < 60; at++) project.put(`f${at}`, generated(`word${at}`), { shade: at });
    await reopen();
    const path = join(data, 'gallery', 'index.sqlite');
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 4096);
    writeFileSync(path, bytes);
    for (const text of ['word3', 'word59', '']) find({ text });
    await gallery.refresh();
    await vi.waitFor(() => expect(find()).toHaveLength(60));
    expect(find({ text: 'word59' })).toEqual(['f59']);
  });

  it('notices what another process wrote, also deleted frames, and keeps their pictures', async () => {
    const silent = newProject('Silent', false);
    silent.put('a', generated('x'), { shade: 1 });
    silent.put('b', generated('y'), { shade: 2 });
    await gallery.refresh();
    expect(find()).toEqual(['b', 'a']);
    silent.remove('a');
    await gallery.refresh();
    expect(find()).toEqual(['b']);
    expect(find({ view: 'trash' })).toEqual(['a']);
  });

  it('makes up for a change it did not hear of', async () => {
    const project = newProject();
    project.put('a', generated('x'), { shade: 1 });
    // One commit goes by unheard.
    project.file.project.commit({ label: 'x', operations: [{ type: 'rename', name: 'Two' }] });
    project.put('b', generated('y'), { shade: 2 });
    await gallery.refresh();
    expect(find()).toEqual(['b', 'a']);
    expect(gallery.overview().projects).toMatchObject([{ name: 'Two', pictures: 2 }]);
  });

  it('forgets a project whose file was moved away, says so when asked before that, and knows it again when it is back', async () => {
    const project = newProject('Moved');
    const { imageId } = project.put('a', generated('x'));
    gallery.mark([imageId], 'star');
    project.file.close();
    open.splice(0);
    const path = join(data, 'projects', `${project.id}.ddt`);
    renameSync(path, `${path}.away`);
    expect(() => gallery.readImage(imageId)).toThrow(/“Moved”, whose file is no longer there/);
    await gallery.refresh();
    expect(find()).toEqual([]);
    expect(() => gallery.picture(imageId)).toThrow(expect.objectContaining({ code: 'not-found' }));
    renameSync(`${path}.away`, path);
    await gallery.refresh();
    expect(find({ view: 'starred' })).toEqual(['a']);
  });

  it('keeps what it knows of a project that cannot be read at present, and says so', async () => {
    const project = newProject();
    project.put('a', generated('x'));
    project.file.close();
    open.splice(0);
    const path = join(data, 'projects', `${project.id}.ddt`);
    const whole = readFileSync(path);
    writeFileSync(path, 'damaged');
    await gallery.refresh();
    expect(find()).toEqual(['a']);
    expect(gallery.overview().problem).toMatchObject({ code: 'project-damaged' });
    writeFileSync(path, whole);
    await gallery.refresh();
    expect(gallery.overview().problem).toBeNull();
  });

  it('only looks at files that another studio holds for writing', async () => {
    const project = newProject('Held', false);
    const { imageId } = project.put('a', generated('x'));
    expect(takeLease(join(data, 'projects', '.leases', project.id))).toBeNull();
    const before = project.file.project.revision;
    await gallery.refresh();
    gallery.mark([imageId], 'trash');
    gallery.emptyTrash(null);
    expect(gallery.readImage(imageId)).toEqual(project.file.project.readImage(imageId));
    project.put('bb', generated('y'));
    expect(project.file.project.revision).toBe(before + 1);
  });
});

describe('the trash', () => {
  it('hides, restores, and never deletes what a board shows', () => {
    const project = newProject();
    const { imageId } = project.put('a', generated('x'));
    gallery.mark([imageId], 'trash');
    expect(find()).toEqual([]);
    expect(find({ view: 'trash' })).toEqual(['a']);
    expect(gallery.emptyTrash(null)).toEqual({ deleted: 0, inUse: 1 });
    expect(project.file.project.document.frames).toHaveLength(1);
    expect(project.file.project.readImage(imageId)).not.toBeNull();
    gallery.mark([imageId], 'restore');
    expect(find()).toEqual(['a']);
  });

  it('takes a picture that left its last board, keeps its pixels, and gives it back with undo', async () => {
    const project = newProject();
    const { imageId } = project.put('a', generated('x'));
    const pixels = gallery.readImage(imageId);
    project.remove('a');
    expect(find()).toEqual([]);
    expect(find({ view: 'trash' })).toEqual(['a']);
    // Even when its project no longer knows it.
    project.file.close();
    open.splice(0);
    rmSync(join(data, 'projects', `${project.id}.ddt`));
    await reopen();
    expect(find({ view: 'trash' })).toEqual(['a']);
    expect(gallery.readImage(imageId)).toEqual(pixels);
    expect(gallery.picture(imageId)).toMatchObject({ uses: [], item: { uses: 0, projectName: 'One' } });
  });

  it('is left by itself when undo brings the frame back, unless somebody put the picture there', () => {
    const project = newProject();
    const { imageId } = project.put('a', generated('x'));
    project.remove('a');
    project.change(() => project.file.project.undo());
    expect(find()).toEqual(['a']);
    gallery.mark([imageId], 'trash');
    project.remove('a');
    project.change(() => project.file.project.undo());
    expect(find({ view: 'trash' })).toEqual(['a']);
  });

  it('a restored picture stays in the gallery although no board shows it', () => {
    const project = newProject();
    const { imageId } = project.put('a', generated('x'));
    project.remove('a');
    gallery.mark([imageId], 'restore');
    expect(gallery.search(everything, 0, 1).items[0]).toMatchObject({ name: 'a', uses: 0 });
    expect(decodeImage(gallery.readImage(imageId))).toMatchObject({ width: 4, height: 4 });
  });

  it('deletes for good what no board shows, all of it or what is named; undo in the project still works', () => {
    const project = newProject();
    const a = project.put('a', generated('x'), { shade: 1 });
    const b = project.put('b', generated('y'), { shade: 2 });
    project.remove('b');
    project.remove('a');
    expect(gallery.emptyTrash([b.imageId])).toEqual({ deleted: 1, inUse: 0 });
    expect(find({ view: 'trash' })).toEqual(['a']);
    expect(gallery.emptyTrash(null)).toEqual({ deleted: 1, inUse: 0 });
    expect(() => gallery.readImage(a.imageId)).toThrow(expect.objectContaining({ code: 'not-found' }));
    project.change(() => project.file.project.undo());
    expect(find()).toEqual(['a']);
    expect(gallery.readImage(a.imageId)).toEqual(project.file.project.readImage(a.imageId));
  });
});

describe('a disk that does not cooperate', () => {
  /** A file where the folder should be: nothing can be written there, whoever runs the test. */
  const block = (): void => {
    gallery.close();
    rmSync(join(data, 'gallery'), { recursive: true });
    writeFileSync(join(data, 'gallery'), '');
    gallery = new Gallery(data);
  };

  it('searches from memory when the folder cannot be written, refuses marks in words, and fails no commit', async () => {
    const project = newProject();
    project.put('a', generated('red'), { shade: 1 });
    block();
    await gallery.refresh();
    const { imageId } = project.put('b', generated('red'), { shade: 2 });
    expect(find({ text: 'red' })).toEqual(['b', 'a']);
    expect(gallery.readThumbnail(imageId, 128)).not.toBeNull();
    expect(gallery.overview().problem).toMatchObject({ code: 'gallery-unwritable' });
    expect(() => gallery.mark([imageId], 'star')).toThrow(expect.objectContaining({ code: 'gallery-unwritable' }));
    expect(() => gallery.emptyTrash(null)).toThrow(expect.objectContaining({ code: 'gallery-unwritable' }));
    expect(existsSync(join(data, 'gallery', 'index.sqlite'))).toBe(false);
  });

  it('sets damaged stars aside, says so, and begins anew', async () => {
    const project = newProject();
    const { imageId } = project.put('a', generated('x'));
    gallery.mark([imageId], 'star');
    gallery.close();
    const path = join(data, 'gallery', 'kept.sqlite');
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
    writeFileSync(path, Buffer.alloc(16384, 0x41));
    gallery = new Gallery(data);
    await gallery.refresh();
    expect(find()).toEqual(['a']);
    expect(find({ view: 'starred' })).toEqual([]);
    expect(gallery.overview().problem).toMatchObject({ code: 'gallery-unwritable', message: /damaged/ });
    expect(readdirSync(join(data, 'gallery')).some((name) => name.startsWith('kept.sqlite.damaged-'))).toBe(true);
    expect(gallery.mark([imageId], 'star')).toBe(1);
  });

  it('makes a damaged thumbnail again', () => {
    const project = newProject();
    const { imageId } = project.put('a', generated('x'));
    const good = gallery.readThumbnail(imageId, 128);
    gallery.close();
    const store = new DatabaseSync(join(data, 'gallery', 'thumbnails.sqlite'));
    store.exec("UPDATE thumbnails SET bytes = x'89504e470d0a1a0a00'");
    store.close();
    gallery = new Gallery(data);
    expect(gallery.readThumbnail(imageId, 128)).toEqual(good);
  });

  it('has no thumbnail of what is not there, and none of pixels that cannot be decoded', () => {
    expect(gallery.readThumbnail('0'.repeat(64), 128)).toBeNull();
    expect(gallery.readThumbnail('0'.repeat(64), 128, () => Uint8Array.from([1, 2, 3]))).toBeNull();
  });
});

it('reads a project of thousands of frames in small steps', async () => {
  mkdirSync(join(data, 'projects'), { recursive: true });
  const project = newProject('Many', false);
  const { imageId } = project.put('seed', generated('x'));
  const frames = Array.from({ length: 2000 }, (_, at) => ({
    type: 'put-frame' as const,
    frame: { ...project.file.project.document.frames[0]!, id: `f${at}`, name: `f${at}` },
  }));
  project.file.project.commit({ label: 'Many', operations: frames });
  let breaths = 0;
  const timer = setInterval(() => breaths++, 0);
  await gallery.refresh();
  clearInterval(timer);
  expect(gallery.picture(imageId).item.uses).toBe(2001);
  expect(breaths).toBeGreaterThanOrEqual(5);
});
