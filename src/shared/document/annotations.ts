/** Notes and arrows: what people write on the board beside the frames. Pure data and pure functions. */
import { StudioError } from '../errors.js';

export const noteColours = ['yellow', 'red', 'green', 'blue', 'violet', 'grey'] as const;
export type NoteColour = (typeof noteColours)[number];

/** All lengths in board units. */
export interface Note {
  kind: 'note';
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
  text: string;
  /** Height of the letters. */
  fontSize: number;
  colour: NoteColour;
  /** Cannot be moved, changed or deleted until it is unlocked. */
  locked?: boolean;
}

/** From one free point of the board to another, board units. */
export interface Arrow {
  kind: 'arrow';
  id: string;
  from: { x: number; y: number };
  to: { x: number; y: number };
  colour: NoteColour;
  locked?: boolean;
}

export type Annotation = Note | Arrow;

export type AnnotationOperation =
  | { type: 'put-annotation'; annotation: Annotation; index?: number }
  | { type: 'remove-annotation'; annotationId: string };

export const noteLimits = { text: 5000, fontSize: { smallest: 8, largest: 400 } } as const;

/** Throws `not-found` when the annotation to remove is not there. */
export function applyAnnotationOperation(
  annotations: readonly Annotation[],
  operation: AnnotationOperation,
): Annotation[] {
  if (operation.type === 'remove-annotation') {
    return annotations.toSpliced(indexOf(annotations, operation.annotationId), 1);
  }
  const { annotation } = operation;
  const at = annotations.findIndex(({ id }) => id === annotation.id);
  const others = annotations.filter(({ id }) => id !== annotation.id);
  const index = operation.index ?? (at === -1 ? others.length : at);
  return others.toSpliced(Math.min(others.length, Math.max(0, Math.trunc(index))), 0, annotation);
}

/** The operation that takes the outcome of `operation` back to `annotations`. */
export function invertAnnotationOperation(
  annotations: readonly Annotation[],
  operation: AnnotationOperation,
): AnnotationOperation {
  if (operation.type === 'remove-annotation') {
    const index = indexOf(annotations, operation.annotationId);
    return { type: 'put-annotation', annotation: annotations[index]!, index };
  }
  const index = annotations.findIndex(({ id }) => id === operation.annotation.id);
  return index === -1
    ? { type: 'remove-annotation', annotationId: operation.annotation.id }
    : { type: 'put-annotation', annotation: annotations[index]!, index };
}

function indexOf(annotations: readonly Annotation[], annotationId: string): number {
  const at = annotations.findIndex(({ id }) => id === annotationId);
  if (at === -1) {
    throw new StudioError(
      'not-found',
      'That note or arrow is no longer on the board.',
      'Undo its deletion, or pick another one.',
    );
  }
  return at;
}
