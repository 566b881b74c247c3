import { beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../shared/document.js';
import { StudioError } from '../shared/errors.js';
import type { GeneratedImage } from '../shared/events.js';
import { packDefaults } from '../shared/presets.js';
import { currentTask } from './actions.js';
import { commandOf, commands, perform } from './commands.js';
import { composer } from './state/composer.svelte.js';
import { documentState } from './state/document.svelte.js';
import { FakeStudio, fakePack } from './state/fake-studio.js';
import { importedFrame } from './state/frames.js';
import { generation } from './state/generation.svelte.js';
import { jobs } from './state/jobs.svelte.js';
import { notices } from './state/notices.svelte.js';
import { imageSourceOf, selectedFrame } from './state/selection.svelte.js';
import { startStudio } from './state/start.js';
import { studio } from './state/studio.svelte.js';
import { view } from './state/view.svelte.js';

let fake: FakeStudio;

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const generated = (seed: number): GeneratedImage => ({
  imageId: String(seed).repeat(64).slice(0, 64),
  width: 128,
  height: 128,
  seed,
  codes: [3, 1, 2],
  certainty: [],
});

async function addFrame(name = 'one'): Promise<Frame> {
  const frame = importedFrame(`${name}.png`, { imageId: 'b'.repeat(64), width: 128, height: 128 }, { x: 0, y: 0 });
  await documentState.commit('Import', [{ type: 'put-frame', frame }]);
  return frame;
}

beforeEach(async () => {
  await generation.cancelAll();
  fake = new FakeStudio();
  notices.list = [];
  view.select([]);
  composer.setPrompt('a red circle');
  composer.setVariations(2);
  composer.resetSettings();
  composer.task = 'generate';
  await startStudio(fake);
});

describe('document', () => {
  it('changes by committed transactions only, and has them when commit resolves', async () => {
    const frame = await addFrame();
    expect(documentState.frames).toEqual([frame]);
    expect(documentState.history).toEqual({ undo: 'Import', redo: null });
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

describe('generating', () => {
  it('shows places and previews, then commits all frames as one step that undo takes back', async () => {
    const run = generation.generate();
    await settle();
    expect(fake.submitted[0]).toMatchObject({
      kind: 'generate',
      prompt: 'a red circle',
      variations: 2,
      settings: packDefaults(fakePack.manifest),
    });
    expect(generation.pending[0]!.places).toHaveLength(2);

    fake.say('job1', { type: 'started' });
    fake.say('job1', { type: 'progress', phase: 'writing-tokens', done: 4, total: 8, elapsedMs: 10, remainingMs: 10 });
    const raster = { width: 1, height: 1, data: new Uint8Array(4) };
    fake.say('job1', { type: 'preview', variation: 1, knownTokens: 4, step: 0, steps: 16, image: raster });
    const { job } = generation.pending[0]!;
    expect(job.fraction).toBe(0.5);
    expect(job.previews[0]).toBeUndefined();
    expect(job.previews[1]?.image).toBe(raster);

    const { places } = generation.pending[0]!;
    fake.say('job1', {
      type: 'done',
      elapsedMs: 20,
      result: { kind: 'generate', pack: 'fake@1', images: [generated(7), generated(8)] },
    });
    await run;
    expect(generation.pending).toEqual([]);
    expect(documentState.frames.map(({ x, y }) => ({ x, y }))).toEqual(places.map(({ x, y }) => ({ x, y })));
    expect(documentState.frames[1]!.origin).toMatchObject({ kind: 'generated', seed: 8, prompt: 'a red circle' });
    expect(selectedFrame()?.id).toBe(documentState.frames[0]!.id);

    await perform('undo');
    expect(documentState.frames).toEqual([]);
    await perform('redo');
    expect(documentState.frames).toHaveLength(2);
  });

  it('leaves nothing behind when it is cancelled, at once, and passes over what still arrives', async () => {
    const cameraBefore = view.camera;
    const run = generation.generate();
    await settle();
    fake.say('job1', { type: 'started' });
    const { job } = generation.pending[0]!;
    const cancelling = perform('cancel');
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    await cancelling;
    fake.say('job1', {
      type: 'done',
      elapsedMs: 20,
      result: { kind: 'generate', pack: 'fake@1', images: [generated(7)] },
    });
    await settle();
    expect(job.stage).toBe('cancelled');
    expect(fake.cancelledJobs).toEqual(['job1']);
    expect(generation.pending).toEqual([]);
    expect(documentState.frames).toEqual([]);
    expect(view.camera).toEqual(cameraBefore);
  });

  it('hears events that come before the id of their job', async () => {
    const slow = fake.submit;
    fake.submit = async (parameters) => {
      const answer = await slow(parameters);
      fake.say(answer.jobId, { type: 'started' });
      await settle();
      return answer;
    };
    const run = generation.generate();
    await settle();
    await settle();
    expect(generation.pending[0]!.job.stage).toBe('running');
    fake.say('job1', { type: 'failed', error: { code: 'engine-failed', message: 'm', remedy: 'r' } });
    await expect(run).rejects.toMatchObject({ code: 'engine-failed' });
  });

  it('refuses an empty prompt before anything is sent', async () => {
    composer.setPrompt('  ');
    await perform('run');
    expect(fake.submitted).toEqual([]);
    expect(notices.list[0]).toMatchObject({ tone: 'error', code: 'prompt-empty' });
  });

  it('keeps a locked seed and changes an open one', async () => {
    composer.setSeed(5);
    composer.setSeedLocked(true);
    expect(composer.takeSeed()).toBe(5);
    composer.setSeedLocked(false);
    const thrown = new Set(Array.from({ length: 8 }, () => composer.takeSeed()));
    expect(thrown.size).toBeGreaterThan(1);
  });

  it('fails what runs when the connection is lost, and reads the project again when it is back', async () => {
    const run = generation.generate();
    await settle();
    fake.connection('lost');
    await expect(run).rejects.toMatchObject({ code: 'disconnected' });
    expect(studio.connection).toBe('lost');
    expect(commandOf('run').enabled()).toBe(false);
    fake.apply([{ type: 'rename', name: 'Meanwhile' }], false);
    fake.connection('connected');
    await settle();
    expect(studio.connection).toBe('connected');
    expect(documentState.document.name).toBe('Meanwhile');
  });
});

describe('alternatives in braces', () => {
  it('run as one job each, with one seed and places of their own', async () => {
    composer.setPrompt('a {red|blue} circle');
    composer.setSeed(5);
    composer.setSeedLocked(true);
    const running = generation.generate();
    await settle();
    expect(fake.submitted).toMatchObject([
      { prompt: 'a red circle', seed: 5, variations: 2 },
      { prompt: 'a blue circle', seed: 5, variations: 2 },
    ]);
    const places = generation.pending.flatMap((one) => one.places.map(({ x, y }) => `${x},${y}`));
    expect(new Set(places).size).toBe(4);
    for (const jobId of ['job1', 'job2']) {
      const images = [generated(1), generated(2)];
      fake.say(jobId, { type: 'done', result: { kind: 'generate', pack: 'fake', images }, elapsedMs: 1 });
    }
    await running;
    composer.setSeedLocked(false);
    expect(documentState.frames).toHaveLength(4);
  });

  it('are refused when they are too many', async () => {
    composer.setPrompt('{a|b|c|d|e} {a|b|c|d|e} {a|b|c|d|e}');
    await expect(generation.generate()).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('125 prompts') as string,
    });
    expect(fake.submitted).toEqual([]);
  });
});

describe('describing', () => {
  it('writes the text onto the frame as it is by then', async () => {
    const frame = await addFrame();
    view.select([frame.id]);
    const run = perform('describe');
    await settle();
    expect(fake.submitted[0]).toEqual({ kind: 'describe', source: { imageId: frame.imageId } });
    await documentState.commit('Move', [{ type: 'put-frame', frame: { ...frame, x: 99 } }]);
    fake.say('job1', { type: 'text', text: 'a red' });
    expect(generation.reading.get(frame.id)?.text).toBe('a red');
    fake.say('job1', { type: 'done', elapsedMs: 1, result: { kind: 'describe', text: 'a red circle' } });
    await run;
    expect(documentState.frame(frame.id)).toMatchObject({ x: 99, description: 'a red circle' });
    expect(generation.reading.size).toBe(0);
  });

  it('lets tokens stand for a frame only in the pack that wrote them', async () => {
    const frame = await addFrame();
    expect(imageSourceOf({ ...frame, tokens: { pack: 'fake@1', codes: [1] } })).toEqual({ pack: 'fake@1', codes: [1] });
    expect(imageSourceOf({ ...frame, tokens: { pack: 'other@1', codes: [1] } })).toEqual({ imageId: frame.imageId });
  });
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

  it('have shortcuts that mean one thing each', () => {
    // While candidates wait, a few keys are theirs, and while a mask is drawn a few are the pen's.
    const layers = ['Candidates', 'Mask by keys'];
    for (const layer of [...layers, null]) {
      const some = commands.filter(({ group }) => (layer === null ? !layers.includes(group) : group === layer));
      const all = some.flatMap((command) => command.shortcuts);
      expect(new Set(all).size).toBe(all.length);
    }
    expect(commandOf('run').inFields).toBe(true);
    expect(commandOf('delete').inFields).toBe(false);
  });
});

describe('notices', () => {
  it('show an error once, with its way out, and stay silent about a cancellation', () => {
    const error = new StudioError('disk-full', 'The disk is full.', 'Make room.');
    notices.report(error);
    notices.report(error);
    notices.report(new StudioError('cancelled', 'c', 'r'));
    expect(notices.list).toHaveLength(1);
    expect(notices.list[0]).toMatchObject({ code: 'disk-full', remedy: 'Make room.' });
  });
});

describe('jobs', () => {
  it('drop events of jobs nobody here asked for', () => {
    fake.say('unknown', { type: 'started' });
    expect(jobs.all.has('unknown')).toBe(false);
  });

  it('end once: what a step under way still sends after a cancellation changes nothing', async () => {
    const heard: string[] = [];
    const job = await jobs.submit({ kind: 'describe', source: { imageId: 'a' } }, (event) => heard.push(event.type));
    await jobs.cancel(job);
    fake.say(job.id, { type: 'done', elapsedMs: 1, result: { kind: 'describe', text: 'late' } });
    expect(job.stage).toBe('cancelled');
    expect(heard).toEqual(['cancelled']);
    jobs.forget(job);
  });
});
