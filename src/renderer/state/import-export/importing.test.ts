import { beforeEach, expect, test, vi } from 'vitest';
import type { Frame } from '../../../shared/document.js';
import type { ImageMetadata } from '../../../shared/image-metadata.js';
import { composer } from '../composer/composer.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { dropQuestion } from './drop-question.svelte.js';
import { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { importFiles } from './importing.js';
import { notices } from '../studio/notices.svelte.js';
import { startStudio } from '../studio/start.js';

const settings = { steps: 8, tokenGuidance: 1, textGuidance: 3, temperature: 0.5, topK: 10 };
const pack = 'fake@1';
const own: ImageMetadata = {
  source: 'ddt-studio',
  recipe: { task: 'generate', text: 'a red circle', seed: 41, settings, model: pack, facts: [] },
  record: {
    picture: {
      id: 'there',
      name: 'a red circle',
      origin: { kind: 'generated', prompt: 'a red circle', seed: 41, settings, pack },
      tokens: { pack, codes: [1, 2, 3] },
      createdAt: '2026-01-01T00:00:00.000Z',
      description: 'a circle',
      answers: [],
    },
    earlier: [],
  },
  faults: [],
};

let fake: FakeStudio;
beforeEach(async () => {
  vi.stubGlobal('createImageBitmap', async () => ({ width: 128, height: 128, close: () => {} }));
  fake = new FakeStudio();
  notices.list = [];
  await startStudio(fake);
  composer.setPrompt('before');
});

const file = (name = 'circle.png'): File => new File([new Uint8Array(4)], name, { type: 'image/png' });
const asked = () => vi.waitFor(() => expect(dropQuestion.files).not.toBeNull());
const frames = (): readonly Frame[] => documentState.frames;

test('placing restores words, tokens and description without asking the engine for anything', async () => {
  fake.importedMetadata = own;
  const done = importFiles([file()], null);
  await asked();
  expect(frames()).toHaveLength(0);
  dropQuestion.answer('place');
  await done;
  expect(frames()[0]).toMatchObject({
    name: 'a red circle',
    origin: { kind: 'generated', seed: 41 },
    tokens: { pack, codes: [1, 2, 3] },
    description: 'a circle',
  });
  expect(frames()[0]!.id).not.toBe('there');
  expect(fake.submitted).toEqual([]);
});

test('recalling fills the composer and leaves the board as it is', async () => {
  fake.importedMetadata = own;
  const done = importFiles([file()], null);
  await asked();
  dropQuestion.answer('recall');
  await done;
  expect(frames()).toHaveLength(0);
  expect(composer).toMatchObject({ task: 'generate', prompt: 'a red circle', seed: 41, seedLocked: true });
  expect(composer.overrides).toMatchObject({ steps: 8, textGuidance: 3 });
});

test('cancelling leaves everything as it is; so does a second drop over the question', async () => {
  fake.importedMetadata = own;
  const first = importFiles([file('first.png')], null);
  await asked();
  const second = importFiles([file('second.png')], null);
  await first;
  await vi.waitFor(() => expect(dropQuestion.files?.[0]?.fileName).toBe('second.png'));
  dropQuestion.answer('cancel');
  await second;
  expect(frames()).toHaveLength(0);
  expect(composer.prompt).toBe('before');
});

test('a record that lies is said aloud and its picture placed as any other, unasked', async () => {
  fake.importedMetadata = { source: 'ddt-studio', recipe: null, record: null, faults: ['It lies.'] };
  await importFiles([file()], null);
  expect(frames()[0]).toMatchObject({ origin: { kind: 'imported', fileName: 'circle.png' }, tokens: null });
  expect(notices.list).toMatchObject([{ code: 'metadata-invalid', message: '“circle.png”: It lies.' }]);
});

test('a plain picture is placed unasked', async () => {
  await importFiles([file()], null);
  expect(frames()).toHaveLength(1);
  expect(notices.list).toEqual([]);
});
