/**
 * The document: frames on an infinite board. Pure data and pure functions; the renderer and the storage run the same
 * `applyOperations`, so what a window shows is what the project file holds.
 */
import {
  applyAnnotationOperation,
  invertAnnotationOperation,
  type Annotation,
  type AnnotationOperation,
} from './annotations.js';
import type { EditCheck } from '../pictures/edit-check.js';
import { StudioError } from '../errors.js';
import type { ImageRegion } from '../pictures/images.js';
import type { MaskSettings } from '../pictures/mask.js';
import type { GenerationSettings } from '../jobs/settings.js';

export type { GenerationSettings };

export const documentFormat = 2;

/** How sure the model was when it wrote one token; entropy in nats. */
export interface TokenCertainty {
  entropy: number;
  alternatives: { code: number; probability: number }[];
}

export interface TokenSequence {
  /** `name@version` of the pack whose codes these are. */
  pack: string;
  /** Index 0…K-1, fine to coarse. */
  codes: number[];
  certainty?: TokenCertainty[];
}

/** The other tokens were rewritten; `kept` are the indices that are the parent's. */
export interface TokenBranch {
  parentId: string;
  kept: number[];
}

/** Where an edit may change a frame: what was painted, kept as an image, and the settings applied to it each time. */
export interface FrameMask extends MaskSettings {
  /** A grey picture of the frame's size (at most 1024 pixels a side): white comes from the edit, black stays. */
  imageId: string;
}

/** The tokens from…to, both included, are those of the frame `donorId`, the others the parent's. */
export interface TokenTransplant {
  donorId: string;
  from: number;
  to: number;
}

export type FrameOrigin =
  | {
      kind: 'generated';
      prompt: string;
      /** What was written, where its choices in braces or its escapes make it differ from the prompt they became. */
      template?: string;
      seed: number;
      settings: GenerationSettings;
      pack: string;
      /** The description the tokens were written from. */
      plan?: string;
      branch?: TokenBranch;
      /** Only the parent's pixels under it were drawn anew. */
      mask?: FrameMask;
      check?: EditCheck;
    }
  | {
      kind: 'edited';
      instruction: string;
      seed: number;
      settings: GenerationSettings;
      pack: string;
      parentId: string;
      /** The description the tokens were written from. */
      plan?: string;
      branch?: TokenBranch;
      /** Only the parent's pixels under it were changed. */
      mask?: FrameMask;
      /** Without a mask: only the pixels that the edit concerns were changed. Absent: all of them. */
      region?: 'changed';
      check?: EditCheck;
    }
  | {
      kind: 'decoded';
      parentId: string;
      t: number;
      keepFrom: number;
      seed: number;
      steps: number;
      pack: string;
      transplant?: TokenTransplant;
    }
  | { kind: 'imported'; fileName: string };

export interface Answer {
  question: string;
  answer: string;
  /** The part of the picture that was asked about; absent: all of it. */
  region?: ImageRegion;
}

/** A picture on the way to an imported one, told by the file it came in; its own frame may be elsewhere or gone. */
export interface EarlierStep {
  /** The id its frame had. */
  id: string;
  name: string;
  origin: FrameOrigin;
  tokens: Pick<TokenSequence, 'pack' | 'codes'> | null;
  /** ISO 8601, UTC. */
  createdAt: string;
}

/** What several frames came onto the board in, as one block. */
export interface FrameRun {
  id: string;
  /** The prompt, or in a few words where they come from. */
  name: string;
}

export interface Frame {
  id: string;
  name: string;
  /** Board units; one unit is one CSS pixel at 100 %. */
  x: number;
  y: number;
  width: number;
  height: number;
  imageId: string;
  pixelWidth: number;
  pixelHeight: number;
  origin: FrameOrigin;
  tokens: TokenSequence | null;
  /** The mask its edits keep to; absent: none. */
  mask?: FrameMask;
  description: string | null;
  answers: Answer[];
  /** ISO 8601, UTC. */
  createdAt: string;
  /** Cannot be moved or deleted until it is unlocked. */
  locked?: boolean;
  /** ISO 8601, UTC: what had been made of it up to then is hidden on the board; what comes later shows. */
  collapsedAt?: string;
  /** What led to a picture that came with its history in a file, nearest first. */
  earlier?: EarlierStep[];
  /** Absent: it came alone, or is a copy. */
  run?: FrameRun;
}

