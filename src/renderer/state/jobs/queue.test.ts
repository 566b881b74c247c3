/** The window's side of the queue: what was asked for before a reload, a lost connection or a restart goes on here. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { GeneratedImage } from '../../../shared/jobs/job-results.js';
import type { QueueEntry } from '../../../shared/jobs/queue.js';
import { StudioError } from '../../../shared/errors.js';
import { composer } from '../composer/composer.svelte.js';
import { documentState } from '../document/document.svelte.js';
import type { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { addFrame, generated, openFakeWindow, settle } from '../../../../tests/fakes/window/fake-window.js';
import { generation } from './generation.svelte.js';
import { notices } from '../studio/notices.svelte.js';
import { queue } from './queue.svelte.js';
import { staging } from './staging.svelte.js';
import { view } from '../board/view.svelte.js';

let fake: FakeStudio;

const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
const done = (...images: GeneratedImage[]) =>
  ({ type: 'done', elapsedMs: 1, result: { kind: 'generate', pack: 'fake@1', images } }) as const;

function entry(id: string, rest: Partial<QueueEntry> = {}): QueueEntry {
  return {
    id,
    request: { kind: 'generate', prompt: id, seed: 1, variations: 1, settings },
    purpose: { kind: 'frames', title: id, places: [{ x: 500, y: 0, width: 128, height: 128 }] },
    addedAt: '2026-01-01T00:00:00Z',
    state: 'waiting',
    ...rest,
  } as QueueEntry;
}

/** What a person sees who loads the page again. */
async function reload(entries: QueueEntry[]): Promise<void> {
  fake.queue = entries;
  fake.connection('lost');
  fake.connection('connected');
  await settle();
  await settle();
}

beforeEach(async () => {
  staging.clear();
  fake = await openFakeWindow();
});

describe('work met again', () => {
  it('that runs is shown at its place, and its frames come without moving what the person looks at', async () => {
    const camera = view.camera;
    await reload([entry('a', { state: 'running' }), entry('b')]);
    expect(generation.pending.map(({ title, places }) => [title, places.length])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    expect(generation.pending[0]!.job.stage).toBe('running');
    expect(generation.pending[1]!.job.ahead).toBe(1);
    fake.say('a', done(generated(3)));
    await settle();
    await settle();
    expect(documentState.frames).toMatchObject([{ name: 'a', x: 500, origin: { prompt: 'a', seed: 3 } }]);
    expect(queue.entries.map(({ id }) => id)).toEqual(['b']);
    expect(view.camera).toEqual(camera);
    expect(view.selection).toEqual([]);
  });

  it('that is done comes onto the board once, in one step that leaves the queue', async () => {
    const result = { kind: 'generate', pack: 'fake@1', images: [generated(5)] } as const;
    await reload([entry('a', { state: 'done', result: { ...result, images: [...result.images] } })]);
    expect(documentState.frames).toHaveLength(1);
    expect(queue.entries).toEqual([]);
    await reload(fake.queue as QueueEntry[]);
    expect(documentState.frames).toHaveLength(1);
  });

  it('a window that may only look takes nothing; it does once it may write', async () => {
    fake.readOnly = 'Open elsewhere.';
    await reload([entry('a', { state: 'running' })]);
    fake.say('a', done(generated(5)));
    await settle();
    expect(documentState.frames).toEqual([]);
    expect(queue.entries).toHaveLength(1);
    fake.readOnly = null;
    await reload(fake.queue as QueueEntry[]);
    expect(documentState.frames).toHaveLength(1);
  });

  it('candidates wait under their frame as before; some are discarded, one is accepted', async () => {
    const frame = await addFrame();
    const purpose = {
      kind: 'candidates',
      title: 'make it blue',
      frameId: frame.id,
      origin: { kind: 'edited', instruction: 'make it blue', settings, parentId: frame.id },
    } as const;
    const images = [1, 2, 3].map(generated);
    await reload([entry('a', { purpose, state: 'done', result: { kind: 'edit', pack: 'fake@1', images } })]);
    view.select([frame.id]);
    const staged = staging.current!;
    expect(staged.candidates.map(({ image }) => image.seed)).toEqual([1, 2, 3]);
    staging.discard(staged, staged.candidates[0]);
    await settle();
    expect(fake.queue).toMatchObject([{ result: { images: [{ seed: 2 }, { seed: 3 }] } }]);
    await reload(fake.queue as QueueEntry[]);
    expect(staged.candidates.map(({ image }) => image.seed)).toEqual([2, 3]);
    await staging.accept(staged);
    expect(documentState.frames[1]).toMatchObject({ origin: { kind: 'edited', seed: 2, parentId: frame.id } });
    expect(fake.queue).toEqual([]);
    expect(staging.of(frame.id)).toBeNull();
  });

  it('what was not done is said, with what still waits', async () => {
    const error = { code: 'engine-stopped', message: 'm', remedy: 'r' } as const;
    await reload([entry('a red circle', { state: 'failed', error }), entry('b')]);
    expect(notices.list.at(-1)).toMatchObject({
      message: '“a red circle” was not done: the studio or its engine ended meanwhile. 1 more wait and go on.',
    });
    await queue.retry('a red circle');
    expect(queue.entries.map(({ id, state }) => [id, state])).toEqual([
      ['b', 'waiting'],
      ['a red circle-again', 'waiting'],
    ]);
  });

  it('what went missing while the connection was lost is over', async () => {
    const run = expect(generation.generate()).rejects.toMatchObject({ code: 'cancelled' });
    await settle();
    await reload([]);
    await run;
    expect(generation.pending).toEqual([]);
  });
});

describe('the connection', () => {
  it('lost and found again in mid job costs nothing: the one who asked gets the frames', async () => {
    const run = generation.generate();
    await settle();
    fake.say('job1', { type: 'started' });
    fake.connection('lost');
    await settle();
    expect(generation.pending).toHaveLength(1);
    // Finished meanwhile, and nobody heard of it.
    const [running] = fake.queue;
    const result = { kind: 'generate' as const, pack: 'fake@1', images: [generated(7), generated(8)] };
    fake.queue = [{ ...running!, state: 'done', result }];
    fake.connection('connected');
    await run;
    expect(documentState.frames).toHaveLength(2);
  });
});

describe('the order', () => {
  it('is the person’s: one step earlier or later, and back', async () => {
    await reload(['a', 'b', 'c'].map((id) => entry(id)));
    const order = () => queue.waiting.map(({ id }) => id).join('');
    await queue.step('c', -1);
    expect([order(), fake.queue.map(({ id }) => id).join('')]).toEqual(['acb', 'acb']);
    await queue.step('a', 1);
    expect(order()).toBe('cab');
    await queue.step('b', 1);
    await queue.step('c', -1);
    expect(order()).toBe('cab');
  });
});

describe('an outcome that cannot be put on the board', () => {
  it('stays, and can be placed again', async () => {
    composer.setVariations(1);
    const run = expect(generation.generate()).rejects.toMatchObject({ code: 'disk-full' });
    await settle();
    fake.refusal = new StudioError('disk-full', 'The disk is full.', 'Make room.');
    fake.say('job1', done(generated(7)));
    await run;
    expect(queue.entries).toMatchObject([{ id: 'job1', state: 'done' }]);
    fake.refusal = null;
    await queue.takeAgain('job1');
    expect(documentState.frames).toHaveLength(1);
    expect(queue.entries).toEqual([]);
  });
});
