import { beforeEach, describe, expect, it } from 'vitest';
import { packDefaults } from '../../../shared/jobs/presets.js';
import { composer } from '../composer/composer.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { fakePack, type FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { addFrame, generated, openFakeWindow, settle } from '../../../../tests/fakes/window/fake-window.js';
import { generation } from './generation.svelte.js';
import { jobs } from './jobs.svelte.js';
import { imageSourceOf, selectedFrame } from '../board/selection.svelte.js';
import { notices } from '../studio/notices.svelte.js';
import { studio } from '../studio/studio.svelte.js';
import { view } from '../board/view.svelte.js';

let fake: FakeStudio;

beforeEach(async () => {
  fake = await openFakeWindow();
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

    await documentState.undo();
    expect(documentState.frames).toEqual([]);
    await documentState.redo();
    expect(documentState.frames).toHaveLength(2);
  });

  it('offers finished pictures elsewhere when the project has become one to look at only', async () => {
    const run = generation.generate();
    await settle();
    documentState.readOnly = 'Another program has it.';
    fake.say('job1', {
      type: 'done',
      elapsedMs: 20,
      result: { kind: 'generate', pack: 'fake@1', images: [generated(7), generated(8)] },
    });
    await run;
    expect(documentState.frames).toEqual([]);
    expect(notices.list.at(-1)!.action).toMatchObject({ label: 'Save 2 pictures as PNG', stays: true });
    documentState.readOnly = null;
    notices.clear();
  });

  it('leaves nothing behind when it is cancelled, at once, and passes over what still arrives', async () => {
    const cameraBefore = view.camera;
    const run = generation.generate();
    await settle();
    fake.say('job1', { type: 'started' });
    const { job } = generation.pending[0]!;
    const cancelling = generation.cancelCurrent();
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
    const slow = fake.enqueue;
    fake.enqueue = async (parameters) => {
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
    await expect(generation.generate()).rejects.toMatchObject({ code: 'prompt-empty' });
    expect(fake.submitted).toEqual([]);
  });

  it('keeps a locked seed and changes an open one', async () => {
    composer.setSeed(5);
    composer.setSeedLocked(true);
    expect(composer.takeSeed()).toBe(5);
    composer.setSeedLocked(false);
    const thrown = new Set(Array.from({ length: 8 }, () => composer.takeSeed()));
    expect(thrown.size).toBeGreaterThan(1);
  });

  it('fails this window’s own jobs when the connection is lost, and reads the project again when it is back', async () => {
    const job = await jobs.submit({ kind: 'ablate', source: { imageId: 'a' }, seed: 1 });
    const run = expect(job.finished).rejects.toMatchObject({ code: 'disconnected' });
    fake.connection('lost');
    await run;
    expect(studio.connection).toBe('lost');
    expect(studio.engineReady).toBe(false);
    fake.apply([{ type: 'rename', name: 'Meanwhile' }], false);
    fake.connection('connected');
    await settle();
    expect(studio.connection).toBe('connected');
    expect(documentState.document.name).toBe('Meanwhile');
    jobs.forget(job);
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
    const runs = new Set(documentState.frames.map(({ run }) => `${run?.id}: ${run?.name}`));
    expect([...runs]).toEqual([expect.stringContaining('a {red|blue} circle')]);
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
    const run = generation.describe(frame);
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
