import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CopiedItems } from './clipboard.js';
import { documentState } from '../document/document.svelte.js';
import { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { importedFrame } from '../document/frames.js';
import { startStudio } from '../studio/start.js';

const frame = importedFrame('a.png', { imageId: 'a'.repeat(64), width: 8, height: 8 }, { x: 0, y: 0 });
let copied: CopiedItems;

beforeEach(async () => {
  copied = new CopiedItems((picture) => picture.text());
  await startStudio(new FakeStudio());
});

it('knows the picture it made, in another file too, and no other', async () => {
  expect(await copied.matching(new Blob(['pixels']))).toBeNull();
  copied.remember([frame], Promise.resolve(new Blob(['pixels'])));
  const { id: documentId } = documentState.document;
  expect(await copied.matching(new Blob(['pix', 'els']))).toMatchObject({ documentId, items: [frame] });
  expect(await copied.matching(new Blob(['other']))).toBeNull();
});

it('knows in another project which one it was copied from', async () => {
  copied.remember([frame], Promise.resolve(new Blob(['pixels'])));
  const { id: documentId } = documentState.document;
  documentState.document = { ...documentState.document, id: 'another' };
  expect(await copied.matching(new Blob(['pixels']))).toMatchObject({ documentId });
});

it('matches nothing when the copy failed, and a picture that cannot be read matches nothing', async () => {
  copied.remember([frame], Promise.reject(new Error('gone')));
  expect(await copied.matching(new Blob(['pixels']))).toBeNull();
  const blind = new CopiedItems(() => Promise.reject(new Error('not a picture')));
  expect(await blind.matching(new Blob(['pixels']))).toBeNull();
});

describe('other windows', () => {
  const store = new Map<string, string>();
  beforeEach(() => {
    store.clear();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => store.get(key) ?? null,
      setItem: (key: string, value: string) => store.set(key, value),
    });
    return () => vi.unstubAllGlobals();
  });
  const elsewhere = () => new CopiedItems((picture) => picture.text());

  it('know what this one copied', async () => {
    copied.remember([frame], Promise.resolve(new Blob(['pixels'])));
    await vi.waitFor(() => expect(store.size).toBe(1));
    expect(await elsewhere().matching(new Blob(['pixels']))).toMatchObject({ items: [frame] });
    expect(await elsewhere().matching(new Blob(['other']))).toBeNull();
  });

  it('are not handed what is too large to keep, nor believe what is no copy', async () => {
    const wordy = { ...frame, description: 'w'.repeat(1_000_000) };
    copied.remember([wordy], Promise.resolve(new Blob(['pixels'])));
    expect(await copied.matching(new Blob(['pixels']))).toMatchObject({ items: [wordy] });
    expect(store.size).toBe(0);
    store.set('ddt-studio:copied', JSON.stringify({ documentId: 'd', fingerprint: 'pixels', items: ['no frame'] }));
    expect(await elsewhere().matching(new Blob(['pixels']))).toBeNull();
  });
});
