/** Notes and arrows, painted in screen pixels under a camera. */
import type { Annotation, Arrow, Note } from '../../../shared/document/annotations.js';
import { wrapText } from '../../../shared/text/fit-text.js';
import { rectangleToScreen, toScreen, type Camera, type Size } from '../../state/board/geometry.js';
import { handlesOf } from '../tools/annotation-tools.js';
import { noteColourValues, noteInk, type BoardColours } from './board-colours.js';
import { grownNote, noteLineHeight, notePadding } from './note-text.js';

export const noteFontFamily = "'Inter Variable', system-ui, sans-serif";
/** Board units. */
const arrowWidth = 3;
/** Smaller writing than this many pixels is not painted. */
const smallestWriting = 3;

export function paintAnnotation(context: CanvasRenderingContext2D, annotation: Annotation, camera: Camera): void {
  if (annotation.kind === 'arrow') paintArrow(context, annotation, camera);
  else paintNote(context, annotation, camera);
}

export function isAnnotationInView(annotation: Annotation, camera: Camera, viewport: Size): boolean {
  const ends =
    annotation.kind === 'arrow'
      ? [annotation.from, annotation.to]
      : [annotation, { x: annotation.x + annotation.width, y: annotation.y + annotation.height }];
  const [a, b] = ends.map((end) => toScreen(camera, end)) as [{ x: number; y: number }, { x: number; y: number }];
  const margin = 16;
  return (
    Math.min(a.x, b.x) < viewport.width + margin &&
    Math.min(a.y, b.y) < viewport.height + margin &&
    Math.max(a.x, b.x) > -margin &&
    Math.max(a.y, b.y) > -margin
  );
}

/** The outline and the handles of a selected one. */
export function paintSelected(
  context: CanvasRenderingContext2D,
  annotation: Annotation,
  camera: Camera,
  colours: BoardColours,
  withHandles: boolean,
): void {
  context.strokeStyle = colours.accent;
  context.lineWidth = 2;
  if (annotation.kind === 'note') {
    const box = rectangleToScreen(camera, annotation);
    context.beginPath();
    context.roundRect(box.x - 1, box.y - 1, box.width + 2, box.height + 2, cornerOf(camera) + 1);
    context.stroke();
  } else if (!withHandles || annotation.locked === true) {
    const [from, to] = [toScreen(camera, annotation.from), toScreen(camera, annotation.to)];
    context.setLineDash([4, 4]);
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    context.setLineDash([]);
  }
  if (!withHandles) return;
  context.fillStyle = '#ffffff';
  context.lineWidth = 1.5;
  for (const { at } of handlesOf(annotation)) {
    const { x, y } = toScreen(camera, at);
    context.beginPath();
    context.roundRect(x - 4, y - 4, 8, 8, annotation.kind === 'arrow' ? 4 : 2);
    context.fill();
    context.stroke();
  }
}

function paintNote(context: CanvasRenderingContext2D, note: Note, camera: Camera): void {
  const box = rectangleToScreen(camera, note);
  context.fillStyle = noteColourValues[note.colour].paper;
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, cornerOf(camera));
  context.fill();
  if (note.fontSize * camera.zoom < smallestWriting || note.text === '') return;
  context.save();
  context.clip();
  context.translate(box.x, box.y);
  context.scale(camera.zoom, camera.zoom);
  context.font = noteFont(note.fontSize);
  context.fillStyle = noteInk;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const step = note.fontSize * noteLineHeight;
  linesOf(context, note).forEach((line, index) => {
    context.fillText(line, notePadding, notePadding + step * (index + 0.5));
  });
  context.restore();
}

function cornerOf({ zoom }: Camera): number {
  return Math.min(6, 6 * zoom);
}

/** Notes are immutable values, so their lines are found once. */
const knownLines = new WeakMap<Note, string[]>();

function linesOf(context: CanvasRenderingContext2D, note: Note): string[] {
  const known = knownLines.get(note);
  if (known !== undefined) return known;
  const lines = wrapText(note.text, note.width - 2 * notePadding, (text) => context.measureText(text).width);
  knownLines.set(note, lines);
  return lines;
}

export function noteFont(fontSize: number): string {
  return `450 ${fontSize}px ${noteFontFamily}`;
}

let measuring: CanvasRenderingContext2D | null = null;

/** Grown until it holds its words, in the writing that is painted. */
export function fittedNote(note: Note): Note {
  const context = (measuring ??= document.createElement('canvas').getContext('2d')!);
  context.font = noteFont(note.fontSize);
  return grownNote(note, (text) => context.measureText(text).width);
}

function paintArrow(context: CanvasRenderingContext2D, arrow: Arrow, camera: Camera): void {
  const from = toScreen(camera, arrow.from);
  const to = toScreen(camera, arrow.to);
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length < 1) return;
  const width = Math.max(1.25, arrowWidth * camera.zoom);
  const along = { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
  const head = Math.min(length, width * 4.5);
  const neck = { x: to.x - along.x * head, y: to.y - along.y * head };
  context.strokeStyle = noteColourValues[arrow.colour].line;
  context.fillStyle = context.strokeStyle;
  context.lineWidth = width;
  context.lineCap = 'round';
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x - along.x * head * 0.7, to.y - along.y * head * 0.7);
  context.stroke();
  context.lineCap = 'butt';
  context.beginPath();
  context.moveTo(to.x, to.y);
  context.lineTo(neck.x - along.y * head * 0.48, neck.y + along.x * head * 0.48);
  context.lineTo(neck.x + along.y * head * 0.48, neck.y - along.x * head * 0.48);
  context.closePath();
  context.fill();
}
