/** For tests: what a person might do to any document, turned into operations that fit it, or that do not. */
import type { Annotation } from '../../src/shared/document/annotations.js';
import type { DocumentOperation, Frame, FrameMask, StudioDocument } from '../../src/shared/document/document.js';
import type { RasterImage } from '../../src/shared/pictures/images.js';

export const intentKinds = [
  ...['put', 'move', 'mask', 'describe', 'lock', 'remove', 'order', 'rename'],
  ...['note', 'arrow', 'raise', 'erase'],
] as const;

export interface Intent {
  kind: (typeof intentKinds)[number];
  /** Of a frame and of an annotation: each has a namespace of its own. */
  id: string;
  number: number;
  text: string;
}

/** A picture of one pixel, told apart by its value. */
export function pixel(value: number): RasterImage {
  return { width: 1, height: 1, data: new Uint8Array([value, value, value, 255]) };
}

/** `imageIds` names pictures the project has; the operation needs no others. */
export function operationFor(document: StudioDocument, intent: Intent, imageIds: readonly string[]): DocumentOperation {
  const { kind, id, number, text } = intent;
  const there = document.frames.find((frame) => frame.id === id);
  const known = document.annotations.find((annotation) => annotation.id === id);
  const frame = there ?? newFrame(intent, imageIds);
  switch (kind) {
    case 'put':
      return { type: 'put-frame', frame: newFrame(intent, imageIds), index: Math.abs(number) };
    case 'move':
      return { type: 'put-frame', frame: { ...frame, x: number, y: -1 - number } };
    case 'mask':
      return { type: 'put-frame', frame: masked(frame, { imageId: imageAt(imageIds, number), grow: 1, feather: 2 }) };
    case 'describe':
      return { type: 'put-frame', frame: { ...frame, description: text, answers: [{ question: text, answer: text }] } };
    case 'lock':
      return { type: 'put-frame', frame: { ...frame, locked: number > 0 } };
    case 'remove':
      return there === undefined ? { type: 'rename', name: text.slice(0, 200) } : { type: 'remove-frame', frameId: id };
    case 'order':
      return { type: 'order-frames', frameIds: turned(document.frames, number).map((one) => one.id) };
    case 'rename':
      return { type: 'rename', name: text.slice(0, 200) };
    case 'note':
      return { type: 'put-annotation', annotation: noteOf(intent), index: Math.abs(number) };
    case 'arrow':
      return { type: 'put-annotation', annotation: arrowOf(intent) };
    case 'raise':
      return { type: 'put-annotation', annotation: known ?? noteOf(intent), index: document.annotations.length };
    case 'erase':
      return known === undefined
        ? { type: 'rename', name: text.slice(0, 200) }
        : { type: 'remove-annotation', annotationId: id };
  }
}

/** An operation that no document and no project can take. */
export function impossibleOperation(document: StudioDocument, { number, id }: Intent): DocumentOperation {
  const elsewhere = 'f'.repeat(64);
  const frame = newFrame({ kind: 'put', id, number, text: '' }, [elsewhere]);
  const known = document.frames[0];
  const choices: DocumentOperation[] = [
    { type: 'remove-frame', frameId: 'nobody' },
    { type: 'order-frames', frameIds: [...document.frames.map((one) => one.id), 'nobody'] },
    { type: 'remove-annotation', annotationId: 'nobody' },
    { type: 'put-frame', frame },
    { type: 'put-frame', frame: masked(known ?? frame, { imageId: elsewhere, grow: 0, feather: 0 }) },
  ];
  return choices[Math.abs(number) % choices.length]!;
}

function newFrame({ id, number, text }: Intent, imageIds: readonly string[]): Frame {
  const settings = { steps: 4, tokenGuidance: 1.5, textGuidance: 1, temperature: 0.7, topK: 0 };
  return {
    id,
    name: text.slice(0, 2000),
    ...{ x: number, y: 0, width: 1, height: 1, pixelWidth: 1, pixelHeight: 1 },
    imageId: imageAt(imageIds, number),
    origin:
      number % 2 === 0
        ? { kind: 'imported', fileName: text.slice(0, 400) }
        : { kind: 'generated', prompt: text.slice(0, 2000), seed: 7, settings, pack: 'p@1' },
    tokens: number % 3 === 0 ? null : { pack: 'p@1', codes: [1, 2, 3] },
    description: null,
    answers: [],
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

/** The frame with the mask to edit in and, where it was edited, the one it was made with. */
function masked(frame: Frame, mask: FrameMask): Frame {
  const origin = frame.origin.kind === 'generated' ? { ...frame.origin, mask } : frame.origin;
  return { ...frame, origin, mask };
}

function noteOf({ id, number, text }: Intent): Annotation {
  return {
    kind: 'note',
    id,
    x: number,
    y: 0,
    width: 200,
    height: 80,
    text: text.slice(0, 5000),
    fontSize: 20,
    colour: 'yellow',
  };
}

function arrowOf({ id, number }: Intent): Annotation {
  return { kind: 'arrow', id, from: { x: 0, y: number }, to: { x: number, y: 0 }, colour: 'grey', locked: true };
}

function imageAt(imageIds: readonly string[], number: number): string {
  return imageIds[Math.abs(number) % imageIds.length]!;
}

function turned<Item>(items: readonly Item[], number: number): Item[] {
  const turn = items.length === 0 ? 0 : Math.abs(number) % items.length;
  return [...items.slice(turn), ...items.slice(0, turn)];
}
