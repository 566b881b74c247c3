/** Everything above the pictures, painted in screen pixels: titles, outlines, lineage, notes, arrows, guides, the marquee. */
import type { Annotation } from '../../../shared/document/annotations.js';
import type { Frame } from '../../../shared/document/document.js';
import { movedItem } from '../../state/board/board-items.js';
import {
  boundsOf,
  intersects,
  rectangleToScreen,
  titledZoom,
  type Point,
  type Rectangle,
} from '../../state/board/geometry.js';
import type { Guide } from '../../state/board/snapping.js';
import { isAnnotationInView, paintAnnotation, paintSelected } from './annotation-painter.js';
import { paintLineage, paintLineageLabels } from './lineage-painter.js';
import { snapped, type Shown } from './frames-on-screen.js';
import { runLabels } from './run-labels.js';
import { badgeHeight, sizeBadgePlace } from './size-badge.js';
import { freeTitleWidth, stackedBoxes, type Stacked } from './stacking.js';
import type { Scene } from './scene.js';
import { fittedText, narrowestTitled, titleFont } from './titles.js';
import { titleHeight } from '../tools/tool.js';

/** Narrower frames need no outline to be told apart. */
const narrowestOutlined = 32;
/** To both sides of a title that stands on a picture. */
const titlePadding = 4;
const alone: Stacked = { front: [], onPicture: false };

export function paintOverlay(
  context: CanvasRenderingContext2D,
  scene: Scene,
  placeOf: (frame: Frame) => Rectangle,
): void {
  const selected = new Set(scene.selection);
  const board = { x: -32, y: -32, width: scene.viewport.width + 64, height: scene.viewport.height + 64 };
  const arrows = paintLineage(context, scene, placeOf, board);
  const shown = scene.frames
    .map((frame) => ({ frame, box: snapped(rectangleToScreen(scene.camera, placeOf(frame))) }))
    .filter(({ box }) => intersects(box, board));
  const isTitled = scene.camera.zoom >= titledZoom;
  const stacked = shown.some(({ box }) => box.width >= narrowestOutlined)
    ? stackedBoxes(
        shown.map(({ box }) => box),
        isTitled ? titleHeight : 0,
        board,
      )
    : new Map<number, Stacked>();
  paintOutlines(context, scene, shown, stacked, selected);
  if (isTitled) {
    for (const [index, one] of shown.entries()) {
      paintTitle(context, scene, one, stacked.get(index) ?? alone, selected.has(one.frame.id));
    }
  } else paintRunLabels(context, scene, placeOf);
  paintLineageLabels(context, scene, arrows, shown);
  paintHiddenCounts(context, scene, shown);
  paintAnnotations(context, scene, selected);
  const chosen = shown.filter(({ frame }) => selected.has(frame.id));
  if (!scene.choosing) paintSize(context, scene, chosen, shown);
  for (const guide of scene.guides) paintGuide(context, scene, guide);
  if (scene.marquee !== null) {
    const box = snapped(rectangleToScreen(scene.camera, scene.marquee));
    context.fillStyle = scene.colours.accentSoft;
    context.fillRect(box.x, box.y, box.width, box.height);
    outline(context, [box], scene.colours.accent, 1);
  }
}

function paintOutlines(
  context: CanvasRenderingContext2D,
  scene: Scene,
  shown: readonly Shown[],
  stacked: ReadonlyMap<number, Stacked>,
  selected: ReadonlySet<string>,
): void {
  const boxes = (test: (frame: Frame) => boolean) => shown.filter(({ frame }) => test(frame)).map(({ box }) => box);
  const isHovered = (frame: Frame) => scene.hovered === frame.id && !selected.has(frame.id);
  for (const [index, { frame, box }] of shown.entries()) {
    if (selected.has(frame.id) || isHovered(frame) || box.width < narrowestOutlined) continue;
    const front = stacked.get(index)?.front ?? [];
    if (front.length === 0) outline(context, [box], scene.colours.border, 1);
    else outlineBehind(context, box, front, scene.colours.border);
  }
  outline(context, boxes(isHovered), scene.colours.accent, 1);
  const thick = scene.camera.zoom >= titledZoom ? 2 : 1.5;
  outline(
    context,
    boxes((frame) => selected.has(frame.id)),
    scene.colours.accent,
    thick,
  );
}

