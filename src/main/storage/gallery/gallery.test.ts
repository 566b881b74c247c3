import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { everything } from '../../../shared/contract/gallery.js';
import { takeLease } from '../database/lease.js';
import { GalleryFolder, generated, settings } from '../../../../tests/fakes/gallery-folder.js';
import { Gallery } from './gallery.js';

let folder: GalleryFolder;

beforeEach(() => {
  folder = new GalleryFolder();
});
afterEach(() => folder.remove());

describe('what the gallery shows', () => {
  it('follows commits, undo and redo of open projects', () => {
    const project = folder.newProject();
    project.put('a', generated('a red circle'));
    project.put('b', generated('a blue boat'));
    expect(folder.names()).toEqual(['b', 'a']);
    project.change(() => project.file.project.undo());
    expect(folder.names()).toEqual(['a']);
    project.change(() => project.file.project.redo());
    expect(folder.names({ order: 'oldest' })).toEqual(['a', 'b']);
  });

  it('finds words of prompts, instructions, descriptions, answers and names; beginnings, any order, without accents', () => {
    const project = folder.newProject();
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
    expect(folder.names({ text: 'circ red' })).toEqual(['first']);
    expect(folder.names({ text: 'WIDER' })).toEqual(['second']);
    expect(folder.names({ text: 'fish boat' })).toEqual(['third']);
    expect(folder.names({ text: 'lantern' })).toEqual(['third']);
    expect(folder.names({ text: 'holiday' })).toEqual(['third']);
    expect(folder.names({ text: '海' })).toEqual(['fourth']);
    expect(folder.names({ text: 'fish circle' })).toEqual([]);
    for (const odd of ['"', "'; DROP TABLE pictures", 'a AND OR NOT', '*', 'NEAR(', '%', '\0', '(('])
      folder.names({ text: odd });
    expect(folder.names()).toHaveLength(4);
  });

  it('filters by project, pack, date and star', () => {
    const one = folder.newProject('One');
    const two = folder.newProject('Two');
    const a = one.put('a', generated('x', 'alpha@1'), { createdAt: '2026-01-01T00:00:00.000Z' });
    two.put('bb', generated('y', 'beta@1'), { createdAt: '2026-03-01T00:00:00.000Z' });
    expect(folder.names({ projectId: two.id })).toEqual(['bb']);
    expect(folder.names({ pack: 'alpha@1' })).toEqual(['a']);
    expect(folder.names({ since: '2026-02-01T00:00:00.000Z' })).toEqual(['bb']);
    expect(folder.gallery.mark([a.imageId, 'f'.repeat(64)], 'star')).toBe(1);
    expect(folder.names({ view: 'starred' })).toEqual(['a']);
    expect(folder.gallery.overview()).toMatchObject({
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
    folder.gallery.mark([a.imageId], 'unstar');
    expect(folder.names({ view: 'starred' })).toEqual([]);
  });

  it('shows a picture once, however many frames show it, and knows them all', () => {
    const one = folder.newProject('One');
    const two = folder.newProject('Two');
    const { imageId } = one.put('a', generated('x'), { shade: 1 });
    two.put('copy', generated('x'), { shade: 1 });
    expect(folder.names()).toEqual(['a']);
    expect(folder.names({ projectId: two.id })).toEqual(['a']);
    expect(
      folder.gallery
        .picture(imageId)
        .uses.map(({ projectName }) => projectName)
        .sort(),
    ).toEqual(['One', 'Two']);
    one.remove('a');
    expect(folder.gallery.picture(imageId).item).toMatchObject({ uses: 1, trashed: false, projectName: 'Two' });
  });

  it('does not count a move as a change, and follows a project’s new name', () => {
    const project = folder.newProject();
    const frame = project.put('a', generated('x'));
    project.put('a', generated('x'), { x: 500, shade: 1, imageId: frame.imageId });
    project.rename('Renamed');
    expect(folder.gallery.search(everything, 0, 1).items[0]).toMatchObject({ projectName: 'Renamed' });
  });

  it('pages through many', () => {
    const project = folder.newProject();
    for (let at = 0; at < 9; at++) project.put(`f${at}`, generated('x'), { shade: at });
    const page = folder.gallery.search({ ...everything, order: 'oldest' }, 3, 4);
    expect(page).toMatchObject({ total: 9 });
    expect(page.items.map(({ name }) => name)).toEqual(['f3', 'f4', 'f5', 'f6']);
  });
});

describe('reading project files', () => {
  it('fills an index that is missing, and one that is damaged', async () => {
    const project = folder.newProject();
    const { imageId } = project.put('a', generated('a red circle'));
    folder.gallery.mark([imageId], 'star');
    folder.gallery.close();
    rmSync(folder.path('gallery', 'index.sqlite'));
    folder.gallery = new Gallery(folder.data);
    await folder.gallery.refresh();
    expect(folder.names({ view: 'starred', text: 'red' })).toEqual(['a']);
    folder.gallery.close();
    for (const damage of [Buffer.from('no database'), Buffer.alloc(8192, 7), Buffer.alloc(0)]) {
      const path = folder.path('gallery', 'index.sqlite');
      for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
      writeFileSync(path, damage);
      folder.gallery = new Gallery(folder.data);
      await folder.gallery.refresh();
      expect(folder.names()).toEqual(['a']);
      expect(folder.gallery.overview().problem).toBeNull();
      folder.gallery.close();
    }
    folder.gallery = new Gallery(folder.data);
  });

  it('survives an index whose pages were overwritten while it was open', async () => {
    const project = folder.newProject();
    for (let at = 0; at < 60; at++) project.put(`f${at}`, generated(`word${at}`), { shade: at });
    await folder.reopen();
    const path = folder.path('gallery', 'index.sqlite');
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 4096);
    writeFileSync(path, bytes);
    for (const text of ['word3', 'word59', '']) folder.names({ text });
    await folder.gallery.refresh();
    await vi.waitFor(() => expect(folder.names()).toHaveLength(60));
    expect(folder.names({ text: 'word59' })).toEqual(['f59']);
  });

  it('notices what another process wrote, also deleted frames, and keeps their pictures', async () => {
    const silent = folder.newProject('Silent', false);
    silent.put('a', generated('x'), { shade: 1 });
    silent.put('b', generated('y'), { shade: 2 });
    await folder.gallery.refresh();
    expect(folder.names()).toEqual(['b', 'a']);
    silent.remove('a');
    await folder.gallery.refresh();
    expect(folder.names()).toEqual(['b']);
    expect(folder.names({ view: 'trash' })).toEqual(['a']);
  });

  it('makes up for a change it did not hear of', async () => {
    const project = folder.newProject();
    project.put('a', generated('x'), { shade: 1 });
    // One commit goes by unheard.
    project.file.project.commit({ label: 'x', operations: [{ type: 'rename', name: 'Two' }] });
    project.put('b', generated('y'), { shade: 2 });
    await folder.gallery.refresh();
    expect(folder.names()).toEqual(['b', 'a']);
    expect(folder.gallery.overview().projects).toMatchObject([{ name: 'Two', pictures: 2 }]);
  });

  it('forgets a project whose file was moved away, says so when asked before that, and knows it again when it is back', async () => {
    const project = folder.newProject('Moved');
    const { imageId } = project.put('a', generated('x'));
    folder.gallery.mark([imageId], 'star');
    folder.closeProjects();
    const path = folder.path('projects', `${project.id}.ddt`);
    renameSync(path, `${path}.away`);
    expect(() => folder.gallery.readImage(imageId)).toThrow(/“Moved”, whose file is no longer there/);
    await folder.gallery.refresh();
    expect(folder.names()).toEqual([]);
    expect(() => folder.gallery.picture(imageId)).toThrow(expect.objectContaining({ code: 'not-found' }));
    renameSync(`${path}.away`, path);
    await folder.gallery.refresh();
    expect(folder.names({ view: 'starred' })).toEqual(['a']);
  });

  it('keeps what it knows of a project that cannot be read at present, and says so', async () => {
    const project = folder.newProject();
    project.put('a', generated('x'));
    folder.closeProjects();
    const path = folder.path('projects', `${project.id}.ddt`);
    const whole = readFileSync(path);
    writeFileSync(path, 'damaged');
    await folder.gallery.refresh();
    expect(folder.names()).toEqual(['a']);
    expect(folder.gallery.overview().problem).toMatchObject({ code: 'project-damaged' });
    writeFileSync(path, whole);
    await folder.gallery.refresh();
    expect(folder.gallery.overview().problem).toBeNull();
  });

  it('only looks at files that another studio holds for writing', async () => {
    const project = folder.newProject('Held', false);
    const { imageId } = project.put('a', generated('x'));
    expect(takeLease(folder.path('projects', '.leases', project.id))).toBeNull();
    const before = project.file.project.revision;
    await folder.gallery.refresh();
    folder.gallery.mark([imageId], 'trash');
    folder.gallery.emptyTrash(null);
    expect(folder.gallery.readImage(imageId)).toEqual(project.file.project.readImage(imageId));
    project.put('bb', generated('y'));
    expect(project.file.project.revision).toBe(before + 1);
  });
});

it('reads a project of thousands of frames in small steps', async () => {
  const project = folder.newProject('Many', false);
  const { imageId } = project.put('seed', generated('x'));
  const frames = Array.from({ length: 2000 }, (_, at) => ({
    type: 'put-frame' as const,
    frame: { ...project.file.project.document.frames[0]!, id: `f${at}`, name: `f${at}` },
  }));
  project.file.project.commit({ label: 'Many', operations: frames });
  let breaths = 0;
  const timer = setInterval(() => breaths++, 0);
  await folder.gallery.refresh();
  clearInterval(timer);
  expect(folder.gallery.picture(imageId).item.uses).toBe(2001);
  expect(breaths).toBeGreaterThanOrEqual(5);
});
