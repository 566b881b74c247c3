/** Plans in the composer: whose words stand there, what is asked of the engine, and what a frame keeps. */
import { beforeEach, describe, expect, it } from 'vitest';
import { planningPack, type FakeStudio } from '../../../tests/fakes/window/fake-studio.js';
import { addFrame, generated, openFakeWindow, settle } from '../../../tests/fakes/window/fake-window.js';
import { drawablePlan, drawPlan } from './composer-actions.js';
import { view } from '../state/board/view.svelte.js';
import { documentState } from '../state/document/document.svelte.js';
import { editFrame } from '../state/jobs/editing.js';
import { generation } from '../state/jobs/generation.svelte.js';
import { staging } from '../state/jobs/staging.svelte.js';
import { composer } from '../state/composer/composer.svelte.js';
import { recallOrigin } from '../state/composer/load-origin.js';
import { recallRecipe } from '../state/composer/load-recipe.js';
import { plans } from '../state/composer/plans.svelte.js';

let fake: FakeStudio;
const said = 'a large red circle in the middle';

beforeEach(async () => {
  fake = await openFakeWindow(planningPack);
  plans.forget('generate');
  plans.forget('edit');
  composer.setKeepsRest(true);
});

/** A run in which the model says `text`, kept with its picture. */
async function draw(text = said, start: () => Promise<void> = () => generation.generate()) {
  const run = start();
  await settle();
  const job = `job${fake.submitted.length}`;
  fake.say(job, { type: 'started' });
  fake.say(job, { type: 'plan', variation: 0, text: text.slice(0, 7) });
  fake.say(job, { type: 'plan', variation: 0, text });
  const images = [{ ...generated(7), plan: text }];
  fake.say(job, { type: 'done', elapsedMs: 1, result: { kind: 'generate', pack: 'fake@1', images } });
  await run;
  return documentState.frames.at(-1)!;
}

describe('the plan of a prompt', () => {
  it('is shown as the model says it, and kept with the frame', async () => {
    const run = generation.generate();
    await settle();
    fake.say('job1', { type: 'started' });
    fake.say('job1', { type: 'plan', variation: 1, text: 'another one' });
    expect(plans.shown('generate')?.text).toBe('');
    fake.say('job1', { type: 'plan', variation: 0, text: 'a large' });
    expect(plans.shown('generate')?.text).toBe('a large');
    expect(generation.pending[0]!.job.plans).toEqual(['a large', 'another one']);
    await generation.cancelCurrent();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect((await draw()).origin).toMatchObject({ kind: 'generated', plan: said });
    expect(fake.submitted[1]).not.toHaveProperty('plan');
  });

  it('is drawn as the person corrected it, by its own command and by every later run', async () => {
    await draw();
    expect(drawablePlan()).toBe(said);
    expect(plans.own('generate')).toBeNull();
    const corrected = 'a small red circle in the middle';
    plans.write('generate', `${corrected} `);
    await draw(corrected, drawPlan);
    expect(fake.submitted[1]).toMatchObject({ prompt: 'a red circle', plan: { text: corrected } });
    await draw(corrected);
    expect(fake.submitted[2]).toMatchObject({ plan: { text: corrected } });
    plans.forget('generate');
    await draw();
    expect(fake.submitted[3]).not.toHaveProperty('plan');
  });

  it('stays the person’s while the model goes on writing', async () => {
    const run = generation.generate();
    await settle();
    fake.say('job1', { type: 'plan', variation: 0, text: 'a large' });
    plans.write('generate', 'a tiny');
    fake.say('job1', { type: 'plan', variation: 0, text: said });
    expect(plans.shown('generate')).toMatchObject({ text: 'a tiny', written: said });
    await generation.cancelCurrent();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('shows only beside the words it answers', async () => {
    await draw();
    plans.write('generate', 'mine');
    composer.setPrompt('a blue star');
    expect(plans.shown('generate')).toBeNull();
    expect(drawablePlan()).toBeNull();
    await draw();
    expect(fake.submitted[1]).not.toHaveProperty('plan');
  });

  it('comes back with the picture it was drawn from, and is drawn again', async () => {
    const frame = await draw();
    composer.setPrompt('something else');
    recallOrigin(frame.origin);
    expect(plans.shown('generate')?.text).toBe(said);
    await draw();
    expect(fake.submitted[1]).toMatchObject({ prompt: 'a red circle', plan: { text: said }, seed: 7 });
    recallRecipe({
      task: 'generate',
      text: 'b',
      seed: null,
      settings: null,
      model: null,
      facts: [],
      plan: 'of a file',
    });
    expect(plans.own('generate')).toBe('of a file');
    recallRecipe({ task: 'generate', text: 'b', seed: null, settings: null, model: null, facts: [] });
    expect(plans.shown('generate')).toBeNull();
  });

  it('is nothing a pack without plans hears of', async () => {
    const frame = await draw();
    fake = await openFakeWindow();
    recallOrigin(frame.origin);
    expect(plans.shown('generate')).toBeNull();
    await draw();
    expect(fake.submitted[0]).not.toHaveProperty('plan');
  });
});

describe('the plan of an edit', () => {
  const edited = async (text: string, region?: number) => {
    const job = `job${fake.submitted.length}`;
    fake.say(job, { type: 'plan', variation: 0, text });
    const check = { inside: 0.2, outside: 0, changedPixels: 0.1, ...(region === undefined ? {} : { region }) };
    const images = [{ ...generated(8), plan: text, check }];
    fake.say(job, { type: 'done', elapsedMs: 1, result: { kind: 'edit', pack: 'fake@1', images } });
    await settle();
  };

  beforeEach(async () => {
    staging.clear();
    view.select([(await addFrame()).id]);
    composer.task = 'edit';
    composer.instruction = 'make it blue';
  });

  it('belongs to its frame and instruction, and is drawn corrected', async () => {
    const [frame] = documentState.frames;
    void editFrame(frame!);
    await settle();
    await edited('a blue circle', 0.25);
    expect(plans.shown('edit')?.text).toBe('a blue circle');
    const staged = staging.of(frame!.id)!;
    expect(staged.shown!.origin).toMatchObject({ plan: 'a blue circle', region: 'changed', check: { region: 0.25 } });
    plans.write('edit', 'a light blue circle');
    void drawPlan();
    await settle();
    expect(fake.submitted[1]).toMatchObject({ kind: 'edit', plan: { text: 'a light blue circle' } });
    await edited('a light blue circle');
    expect(staging.of(frame!.id)!.candidates[1]!.origin).not.toHaveProperty('region');
    view.select([]);
    expect(plans.shown('edit')).toBeNull();
  });

  it('takes the whole picture only where the person says so, and remembers that', async () => {
    const [frame] = documentState.frames;
    void editFrame(frame!);
    await settle();
    expect(fake.submitted[0]).not.toHaveProperty('region');
    await edited('a');
    composer.setKeepsRest(false);
    void editFrame(frame!);
    await settle();
    expect(fake.submitted[1]).toMatchObject({ region: 'whole' });
    await edited('b');
    const origin = staging.of(frame!.id)!.candidates[0]!.origin;
    if (origin.kind !== 'edited') throw new Error(origin.kind);
    recallOrigin({ ...origin, region: 'changed' });
    expect(composer.keepsRest).toBe(true);
    recallOrigin(origin);
    expect(composer.keepsRest).toBe(false);
  });
});
