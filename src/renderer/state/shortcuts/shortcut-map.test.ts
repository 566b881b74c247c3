import { assert, commands as commandSequences, constantFrom, modelRun, property, record } from 'fast-check';
import type { Command } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assignShortcut,
  isChanged,
  ownerOf,
  removeShortcut,
  resetShortcuts,
  resolveShortcuts,
  type Bindable,
  type ShortcutChoices,
} from './shortcut-map.js';

const bindables: readonly Bindable[] = [
  { id: 'undo', context: 'studio', defaultShortcuts: ['Mod+Z'] },
  { id: 'redo', context: 'studio', defaultShortcuts: ['Mod+Shift+Z', 'Mod+Y'] },
  { id: 'help', context: 'studio', defaultShortcuts: ['Shift+?'] },
  { id: 'plain', context: 'studio', defaultShortcuts: [] },
  { id: 'left', context: 'studio', defaultShortcuts: ['ArrowLeft'] },
  { id: 'pen-left', context: 'masking', defaultShortcuts: ['ArrowLeft'] },
  { id: 'previous', context: 'candidates', defaultShortcuts: ['ArrowLeft'] },
  { id: 'next', context: 'candidates', defaultShortcuts: ['ArrowRight'] },
];
const resolved = (choices: ShortcutChoices = {}) => Object.fromEntries(resolveShortcuts(bindables, choices));

describe('the map of shortcuts', () => {
  it('is what commands bring, in one notation; contexts may share keys', () => {
    expect(resolved()).toEqual({
      undo: ['Mod+Z'],
      redo: ['Mod+Shift+Z', 'Mod+Y'],
      help: ['?'],
      plain: [],
      left: ['ArrowLeft'],
      'pen-left': ['ArrowLeft'],
      previous: ['ArrowLeft'],
      next: ['ArrowRight'],
    });
  });

  it('names who has the keys, within the context only', () => {
    const map = resolveShortcuts(bindables, {});
    expect(ownerOf(bindables, map, 'plain', '?')?.id).toBe('help');
    expect(ownerOf(bindables, map, 'plain', 'ArrowLeft')?.id).toBe('left');
    expect(ownerOf(bindables, map, 'next', 'ArrowLeft')?.id).toBe('previous');
    expect(ownerOf(bindables, map, 'next', 'Mod+Z')).toBeNull();
    expect(ownerOf(bindables, map, 'undo', 'Mod+Z')).toBeNull();
  });

  it('takes keys from whoever had them, and gives them back on reset', () => {
    const taken = assignShortcut(bindables, {}, 'plain', 'Mod+Y');
    expect(resolved(taken)).toMatchObject({ plain: ['Mod+Y'], redo: ['Mod+Shift+Z'] });
    const returned = resetShortcuts(bindables, taken, 'redo');
    expect(resolved(returned)).toMatchObject({ plain: [], redo: ['Mod+Shift+Z', 'Mod+Y'] });
    expect(returned).toEqual({});
  });

  it('replaces one of several keys in its place', () => {
    const changed = assignShortcut(bindables, {}, 'redo', 'Mod+R', 'Mod+Shift+Z');
    expect(resolved(changed)['redo']).toEqual(['Mod+R', 'Mod+Y']);
    expect(resolved(removeShortcut(bindables, changed, 'redo', 'Mod+Y'))['redo']).toEqual(['Mod+R']);
  });

  it('survives choices of another version: unknown commands, colliding and repeated keys', () => {
    const choices = { gone: ['K'], undo: ['q', 'Q'], redo: ['Q'], help: ['Mod+Z'] };
    expect(resolved(choices)).toMatchObject({ undo: ['Q'], redo: [], help: ['Mod+Z'] });
    // A default that came later does not take what the person has chosen.
    expect(resolved({ plain: ['Mod+Z'] })).toMatchObject({ plain: ['Mod+Z'], undo: [] });
  });
});

const keys = constantFrom('Mod+Z', 'Mod+Y', 'ArrowLeft', 'ArrowRight', '?', 'Q', 'Shift+Q', 'F2');
const ids = constantFrom(...bindables.map(({ id }) => id));

interface Real {
  choices: ShortcutChoices;
}
type Step = Command<object, Real>;

const contextOf = (id: string) => bindables.find((one) => one.id === id)!.context;

/** No two commands of a context share keys, whatever was done. */
function checkNoConflicts(choices: ShortcutChoices): void {
  const map = resolveShortcuts(bindables, choices);
  const all = [...map].flatMap(([id, shortcuts]) => shortcuts.map((one) => `${contextOf(id)} ${one}`));
  expect(new Set(all).size).toBe(all.length);
}

function step(name: string, act: (real: Real) => void): Step {
  return {
    check: () => true,
    run: (_model, real) => {
      act(real);
      checkNoConflicts(real.choices);
      // Nothing is kept that would be so anyway: what is kept is what the window marks as changed.
      const map = resolveShortcuts(bindables, real.choices);
      const changed = bindables.filter((one) => isChanged(one, map)).map(({ id }) => id);
      expect(Object.keys(real.choices).toSorted()).toEqual(changed.toSorted());
    },
    toString: () => name,
  };
}

const assignments = record({ id: ids, key: keys, replacesFirst: constantFrom(true, false) }).map(
  ({ id, key, replacesFirst }) =>
    step(`${id} gets ${key}`, (real) => {
      const own = resolveShortcuts(bindables, real.choices).get(id)!;
      real.choices = assignShortcut(bindables, real.choices, id, key, replacesFirst ? (own[0] ?? null) : null);
      const after = resolveShortcuts(bindables, real.choices);
      expect(after.get(id)).toContain(key);
      if (replacesFirst && own[0] !== undefined && own[0] !== key) expect(after.get(id)).not.toContain(own[0]);
      expect(ownerOf(bindables, after, id, key)).toBeNull();
    }),
);
const removals = record({ id: ids, key: keys }).map(({ id, key }) =>
  step(`${id} loses ${key}`, (real) => {
    const others = (map: ReturnType<typeof resolveShortcuts>) => [...map].filter(([other]) => other !== id);
    const before = others(resolveShortcuts(bindables, real.choices));
    real.choices = removeShortcut(bindables, real.choices, id, key);
    const after = resolveShortcuts(bindables, real.choices);
    expect(after.get(id)).not.toContain(key);
    expect(others(after)).toEqual(before);
  }),
);
const resets = ids.map((id) =>
  step(`reset ${id}`, (real) => {
    real.choices = resetShortcuts(bindables, real.choices, id);
    expect(resolved(real.choices)[id]).toEqual(resolved()[id]);
  }),
);

it('never holds a conflict, gives what is asked for and resets what is wanted, in any order', () => {
  assert(
    property(commandSequences<object, Real>([assignments, removals, resets], { maxCommands: 40 }), (steps) => {
      modelRun(() => ({ model: {}, real: { choices: {} } }), steps);
    }),
  );
});
