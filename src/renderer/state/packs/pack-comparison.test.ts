import { beforeEach, expect, it } from 'vitest';
import type { Frame } from '../../../shared/document/document.js';
import type { PackManifest, PackSummary } from '../../../shared/packs/pack.js';
import { documentState } from '../document/document.svelte.js';
import { FakeJobs } from '../../../../tests/fakes/window/fake-jobs.js';
import { fakePack, FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { PackComparisonState } from './pack-comparison.svelte.js';
import { studio } from '../studio/studio.svelte.js';
import { view } from '../board/view.svelte.js';

const settled = () => new Promise((resolve) => setTimeout(resolve));
const image = { width: 1, height: 1, data: new Uint8Array(4) };
let host: FakeStudio;
let jobs: FakeJobs;
let state: PackComparisonState;

function pack(name: string, kind: 'power' | 'raster' = 'power', purpose?: 'study'): PackSummary {
  const schedule = kind === 'raster' ? { kind, columns: 2, rows: 2 } : { kind, exponent: 1 };
  const manifest = {
    ...fakePack.manifest,
    name,
    tokens: { count: 4, codebookSize: 10, schedule },
    ...(purpose === undefined ? {} : { purpose }),
  } as unknown as PackManifest;
  return { id: `${name}@1`, directory: `/packs/${name}`, bytes: 1, manifest };
}

const frame = (id: string) => ({ id, imageId: id.repeat(64), name: id }) as unknown as Frame;
const show = (ids: readonly string[]): void => {
  documentState.document = { ...documentState.document, frames: ids.map(frame) };
};

beforeEach(() => {
  host = new FakeStudio();
  jobs = new FakeJobs();
  state = new PackComparisonState(jobs);
  studio.connect(host);
  studio.status = { ...host.studioStatus, pack: pack('default') };
  studio.packs = [pack('default'), pack('other')];
  view.select([]);
  show(['a', 'b', 'c']);
});

it('begins with the pack in use and another one, and the first two frames', () => {
  state.begin();
  expect(state.directories).toEqual(['/packs/default', '/packs/other']);
  expect([state.pictureA, state.pictureB]).toEqual(['a', 'b']);
});

it('begins with the pair of a study where there is one, and with selected frames', () => {
  studio.packs = [pack('default'), pack('study-t', 'power', 'study'), pack('study-r', 'raster', 'study')];
  view.select(['b', 'c']);
  state.begin();
  expect(state.directories).toEqual(['/packs/study-t', '/packs/study-r']);
  expect([state.pictureA, state.pictureB]).toEqual(['b', 'c']);
});

it('what was chosen before stays when it begins again; frames that are gone do not', () => {
  state.begin();
  state.choose(0, '/packs/other');
  state.pictureA = 'c';
  show(['a', 'b']);
  state.begin();
  expect(state.directories[0]).toBe('/packs/other');
  expect([state.pictureA, state.pictureB]).toEqual(['a', 'b']);
});

it('both packs are asked the same, one after the other, and what they show is kept apart', async () => {
  state.begin();
  state.prompt = 'a star';
  const run = state.start();
  await settled();
  const [first] = jobs.jobs;
  expect(first!.request).toMatchObject({
    kind: 'pack-comparison',
    directory: '/packs/default',
    prompt: 'a star',
    seed: 7,
  });
  expect((first!.request as { pictures: unknown[] }).pictures).toEqual(
    ['a', 'b', 'c'].map((id) => ({ imageId: id.repeat(64) })),
  );
  jobs.say({ type: 'progress', phase: 'restoring', done: 1, total: 9, elapsedMs: 1, remainingMs: null });
  expect(state.status).toEqual({ kind: 'running', side: 0, phase: 'restoring', done: 1, total: 9 });
  jobs.say({ type: 'pack-comparison', news: { part: 'drawn', image } });
  jobs.say({ type: 'pack-comparison', news: { part: 'restored', image, psnr: 20 } });
  jobs.say({ type: 'pack-comparison', news: { part: 'interpolation', step: 0, replaced: 0, image } });
  jobs.say({ type: 'pack-comparison', news: { part: 'entropy', entropy: [1], pictures: 3, written: false } });
  jobs.say({ type: 'done', result: { kind: 'pack-comparison', pack: 'default@1', memory: 99 }, elapsedMs: 1 });
  await settled();
  expect(jobs.jobs).toHaveLength(2);
  expect(jobs.last.request).toEqual({ ...first!.request, directory: '/packs/other' });
  jobs.say({ type: 'pack-comparison', news: { part: 'drawn', missing: 'It cannot.' } });
  jobs.say({ type: 'done', result: { kind: 'pack-comparison', pack: 'other@1', memory: null }, elapsedMs: 1 });
  await run;
  expect(state.status).toEqual({ kind: 'done' });
  expect(state.findings[0]).toMatchObject({ drawn: image, restored: { psnr: 20 }, memory: 99, error: null });
  expect(state.findings[0]!.interpolation).toHaveLength(1);
  expect(state.findings[1]).toMatchObject({ drawn: null, missing: { drawn: 'It cannot.' }, memory: null });
});

it('a pack that fails says why, and the other one is still shown', async () => {
  state.begin();
  const run = state.start();
  await settled();
  const error = { code: 'pack-damaged' as const, message: 'Broken.', remedy: 'Another one.' };
  jobs.say({ type: 'failed', error });
  await settled();
  jobs.say({ type: 'done', result: { kind: 'pack-comparison', pack: 'other@1', memory: 1 }, elapsedMs: 1 });
  await run;
  expect(state.findings[0]!.error).toMatchObject({ code: 'pack-damaged' });
  expect(state.findings[1]).toMatchObject({ error: null, memory: 1 });
});

it('stopped: what has arrived stays, nothing more comes, the second pack is not begun', async () => {
  state.begin();
  const run = state.start();
  await settled();
  jobs.say({ type: 'pack-comparison', news: { part: 'drawn', image } });
  state.stop();
  await run;
  expect(jobs.jobs).toHaveLength(1);
  expect(jobs.cancelled).toHaveLength(1);
  expect(state.status).toEqual({ kind: 'stopped' });
  expect(state.findings[0]).toMatchObject({ drawn: image, error: null });
});

it('ending stops what runs and lets the second pack go', async () => {
  state.begin();
  const run = state.start();
  await settled();
  await state.end();
  await run;
  expect(host.packsReleased).toBe(1);
  expect(state.running).toBe(false);
});

it('a pack from another folder is checked, offered and chosen; a fault stays beside the field', async () => {
  state.begin();
  host.foundPack = pack('elsewhere');
  await state.openFolder('/packs/elsewhere');
  expect(host.soughtPacks).toEqual(['/packs/elsewhere']);
  expect(state.packOf(1)?.id).toBe('elsewhere@1');
  expect(state.choices).toHaveLength(3);
  host.foundPack = null;
  await state.openFolder(null);
  expect(state.packOf(1)?.id).toBe('elsewhere@1');
  host.refusal = new Error('no folder');
  await state.openFolder('/nowhere');
  expect(state.folderError?.message).toContain('no folder');
  expect(state.packOf(1)?.id).toBe('elsewhere@1');
});

it('another choice forgets what its side showed; swapping takes it along', async () => {
  state.begin();
  const run = state.start();
  await settled();
  jobs.say({ type: 'pack-comparison', news: { part: 'drawn', image } });
  state.stop();
  await run;
  state.swap();
  expect(state.directories).toEqual(['/packs/other', '/packs/default']);
  expect(state.findings[1]).toMatchObject({ drawn: image });
  state.choose(1, '/packs/other');
  expect(state.findings[1]).toBeNull();
});
