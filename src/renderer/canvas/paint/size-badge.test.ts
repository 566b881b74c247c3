import { expect, it } from 'vitest';
import { titleHeight } from '../tools/tool.js';
import { badgeHeight, sizeBadgePlace } from './size-badge.js';

const alone = { width: 60, bar: null };
const selected = { x: 0, y: 0, width: 256, height: 256 };

it('stands under what is selected where nothing is in its way', () => {
  const beside = { ...selected, x: 300 };
  expect(sizeBadgePlace(selected, [selected, beside], alone).y).toBeGreaterThan(256);
});

it('never covers the title of the next frame, nor the frame: it goes inside', () => {
  for (const gap of [0, 4, titleHeight, titleHeight + 8]) {
    const next = { ...selected, y: 256 + gap };
    const top = sizeBadgePlace(selected, [selected, next], alone).y;
    expect(top + badgeHeight, `${gap} pixels below`).toBeLessThan(256);
    expect(top).toBeGreaterThan(200);
  }
  // Far enough below there is room for both.
  const far = { ...selected, y: 256 + titleHeight + 2 * badgeHeight };
  const top = sizeBadgePlace(selected, [selected, far], alone).y;
  expect(top).toBeGreaterThan(256);
  expect(top + badgeHeight).toBeLessThan(far.y - titleHeight);
});

it('moves aside under the selection where the controls over the board would lie on it', () => {
  const bar = { x: 150, y: 270, width: 130, height: 30 };
  const { x, y } = sizeBadgePlace(selected, [selected], { width: 60, bar });
  expect(y).toBeGreaterThan(256);
  expect(x + 30).toBeLessThan(bar.x);
  expect(x).toBeGreaterThan(100);
  // They are beside a narrow one: it stays in the middle.
  expect(sizeBadgePlace(selected, [selected], { width: 40, bar })).toEqual({ x: 128, y });
  // On their other side, where that is nearer.
  const left = { ...bar, x: -20 };
  expect(sizeBadgePlace(selected, [selected], { width: 60, bar: left })).toEqual({ x: 146, y });
});

it('goes inside where the controls leave no room under the selection', () => {
  const bar = { x: 20, y: 270, width: 230, height: 30 };
  const { x, y } = sizeBadgePlace(selected, [selected], { width: 60, bar });
  expect(y + badgeHeight).toBeLessThan(256);
  expect(x).toBe(128);
});
