/**
 * Scripted work on a project, the same every time from the same seed: what the child process does and what its parent
 * expects of the file. Step n leads from revision n to revision n + 1, whatever was killed in between.
 */
import {
  applyOperations,
  invertOperations,
  type DocumentOperation,
  type Frame,
  type StudioDocument,
} from '../../src/shared/document/document.js';
import type { HistoryState } from '../../src/shared/contract/projects.js';
import type { RasterImage } from '../../src/shared/pictures/images.js';

export const historyLimit = 12;

/** One thing a person does; `images` are stored before it. */
export type Action =
  | { kind: 'commit'; label: string; operations: (imageIds: string[]) => DocumentOperation[]; images: RasterImage[] }
  | { kind: 'undo' }
  | { kind: 'redo' };

/** Mulberry32: enough to look like a person, and the same on every machine. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Where the work stands; a project file is one such place, the model another. */
export interface Standing {
  revision: number;
  document: StudioDocument;
  history: HistoryState;
}

/** What happens next. Every action leads to a new revision. */
export function nextAction(seed: number, { revision, document, history }: Standing): Action {
  const random = randomOf(seed * 1_000_003 + revision);
  const pick = random();
  if (history.redo !== null && pick < 0.3) return { kind: 'redo' };
  if (history.undo !== null && pick < 0.15) return { kind: 'undo' };
  const label = `step ${revision}`;
  if (pick < 0.26) {
    return { kind: 'commit', label, images: [], operations: () => [{ type: 'rename', name: `name ${revision}` }] };
  }
  const chosen = document.frames[Math.floor(random() * document.frames.length)];
  if (pick < 0.4 && chosen !== undefined) {
    return { kind: 'commit', label, images: [], operations: () => [{ type: 'remove-frame', frameId: chosen.id }] };
  }
  if (pick < 0.6 && chosen !== undefined) {
    const moved = {
      ...chosen,
      x: chosen.x + 10,
      description: `moved at ${revision} `.repeat(1 + Math.floor(random() * 200)),
    };
    return { kind: 'commit', label, images: [], operations: () => [{ type: 'put-frame', frame: moved }] };
  }
  const images = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pictureOf(Math.floor(random() * 2 ** 32)));
  return {
    kind: 'commit',
    label,
    images,
    operations: (imageIds) =>
      imageIds.map((imageId, index) => ({
        type: 'put-frame',
        frame: frameOf(`f${revision}-${index}`, imageId),
        index: 0,
      })),
  };
}

function pictureOf(seed: number): RasterImage {
  const random = randomOf(seed);
  const side = 8 + Math.floor(random() * 40);
  return {
    width: side,
    height: side,
    data: Uint8Array.from({ length: side * side * 4 }, () => Math.floor(random() * 256)),
  };
}

function frameOf(id: string, imageId: string): Frame {
  return {
    id,
    name: id,
    x: 0,
    y: 0,
    width: 1,
    height: 1,
    imageId,
    pixelWidth: 1,
    pixelHeight: 1,
    origin: { kind: 'imported', fileName: '' },
    tokens: { pack: 'p@1', codes: [1, 2, 3] },
    description: null,
    answers: [],
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

interface Step {
  label: string;
  operations: DocumentOperation[];
  inverse: DocumentOperation[];
}

/** The project as it must be at each revision, worked out without any file. */
export class Model {
  document: StudioDocument;
  revision = 0;
  #past: Step[] = [];
  #future: Step[] = [];

  constructor(
    readonly seed: number,
    start: StudioDocument,
    readonly idOf: (image: RasterImage) => string,
  ) {
    this.document = start;
  }

  get history(): HistoryState {
    return { undo: this.#past.at(-1)?.label ?? null, redo: this.#future.at(-1)?.label ?? null };
  }

  advanceTo(revision: number): void {
    while (this.revision < revision) this.#step();
  }

  #step(): void {
    const action = nextAction(this.seed, this);
    this.revision++;
    if (action.kind === 'undo') {
      const step = this.#past.pop()!;
      this.document = applyOperations(this.document, step.inverse);
      this.#future.push(step);
    } else if (action.kind === 'redo') {
      const step = this.#future.pop()!;
      this.document = applyOperations(this.document, step.operations);
      this.#past.push(step);
    } else {
      const operations = action.operations(action.images.map(this.idOf));
      const inverse = invertOperations(this.document, operations);
      this.document = applyOperations(this.document, operations);
      this.#past = [...this.#past, { label: action.label, operations, inverse }].slice(-historyLimit);
      this.#future = [];
    }
  }
}
