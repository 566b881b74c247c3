import { beforeEach, describe, expect, it } from 'vitest';
import type { Note } from '../../shared/document/annotations.js';
import type { Frame } from '../../shared/document/document.js';
import { changeAnnotations, selectBranch, wouldCollapse } from './board-actions.js';
import { commandOf, perform } from './commands.js';
import { duplicateSelected, pasteItems } from './copy-actions.js';
import { putItems } from '../state/board/board-items.js';
import { documentState } from '../state/document/document.svelte.js';
import { FakeStudio } from '../../../tests/fakes/window/fake-studio.js';
import { importedFrame, parentsOf } from '../state/document/frames.js';
import { intersects } from '../state/board/geometry.js';
import { notices } from '../state/studio/notices.svelte.js';
import { startStudio } from '../state/studio/start.js';
import { view } from '../state/board/view.svelte.js';

let fake: FakeStudio;
const image = { imageId: 'b'.repeat(64), width: 128, height: 128 };
const settings = { steps: 1, tokenGuidance: 1, textGuidance: 1, temperature: 0, topK: 0 };

function frame(id: string, x: number, y = 0, parentId?: string): Frame {
  const base = { ...importedFrame(`${id}.png`, image, { x, y }), id, createdAt: '2026-01-01T00:00:00.000Z' };
  if (parentId === undefined) return base;
  return { ...base, origin: { kind: 'edited', instruction: id, seed: 1, settings, pack: 'fake', parentId } };
}

const note: Note = {
  kind: 'note',
  id: 'note',
  x: 10,
  y: 600,
  width: 200,
  height: 90,
  text: 'softer',
  fontSize: 20,
  colour: 'yellow',
};

const frameOf = (id: string): Frame => documentState.frame(id)!;
const order = (): string => documentState.frames.map(({ id }) => id).join('');

beforeEach(async () => {
  fake = new FakeStudio();
  notices.list = [];
  view.select([]);
  await startStudio(fake);
  const items = [frame('a', 0), frame('b', 320, 30, 'a'), frame('c', 700, 90, 'b'), note];
  await documentState.commit('Fill', putItems(items));
});

describe('arranging', () => {
  it('aligns as one step, and undo takes all of it back', async () => {
    view.select(['a', 'b', 'c']);
    await perform('align-top');
    expect(documentState.frames.map(({ y }) => y)).toEqual([0, 0, 0]);
    await perform('undo');
    expect(documentState.frames.map(({ y }) => y)).toEqual([0, 30, 90]);
  });

  it('aligns what was selected then, where the moves asked for before leave it', async () => {
    view.select(['a']);
    const moves = [perform('nudge-down'), perform('nudge-down')];
    view.select(['a', 'b', 'c']);
    const aligned = perform('align-top');
    view.select([]);
    await Promise.all([...moves, aligned]);
    expect(documentState.frames.map(({ y }) => y)).toEqual([16, 16, 16]);
    expect(documentState.history.undo).toBe('Align 3 frames');
  });

  it('distributes, and asks for three', async () => {
    view.select(['a', 'b']);
    expect(commandOf('distribute-x').enabled()).toBe(false);
    view.select(['a', 'b', 'c']);
    await perform('distribute-x');
    expect(frameOf('b').x).toBe(350);
  });

  it('stacks frames among frames and commits nothing where nothing changes', async () => {
    view.select(['a']);
    await perform('stack-forward');
    expect(order()).toBe('bac');
    await perform('stack-front');
    expect(order()).toBe('bca');
    const { revision } = fake;
    await perform('stack-front');
    expect(fake.revision).toBe(revision);
    await perform('stack-back');
    expect(order()).toBe('abc');
  });

  it('moves frames and notes together', async () => {
    view.select(['a', 'note']);
    await perform('nudge-right');
    expect(frameOf('a').x).toBe(8);
    expect(documentState.annotations[0]).toMatchObject({ x: 18, y: 600 });
    expect(documentState.history.undo).toBe('Move 2 items');
  });
});

