/**
 * Random work on the real store beside a model of it: whatever is done in whatever order, document, history and file say
 * what the model says, undo takes back exactly what was done, and a restart anywhere changes nothing.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applyOperations,
  imagesOfFrame,
  type DocumentOperation,
  type StudioDocument,
} from '../../../shared/document/document.js';
import { StudioError } from '../../../shared/errors.js';
import {
  impossibleOperation,
  intentKinds,
  operationFor,
  pixel,
  type Intent,
} from '../../../../tests/fakes/project-intents.js';
import { ProjectFile, type Committed, type ProjectOptions } from './project-file.js';
import { storable } from './project-rows.js';
import { runs } from '../../../../tests/property-runs.js';

const historyLimit = 6;
const pageBytes = 4096;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-model-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Model {
  /** Documents before and after every step that can be undone or redone; the first one’s label is never asked for. */
  steps: { label: string; document: StudioDocument }[];
  at: number;
  revision: number;
}

const documentOf = ({ steps, at }: Model): StudioDocument => steps[at]!.document;

class Real {
  readonly path: string;
  file: ProjectFile;
  /** What a window has that only hears of changes. */
  follower: StudioDocument;
  readonly #abandoned: ProjectFile[] = [];

  constructor(name: string) {
    this.path = join(folder, name);
    ProjectFile.create(this.path, 'p', 'Ada’s “Walk”; --', '2026-01-01T00:00:00.000Z');
    this.file = this.#open({});
    this.follower = this.file.document;
  }

  /** `freePages`: on a disk with room for that many more. */
  restart(freePages?: number): void {
    this.file.close();
    const pages = statSync(this.path).size / pageBytes;
    this.file = this.#open(freePages === undefined ? {} : { maxPages: pages + freePages });
  }

  /** As if its process were gone: nothing is closed or tidied. */
  die(): void {
    this.#abandoned.push(this.file);
    this.file = this.#open({});
  }

  hear(done: Committed): void {
    this.follower = applyOperations(this.follower, done.operations);
  }

