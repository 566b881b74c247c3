import { expect, it } from 'vitest';
import { titleHeight } from '../tools/tool.js';
import { badgeHeight, sizeBadgeTop } from './size-badge.js';

const alone = { width: 60, bar: null };
const selected = { x: 0, y: 0, width: 256, height: 256 };

it('stands under what is selected where nothing is in its way', () => {
  const beside = { ...selected, x: 300 };
  expect(sizeBadgeTop(selected, [selected, beside], alone)).toBeGreaterThan(256);
});

it('never covers the title of the next frame, nor the frame: it goes inside', () => {
  for (const gap of [0, 4, titleHeight, titleHeight + 8]) {
    const next = { ...selected, y: 256 + gap };
    const top = sizeBadgeTop(selected, [selected, next], alone);
    expect(top + badgeHeight, `${gap} pixels below`).toBeLessThan(256);
    expect(top).toBeGreaterThan(200);
  }
  // Far enough below there is room for both.
  const far = { ...selected, y: 256 + titleHeight + 2 * badgeHeight };
  const top = sizeBadgeTop(selected, [selected, far], alone);
  expect(top).toBeGreaterThan(256);
  expect(top + badgeHeight).toBeLessThan(far.y - titleHeight);
});

it('goes inside where the controls over the board would lie on it, not where they are beside it', () => {
  const bar = { x: 150, y: 270, width: 130, height: 30 };
  expect(sizeBadgeTop(selected, [selected], { width: 60, bar })).toBeLessThan(256);
  expect(sizeBadgeTop(selected, [selected], { width: 40, bar })).toBeGreaterThan(256);
});
