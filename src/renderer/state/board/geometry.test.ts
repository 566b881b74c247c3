import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundsOf,
  childGap,
  clampZoom,
  displaySize,
  distanceToSegment,
  fitCamera,
  frameGap,
  intersects,
  nextZoomStep,
  placeChildren,
  placeFrames,
  rectangleBetween,
  rectangleToScreen,
  revealCamera,
  toBoard,
  toScreen,
  zoomAround,
  zoomLimits,
  type Rectangle,
  placeBlock,
} from './geometry.js';

const coordinate = fc.double({ min: -1e5, max: 1e5, noNaN: true });
const length = fc.double({ min: 1, max: 4000, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });
const rectangle = fc.record({ x: coordinate, y: coordinate, width: length, height: length });
const camera = fc.record({
  x: coordinate,
  y: coordinate,
  zoom: fc.double({ min: zoomLimits.smallest, max: zoomLimits.largest, noNaN: true }),
});
const viewport = fc.record({
  width: fc.integer({ min: 300, max: 4000 }),
  height: fc.integer({ min: 300, max: 3000 }),
});

function expectNear(actual: number, wanted: number): void {
  expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(wanted), 1e5));
}

describe('a block of many pictures', () => {
  const square = { width: 256, height: 256 };

  it('is about as wide as it is high, and covers nothing', () => {
    const taken = [{ x: 0, y: 0, ...square }];
    const places = placeBlock(
      taken,
      Array.from({ length: 200 }, () => square),
      null,
    );
    const block = boundsOf(places.map((place) => ({ ...place, ...square })))!;
    expect(block.width / block.height).toBeGreaterThan(0.8);
    expect(block.width / block.height).toBeLessThan(1.25);
    expect(intersects(block, taken[0]!)).toBe(false);
    expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(200);
  });

  it('begins where it was dropped, with the first picture centred there', () => {
    const sizes = [square, { width: 512, height: 128 }];
    expect(placeBlock([], sizes, { x: 300, y: 300 })[0]).toEqual({ x: 172, y: 172 });
    expect(placeBlock([{ x: 0, y: 0, width: 900, height: 900 }], [square], { x: 300, y: 300 })).toEqual([
      { x: 172, y: 172 },
    ]);
  });

  it('gives pictures of different sizes cells of the largest', () => {
    const [first, second] = placeBlock([], [square, { width: 512, height: 128 }], null);
    expect(second!.x - first!.x).toBe(512 + 64);
  });
});

describe('camera', () => {
  it('takes a point to the screen and back', () => {
    fc.assert(
      fc.property(camera, point, (view, at) => {
        const back = toBoard(view, toScreen(view, at));
        expectNear(back.x, at.x);
        expectNear(back.y, at.y);
      }),
    );
  });

  it('keeps what is under the pointer under it while zooming', () => {
    fc.assert(
      fc.property(camera, point, fc.double({ min: 1e-4, max: 1e4, noNaN: true }), (view, pointer, zoom) => {
        const before = toBoard(view, pointer);
        const next = zoomAround(view, pointer, zoom);
        const after = toScreen(next, before);
        expect(next.zoom).toBe(clampZoom(zoom));
        expectNear(after.x, pointer.x);
        expectNear(after.y, pointer.y);
      }),
    );
  });

  it('zooms between 2 and 3200 %', () => {
    expect(clampZoom(0)).toBe(0.02);
    expect(clampZoom(1e9)).toBe(32);
  });

  it('steps to the neighbouring zoom level and stops at the ends', () => {
    expect(nextZoomStep(1, 1)).toBe(1.5);
    expect(nextZoomStep(1.2, 1)).toBe(1.5);
    expect(nextZoomStep(1.2, -1)).toBe(1);
    expect(nextZoomStep(32, 1)).toBe(32);
    expect(nextZoomStep(0.05, -1)).toBe(0.02);
    expect(nextZoomStep(0.02, -1)).toBe(0.02);
  });

  it('fits content wholly and in the middle wherever the zoom limits allow', () => {
    fc.assert(
      fc.property(rectangle, viewport, (content, size) => {
        const view = fitCamera(content, size, 40);
        const shown = rectangleToScreen(view, content);
        expectNear(shown.x + shown.width / 2, size.width / 2);
        expectNear(shown.y + shown.height / 2, size.height / 2);
        expect(view.zoom).toBeLessThanOrEqual(1.4);
        if (view.zoom > zoomLimits.smallest) expect(shown.width).toBeLessThanOrEqual(size.width - 80 + 1e-6);
      }),
    );
  });

  it('reveals without moving when the content is visible already', () => {
    const view = { x: 0, y: 0, zoom: 1 };
    expect(revealCamera(view, { x: 100, y: 100, width: 200, height: 200 }, { width: 800, height: 600 })).toEqual(view);
  });

  it('reveals content inside the margins and never zooms in for it', () => {
    fc.assert(
      fc.property(camera, rectangle, viewport, (view, content, size) => {
        const next = revealCamera(view, content, size, 40);
        const shown = rectangleToScreen(next, content);
        expect(next.zoom).toBeLessThanOrEqual(view.zoom);
        if (next.zoom === zoomLimits.smallest) return;
        expect(shown.x).toBeGreaterThanOrEqual(40 - 1e-3);
        expect(shown.y + shown.height).toBeLessThanOrEqual(size.height - 40 + 1e-3);
      }),
    );
  });
});

