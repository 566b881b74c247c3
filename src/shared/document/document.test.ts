import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Annotation } from './annotations.js';
import {
  applyOperations,
  emptyDocument,
  invertOperations,
  type DocumentOperation,
  type Frame,
  type StudioDocument,
} from './document.js';

const frameIds = ['a', 'b', 'c', 'd', 'e'];

function frame(id: string, x: number): Frame {
  return {
    id,
    name: `Frame ${id}`,
    x,
    y: 0,
    width: 128,
    height: 128,
    imageId: '0'.repeat(64),
    pixelWidth: 128,
    pixelHeight: 128,
    origin: { kind: 'imported', fileName: 'a.png' },
    tokens: null,
    description: null,
    answers: [],
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

function note(id: string, x: number): Annotation {
  return { kind: 'note', id, x, y: 0, width: 200, height: 80, text: `Note ${x}`, fontSize: 20, colour: 'yellow' };
}

/** A command as a person would give it; what does not fit the document is turned into something that does. */
const intent = fc.record({
  kind: fc.constantFrom('put', 'move', 'remove', 'order', 'rename', 'note', 'move-note', 'arrow', 'erase'),
  id: fc.constantFrom(...frameIds),
  number: fc.integer({ min: -500, max: 500 }),
});

function operationFor(
  document: StudioDocument,
  { kind, id, number }: { kind: string; id: string; number: number },
): DocumentOperation {
  if (kind === 'erase' && document.annotations.some((one) => one.id === id)) {
    return { type: 'remove-annotation', annotationId: id };
  }
  if (kind === 'note') return { type: 'put-annotation', annotation: note(id, number), index: number };
  if (kind === 'move-note') return { type: 'put-annotation', annotation: note(id, number) };
  if (kind === 'arrow') {
    const ends = { from: { x: 0, y: number }, to: { x: number, y: 0 } };
    return { type: 'put-annotation', annotation: { kind: 'arrow', id, ...ends, colour: 'grey' } };
  }
  const exists = document.frames.some((frame) => frame.id === id);
  if (kind === 'remove' && exists) return { type: 'remove-frame', frameId: id };
  if (kind === 'order') {
    const ids = document.frames.map((frame) => frame.id);
    const turn = ids.length === 0 ? 0 : Math.abs(number) % ids.length;
    return { type: 'order-frames', frameIds: [...ids.slice(turn), ...ids.slice(0, turn)] };
  }
  if (kind === 'rename') return { type: 'rename', name: `Project ${number}` };
  return kind === 'put'
    ? { type: 'put-frame', frame: frame(id, number), index: number }
    : { type: 'put-frame', frame: frame(id, number) };
}

describe('applyOperations', () => {
  it('undo after do is the identity, and ids stay unique, for any run of commands', () => {
    fc.assert(
      fc.property(fc.array(intent, { maxLength: 40 }), (intents) => {
        const start = emptyDocument('p', 'Project', '2026-01-01T00:00:00.000Z');
        let document = start;
        const operations: DocumentOperation[] = [];
        for (const one of intents) {
          const operation = operationFor(document, one);
          operations.push(operation);
          document = applyOperations(document, [operation]);
        }
        expect(new Set(document.frames.map(({ id }) => id)).size).toBe(document.frames.length);
        expect(new Set(document.annotations.map(({ id }) => id)).size).toBe(document.annotations.length);
        expect(applyOperations(start, operations)).toEqual(document);
        const inverse = invertOperations(start, operations);
        expect(applyOperations(document, inverse)).toEqual(start);
        expect(applyOperations(start, invertOperations(document, inverse))).toEqual(document);
      }),
    );
  });

  it('refuses to remove a frame that is not there and leaves the document alone', () => {
    const document = applyOperations(emptyDocument('p', 'Project', ''), [{ type: 'put-frame', frame: frame('a', 0) }]);
    expect(() => applyOperations(document, [{ type: 'remove-frame', frameId: 'z' }])).toThrowError(
      /no longer on the board/,
    );
    expect(document.frames).toHaveLength(1);
  });

  it('refuses to remove a note that is not there', () => {
    const document = applyOperations(emptyDocument('p', 'Project', ''), [
      { type: 'put-annotation', annotation: note('a', 0) },
    ]);
    expect(() => applyOperations(document, [{ type: 'remove-annotation', annotationId: 'z' }])).toThrowError(
      /note or arrow is no longer/,
    );
    expect(document.annotations).toHaveLength(1);
  });

  it('refuses an order that forgets or repeats a frame', () => {
    const document = applyOperations(
      emptyDocument('p', 'Project', ''),
      ['a', 'b'].map((id) => ({ type: 'put-frame' as const, frame: frame(id, 0) })),
    );
    expect(() => applyOperations(document, [{ type: 'order-frames', frameIds: ['a'] }])).toThrowError(
      /every frame once/,
    );
    expect(() => applyOperations(document, [{ type: 'order-frames', frameIds: ['a', 'a'] }])).toThrowError(
      /every frame once/,
    );
  });
});
