import { beforeEach, expect, it } from 'vitest';
import { CompareView } from './compare-view.svelte.js';

let view: CompareView;

beforeEach(() => {
  view = new CompareView();
  view.natural = { width: 100, height: 100 };
  view.room = { width: 648, height: 448 };
});

it('shows the whole picture until someone moves it, whatever the room', () => {
  expect(view.picture).toEqual({ x: 124, y: 24, width: 400, height: 400 });
  view.room = { width: 248, height: 448 };
  expect(view.picture).toEqual({ x: 24, y: 124, width: 200, height: 200 });
  view.pan({ x: 5, y: 0 });
  expect(view.picture.x).toBe(29);
  view.fit();
  expect(view.picture.x).toBe(24);
});

it('a press near the edge moves the edge, never beyond the picture; elsewhere it moves the pictures', () => {
  expect(view.edge).toBe(324);
  view.press(1, { x: 330, y: 200 }, true);
  view.drag(1, { x: 224, y: 200 });
  expect(view.split).toBe(0.25);
  view.drag(1, { x: 5000, y: 200 });
  expect(view.split).toBe(1);
  view.release(1);
  expect(view.grabbed).toBeNull();
  view.press(1, { x: 200, y: 200 }, true);
  view.drag(1, { x: 210, y: 190 });
  expect(view.picture).toMatchObject({ x: 134, y: 14 });
  view.release(1);
  view.press(1, { x: 534, y: 200 }, false);
  expect(view.grabbed).toBe('pan');
});

it('a pointer that never went down moves nothing', () => {
  view.drag(7, { x: 1, y: 1 });
  expect(view.camera).toBeNull();
});

it('two fingers zoom towards what is between them; one that stays goes on moving', () => {
  view.press(1, { x: 300, y: 224 }, true);
  view.press(2, { x: 348, y: 224 }, true);
  view.drag(1, { x: 276, y: 224 });
  view.drag(2, { x: 372, y: 224 });
  expect(view.picture).toEqual({ x: -76, y: -176, width: 800, height: 800 });
  expect(view.split).toBe(0.5);
  view.release(2);
  view.drag(1, { x: 286, y: 224 });
  expect(view.picture.x).toBe(-66);
});

it('zooms about the middle by keys, and about the pointer', () => {
  view.zoomBy(2);
  expect(view.picture).toEqual({ x: -76, y: -176, width: 800, height: 800 });
  view.fit();
  view.zoomBy(2, { x: 124, y: 24 });
  expect(view.picture).toMatchObject({ x: 124, y: 24 });
});