export interface StudioDocument {
  format: typeof documentFormat;
  id: string;
  name: string;
  createdAt: string;
  /** Back to front. */
  frames: Frame[];
  /** Back to front, all before the frames. */
  annotations: Annotation[];
}

export type DocumentOperation =
  | { type: 'put-frame'; frame: Frame; index?: number }
  | { type: 'remove-frame'; frameId: string }
  | { type: 'order-frames'; frameIds: string[] }
  | { type: 'rename'; name: string }
  | AnnotationOperation;

/** One undoable action. */
export interface Transaction {
  label: string;
  operations: DocumentOperation[];
}

/** Every image a frame needs: its own, its mask's, and the mask's it was made with. */
export function imagesOfFrame({ imageId, mask, origin }: Frame): string[] {
  const madeWith = 'mask' in origin ? origin.mask : undefined;
  return [imageId, mask?.imageId, madeWith?.imageId].filter((id) => id !== undefined);
}

export function emptyDocument(id: string, name: string, createdAt: string): StudioDocument {
  return { format: documentFormat, id, name, createdAt, frames: [], annotations: [] };
}

export function applyOperations(document: StudioDocument, operations: readonly DocumentOperation[]): StudioDocument {
  return operations.reduce(applyOperation, document);
}

/** Throws `not-found` or `bad-request` and leaves the document untouched when an operation does not fit it. */
function applyOperation(document: StudioDocument, operation: DocumentOperation): StudioDocument {
  switch (operation.type) {
    case 'put-frame': {
      const at = document.frames.findIndex((frame) => frame.id === operation.frame.id);
      const frames = document.frames.filter((frame) => frame.id !== operation.frame.id);
      const index = operation.index ?? (at === -1 ? frames.length : at);
      return { ...document, frames: frames.toSpliced(clampIndex(index, frames.length), 0, operation.frame) };
    }
    case 'remove-frame': {
      indexOfFrame(document, operation.frameId);
      return { ...document, frames: document.frames.filter((frame) => frame.id !== operation.frameId) };
    }
    case 'order-frames': {
      if (
        new Set(operation.frameIds).size !== document.frames.length ||
        operation.frameIds.length !== document.frames.length
      ) {
        throw new StudioError(
          'bad-request',
          'The new order does not name every frame once.',
          'Reload the window and try again.',
        );
      }
      return { ...document, frames: operation.frameIds.map((id) => document.frames[indexOfFrame(document, id)]!) };
    }
    case 'rename':
      return { ...document, name: operation.name };
    case 'put-annotation':
    case 'remove-annotation':
      return { ...document, annotations: applyAnnotationOperation(document.annotations, operation) };
  }
}

/** The operations that take `applyOperations(document, operations)` back to `document`. */
export function invertOperations(
  document: StudioDocument,
  operations: readonly DocumentOperation[],
): DocumentOperation[] {
  const inverse: DocumentOperation[] = [];
  let current = document;
  for (const operation of operations) {
    inverse.unshift(invertOperation(current, operation));
    current = applyOperation(current, operation);
  }
  return inverse;
}

function invertOperation(document: StudioDocument, operation: DocumentOperation): DocumentOperation {
  switch (operation.type) {
    case 'put-frame': {
      const at = document.frames.findIndex((frame) => frame.id === operation.frame.id);
      return at === -1
        ? { type: 'remove-frame', frameId: operation.frame.id }
        : { type: 'put-frame', frame: document.frames[at]!, index: at };
    }
    case 'remove-frame': {
      const at = indexOfFrame(document, operation.frameId);
      return { type: 'put-frame', frame: document.frames[at]!, index: at };
    }
    case 'order-frames':
      return { type: 'order-frames', frameIds: document.frames.map((frame) => frame.id) };
    case 'rename':
      return { type: 'rename', name: document.name };
    case 'put-annotation':
    case 'remove-annotation':
      return invertAnnotationOperation(document.annotations, operation);
  }
}

function indexOfFrame(document: StudioDocument, frameId: string): number {
  const at = document.frames.findIndex((frame) => frame.id === frameId);
  if (at === -1) {
    throw new StudioError(
      'not-found',
      'That frame is no longer on the board.',
      'Undo its deletion, or pick another frame.',
    );
  }
  return at;
}

function clampIndex(index: number, length: number): number {
  return Math.min(length, Math.max(0, Math.trunc(index)));
}
