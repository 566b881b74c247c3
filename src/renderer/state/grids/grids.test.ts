import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Frame } from '../../../shared/document/document.js';
import { composer } from '../composer/composer.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { addFrame } from '../../../../tests/fakes/window/fake-window.js';
import { answer, fake, grids, openGrids, settle } from '../../../../tests/fakes/window/grid-window.js';
import { generation } from '../jobs/generation.svelte.js';
import { placeGrid, useCell } from './grid-placing.js';
import { GridsState } from './grids.svelte.js';
import { studio } from '../studio/studio.svelte.js';
import { view } from '../board/view.svelte.js';

beforeEach(openGrids);

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

  it('edits the whole of the selected frame, written once, and writes tokens once for each seed', async () => {
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
    expect(JSON.stringify([fake.submitted, grids.run])).not.toContain('bestOf');
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

  it('says that an instruction is missing, and that edits are written once', () => {
    composer.instruction = '  ';
    expect(grids.planned?.problem).toContain('no instruction');
    grids.setParameter('rows', 'bestOf');
    expect(grids.planned?.problem).toContain('written once');
  });
});

it('takes over a side that was kept when settings had other names', () => {
  const side = { parameter: 'candidates', texts: { candidates: '1, 3', steps: '7' } };
  vi.stubGlobal('localStorage', { getItem: () => JSON.stringify(side) });
  const { rows } = new GridsState();
  vi.unstubAllGlobals();
  expect(rows).toMatchObject({ parameter: 'bestOf', texts: { bestOf: '1, 3', steps: '7' } });
  expect(rows.texts).not.toHaveProperty('candidates');
});
