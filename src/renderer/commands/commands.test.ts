import { beforeEach, describe, expect, it, vi } from 'vitest';
import { StudioError } from '../../shared/errors.js';
import { currentTask } from './composer-actions.js';
import { commandOf, perform } from './commands.js';
import { composer } from '../state/composer/composer.svelte.js';
import { documentState } from '../state/document/document.svelte.js';
import { fakePack, type FakeStudio } from '../../../tests/fakes/window/fake-studio.js';
import { addFrame, generated, openFakeWindow, settle } from '../../../tests/fakes/window/fake-window.js';
import { generation } from '../state/jobs/generation.svelte.js';
import { notices } from '../state/studio/notices.svelte.js';
import { selectedFrame } from '../state/board/selection.svelte.js';
import { studio } from '../state/studio/studio.svelte.js';
import { view } from '../state/board/view.svelte.js';

let fake: FakeStudio;

beforeEach(async () => {
  fake = await openFakeWindow();
});

describe('commands', () => {
  it('delete what is selected as one step and clear the selection', async () => {
    const frames = [await addFrame('one'), await addFrame('two')];
    await perform('select-all');
    expect(view.selection).toEqual(frames.map(({ id }) => id));
    await perform('delete');
    expect(documentState.frames).toEqual([]);
    expect(view.selection).toEqual([]);
    expect(documentState.history.undo).toBe('Delete 2 frames');
    await perform('undo');
    expect(documentState.frames).toEqual(frames);
  });

  it('duplicate beside and select the copies', async () => {
    const frame = await addFrame();
    view.select([frame.id]);
    await perform('duplicate');
    expect(documentState.frames).toHaveLength(2);
    expect(selectedFrame()?.x).toBeGreaterThan(frame.x + frame.width);
  });

  it('nudge by a small and a large step', async () => {
    const frame = await addFrame();
    view.select([frame.id]);
    await perform('nudge-right');
    await perform('nudge-up-far');
    expect(documentState.frame(frame.id)).toMatchObject({ x: 8, y: -64 });
  });

  it('lose no step of a held arrow key', async () => {
    const frame = await addFrame();
    view.select([frame.id]);
    await Promise.all([perform('nudge-right'), perform('nudge-right'), perform('nudge-right')]);
    expect(documentState.frame(frame.id)).toMatchObject({ x: 24 });
  });

  it('make the task that runs the chosen one: the next run is no stale edit', async () => {
    const frame = await addFrame();
    composer.task = 'edit';
    composer.instruction = 'make it blue';
    composer.setPrompt('a red circle');
    expect(currentTask()).toBe('generate');
    const run = perform('run');
    await settle();
    expect(fake.submitted[0]).toMatchObject({ kind: 'generate', prompt: 'a red circle' });
    expect(composer.task).toBe('generate');
    fake.say('job1', { type: 'cancelled' });
    await run;
    view.select([frame.id]);
    expect(currentTask()).toBe('generate');
  });

  it('run the task the composer shows, and generate where the pack or the selection does not allow it', async () => {
    const frame = await addFrame();
    composer.task = 'describe';
    expect(currentTask()).toBe('generate');
    view.select([frame.id]);
    expect(currentTask()).toBe('describe');
    composer.task = 'ask';
    expect(currentTask()).toBe('generate');
  });

  it('bring prompt, seed and settings of a frame back', async () => {
    const run = generation.generate();
    await settle();
    fake.say('job1', {
      type: 'done',
      elapsedMs: 1,
      result: { kind: 'generate', pack: 'fake@1', images: [generated(42)] },
    });
    await run;
    composer.setPrompt('something else');
    composer.setSetting('steps', 40, fakePack);
    await perform('recall');
    expect(composer.prompt).toBe('a red circle');
    expect(composer.seed).toBe(42);
    expect(composer.seedLocked).toBe(true);
    expect(composer.preset).toBe('balanced');
  });

  it('do nothing when they are not enabled', async () => {
    await perform('delete');
    await perform('undo');
    expect(fake.revision).toBe(1);
    expect(notices.list).toEqual([]);
  });

  it('report what goes wrong as a notice', async () => {
    composer.setPrompt('a circle');
    vi.spyOn(fake, 'submit').mockRejectedValueOnce(new StudioError('disk-full', 'There is no room.', 'Free some.'));
    await perform('run');
    await settle();
    expect(notices.list[0]).toMatchObject({ tone: 'error', code: 'disk-full' });
  });

  it('say what is wrong with the words at their field', async () => {
    composer.setPrompt('  ');
    await perform('run');
    expect(composer.problemOf('generate')).toContain('There is no prompt yet');
    expect(notices.list).toEqual([]);
  });

  it('can run while the engine starts again, which the queue waits for; not while another pack is opened', () => {
    const { status } = studio;
    studio.status = { ...status!, engine: { ...status!.engine, state: 'starting' } };
    expect(commandOf('run').enabled()).toBe(true);
    studio.switchingTo = 'another';
    expect(commandOf('run').enabled()).toBe(false);
    studio.switchingTo = null;
    studio.status = { ...status!, engine: { ...status!.engine, state: 'failed' } };
    expect(commandOf('run').enabled()).toBe(false);
  });

  it('cannot run while the studio is not connected', () => {
    expect(commandOf('run').enabled()).toBe(true);
    fake.connection('lost');
    expect(commandOf('run').enabled()).toBe(false);
  });

  it('work while somebody writes only where that is meant', () => {
    expect(commandOf('run').inFields).toBe(true);
    expect(commandOf('delete').inFields).toBe(false);
  });
});
