import { beforeEach, expect, it } from 'vitest';
import type { QueueEntry } from '../../../shared/jobs/queue.js';
import type { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { addFrame, generated, openFakeWindow, settle } from '../../../../tests/fakes/window/fake-window.js';
import { view } from '../board/view.svelte.js';
import { staging } from '../jobs/staging.svelte.js';
import { gallery } from './gallery.svelte.js';
import { notAccepted, notAcceptedLabel, showNotAccepted } from './not-accepted.js';

const settings = { steps: 4, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
let fake: FakeStudio;

beforeEach(async () => {
  staging.clear();
  fake = await openFakeWindow();
});

/** The page is loaded again while candidates wait in the project file. */
async function reload(frameId: string): Promise<void> {
  const origin = { kind: 'edited', instruction: 'make it blue', settings, parentId: frameId } as const;
  fake.queue = [
    {
      id: 'a',
      request: { kind: 'generate', prompt: 'a', seed: 1, variations: 2, settings },
      purpose: { kind: 'candidates', title: 'make it blue', frameId, origin },
      addedAt: '2026-01-01T00:00:00Z',
      state: 'done',
      result: { kind: 'edit', pack: 'fake@1', images: [1, 2].map(generated) },
    } as QueueEntry,
  ];
  fake.connection('lost');
  fake.connection('connected');
  await settle();
  await settle();
}

it('candidates are there after a reload, say that nobody accepted them, and lead to their frame', async () => {
  const frame = await addFrame('one');
  expect(notAccepted()).toEqual([]);
  await reload(frame.id);
  const waiting = notAccepted();
  expect(waiting.map(({ candidate }) => candidate.image.seed)).toEqual([1, 2]);
  expect(notAcceptedLabel(waiting[1]!)).toBe('make it blue, not accepted, waits under “one”');
  gallery.wide = true;
  staging.of(frame.id)!.showsOriginal = true;
  showNotAccepted(waiting[1]!);
  expect(gallery.wide).toBe(false);
  expect(view.selection).toEqual([frame.id]);
  expect(staging.current!.shown!.image.seed).toBe(2);
  expect(staging.current!.showsOriginal).toBe(false);
});

it('what is taken or discarded is not listed, and leads nowhere any more', async () => {
  const frame = await addFrame('one');
  await reload(frame.id);
  const [first, second] = notAccepted();
  staging.discard(staging.of(frame.id)!, first!.candidate);
  expect(notAccepted().map(({ candidate }) => candidate)).toEqual([second!.candidate]);
  view.select([]);
  showNotAccepted(first!);
  expect(view.selection).toEqual([]);
  await staging.accept(staging.of(frame.id)!);
  expect(notAccepted()).toEqual([]);
});
