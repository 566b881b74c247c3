import { expect, it } from 'vitest';
import type { Frame } from '../../../../shared/document/document.js';
import {
  comparable,
  comparedSize,
  CompareState,
  usualComparison,
  type PictureReader,
} from './timeline-compare.svelte.js';

function frame(id: string, parentId?: string): Frame {
  return {
    id,
    imageId: id,
    pixelWidth: 1,
    pixelHeight: 1,
    origin: parentId === undefined ? { kind: 'imported', fileName: '' } : { kind: 'edited', parentId },
  } as unknown as Frame;
}

const [a, b, c, d] = [frame('a'), frame('b', 'a'), frame('c', 'b'), frame('d')];

it('compares an edit with its parent, a parent with its child, and a lone frame with nothing', () => {
  expect(usualComparison(b, [a, b, c, d])?.id).toBe('a');
  expect(usualComparison(b, [b, c, d])?.id).toBe('c');
  expect(usualComparison(a, [a, b, c, d])?.id).toBe('b');
  expect(usualComparison(d, [a, b, c, d])).toBeNull();
});

it('offers relatives first and never the frame itself', () => {
  expect(comparable(b, [d, c, b, a]).map(({ id }) => id)).toEqual(['a', 'c', 'd']);
});

it('brings very large pictures to a size that is compared at once', () => {
  expect(comparedSize({ pixelWidth: 128, pixelHeight: 64 })).toEqual({ width: 128, height: 64 });
  expect(comparedSize({ pixelWidth: 4096, pixelHeight: 16 })).toEqual({ width: 512, height: 2 });
  expect(comparedSize({ pixelWidth: 4096, pixelHeight: 1 })).toEqual({ width: 512, height: 1 });
});

it('shows the pair asked for last, whichever is read first', async () => {
  const waiting: (() => void)[] = [];
  const read: PictureReader = (imageId) =>
    new Promise((resolve) => waiting.push(() => resolve(new Uint8ClampedArray([imageId.charCodeAt(0), 0, 0, 255]))));
  const state = new CompareState(read);
  const first = state.show(a, b);
  const second = state.show(a, d);
  expect(state.status.kind).toBe('loading');
  for (const finish of waiting.toReversed()) finish();
  await Promise.all([first, second]);
  expect(state.pictures?.other[0]).toBe('d'.charCodeAt(0));
  expect(state.pictures?.difference.largest).toBe(3);
});

it('says why, and tries again when asked again', async () => {
  let fails = true;
  const state = new CompareState(async () => {
    if (fails) throw new Error('no such picture');
    return new Uint8ClampedArray(4);
  });
  await state.show(a, b);
  expect(state.status).toMatchObject({
    kind: 'failed',
    error: { message: expect.stringContaining('no such picture') },
  });
  fails = false;
  await state.show(a, b);
  expect(state.status.kind).toBe('ready');
});