  end(): void {
    for (const file of [...this.#abandoned, this.file]) file.close();
    for (const ending of ['', '-wal', '-shm']) rmSync(this.path + ending, { force: true });
  }

  #open(options: ProjectOptions): ProjectFile {
    return ProjectFile.open(this.path, 'write', { historyLimit, ...options });
  }
}

/** Everything that can be seen of the project is what the model says. */
function assertSame(model: Model, { file, follower }: Real): void {
  const document = documentOf(model);
  expect(file.document).toEqual(document);
  expect(follower).toEqual(document);
  expect(file.revision).toBe(model.revision);
  expect(file.history).toEqual({
    undo: model.at === 0 ? null : model.steps[model.at]!.label,
    redo: model.steps[model.at + 1]?.label ?? null,
  });
  for (const list of [document.frames, document.annotations]) {
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
  }
  const needed = model.steps.flatMap((step) => step.document.frames.flatMap(imagesOfFrame));
  for (const imageId of new Set(needed)) expect(file.readImage(imageId)).not.toBeNull();
}

/** A command that also says itself when a run of them fails. */
class Command implements fc.Command<Model, Real> {
  constructor(
    readonly name: string,
    readonly work: (model: Model, real: Real) => void,
  ) {}
  check(): boolean {
    return true;
  }
  run(model: Model, real: Real): void {
    this.work(model, real);
    assertSame(model, real);
  }
  toString(): string {
    return this.name;
  }
}

const shown = (intents: Intent[]) => intents.map(({ kind, id, number }) => `${kind} ${id} ${number}`).join(', ');
/** What the runs came across, so that they cannot all pass it by. */
const seen = { full: 0, refused: 0 };

const pictures = [1, 2, 3].map(pixel);

/** The operations of one action, each meant for the document the ones before it leave. */
function operationsFor(start: StudioDocument, intents: readonly Intent[], imageIds: string[]): DocumentOperation[] {
  let document = start;
  return intents.map((intent) => {
    const operation = operationFor(document, intent, imageIds);
    document = applyOperations(document, [operation]);
    return operation;
  });
}

function commit(intents: Intent[], label: string): Command {
  return new Command(`commit ${label} ${shown(intents)}`, (model, real) => {
    const before = real.file.document;
    try {
      const imageIds = pictures.map((picture) => real.file.addImage(picture).imageId);
      const operations = operationsFor(before, intents, imageIds);
      real.hear(real.file.commit({ label, operations }));
      const expected = applyOperations(before, operations);
      const document = { ...expected, name: storable(expected.name) };
      model.steps.splice(model.at + 1, Infinity, { label: storable(label), document });
    } catch (error) {
      // Only a run that has filled the disk gets here; then nothing of the action is there.
      seen.full++;
      expect(error).toMatchObject({ code: 'disk-full' });
      expect(real.file.document).toBe(before);
      return;
    }
    model.steps.splice(0, model.steps.length - historyLimit - 1);
    model.at = model.steps.length - 1;
    model.revision++;
  });
}

function refused(intents: Intent[], last: Intent): Command {
  return new Command(`refused ${shown([last])}`, (_model, real) => {
    const before = real.file.document;
    const imageIds = before.frames.map(({ imageId }) => imageId);
    const fitting = imageIds.length === 0 ? [] : operationsFor(before, intents, imageIds);
    const operations = [...fitting, impossibleOperation(applyOperations(before, fitting), last)];
    expect(() => real.file.commit({ label: 'refused', operations })).toThrow(StudioError);
    seen.refused++;
    expect(real.file.document).toBe(before);
  });
}

/** Undo or redo; null at the end of history, and nothing is changed by asking. */
function walk(direction: 'undo' | 'redo'): Command {
  return new Command(direction, (model, real) => {
    const by = direction === 'undo' ? -1 : 1;
    const isAtEnd = direction === 'undo' ? model.at === 0 : model.at === model.steps.length - 1;
    let done: ReturnType<ProjectFile['undo']>;
    try {
      done = real.file[direction]();
    } catch (error) {
      expect(error).toMatchObject({ code: 'disk-full' });
      return;
    }
    expect(done === null).toBe(isAtEnd);
    if (done === null) return;
    expect(done.label).toBe(model.steps[direction === 'undo' ? model.at : model.at + 1]!.label);
    real.hear(done);
    model.at += by;
    model.revision++;
  });
}

/** What is longer than all a commit could free (the steps it makes unreachable) is refused; what comes after may fit into the few pages left, or not. */
function fullDisk(freePages: number): Command {
  return new Command(`${freePages} free pages`, (_model, real) => {
    real.restart(freePages);
    const before = real.file.document;
    const operations: DocumentOperation[] = [{ type: 'rename', name: '.'.repeat(4_000_000) }];
    expect(() => real.file.commit({ label: 'long', operations })).toThrow(
      expect.objectContaining({ code: 'disk-full' }),
    );
    expect(real.file.document).toBe(before);
    seen.full++;
  });
}

/** A copy is a project of its own with the same history: walked from end to end it shows every document of the model. */
const copy = new Command('copy', (model, real) => {
  const goal = `${real.path}.copy.ddt`;
  real.file.copyTo(goal);
  const copied = ProjectFile.open(goal, 'write');
  expect(copied.document).toEqual(documentOf(model));
  while (copied.undo() !== null);
  for (const { document } of model.steps) {
    expect(copied.document).toEqual(document);
    for (const imageId of document.frames.flatMap(imagesOfFrame)) expect(copied.readImage(imageId)).not.toBeNull();
    copied.redo();
  }
  copied.close();
  rmSync(goal);
});

const look = new Command('look', (model, real) => {
  const looking = ProjectFile.open(real.path, 'read');
  expect(looking.document).toEqual(documentOf(model));
  expect(looking.history).toEqual(real.file.history);
  looking.close();
});

const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  // Zero, half a surrogate, quotes: what databases and JSON trip over.
  fc.constantFrom('', '\0', 'a\0b', '\ud800', '"\'`;--', '𝕏 — ü'),
);
const intent = fc.record<Intent>({
  kind: fc.constantFrom(...intentKinds),
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  number: fc.integer({ min: -9, max: 9 }),
  text: fc.oneof({ weight: 9, arbitrary: word }, { weight: 1, arbitrary: word.map((one) => one.padEnd(20_000, '.')) }),
});
const intents = fc.array(intent, { minLength: 1, maxLength: 4 });
const commands = fc.commands(
  [
    fc.tuple(intents, word).map(([wanted, label]) => commit(wanted, label)),
    fc.tuple(intents, word).map(([wanted, label]) => commit(wanted, label)),
    fc.tuple(intents, intent).map(([wanted, last]) => refused(wanted, last)),
    fc.constant(walk('undo')),
    fc.constant(walk('undo')),
    fc.constant(walk('redo')),
    fc.constant(new Command('restart', (_model, real) => real.restart())),
    fc.nat(4).map(fullDisk),
    fc.constant(new Command('die', (_model, real) => real.die())),
    fc.constant(new Command('collect', (_model, real) => void real.file.collectImages())),
    fc.constant(copy),
    fc.constant(look),
  ],
  { maxCommands: 40, size: 'max' },
);

test(
  'any work on a project, undone, redone, interrupted and copied anywhere, is what the model says',
  { timeout: 300_000 },
  () => {
    let files = 0;
    fc.assert(
      fc.property(commands, (work) => {
        const real = new Real(`model-${files++}.ddt`);
        try {
          const start = { label: '', document: real.file.document };
          fc.modelRun(() => ({ model: { steps: [start], at: 0, revision: 0 }, real }), work);
        } finally {
          real.end();
        }
      }),
      { numRuns: runs(30) },
    );
    expect(seen.full).toBeGreaterThan(0);
    expect(seen.refused).toBeGreaterThan(0);
  },
);
