import { beforeEach, expect, it } from 'vitest';
import { CopiedItems } from './copied.js';
import { documentState } from './document.svelte.js';
import { FakeStudio } from './fake-studio.js';
import { importedFrame } from './frames.js';
import { startStudio } from './start.js';

const frame = importedFrame('a.png', { imageId: 'a'.repeat(64), width: 8, height: 8 }, { x: 0, y: 0 });
const copied = new CopiedItems((picture) => picture.text());

beforeEach(() => startStudio(new FakeStudio()));

it('knows the picture it made, in another file too, and no other', async () => {
  expect(await copied.matching(new Blob(['pixels']))).toBeNull();
  copied.remember([frame], Promise.resolve(new Blob(['pixels'])));
  expect(await copied.matching(new Blob(['pix', 'els']))).toEqual([frame]);
  expect(await copied.matching(new Blob(['other']))).toBeNull();
});

it('matches nothing when the copy failed, and nothing in another project', async () => {
  copied.remember([frame], Promise.reject(new Error('gone')));
  expect(await copied.matching(new Blob(['pixels']))).toBeNull();
  copied.remember([frame], Promise.resolve(new Blob(['pixels'])));
  documentState.document = { ...documentState.document, id: 'another' };
  expect(await copied.matching(new Blob(['pixels']))).toBeNull();
});
