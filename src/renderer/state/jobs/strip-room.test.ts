import { expect, it } from 'vitest';
import { stripRoom } from './strip-room.js';

it('stands under its frame, beside it on a low board, and is smaller where neither has room', () => {
  expect(stripRoom({ width: 1056, height: 552 })).toMatchObject({ side: 'under', compact: false });
  expect(stripRoom({ width: 895, height: 372 })).toMatchObject({ side: 'beside', compact: false });
  expect(stripRoom({ width: 426, height: 277 })).toMatchObject({ side: 'under', compact: true });
  // Some of the smallest board is left for the frame.
  expect(stripRoom({ width: 426, height: 277 }).height).toBeLessThan(277 - 90);
});
