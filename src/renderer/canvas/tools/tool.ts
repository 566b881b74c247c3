/** What every tool of the board is given and answers: its input, its state, its effects. Pure. */
import type { Annotation, NoteColour } from '../../../shared/document/annotations.js';
import type { Point, Camera, Rectangle, Size } from '../../state/board/geometry.js';
import type { Guide } from '../../state/board/snapping.js';
import type { ToolName } from '../../state/board/view.svelte.js';

export type NoteHandle = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';

export type ArrowHandle = 'from' | 'to';

export type AnnotationState =
  | { kind: 'drawing'; what: 'note' | 'arrow'; from: Point }
  | { kind: 'shaping'; annotation: Annotation; handle: NoteHandle | ArrowHandle; from: Point };

export interface PointerInput {
  type: 'down' | 'move' | 'up' | 'cancel';
  /** CSS pixels from the board's top left corner. */
  screen: Point;
  button: 'main' | 'middle' | 'secondary' | 'none';
  /** Shift, Ctrl or Command: adds to and takes from the selection. */
  additive: boolean;
  /** Shift: along one axis only, or in steps of 45°. */
  straight?: boolean;
  /** Ctrl or Command: without snapping. */
  loose?: boolean;
  /** Alt: what is dragged stays, and a copy lands where it is dropped. */
  copy?: boolean;
}

export interface ToolContext {
  tool: ToolName;
  /** Space is held. */
  panning: boolean;
  camera: Camera;
  /** Back to front. */
  frames: readonly (Rectangle & { id: string; locked?: boolean })[];
  /** Back to front, before all frames. */
  annotations: readonly Annotation[];
  selection: readonly string[];
  viewport: Size;
  noteColour: NoteColour;
  /** False: nothing may be moved. */
  writable: boolean;
}

export type ToolState =
  | { kind: 'idle' }
  | { kind: 'panning'; last: Point }
  | { kind: 'pressing'; from: Point; itemId: string; selectOnRelease: readonly string[] | null }
  | { kind: 'moving'; from: Point }
  | { kind: 'marquee'; from: Point; selectedBefore: readonly string[] }
  | AnnotationState;

export type ToolEffect =
  | { type: 'pan'; by: Point }
  | { type: 'select'; ids: readonly string[] }
  /** Show what moves away from its place by this many board units, with the lines it met; null: back at its place. */
  | { type: 'preview-move'; by: Point | null; guides: readonly Guide[] }
  | { type: 'commit-move'; by: Point; copy?: true }
  /** Board units. */
  | { type: 'marquee'; rectangle: Rectangle | null }
  /** A note or arrow while it is drawn or shaped; null: as the document has it. */
  | { type: 'preview-annotation'; annotation: Annotation | null }
  | { type: 'commit-annotation'; annotation: Annotation; isNew: boolean }
  /** Open this new note for writing; it is committed with its first words. */
  | { type: 'write-note'; annotation: Extract<Annotation, { kind: 'note' }> }
  | { type: 'tool'; tool: ToolName };

export interface ToolStep {
  state: ToolState;
  effects: ToolEffect[];
}

/** A press that travels less than this stays a click. CSS pixels. */
export const clickSlack = 4;

/** The title above a frame belongs to it. CSS pixels. */
export const titleHeight = 22;

export const idle: ToolState = { kind: 'idle' };
