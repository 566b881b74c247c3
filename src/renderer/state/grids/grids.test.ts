import { beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../../../shared/document.js';
import type { GeneratedImage } from '../../../shared/job-results.js';
import type { Queue } from '../../../shared/queue.js';
import * as machine from '../../../shared/queue-machine.js';
import type { PackManifest } from '../../../shared/pack.js';
import { composer } from '../composer/composer.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { FakeStudio, fakePack } from '../../../../tests/fakes/window/fake-studio.js';
import { addFrame } from '../../../../tests/fakes/window/fake-window.js';
import { generation } from '../jobs/generation.svelte.js';
import { queue } from '../jobs/queue.svelte.js';
import { placeGrid, useCell } from './grid-placing.js';
import { GridsState } from './grids.svelte.js';
import { startStudio } from '../studio/start.js';
import { studio } from '../studio/studio.svelte.js';
import { view } from '../board/view.svelte.js';

let fake: FakeStudio;
let grids: GridsState;

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const imageId = (letter: string) => letter.repeat(64);
const generated = (seed: number): GeneratedImage => ({
  imageId: imageId(String(seed)),
  width: 128,
  height: 128,
  seed,
  codes: [3, 1, 2],
  certainty: [],
});

/** The engine answers the newest job. */
async function answer(letter: string, atOnce: () => void = () => {}): Promise<void> {
  await settle();
  const request = fake.submitted.at(-1)!;
  const jobId = `job${fake.submitted.length}`;
  const image = { imageId: imageId(letter), width: 128, height: 128 };
  fake.say(jobId, { type: 'started' });
  fake.say(jobId, {
    type: 'done',
    elapsedMs: 1,
    result:
      request.kind === 'generate' || request.kind === 'edit'
        ? { kind: request.kind, pack: 'fake@1', images: [{ ...generated(request.seed), ...image }] }
        : { kind: 'decode', image },
  });
  atOnce();
  await settle();
}

/** Of a page that was just loaded. */
function freshWindow(): GridsState {
  const state = new GridsState();
  queue.take('grid', (job, entry) => state.take(job, entry));
  return state;
}

beforeEach(async () => {
  await generation.cancelAll();
  fake = new FakeStudio();
  const manifest = { ...fakePack.manifest, tokens: { count: 3, keepFromTrained: true } } as unknown as PackManifest;
  const pack = { ...fakePack, manifest };
  await startStudio(fake);
  studio.status = { ...fake.studioStatus, pack };
  view.select([]);
  composer.setPrompt('a red circle');
  composer.setSeed(7);
  composer.setSeedLocked(false);
  composer.resetSettings();
  composer.setKeepsRest(true);
  grids = freshWindow();
  grids.setParameter('columns', 'steps');
  grids.setText('columns', 'steps', '4, 8');
  grids.setParameter('rows', 'seed');
  grids.setText('rows', 'seed', '1-2');
});

describe('a grid', () => {
  it('writes tokens once for each seed, decodes the rest from them, and shows cells as they come', async () => {
    const end = grids.start();
    await answer('a');
    expect(grids.cells.map(({ kind }) => kind)).toEqual(['done', 'running', 'waiting', 'waiting']);
    expect(generation.pending).toHaveLength(1);
    await answer('b');
    await answer('c');
    expect(grids.running).toBe(true);
    await answer('d');
    await end;
    expect(fake.submitted).toMatchObject([
      { kind: 'generate', prompt: 'a red circle', seed: 1, variations: 1, settings: { steps: 4 } },
      { kind: 'decode', codes: [3, 1, 2], pack: 'fake@1', t: 1, keepFrom: 0, seed: 1, steps: 8 },
      { kind: 'generate', seed: 2, settings: { steps: 4 } },
      { kind: 'decode', seed: 2, steps: 8 },
    ]);
    expect(grids.outcome).toEqual({ kind: 'done' });
    expect(grids.cells.map((cell) => (cell.kind === 'done' ? cell.image.imageId[0] : null))).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
    expect(generation.pending).toEqual([]);
    expect(documentState.frames).toEqual([]);
  });

  it('keeps what is done when it is stopped, as any other job is', async () => {
    const end = grids.start();
    await answer('a');
    expect(generation.currentJob).not.toBeNull();
    await generation.cancelCurrent();
    await end;
    expect(fake.cancelledJobs).toEqual(['job2']);
    expect(grids.outcome).toEqual({ kind: 'stopped' });
    expect(grids.cells.map(({ kind }) => kind)).toEqual(['done', 'waiting', 'waiting', 'waiting']);
  });

  it('stops for good when a cell was finished just before the stop reached it', async () => {
    const end = grids.start();
    await settle();
    await answer('a', () => void grids.stop());
    await end;
    expect(fake.submitted).toHaveLength(1);
    expect(grids.outcome).toEqual({ kind: 'stopped' });
    expect(grids.cells.map(({ kind }) => kind)).toEqual(['done', 'waiting', 'waiting', 'waiting']);
  });

  it('cancels the job that was being handed over while it was stopped', async () => {
    const end = grids.start();
    await grids.stop();
    await end;
    expect(fake.cancelledJobs).toEqual(['job1']);
    expect(grids.outcome).toEqual({ kind: 'stopped' });
  });

  it('says why it failed', async () => {
    const end = grids.start();
    await settle();
    fake.say('job1', { type: 'failed', error: { code: 'engine-failed', message: 'm', remedy: 'r' } });
    await end;
    expect(grids.outcome).toMatchObject({ kind: 'failed', error: { code: 'engine-failed' } });
  });

  it('does not start with values that cannot be read', async () => {
    grids.setText('columns', 'steps', '4-');
    expect(grids.reading('columns')?.problem).toContain('4-');
    expect(grids.planned).toBeNull();
    await grids.start();
    expect(fake.submitted).toEqual([]);
  });

  it('never sends choices in braces as they stand: they are a side of their own, or one prompt', async () => {
    composer.prompt = 'a {red|blue} {car|boat}';
    expect(grids.planned?.problem).toMatch(/4 prompts.*choose Prompt/);
    await grids.start();
    expect(fake.submitted).toEqual([]);
    grids.setParameter('columns', 'prompt');
    expect(grids.planned?.problem).toBeNull();
    expect(grids.planned?.plan?.columns.values).toContain('a red boat');
    composer.prompt = 'a {red} car';
    grids.setParameter('columns', 'steps');
    expect(grids.planned?.problem).toBeNull();
  });

  it('begins the prompts with the composer’s and keeps what was written for other parameters', () => {
    grids.setParameter('columns', 'prompt');
    expect(grids.textOf('columns')).toBe('a red circle');
    grids.setText('columns', 'prompt', 'a\nb');
    grids.setParameter('columns', 'steps');
    expect(grids.textOf('columns')).toBe('4, 8');
    grids.setParameter('columns', 'prompt');
    expect(grids.textOf('columns')).toBe('a\nb');
  });
});

describe('a grid that was broken off', () => {
  /** A reload: this window forgets everything, the project keeps its queue; `left`: what became of it meanwhile. */
  async function reload(left: Queue = fake.queue): Promise<void> {
    fake.queue = [];
    queue.load([], true);
    await settle();
    grids = freshWindow();
    fake.queue = left;
    queue.load(left, true);
    await settle();
  }

  it('is met again with what is done, says what was not, and the rest is made without drawing anything twice', async () => {
    const broken = grids.start();
    await answer('a');
    await answer('b');
    fake.say('job3', { type: 'started' });
    await reload(machine.interrupted(fake.queue));
    await broken;
    expect(grids.cells.map(({ kind }) => kind)).toEqual(['done', 'done', 'waiting', 'waiting']);
    expect(grids).toMatchObject({ outcome: { kind: 'interrupted' }, canGoOn: true, running: false });
    expect(fake.submitted).toHaveLength(3);

    const end = grids.goOn();
    await answer('c');
    await answer('d');
    await end;
    expect(grids.outcome).toEqual({ kind: 'done' });
    expect(fake.submitted.slice(3)).toMatchObject([
      { kind: 'generate', seed: 2, settings: { steps: 4 } },
      { kind: 'decode', codes: [3, 1, 2], seed: 2, steps: 8 },
    ]);
    await placeGrid(grids);
    expect(documentState.frames).toHaveLength(4);
    // On the board, nothing of it is kept any longer.
    expect(fake.queue).toEqual([]);
  });

  it('goes on with the cell that is still being made', async () => {
    const broken = grids.start();
    await answer('a');
    await reload();
    await broken;
    expect(grids.cells.map(({ kind }) => kind)).toEqual(['done', 'running', 'waiting', 'waiting']);
    const end = grids.goOn();
    for (const letter of 'bcd') await answer(letter);
    await end;
    expect(grids.outcome).toEqual({ kind: 'done' });
    expect(fake.submitted.map(({ kind }) => kind)).toEqual(['generate', 'decode', 'generate', 'decode']);
  });

  it('is given up by the next one', async () => {
    const broken = grids.start();
    await answer('a');
    await grids.stop();
    await broken;
    expect(fake.queue).toHaveLength(1);
    const end = grids.start();
    await settle();
    expect(fake.queue.map(({ state }) => state)).toEqual(['waiting']);
    await grids.stop();
    await end;
  });

  it('that cannot be planned any more is left alone', async () => {
    const broken = grids.start();
    await answer('a');
    await grids.stop();
    await broken;
    // Both sides change the same.
    const setup = { columns: { parameter: 'seed', values: [1] } };
    await reload(JSON.parse(JSON.stringify(fake.queue), (key, value: unknown) => key === 'setup' ? { ...(value as object), ...setup } : value) as Queue); // prettier-ignore
    expect(grids.run).toBeNull();
  });
});

describe('a grid over edits', () => {
  let parent: Frame;

  beforeEach(async () => {
    const { pack } = studio;
    const templates = { ...pack!.manifest.languageModel!.templates, edit: ['begin'] };
    const manifest = { ...pack!.manifest, languageModel: { ...pack!.manifest.languageModel!, templates } };
    studio.status = { ...fake.studioStatus, pack: { ...pack!, manifest } };
    parent = await addFrame('boat');
    view.select([parent.id]);
    composer.instruction = 'make the boat red';
    composer.choosePreset('best');
    grids.wantsEdits = true;
  });

  it('edits the selected frame in every cell, and keeps of it what an edit does not concern', async () => {
    const end = grids.start();
    for (const letter of 'abcd') await answer(letter);
    await end;
    expect(fake.submitted).toHaveLength(4);
    for (const request of fake.submitted) {
      expect(request).toMatchObject({ kind: 'edit', base: { imageId: parent.imageId } });
      expect(request).not.toHaveProperty('region');
    }
    await placeGrid(grids);
    const [, made] = documentState.frames;
    expect(made!.origin).toMatchObject({ kind: 'edited', region: 'changed' });
  });

  it('edits the whole of the selected frame, without candidates, and writes tokens once for each seed', async () => {
    composer.keepsRest = false;
    const end = grids.start();
    // What is selected later is not what the grid is about.
    view.select([]);
    for (const letter of 'abcd') await answer(letter);
    await end;
    expect(fake.submitted).toMatchObject([
      {
        kind: 'edit',
        source: { imageId: parent.imageId },
        region: 'whole',
        instruction: 'make the boat red',
        seed: 1,
        settings: { steps: 4 },
      },
      { kind: 'decode', codes: [3, 1, 2], seed: 1, steps: 8 },
      { kind: 'edit', seed: 2 },
      { kind: 'decode', seed: 2, steps: 8 },
    ]);
    expect(JSON.stringify([fake.submitted, grids.run])).not.toContain('candidates');
    await placeGrid(grids);
    const made = documentState.frames.filter(({ id }) => id !== parent.id);
    expect(made).toHaveLength(4);
    for (const { origin } of made) {
      expect(origin).toMatchObject({ kind: 'edited', parentId: parent.id, instruction: 'make the boat red' });
    }

    composer.instruction = 'something else';
    useCell(grids, 3);
    expect(composer).toMatchObject({ task: 'edit', instruction: 'make the boat red', seed: 2 });
    expect(view.selection).toEqual([parent.id]);
  });

  it('keeps instructions apart from prompts, and begins with the composer’s', () => {
    grids.setParameter('columns', 'prompt');
    expect(grids.textOf('columns')).toBe('make the boat red');
    grids.setText('columns', 'prompt', 'make it {red|blue}');
    view.select([]);
    expect(grids.parent).toBeNull();
    expect(grids.textOf('columns')).toBe('a red circle');
    view.select([parent.id]);
    expect(grids.planned?.plan?.columns.values).toEqual(['make it red', 'make it blue']);
  });

  it('says that an instruction is missing, and that edits have no candidates', () => {
    composer.instruction = '  ';
    expect(grids.planned?.problem).toContain('no instruction');
    grids.setParameter('rows', 'candidates');
    expect(grids.planned?.problem).toContain('one candidate');
  });
});

describe('a finished grid', () => {
  async function finish(): Promise<void> {
    const end = grids.start();
    for (const letter of 'abcd'.slice(0, grids.cells.length)) await answer(letter);
    await end;
  }

  it('is placed whole, in the order of the sheet with its legends, as one step', async () => {
    await finish();
    await placeGrid(grids);
    const [a, b, c, d] = documentState.frames;
    expect([a!.y === b!.y, c!.y === d!.y, a!.x === c!.x, b!.x === d!.x]).toEqual([true, true, true, true]);
    expect(a!.x).toBeLessThan(b!.x);
    expect(a!.y).toBeLessThan(c!.y);
    expect(d).toMatchObject({
      name: 'Seed 2 · Steps 8',
      origin: { kind: 'generated', prompt: 'a red circle', seed: 2, settings: { steps: 8 }, pack: 'fake@1' },
      tokens: { pack: 'fake@1', codes: [3, 1, 2] },
    });
    const notes = documentState.annotations.map((one) => (one.kind === 'note' ? one.text : ''));
    expect(notes).toEqual(['Steps 4', 'Steps 8', 'Seed 1', 'Seed 2']);
    expect(view.selection).toHaveLength(4);
    await documentState.undo();
    expect(documentState.document).toMatchObject({ frames: [], annotations: [] });
  });

  it('gives only what is picked, without legends', async () => {
    await finish();
    grids.togglePick(3);
    grids.togglePick(0);
    grids.togglePick(0);
    await placeGrid(grids);
    expect(documentState.frames.map(({ name }) => name)).toEqual(['Seed 2 · Steps 8']);
    expect(documentState.annotations).toEqual([]);
  });

  it('puts a cell back into the composer', async () => {
    await finish();
    composer.setPrompt('something else');
    useCell(grids, 2);
    expect(composer).toMatchObject({ prompt: 'a red circle', seed: 2, seedLocked: true, preset: 'fast' });
  });

  it('of coarse tokens keeps the picture with all of them in its history', async () => {
    grids.setParameter('columns', 'keepFrom');
    grids.setText('columns', 'keepFrom', '0, 2');
    grids.setParameter('rows', 'none');
    await finish();
    await placeGrid(grids);
    const [whole, part] = documentState.frames;
    expect(whole).toMatchObject({ origin: { kind: 'generated' } });
    expect(whole!.earlier).toBeUndefined();
    expect(part).toMatchObject({
      origin: { kind: 'decoded', keepFrom: 2, parentId: part!.earlier![0]!.id, t: 1, seed: 7 },
      earlier: [{ origin: { kind: 'generated', prompt: 'a red circle' }, tokens: { codes: [3, 1, 2] } }],
    });
  });

  it('means nothing in another project', async () => {
    await finish();
    expect(grids.isOfThisProject).toBe(true);
    documentState.document = { ...documentState.document, id: 'other' };
    expect(grids.isOfThisProject).toBe(false);
  });
});
