/** Drawing a note or an arrow, and shaping one by its handles. Pure, like tools.ts. */
import type { Annotation, Arrow, Note, NoteColour } from '../../../shared/document/annotations.js';
import { rectangleBetween, toBoard, toScreen, type Point } from '../../state/board/geometry.js';
import {
  clickSlack,
  idle,
  type PointerInput,
  type ToolContext,
  type ToolEffect,
  type ToolStep,
  type NoteHandle,
  type ArrowHandle,
  type AnnotationState,
} from './tool.js';

/** Board units. */
export const noteSize = { width: 240, height: 120, smallest: 40, fontSize: 20 } as const;
/** How near, in CSS pixels, a pointer takes hold of a handle. */
const handleReach = 9;

interface Handle {
  annotation: Annotation;
  handle: NoteHandle | ArrowHandle;
}

/** Where the handles of a selected note or arrow are, board units. */
export function handlesOf(annotation: Annotation): { handle: NoteHandle | ArrowHandle; at: Point }[] {
  if (annotation.locked === true) return [];
  if (annotation.kind === 'arrow') {
    return [
      { handle: 'from', at: annotation.from },
      { handle: 'to', at: annotation.to },
    ];
  }
  const { x, y, width, height } = annotation;
  return [
    { handle: 'top-left', at: { x, y } },
    { handle: 'top-right', at: { x: x + width, y } },
    { handle: 'bottom-left', at: { x, y: y + height } },
    { handle: 'bottom-right', at: { x: x + width, y: y + height } },
  ];
}

/** The handle under a screen point, when exactly one note or arrow is selected. */
export function handleAt(
  context: Pick<ToolContext, 'camera' | 'annotations' | 'selection'>,
  screen: Point,
): Handle | null {
  const [only, second] = context.selection;
  if (only === undefined || second !== undefined) return null;
  const annotation = context.annotations.find(({ id }) => id === only);
  if (annotation === undefined) return null;
  const found = handlesOf(annotation).find(({ at }) => distance(toScreen(context.camera, at), screen) <= handleReach);
  return found === undefined ? null : { annotation, handle: found.handle };
}

export function stepAnnotation(state: AnnotationState, input: PointerInput, context: ToolContext): ToolStep {
  const preview = (annotation: Annotation | null): ToolEffect => ({ type: 'preview-annotation', annotation });
  if (input.type === 'cancel') return { state: idle, effects: [preview(null)] };
  return state.kind === 'drawing' ? draw(state, input, context, preview) : shape(state, input, context, preview);
}

function draw(
  state: Extract<AnnotationState, { kind: 'drawing' }>,
  input: PointerInput,
  context: ToolContext,
  preview: (annotation: Annotation | null) => ToolEffect,
): ToolStep {
  const isClick = distance(state.from, input.screen) <= clickSlack;
  const from = onUnits(toBoard(context.camera, state.from));
  const to = onUnits(toBoard(context.camera, input.screen));
  if (state.what === 'note') {
    const note = isClick ? newNote(from, context.noteColour) : stretchedNote(from, to, context.noteColour);
    if (input.type === 'move') return { state, effects: isClick ? [] : [preview(note)] };
    return {
      state: idle,
      effects: [preview(null), { type: 'tool', tool: 'select' }, { type: 'write-note', annotation: note }],
    };
  }
  const arrow = newArrow(from, input.straight === true ? straightened(from, to) : to, context.noteColour);
  if (input.type === 'move') return { state, effects: isClick ? [] : [preview(arrow)] };
  // A mere click draws nothing and keeps the tool.
  if (isClick) return { state: idle, effects: [preview(null)] };
  return {
    state: idle,
    effects: [
      { type: 'tool', tool: 'select' },
      { type: 'commit-annotation', annotation: arrow, isNew: true },
    ],
  };
}

function shape(
  state: Extract<AnnotationState, { kind: 'shaping' }>,
  input: PointerInput,
  context: ToolContext,
  preview: (annotation: Annotation | null) => ToolEffect,
): ToolStep {
  if (distance(state.from, input.screen) <= clickSlack) {
    return { state: input.type === 'up' ? idle : state, effects: [preview(null)] };
  }
  const to = onUnits(toBoard(context.camera, input.screen));
  const { annotation, handle } = state;
  const next =
    annotation.kind === 'arrow'
      ? shapedArrow(annotation, handle as ArrowHandle, to, input.straight === true)
      : shapedNote(annotation, handle as NoteHandle, to);
  if (input.type === 'move') return { state, effects: [preview(next)] };
  return { state: idle, effects: [{ type: 'commit-annotation', annotation: next, isNew: false }] };
}

/** `at`: its top left corner. */
export function newNote(at: Point, colour: NoteColour): Note {
  const { width, height, fontSize } = noteSize;
  return { kind: 'note', id: crypto.randomUUID(), ...at, width, height, text: '', fontSize, colour };
}

export function newArrow(from: Point, to: Point, colour: NoteColour): Arrow {
  return { kind: 'arrow', id: crypto.randomUUID(), from, to, colour };
}

function stretchedNote(from: Point, to: Point, colour: NoteColour): Note {
  const box = rectangleBetween(from, to);
  return {
    ...newNote(from, colour),
    ...box,
    width: Math.max(noteSize.smallest, box.width),
    height: Math.max(noteSize.smallest, box.height),
  };
}

/** The corner opposite to the handle stays. */
function shapedNote(note: Note, handle: NoteHandle, to: Point): Note {
  const left = handle.endsWith('left');
  const top = handle.startsWith('top');
  const fixed = { x: left ? note.x + note.width : note.x, y: top ? note.y + note.height : note.y };
  const width = Math.max(noteSize.smallest, left ? fixed.x - to.x : to.x - fixed.x);
  const height = Math.max(noteSize.smallest, top ? fixed.y - to.y : to.y - fixed.y);
  return { ...note, x: left ? fixed.x - width : fixed.x, y: top ? fixed.y - height : fixed.y, width, height };
}

function shapedArrow(arrow: Arrow, handle: ArrowHandle, to: Point, straight: boolean): Arrow {
  const fixed = handle === 'from' ? arrow.to : arrow.from;
  return { ...arrow, [handle]: straight ? straightened(fixed, to) : to };
}

/** `to` turned around `from` to the next multiple of 45°, at the same distance. */
function straightened(from: Point, to: Point): Point {
  const step = Math.PI / 4;
  const angle = Math.round(Math.atan2(to.y - from.y, to.x - from.x) / step) * step;
  const length = distance(from, to);
  return onUnits({ x: from.x + Math.cos(angle) * length, y: from.y + Math.sin(angle) * length });
}

export function cursorOfHandle(handle: NoteHandle | ArrowHandle): string {
  if (handle === 'top-left' || handle === 'bottom-right') return 'nwse-resize';
  return handle === 'from' || handle === 'to' ? 'move' : 'nesw-resize';
}

function onUnits(point: Point): Point {
  return { x: Math.round(point.x), y: Math.round(point.y) };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