describe('copies', () => {
  it('cover nothing, hang under each other as their originals do, and are one step', async () => {
    view.select(['a', 'b', 'note']);
    await perform('duplicate');
    const copies = view.selection.map((id) => documentState.frame(id)).filter((one) => one !== null);
    expect(copies.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(parentsOf(copies[1]!)).toEqual([copies[0]!.id]);
    expect(copies[1]!.x - copies[0]!.x).toBe(320);
    const others = documentState.frames.filter((one) => !copies.includes(one));
    for (const copy of copies) for (const other of others) expect(intersects(copy, other)).toBe(false);
    expect(documentState.annotations).toHaveLength(2);
    await perform('undo');
    expect(order()).toBe('abc');
  });

  it('land where they are dropped', async () => {
    view.select(['a', 'note']);
    await duplicateSelected({ x: 7, y: -3 });
    expect(documentState.frames.at(-1)).toMatchObject({ name: 'a', x: 7, y: -3 });
    expect(frameOf('a')).toMatchObject({ x: 0, y: 0 });
    expect(documentState.annotations[1]).toMatchObject({ x: 17, y: 597 });
  });

  it('of what was deleted since are pasted all the same', async () => {
    const copied = [frameOf('c')];
    view.select(['c']);
    await perform('delete');
    await pasteItems({ documentId: documentState.document.id, items: copied });
    expect(documentState.frames.at(-1)).toMatchObject({ name: 'c', imageId: image.imageId });
    expect(documentState.frames.at(-1)!.id).not.toBe('c');
    expect(parentsOf(documentState.frames.at(-1)!)).toEqual(['b']);
    expect(documentState.history.undo).toBe('Paste “c”');
  });

  it('of another project bring their pixels, masks and history along, and hang under each other', async () => {
    const mask = { imageId: 'e'.repeat(64), grow: 2, feather: 0 };
    const [parent, child] = [
      { ...frameOf('a'), id: 'far-a', imageId: '1'.repeat(64), mask },
      { ...frameOf('b'), id: 'far-b', imageId: '2'.repeat(64) },
    ];
    const made = { ...child, origin: { ...child.origin, parentId: 'far-a' } as Frame['origin'] };
    const earlier = [{ id: 'gone', name: 'gone', origin: parent.origin, tokens: null, createdAt: parent.createdAt }];
    fake.galleryFrames.set(parent.imageId, { ...parent, name: 'renamed', earlier });
    // Of the child only a twin with the same pixels is left.
    fake.galleryFrames.set(made.imageId, { ...made, id: 'twin' });
    const items = [parent, { ...made, mask }, { ...frameOf('c'), id: 'far-c', imageId: '3'.repeat(64) }];
    expect(await pasteItems({ documentId: 'another', items })).toBe(true);
    const [first, second] = view.selection.map((id) => documentState.frame(id)!);
    expect(view.selection).toHaveLength(2);
    expect(first).toMatchObject({ name: 'renamed', mask, earlier, imageId: parent.imageId });
    expect(second).toMatchObject({ name: 'b', imageId: made.imageId });
    expect(second).not.toHaveProperty('mask');
    expect(parentsOf(second!)).toEqual([first!.id]);
    expect(documentState.history.undo).toBe('Paste 2 frames');
  });

  it('of another project that is gone are nothing to paste', async () => {
    const before = documentState.document;
    expect(await pasteItems({ documentId: 'another', items: [frameOf('c'), documentState.annotations[0]!] })).toBe(
      false,
    );
    expect(documentState.document).toBe(before);
  });
});

describe('locking', () => {
  it('keeps what is locked from being moved and deleted, and says so', async () => {
    view.select(['a']);
    await perform('lock');
    expect(commandOf('nudge-left').enabled()).toBe(false);
    view.select(['a', 'b']);
    await perform('nudge-left');
    expect([frameOf('a').x, frameOf('b').x]).toEqual([0, 312]);
    await perform('delete');
    expect(order()).toBe('ac');
    expect(notices.list.at(-1)?.message).toMatch(/1 locked item stayed/);
    expect(view.selection).toEqual(['a']);
  });

  it('locks the rest first and unlocks when all are locked', async () => {
    view.select(['a']);
    await perform('lock');
    view.select(['a', 'note']);
    await perform('lock');
    expect([frameOf('a').locked, documentState.annotations[0]!.locked]).toEqual([true, true]);
    await perform('lock');
    expect(frameOf('a')).not.toHaveProperty('locked');
  });
});

describe('the tree', () => {
  it('collapses a branch, moves it as one, and shows it again', async () => {
    view.select(['b']);
    selectBranch();
    expect(view.selection).toEqual(['b', 'c']);
    view.select(['a', 'c']);
    expect(wouldCollapse()).toBe(true);
    await perform('collapse');
    expect(documentState.shownFrames.map(({ id }) => id)).toEqual(['a']);
    expect(view.selection).toEqual(['a']);
    await perform('nudge-down');
    expect(documentState.frames.map(({ y }) => y)).toEqual([8, 38, 98]);
    expect(wouldCollapse()).toBe(false);
    await perform('collapse');
    expect(documentState.shownFrames).toHaveLength(3);
    view.select(['c']);
    expect(commandOf('collapse').enabled()).toBe(false);
  });

  it('lays the tree out from its root', async () => {
    view.select(['c']);
    await perform('lay-out');
    expect(documentState.frames.map(({ y }) => y)).toEqual([0, 0, 0]);
    expect(frameOf('a').x).toBe(0);
    await perform('lay-out');
    expect(notices.list.at(-1)?.message).toMatch(/in order already/);
  });
});

describe('notes and arrows', () => {
  it('are copied, recoloured and deleted like frames', async () => {
    view.select(['note']);
    await perform('duplicate');
    expect(documentState.annotations).toHaveLength(2);
    await changeAnnotations('Change the colour', (one) => ({ ...one, colour: 'blue' }));
    expect(documentState.annotations.map(({ colour }) => colour)).toEqual(['yellow', 'blue']);
    await perform('delete');
    expect(documentState.annotations).toEqual([note]);
  });

  it('connects two items from edge to edge', async () => {
    view.select(['a', 'b']);
    await perform('connect');
    expect(documentState.annotations.at(-1)).toMatchObject({
      kind: 'arrow',
      from: { x: 256 + 8, y: 128 },
      to: { x: 320 - 8, y: 158 },
    });
  });

  it('opens a new note in the middle without touching the document', async () => {
    const { revision } = fake;
    await perform('add-note');
    expect(view.writing).toMatchObject({ kind: 'note', text: '' });
    expect(fake.revision).toBe(revision);
    view.writing = null;
  });
});
