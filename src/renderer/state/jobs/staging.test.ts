import { beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../../../shared/document/document.js';
import { StudioError } from '../../../shared/errors.js';
import type { GeneratedImage } from '../../../shared/jobs/job-results.js';
import { influenceMap } from '../../../shared/tokens/influence.js';
import { editFrame, varyFrame, varySlightly } from './editing.js';
import { comparablePair } from '../compare/compare.svelte.js';
import { composer } from '../composer/composer.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { importedFrame } from '../document/frames.js';
import { generation } from './generation.svelte.js';
import { intersects, rectangleToScreen } from '../board/geometry.js';
import { masks } from '../masks/masks.svelte.js';
import { staging } from './staging.svelte.js';
import { startStudio } from '../studio/start.js';
import { view } from '../board/view.svelte.js';

let fake: FakeStudio;
let parent: Frame;

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const check = { inside: 0.1, outside: 0, changedPixels: 0.2 };
const image = (seed: number): GeneratedImage => ({
  imageId: String(seed).repeat(64).slice(0, 64),
  ...{ width: 128, height: 128, seed, codes: [1, 2, 3, 4], certainty: [], check },
});

beforeEach(async () => {
  await generation.cancelAll();
  staging.clear();
  fake = new FakeStudio();
  await startStudio(fake);
  composer.instruction = 'make the circle green';
  composer.setVariations(3);
  masks.limitsEdits = true;
  masks.rewritesOnlyMatter = false;
  parent = {
    ...importedFrame('one.png', { imageId: 'b'.repeat(64), width: 128, height: 128 }, { x: 0, y: 0 }),
    tokens: { pack: 'fake@1', codes: [9, 8, 7, 6] },
  };
  await documentState.commit('Import', [{ type: 'put-frame', frame: parent }]);
  view.select([parent.id]);
});

async function candidates(...seeds: number[]) {
  const before = fake.submitted.length;
  const run = editFrame(documentState.frame(parent.id)!);
  await settle();
  fake.say(`job${before + 1}`, {
    type: 'done',
    elapsedMs: 1,
    result: { kind: 'edit', pack: 'fake@1', images: seeds.map(image) },
  });
  await run;
  return staging.of(parent.id)!;
}

describe('candidates of an edit', () => {
  it('wait under their frame, and nothing of them is in the document', async () => {
    const run = editFrame(parent);
    await settle();
    expect(fake.submitted[0]).toMatchObject({ kind: 'edit', variations: 3, base: { imageId: parent.imageId } });
    expect(staging.of(parent.id)!.runs).toHaveLength(1);
    expect(staging.current).toBeNull();
    expect(generation.currentJob).not.toBeNull();
    fake.say('job1', { type: 'done', elapsedMs: 1, result: { kind: 'edit', pack: 'fake@1', images: [image(1)] } });
    await run;
    expect(staging.current!.shown!.image.seed).toBe(1);
    expect(generation.pending).toEqual([]);
    expect(documentState.frames).toEqual([parent]);
  });

  it('are what the board and the timeline show in the place of their frame, unless the original is looked at', async () => {
    const staged = await candidates(1, 2);
    staged.show(1);
    staged.show(7);
    expect(staged.active).toBe(1);
    expect(staging.shownFor(parent)).toMatchObject({
      id: parent.id,
      imageId: image(2).imageId,
      tokens: { pack: 'fake@1', codes: [1, 2, 3, 4] },
    });
    staged.showsOriginal = true;
    expect(staging.shownFor(parent)).toBe(parent);
    const other = { ...parent, id: 'other' };
    staged.showsOriginal = false;
    expect(staging.shownFor(other)).toBe(other);
  });

  it('are accepted one alone, whatever is marked', async () => {
    const staged = await candidates(1, 2, 3);
    staged.toggleMark(staged.candidates[0]);
    await staging.accept(staged, staged.candidates[2]);
    expect(documentState.frames.slice(1).map(({ imageId }) => imageId)).toEqual([image(3).imageId]);
    expect(staging.current).toBeNull();
  });

  it('of a slight variation keep all but the finest quarter of the tokens', async () => {
    const run = varySlightly(parent);
    await settle();
    expect(fake.submitted[0]).toMatchObject({ kind: 'generate', kept: [null, 8, 7, 6] });
    fake.say('job1', { type: 'done', elapsedMs: 1, result: { kind: 'generate', pack: 'fake@1', images: [image(1)] } });
    await run;
    expect(staging.current!.shown!.title).toMatch(/^Slight variation of /);
  });

  it('are stepped through in a circle', async () => {
    const staged = await candidates(1, 2, 3);
    staged.step(-1);
    expect(staged.active).toBe(2);
    staged.step(1);
    expect(staged.active).toBe(0);
  });

  it('become a child with arrow, instruction and check when accepted; the rest is gone', async () => {
    const staged = await candidates(1, 2, 3);
    staged.step(1);
    await staging.accept(staged);
    expect(documentState.frames).toHaveLength(2);
    expect(documentState.frames[1]!).toMatchObject({
      name: 'make the circle green',
      imageId: image(2).imageId,
      origin: { kind: 'edited', parentId: parent.id, instruction: 'make the circle green', seed: 2, check },
      tokens: { pack: 'fake@1', codes: [1, 2, 3, 4] },
    });
    expect(staging.of(parent.id)).toBeNull();
    expect(view.selection).toEqual([documentState.frames[1]!.id]);
    expect(documentState.history.undo).toBe('Accept “make the circle green”');
  });

  it('are looked at as closely as their frame was: the same part of the child, at the same zoom', async () => {
    view.viewport = { width: 800, height: 600 };
    view.camera = { x: -400, y: -300, zoom: 8 };
    const staged = await candidates(1);
    expect(view.camera).toEqual({ x: -400, y: -300, zoom: 8 });
    await staging.accept(staged);
    const child = documentState.frames[1]!;
    expect(view.camera).toEqual({ x: -400 - (child.x - parent.x) * 8, y: -300 - (child.y - parent.y) * 8, zoom: 8 });
  });

  it('are brought into view with their strip when that takes no leap', async () => {
    view.viewport = { width: 1200, height: 600 };
    view.camera = { x: 100, y: 100, zoom: 1.5 };
    const staged = await candidates(1);
    expect(view.camera.zoom).toBeLessThan(1.5);
    await staging.accept(staged);
    const shown = rectangleToScreen(view.camera, documentState.frames[1]!);
    expect(shown.x).toBeGreaterThan(0);
    expect(shown.x + shown.width).toBeLessThan(1200);
  });

  it('are accepted together when marked, as one step, beside each other’s way', async () => {
    const staged = await candidates(1, 2, 3);
    staged.toggleMark();
    staged.step(2);
    staged.toggleMark();
    const { revision } = documentState;
    await staging.accept(staged);
    expect(documentState.revision).toBe(revision + 1);
    const [, one, other] = documentState.frames;
    expect([one, other].map((frame) => frame!.origin)).toMatchObject([{ seed: 1 }, { seed: 3 }]);
    expect(one!.x).toBe(other!.x);
    expect(intersects(one!, other!)).toBe(false);
  });

  it('stay when accepting them is refused', async () => {
    const staged = await candidates(1);
    fake.refusal = new StudioError('disk-full', 'The disk is full.', 'Make room.');
    await expect(staging.accept(staged)).rejects.toMatchObject({ code: 'disk-full' });
    expect(staging.current).toBe(staged);
  });

  it('are added to by a second run, and discarded one by one or all at once', async () => {
    await candidates(1, 2);
    const staged = await candidates(3);
    expect(staged.candidates.map((one) => one.image.seed)).toEqual([1, 2, 3]);
    expect(staged.shown!.image.seed).toBe(3);
    staging.discard(staged, staged.candidates[0]);
    expect(staged.shown!.image.seed).toBe(3);
    staging.discard(staged);
    expect(staging.of(parent.id)).toBeNull();
  });

  it('of a job that failed or was cancelled leave nothing behind', async () => {
    const run = editFrame(parent);
    await settle();
    await generation.cancelCurrent();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(staging.of(parent.id)).toBeNull();
  });
});

describe('a mask', () => {
  const mask = { imageId: 'c'.repeat(64), grow: 1, feather: 2 };

  beforeEach(async () => {
    await documentState.commit('Mask', [{ type: 'put-frame', frame: { ...parent, mask } }]);
  });

  it('limits the edit and is told by the child; switched off it does neither', async () => {
    const staged = await candidates(1);
    expect(fake.submitted[0]).toMatchObject({ base: { imageId: parent.imageId, mask } });
    expect(staged.shown!.origin).toMatchObject({ mask });
    masks.limitsEdits = false;
    await candidates(2);
    expect(fake.submitted[1]).toMatchObject({ base: { imageId: parent.imageId } });
    expect(JSON.stringify(fake.submitted[1])).not.toContain('mask');
  });

  it('chooses by ablation which tokens a variation writes anew', async () => {
    const original = masks.load.bind(masks);
    masks.load = async () => ({ width: 2, height: 1, data: Uint8Array.of(255, 0) });
    masks.rewriteShare = 0.8;
    try {
      const run = varyFrame(documentState.frame(parent.id)!);
      await settle();
      expect(fake.submitted[0]).toMatchObject({ kind: 'ablate', source: { codes: [9, 8, 7, 6] } });
      expect(generation.currentJob).not.toBeNull();
      const losses = { background: 0, layout: 0, colour: 0, shape: 0, texture: 0 };
      [0.1, 0.9, 0, 0.2].forEach((inside, index) => {
        const map = influenceMap([inside, 0.5], 2, 1);
        const influence = { index, from: index, to: index, map, total: 0.3, losses };
        fake.say('job1', { type: 'influence', influence });
      });
      fake.say('job1', { type: 'done', elapsedMs: 1, result: { kind: 'ablate', groups: [] } });
      await settle();
      await settle();
      expect(fake.submitted[1]).toMatchObject({ kind: 'generate', kept: [9, null, 7, null], base: { mask } });
      fake.say('job2', {
        type: 'done',
        elapsedMs: 1,
        result: { kind: 'generate', pack: 'fake@1', images: [image(4)] },
      });
      await run;
      expect(staging.current!.shown!.origin).toMatchObject({
        kind: 'generated',
        branch: { parentId: parent.id, kept: [0, 2] },
      });
    } finally {
      masks.load = original;
    }
  });
});

it('a variation without a mask keeps the coarser half', async () => {
  const run = varyFrame(parent);
  await settle();
  expect(fake.submitted[0]).toMatchObject({ kind: 'generate', prompt: '', kept: [null, null, 7, 6], variations: 3 });
  await generation.cancelCurrent();
  await expect(run).rejects.toMatchObject({ code: 'cancelled' });
});

it('a frame is compared with its parent, two frames older first unless one came from the other', async () => {
  const staged = await candidates(1);
  await staging.accept(staged);
  const child = documentState.frames[1]!;
  const pair = {
    before: { name: parent.name, imageId: parent.imageId },
    after: { name: child.name, imageId: child.imageId },
  };
  expect(comparablePair([child])).toEqual(pair);
  expect(comparablePair([child, parent])).toEqual(pair);
  expect(comparablePair([parent])).toBeNull();
  const late = { ...parent, id: 'late', name: 'late', createdAt: '2999-01-01T00:00:00Z' };
  expect(comparablePair([late, parent])).toMatchObject({ before: { name: parent.name }, after: { name: 'late' } });
});
