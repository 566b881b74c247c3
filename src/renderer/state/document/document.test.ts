import { beforeEach, describe, expect, it } from 'vitest';
import { StudioError } from '../../../shared/errors.js';
import { documentState } from './document.svelte.js';
import type { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { addFrame, openFakeWindow, settle } from '../../../../tests/fakes/window/fake-window.js';
import { importedFrame } from './frames.js';

let fake: FakeStudio;

beforeEach(async () => {
  fake = await openFakeWindow();
});

describe('document', () => {
  it('changes by committed transactions only, and has them when commit resolves', async () => {
    const frame = await addFrame();
    expect(documentState.frames).toEqual([frame]);
    expect(documentState.history).toEqual({ undo: 'Import', redo: null });
  });

  it('steps back and forth as often as it is told to, faster than the answers come', async () => {
    const added = [await addFrame('one'), await addFrame('two'), await addFrame('three')];
    let answers: Promise<{ label: string | null }> = Promise.resolve({ label: null });
    const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
    const slow = (step: () => Promise<{ label: string | null }>) => () => (answers = answers.then(pause).then(step));
    [fake.undo, fake.redo] = [slow(fake.undo), slow(fake.redo)];
    /** As a command does: only where it is possible. */
    const press = async (key: string): Promise<unknown> => {
      if (key === 'undo') return documentState.canUndo && documentState.undo();
      return documentState.canRedo && documentState.redo();
    };
    await Promise.all(['undo', 'undo', 'undo', 'redo', 'redo', 'redo', 'undo', 'redo'].map(press));
    expect(documentState.frames).toEqual(added);
    expect(documentState.canRedo).toBe(false);
    await Promise.all(['undo', 'undo', 'undo', 'redo'].map(press));
    expect(documentState.frames).toEqual(added.slice(0, 1));
  });

  it('walks through its history as far as it goes', async () => {
    const added = [await addFrame('one'), await addFrame('two'), await addFrame('three')];
    expect(await documentState.walk(-2)).toBe(2);
    expect(documentState.frames).toEqual(added.slice(0, 1));
    expect(await fake.history()).toMatchObject({ steps: [{}, {}, {}], applied: 1 });
    expect(await documentState.walk(5)).toBe(2);
    expect(documentState.frames).toEqual(added);
  });

  it('is as it was when a commit is refused', async () => {
    fake.refusal = new StudioError('disk-full', 'The disk is full.', 'Make room.');
    await expect(addFrame()).rejects.toMatchObject({ code: 'disk-full' });
    expect(documentState.frames).toEqual([]);
  });

  it('reads everything again when an event was missed', async () => {
    const lost = importedFrame('lost.png', { imageId: 'c'.repeat(64), width: 8, height: 8 }, { x: 0, y: 0 });
    fake.apply([{ type: 'put-frame', frame: lost }], false);
    fake.apply([{ type: 'rename', name: 'Elsewhere' }]);
    await settle();
    expect(documentState.document.name).toBe('Elsewhere');
    expect(documentState.frames).toEqual([lost]);
    expect(documentState.revision).toBe(fake.revision);
  });

  it('passes over an event it has seen already', async () => {
    const frame = await addFrame();
    fake.tell({
      channel: 'document',
      revision: fake.revision,
      operations: [{ type: 'remove-frame', frameId: frame.id }],
      history: { undo: null, redo: null },
    });
    expect(documentState.frames).toHaveLength(1);
  });

  it('refuses to write where it may only look, without asking the main side', async () => {
    documentState.readOnly = 'Another window writes.';
    await expect(addFrame()).rejects.toMatchObject({ code: 'project-read-only' });
    expect(fake.document.frames).toEqual([]);
  });
});