/** Only where no other picture lies before it. */
function outlineBehind(
  context: CanvasRenderingContext2D,
  box: Rectangle,
  front: readonly Rectangle[],
  colour: string,
): void {
  context.save();
  for (const one of front) {
    context.beginPath();
    context.rect(box.x - 2, box.y - 2, box.width + 4, box.height + 4);
    context.rect(one.x, one.y, one.width, one.height);
    context.clip('evenodd');
  }
  outline(context, [box], colour, 1);
  context.restore();
}

/** Of one that is selected all is said, whatever lies before it. */
function paintTitle(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { frame, box }: Shown,
  { front, onPicture }: Stacked,
  isSelected: boolean,
): void {
  const line = { x: box.x, y: box.y - titleHeight + 2, width: box.width, height: titleHeight - 4 };
  const free = isSelected ? line.width : freeTitleWidth(line, front);
  if (free < narrowestTitled) return;
  const lockWidth = frame.locked === true ? 13 : 0;
  context.font = titleFont;
  const text = fittedText(context, frame.name, free - lockWidth - (onPicture ? 2 * titlePadding : 0));
  const start = box.x + (onPicture ? titlePadding : 0);
  if (onPicture || (isSelected && front.length > 0)) {
    const width = Math.ceil(context.measureText(text).width) + lockWidth + (onPicture ? 2 : 1) * titlePadding;
    paintTitleGround(context, scene, line, width);
  }
  context.fillStyle = isSelected ? scene.colours.accent : scene.colours.textMuted;
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  if (frame.locked === true) paintLock(context, { x: start, y: box.y - 17 });
  context.fillText(text, start + lockWidth, box.y - 8);
}

function paintRunLabels(context: CanvasRenderingContext2D, scene: Scene, placeOf: (frame: Frame) => Rectangle): void {
  const together = scene.frames.filter(({ run }) => run !== undefined);
  const boxes = together.map((frame) => ({ frame, box: snapped(rectangleToScreen(scene.camera, placeOf(frame))) }));
  context.font = titleFont;
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  for (const { text, line, onPicture } of runLabels(boxes, scene.camera.zoom)) {
    const fitted = fittedText(context, text, line.width - 2 * titlePadding);
    if (onPicture)
      paintTitleGround(context, scene, line, Math.ceil(context.measureText(fitted).width) + 2 * titlePadding);
    context.fillStyle = scene.colours.textMuted;
    context.fillText(fitted, line.x + (onPicture ? titlePadding : 0), line.y + line.height - 6);
  }
}

/** What words stand on where a picture is behind them. */
function paintTitleGround(context: CanvasRenderingContext2D, scene: Scene, line: Rectangle, width: number): void {
  context.fillStyle = scene.colours.board;
  context.beginPath();
  context.roundRect(line.x, line.y, width, line.height, 3);
  context.fill();
}

/** A padlock, 9 by 10 pixels, in the colour of the title. */
function paintLock(context: CanvasRenderingContext2D, at: Point): void {
  context.strokeStyle = context.fillStyle;
  context.lineWidth = 1.25;
  context.beginPath();
  context.arc(at.x + 4.5, at.y + 4, 2.5, Math.PI, 0);
  context.stroke();
  context.beginPath();
  context.roundRect(at.x + 0.5, at.y + 4, 8, 6, 1.5);
  context.fill();
}

/** A collapsed frame is a pile: edges of the sheets under it, and how many they are. */
function paintHiddenCounts(context: CanvasRenderingContext2D, scene: Scene, shown: readonly Shown[]): void {
  for (const { frame, box } of shown) {
    const count = scene.hiddenCounts.get(frame.id) ?? 0;
    if (count === 0 || box.width < narrowestOutlined) continue;
    context.strokeStyle = scene.colours.textMuted;
    context.lineWidth = 1.5;
    context.beginPath();
    for (const step of [4, 8]) {
      context.moveTo(box.x + box.width + step, box.y + step);
      context.lineTo(box.x + box.width + step, box.y + box.height + step);
      context.lineTo(box.x + step, box.y + box.height + step);
    }
    context.stroke();
    if (box.width < narrowestTitled) continue;
    context.font = titleFont;
    badge(context, `+${count}`, { x: box.x + box.width - 4, y: box.y + box.height - 22 }, scene, 'right');
  }
}

