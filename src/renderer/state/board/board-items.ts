/** Frames, notes and arrows alike: where they are, and the operations that move, put and remove them. Pure. */
import type { Annotation } from '../../../shared/document/annotations.js';
import { shortened } from '../../../shared/text/cut-text.js';
import type { DocumentOperation, Frame } from '../../../shared/document/document.js';
import { count } from '../document/frames.js';
import { rectangleBetween, type Point, type Rectangle } from './geometry.js';

export type BoardItem = Frame | Annotation;

export function isFrame(item: BoardItem): item is Frame {
  return 'imageId' in item;
}

/** An arrow's rectangle is the one between its ends. */
export function boundsOfItem(item: BoardItem): Rectangle {
  if (!isFrame(item) && item.kind === 'arrow') return rectangleBetween(item.from, item.to);
  return { x: item.x, y: item.y, width: item.width, height: item.height };
}

/** Those of `items` that `ids` names, in the order of `items`. */
export function withIds<Item extends { id: string }>(items: readonly Item[], ids: readonly string[]): Item[] {
  const chosen = new Set(ids);
  return items.filter(({ id }) => chosen.has(id));
}

export function movedItem<Item extends BoardItem>(item: Item, by: Point): Item {
  if (!isFrame(item) && item.kind === 'arrow') {
    return { ...item, from: shifted(item.from, by), to: shifted(item.to, by) };
  }
  const { x, y } = item as Point;
  return { ...item, x: x + by.x, y: y + by.y };
}

export function putItems(items: readonly BoardItem[]): DocumentOperation[] {
  return items.map((item) =>
    isFrame(item) ? { type: 'put-frame', frame: item } : { type: 'put-annotation', annotation: item },
  );
}

export function removeItems(items: readonly BoardItem[]): DocumentOperation[] {
  return items.map((item) =>
    isFrame(item) ? { type: 'remove-frame', frameId: item.id } : { type: 'remove-annotation', annotationId: item.id },
  );
}

/** `“a red circle”`, `3 frames`, `2 notes`, `5 items`. */
export function itemsText(items: readonly BoardItem[]): string {
  const [first] = items;
  if (items.length === 1 && first !== undefined) return nameOfItem(first);
  if (items.every(isFrame)) return count(items.length);
  if (items.every((item) => !isFrame(item) && item.kind === 'note')) return count(items.length, 'note');
  if (items.every((item) => !isFrame(item) && item.kind === 'arrow')) return count(items.length, 'arrow');
  return count(items.length, 'item');
}

const longestNoteName = 40;

function nameOfItem(item: BoardItem): string {
  if (isFrame(item)) return `“${item.name}”`;
  if (item.kind === 'arrow') return 'arrow';
  const line = item.text.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return 'note';
  return `note “${shortened(line, longestNoteName)}”`;
}

function shifted(point: Point, by: Point): Point {
  return { x: point.x + by.x, y: point.y + by.y };
}
