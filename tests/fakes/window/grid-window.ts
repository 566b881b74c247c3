/** For tests of grids: a window with a plan for four pictures, and an engine that answers one job at a time. */
import type { GeneratedImage } from '../../../src/shared/jobs/job-results.js';
import type { PackManifest } from '../../../src/shared/packs/pack.js';
import type { Queue } from '../../../src/shared/jobs/queue.js';
import { view } from '../../../src/renderer/state/board/view.svelte.js';
import { composer } from '../../../src/renderer/state/composer/composer.svelte.js';
import { GridsState } from '../../../src/renderer/state/grids/grids.svelte.js';
import { generation } from '../../../src/renderer/state/jobs/generation.svelte.js';
import { queue } from '../../../src/renderer/state/jobs/queue.svelte.js';
import { startStudio } from '../../../src/renderer/state/studio/start.js';
import { studio } from '../../../src/renderer/state/studio/studio.svelte.js';
import { FakeStudio, fakePack } from './fake-studio.js';

/** Both belong to the present test; `openGrids` and `reloadGrids` make them anew. */
export let fake: FakeStudio;
export let grids: GridsState;

export const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
export const imageId = (letter: string) => letter.repeat(64);
export const generated = (seed: number): GeneratedImage => ({
  imageId: imageId(String(seed)),
  width: 128,
  height: 128,
  seed,
  codes: [3, 1, 2],
  certainty: [],
});

/** The engine answers the newest job. */
export async function answer(letter: string, atOnce: () => void = () => {}): Promise<void> {
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
function freshGrids(): GridsState {
  const state = new GridsState();
  queue.take('grid', (job, entry) => state.take(job, entry));
  return state;
}

/** An empty project, a pack of three tokens, steps across and seeds down. */
export async function openGrids(): Promise<void> {
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
  grids = freshGrids();
  grids.setParameter('columns', 'steps');
  grids.setText('columns', 'steps', '4, 8');
  grids.setParameter('rows', 'seed');
  grids.setText('rows', 'seed', '1-2');
}

/** A reload: this window forgets everything, the project keeps its queue; `left`: what became of it meanwhile. */
export async function reloadGrids(left: Queue = fake.queue): Promise<void> {
  fake.queue = [];
  queue.load([], true);
  await settle();
  grids = freshGrids();
  fake.queue = left;
  queue.load(left, true);
  await settle();
}
