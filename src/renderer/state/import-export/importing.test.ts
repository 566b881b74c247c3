import { beforeEach, expect, test, vi } from 'vitest';
import type { Frame } from '../../../shared/document/document.js';
import type { ImageMetadata } from '../../../shared/document/image-metadata.js';
import { composer } from '../composer/composer.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { dropQuestion } from './drop-question.svelte.js';
import { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { importFiles, isForBoard } from './importing.js';
import { StudioError } from '../../../shared/errors.js';
import { alternativesOf } from '../jobs/generation.svelte.js';
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

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const file = (name = 'circle.png', bytes: Uint8Array<ArrayBuffer> = png, type = 'image/png'): File =>
  new File([bytes], name, { type });
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

test('what the main side reads goes as it is, whatever it is called', async () => {
  const sent: unknown[] = [];
  fake.importImage = async (parameters) => {
    sent.push(parameters?.bytes);
    return { imageId: 'a'.repeat(64), width: 1, height: 1, notes: ['It is animated; its first frame was taken.'] };
  };
  vi.stubGlobal('createImageBitmap', () => Promise.reject(new Error('nothing is drawn here')));
  const jpeg = Uint8Array.of(0xff, 0xd8, 0xff);
  const webp = new TextEncoder().encode('RIFF\0\0\0\0WEBPVP8 ');
  await importFiles([file('a.jpg', jpeg, 'image/jpeg'), file('b.png', webp), file('c', png, '')], null);
  expect(sent).toEqual([jpeg, webp, png]);
  const told = notices.list.map(({ message }) => message).join();
  for (const name of ['a.jpg', 'b.png', 'c'])
    expect(told).toContain(`“${name}”: It is animated; its first frame was taken.`);
});

test('one too large is drawn smaller, says so, and brings what the file says along', async () => {
  const sent: { bytes: Uint8Array; said?: Uint8Array | undefined }[] = [];
  fake.importImage = async (parameters) => {
    sent.push(parameters!);
    if (sent.length === 1) throw new StudioError('image-too-large', 'The image is too large.', 'Make it smaller.');
    return { imageId: 'a'.repeat(64), width: 8192, height: 8, metadata: own };
  };
  vi.stubGlobal('createImageBitmap', async () => ({ width: 16_384, height: 16, close: () => {} }));
  class Canvas {
    getContext = () => ({ drawImage: () => {} });
    convertToBlob = async () => new Blob([png]);
  }
  vi.stubGlobal('OffscreenCanvas', Canvas);
  const done = importFiles([file('wide.png')], null);
  await asked();
  dropQuestion.answer('place');
  await done;
  expect(sent[1]!.said).toEqual(png);
  expect(notices.list.map(({ message }) => message)).toContain(
    '“wide.png”: It was made smaller, from 16384 × 16 to 8192 × 8 pixels: no more fit.',
  );
});

test('what is recalled draws one picture, whatever its braces', async () => {
  fake.importedMetadata = { ...own, record: null, recipe: { ...own.recipe!, text: 'a {red|blue} circle' } };
  const done = importFiles([file()], null);
  await asked();
  dropQuestion.answer('recall');
  await done;
  expect(alternativesOf(composer.prompt)).toEqual(['a {red|blue} circle']);
});

test('a paste into a field is for the board when it brings files and no text', () => {
  const field = new (class HTMLTextAreaElement {})();
  vi.stubGlobal('HTMLInputElement', class {});
  vi.stubGlobal('HTMLTextAreaElement', field.constructor);
  const transfer = (files: File[], text: string) => ({ files, getData: () => text }) as unknown as DataTransfer;
  const target = field as unknown as EventTarget;
  expect(isForBoard(transfer([file()], ''), target)).toBe(true);
  expect(isForBoard(transfer([file()], 'words'), target)).toBe(false);
  expect(isForBoard(transfer([], ''), target)).toBe(false);
  expect(isForBoard(transfer([file()], 'words'), null)).toBe(true);
});
