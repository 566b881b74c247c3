/**
 * Random sequences of commands against the invariants a person relies on: what cannot be done changes nothing, what is done
 * is one step, undo takes it back to the letter and redo brings it again, what is selected exists.
 */
import { assert, asyncModelRun, asyncProperty, commands as commandSequences, constantFrom, nat } from 'fast-check';
import type { AsyncCommand } from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { StudioDocument } from '../../shared/document/document.js';
import { commandOf, commands, perform } from './commands.js';
import { documentState } from '../state/document/document.svelte.js';
import type { FakeStudio } from '../../../tests/fakes/window/fake-studio.js';
import { addFrame, openFakeWindow } from '../../../tests/fakes/window/fake-window.js';
import { notices } from '../state/studio/notices.svelte.js';
import { boardItems, selectedItems } from '../state/board/selection.svelte.js';
import { view } from '../state/board/view.svelte.js';
import { runs } from '../../../tests/property-runs.js';

/** The documents before each step that can be undone, and after each that can be done again. */
interface Model {
  past: StudioDocument[];
  future: StudioDocument[];
}
type Step = AsyncCommand<Model, { fake: FakeStudio }>;

const now = () => structuredClone(documentState.document);

/** What changes the document at once, without the engine, a file or a text field. */
const changing = commands
  .filter(
    ({ undo, group }) => undo === 'committed' && !['Candidates', 'Mask', 'Mask by keys', 'Create'].includes(group),
  )
  .map(({ id }) => id)
  .filter((id) => !['describe', 'encode', 'write-note', 'undo', 'redo', 'paste'].includes(id));
const looking = ['select-none', 'select-all', 'select-branch', 'fit', 'zoom-in', 'tool-hand', 'tool-select', 'minimap'];

function step(name: string, run: (model: Model, fake: FakeStudio) => Promise<void>): Step {
  return {
    check: () => true,
    run: async (model, { fake }) => {
      await run(model, fake);
      expect(now()).toEqual(fake.document);
      const ids = boardItems().map(({ id }) => id);
      expect(selectedItems().every(({ id }) => ids.includes(id))).toBe(true);
      expect(new Set(ids).size).toBe(ids.length);
      expect(commandOf('undo').enabled()).toBe(model.past.length > 0);
      expect(commandOf('redo').enabled()).toBe(model.future.length > 0);
      expect(notices.list.filter(({ tone }) => tone === 'error')).toEqual([]);
    },
    toString: () => name,
  };
}

const imports = constantFrom(
  step('import', async (model) => {
    model.past.push(now());
    model.future = [];
    await addFrame();
  }),
);
const deeds = constantFrom(...changing).map((id) =>
  step(id, async (model, fake) => {
    const before = now();
    const { revision } = fake;
    const enabled = commandOf(id).enabled();
    await perform(id);
    if (!enabled) expect(fake.revision).toBe(revision);
    expect(fake.revision - revision).toBeLessThanOrEqual(1);
    if (fake.revision === revision) return expectSame(before);
    model.past.push(before);
    model.future = [];
  }),
);
const looks = constantFrom(...looking).map((id) =>
  step(id, async () => {
    const before = now();
    await perform(id);
    expectSame(before);
  }),
);
const picks = nat().map((number) =>
  step(`pick ${number}`, async () => {
    const ids = boardItems().map(({ id }) => id);
    if (ids.length > 0) view.select(number % 2 === 0 ? [ids[number % ids.length]!] : ids.slice(0, 2));
  }),
);
const undos = constantFrom(
  step('undo', async (model) => {
    const after = now();
    await perform('undo');
    const before = model.past.pop();
    if (before === undefined) return expectSame(after);
    expectSame(before);
    model.future.push(after);
  }),
);
const redos = constantFrom(
  step('redo', async (model) => {
    const before = now();
    await perform('redo');
    const after = model.future.pop();
    if (after === undefined) return expectSame(before);
    expectSame(after);
    model.past.push(before);
  }),
);

function expectSame(document: StudioDocument): void {
  expect(now()).toEqual(document);
}

it('knows what it tries', () => {
  expect(changing).toEqual(
    expect.arrayContaining([
      'delete',
      'duplicate',
      'lock',
      'nudge-left',
      'align-left',
      'stack-front',
      'connect',
      'lay-out',
    ]),
  );
});

it('whatever is done can be undone and done again, and nothing else happens', async () => {
  // Notices leave by themselves; a test does not wait for them.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const sequences = commandSequences<Model, { fake: FakeStudio }, false>(
      [imports, deeds, deeds, looks, picks, undos, redos],
      { maxCommands: 30 },
    );
    await assert(
      asyncProperty(sequences, async (steps) => {
        const fake = await openFakeWindow();
        await asyncModelRun(() => ({ model: { past: [], future: [] }, real: { fake } }), steps);
      }),
      { numRuns: runs(60) },
    );
  } finally {
    vi.useRealTimers();
  }
});