function paintAnnotations(context: CanvasRenderingContext2D, scene: Scene, selected: ReadonlySet<string>): void {
  const { drafted, camera, viewport } = scene;
  const present = scene.annotations.some(({ id }) => id === drafted?.id);
  const all = scene.annotations.map((one) =>
    one.id === drafted?.id ? drafted : shiftedIfDragged(one, scene, selected),
  );
  if (drafted !== null && !present) all.push(drafted);
  const shown = all.filter((one) => one.id !== scene.writing && isAnnotationInView(one, camera, viewport));
  for (const one of shown) paintAnnotation(context, one, camera);
  const withHandles = scene.selection.length === 1;
  for (const one of shown) {
    if (selected.has(one.id)) paintSelected(context, one, camera, scene.colours, withHandles);
    else if (scene.hovered === one.id && one.kind === 'note') {
      outline(context, [snapped(rectangleToScreen(camera, one))], scene.colours.accent, 1);
    }
  }
}

function shiftedIfDragged(one: Annotation, { dragged }: Scene, selected: ReadonlySet<string>): Annotation {
  return dragged !== null && selected.has(one.id) && one.locked !== true ? movedItem(one, dragged) : one;
}

/** The pixel size of one frame, or how many are selected: under the selection, or inside it where another frame or its title is there (`size-badge.ts`). */
function paintSize(
  context: CanvasRenderingContext2D,
  scene: Scene,
  selected: readonly Shown[],
  shown: readonly Shown[],
): void {
  const bounds = boundsOf(selected.map(({ box }) => box));
  if (bounds === null || bounds.width < narrowestTitled) return;
  const one = selected.length === 1 && scene.selection.length === 1 ? selected[0]!.frame : null;
  if (one !== null && scene.camera.zoom < titledZoom) return;
  const what = scene.selection.length === selected.length ? 'frames' : 'selected';
  const text = one === null ? `${scene.selection.length} ${what}` : `${one.pixelWidth} × ${one.pixelHeight}`;
  context.font = titleFont;
  const at = sizeBadgePlace(
    bounds,
    shown.map(({ box }) => box),
    { width: badgeWidth(context, text), bar: scene.bar },
  );
  badge(context, text, at, scene, 'centre');
}

/** In the font of the context. */
function badgeWidth(context: CanvasRenderingContext2D, text: string): number {
  return Math.ceil(context.measureText(text).width) + 12;
}

/** Words on the accent; `at` is the middle or the right end of its upper edge. */
function badge(
  context: CanvasRenderingContext2D,
  text: string,
  at: Point,
  scene: Scene,
  anchor: 'centre' | 'right',
): void {
  const width = badgeWidth(context, text);
  const left = Math.round(at.x - (anchor === 'centre' ? width / 2 : width));
  context.fillStyle = scene.colours.accent;
  context.beginPath();
  context.roundRect(left, at.y, width, badgeHeight, 4);
  context.fill();
  context.fillStyle = scene.colours.onAccent;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, left + width / 2, at.y + 9.5);
}

/** A line where edges meet; a measured distance between crossbars where gaps are equal. */
function paintGuide(context: CanvasRenderingContext2D, { camera, colours }: Scene, guide: Guide): void {
  const { axis, kind } = guide;
  const along = kind === 'edge' ? axis === 'y' : axis === 'x';
  const point = (run: number, across: number): Point =>
    along
      ? { x: run * camera.zoom + camera.x, y: across * camera.zoom + camera.y }
      : { x: across * camera.zoom + camera.x, y: run * camera.zoom + camera.y };
  const [from, to] = [point(guide.from, guide.at), point(guide.to, guide.at)];
  const crisp = (value: number): number => Math.round(value) + 0.5;
  context.strokeStyle = colours.guide;
  context.lineWidth = 1;
  context.beginPath();
  if (along) {
    context.moveTo(from.x, crisp(from.y));
    context.lineTo(to.x, crisp(from.y));
  } else {
    context.moveTo(crisp(from.x), from.y);
    context.lineTo(crisp(from.x), to.y);
  }
  if (kind === 'gap') {
    for (const end of [from, to]) {
      context.moveTo(along ? crisp(end.x) : end.x - 5, along ? end.y - 5 : crisp(end.y));
      context.lineTo(along ? crisp(end.x) : end.x + 5, along ? end.y + 5 : crisp(end.y));
    }
  }
  context.stroke();
}

/** One by one: the browser draws a single rectangle much faster than a path of a thousand. */
function outline(context: CanvasRenderingContext2D, boxes: readonly Rectangle[], colour: string, width: number): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  for (const box of boxes) {
    context.strokeRect(box.x - width / 2, box.y - width / 2, box.width + width, box.height + width);
  }
}