describe('placement of new frames', () => {
  const size = { width: 256, height: 256 };
  const board = fc.array(
    fc.record({
      x: fc.integer({ min: -900, max: 900 }),
      y: fc.integer({ min: -900, max: 900 }),
      width: fc.integer({ min: 16, max: 600 }),
      height: fc.integer({ min: 16, max: 600 }),
    }),
    { maxLength: 12 },
  );

  it('never covers a frame nor another new one', () => {
    fc.assert(
      fc.property(board, fc.integer({ min: 1, max: 16 }), (taken, count) => {
        const placed: Rectangle[] = placeFrames(taken, size, count).map((place) => ({ ...place, ...size }));
        expect(placed).toHaveLength(count);
        placed.forEach((one, index) => {
          for (const other of [...taken, ...placed.slice(index + 1)]) expect(intersects(one, other)).toBe(false);
        });
      }),
    );
  });

  it('puts children in one column right of their parent, under those it has, covering nothing', () => {
    const parent = { x: 0, y: 0, ...size };
    expect(placeChildren([parent], size, 2, parent)).toEqual([
      { x: 256 + childGap, y: 0 },
      { x: 256 + childGap, y: 256 + frameGap },
    ]);
    fc.assert(
      fc.property(board, fc.integer({ min: 1, max: 8 }), (others, count) => {
        const taken = [...others, parent];
        const placed: Rectangle[] = placeChildren(taken, size, count, parent).map((at) => ({ ...at, ...size }));
        expect(new Set(placed.map(({ x }) => x))).toEqual(new Set([256 + childGap]));
        placed.forEach((one, index) => {
          for (const other of [...taken, ...placed.slice(index + 1)]) expect(intersects(one, other)).toBe(false);
        });
      }),
    );
  });

  it('starts at the origin and goes on to the right of the last frame', () => {
    expect(placeFrames([], size, 1)).toEqual([{ x: 0, y: 0 }]);
    expect(placeFrames([{ x: 0, y: 0, ...size }], size, 1)).toEqual([{ x: 256 + frameGap, y: 0 }]);
  });

  it('starts the next row under this one when four stand side by side', () => {
    const row = [0, 1, 2, 3].map((index) => ({ x: index * (256 + frameGap), y: 0, ...size }));
    expect(placeFrames(row, size, 1)).toEqual([{ x: 0, y: 256 + frameGap }]);
    expect(placeFrames(row.slice(0, 1), size, 4)[0]).toEqual({ x: 0, y: 256 + frameGap });
  });

  it('places a child beside its parent', () => {
    const frames = [
      { x: 0, y: 0, ...size },
      { x: 0, y: 1000, ...size },
    ];
    expect(placeFrames(frames, size, 1, frames[0]!)).toEqual([{ x: 256 + frameGap, y: 0 }]);
  });

  it('goes under what already stands beside the parent', () => {
    const frames = [
      { x: 0, y: 0, ...size },
      { x: 256 + frameGap, y: 0, ...size },
    ];
    expect(placeFrames(frames, size, 1, frames[0]!)).toEqual([{ x: 256 + frameGap, y: 256 + frameGap }]);
  });
});

describe('sizes and rectangles', () => {
  it('enlarges small images by a whole factor and bounds large ones, keeping their shape', () => {
    expect(displaySize(128, 128)).toEqual({ width: 256, height: 256 });
    expect(displaySize(100, 50)).toEqual({ width: 200, height: 100 });
    expect(displaySize(4000, 2000)).toEqual({ width: 512, height: 256 });
    expect(displaySize(8000, 1)).toEqual({ width: 512, height: 1 });
  });

  it('spans two corners in any order', () => {
    expect(rectangleBetween({ x: 5, y: 9 }, { x: 1, y: 2 })).toEqual({ x: 1, y: 2, width: 4, height: 7 });
  });

  it('measures to the nearest point of a line, ends included', () => {
    expect(distanceToSegment({ x: 5, y: 3 }, { x: 0, y: 0 }, { x: 10, y: 0 })).toBe(3);
    expect(distanceToSegment({ x: 13, y: 4 }, { x: 0, y: 0 }, { x: 10, y: 0 })).toBe(5);
    expect(distanceToSegment({ x: 3, y: 4 }, { x: 0, y: 0 }, { x: 0, y: 0 })).toBe(5);
  });

  it('bounds all rectangles and nothing more', () => {
    expect(boundsOf([])).toBeNull();
    expect(
      boundsOf([
        { x: 0, y: 0, width: 10, height: 10 },
        { x: 20, y: -5, width: 1, height: 1 },
      ]),
    ).toEqual({ x: 0, y: -5, width: 21, height: 15 });
  });
});
