import { array, assert, boolean, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noPlaces, placeForWindow, smallestWindow, withPlace, type DisplayArea } from './window-place.js';

const area = (id: number, x: number, y: number, width = 1920, height = 1040): DisplayArea => ({
  id,
  workArea: { x, y, width, height },
});
const left = area(1, 0, 0);
const right = area(2, 1920, 0, 2560, 1400);

describe('the place of a window', () => {
  it('is the middle of the first display at first', () => {
    expect(placeForWindow(noPlaces, [left, right], [])).toEqual({
      x: 240,
      y: 70,
      width: 1440,
      height: 900,
      maximized: false,
    });
  });

  it('is kept for each display, and the display used last comes first', () => {
    const onLeft = { x: 10, y: 20, width: 1000, height: 700, maximized: false };
    const onRight = { x: 2000, y: 40, width: 1500, height: 1000, maximized: true };
    const places = withPlace(withPlace(noPlaces, [left, right], onLeft), [left, right], onRight);
    expect(placeForWindow(places, [left, right], [])).toEqual(onRight);
    // Its display was unplugged: the other one has a place of its own.
    expect(placeForWindow(places, [left], [])).toEqual(onLeft);
  });

  it('is beside another window, not on it', () => {
    const first = placeForWindow(noPlaces, [left], []);
    expect(placeForWindow(noPlaces, [left], [first])).toMatchObject({ x: first.x + 32, y: first.y + 32 });
  });

  it('is always whole on a display that is there, whatever was remembered', () => {
    const coordinate = integer({ min: -20_000, max: 20_000 });
    const size = integer({ min: 1, max: 20_000 });
    const place = record({ x: coordinate, y: coordinate, width: size, height: size, maximized: boolean() });
    assert(
      property(place, array(place, { maxLength: 40 }), boolean(), (saved, others, unplugged) => {
        const places = { last: 2, byDisplay: { 1: saved, 2: saved } };
        const displays = unplugged ? [left] : [left, right];
        const { x, y, width, height } = placeForWindow(places, displays, others);
        const { workArea } = unplugged ? left : right;
        expect(x).toBeGreaterThanOrEqual(workArea.x);
        expect(y).toBeGreaterThanOrEqual(workArea.y);
        expect(x + width).toBeLessThanOrEqual(workArea.x + workArea.width);
        expect(y + height).toBeLessThanOrEqual(workArea.y + workArea.height);
        expect(width).toBeGreaterThanOrEqual(smallestWindow.width);
        expect(height).toBeGreaterThanOrEqual(smallestWindow.height);
      }),
    );
  });

  it('on a display smaller than a window can be keeps the title bar in sight', () => {
    expect(placeForWindow(noPlaces, [area(1, 100, 30, 800, 480)], [])).toMatchObject({ x: 100, y: 30 });
  });
});
