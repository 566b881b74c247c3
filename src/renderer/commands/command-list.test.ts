/** What holds for the list of commands as a whole. */
import { expect, it } from 'vitest';
import { reasonAgainst } from '../state/shortcuts/shortcut-rules.js';
import { canonicalShortcut } from '../../shared/contract/shortcuts.js';
import { contextWords, isActive } from './command-contexts.js';
import { commandOf, commands, keysOf, perform } from './commands.js';
import { meaningOf } from './keyboard.js';
import { addFrame, openFakeWindow } from '../../../tests/fakes/window/fake-window.js';
import { shortcutChoices } from '../state/shortcuts/shortcut-choices.svelte.js';
import { view } from '../state/board/view.svelte.js';
import { shortcutContexts } from '../state/shortcuts/shortcut-map.js';
import { surfaces } from '../state/studio/surfaces.svelte.js';
import { surfaceCommands } from './surface-commands.js';

it('names every command once', () => {
  const ids = commands.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(() => commandOf('nothing')).toThrow(/nothing/);
});

it.each(shortcutContexts)('has keys of its own that mean one thing each: %s', (context) => {
  const all = commands
    .filter((one) => one.context === context)
    .flatMap((one) => one.defaultShortcuts.map(canonicalShortcut));
  expect(all.length).toBeGreaterThan(0);
  expect(all.filter((keys, index) => all.indexOf(keys) !== index)).toEqual([]);
  expect(contextWords[context]).not.toBe('');
});

it('has no keys that a person could not choose', () => {
  const refused = commands.flatMap(({ id, inFields, defaultShortcuts }) =>
    defaultShortcuts
      // Esc is the way out of a selection and of candidates; nobody can give it to something else.
      .filter((keys) => keys !== 'Escape' && reasonAgainst(keys, { mac: false, inFields }) !== null)
      .map((keys) => `${id}: ${keys}`),
  );
  expect(refused).toEqual([]);
});

it('shows the keys the person chose, everywhere that asks', () => {
  expect(keysOf('duplicate')).toBe('Mod+D');
  shortcutChoices.change({ duplicate: ['Mod+J'], 'add-note': ['Q'] });
  expect(keysOf('duplicate')).toBe('Mod+J');
  expect(commandOf('add-note').shortcuts).toEqual(['Q']);
  shortcutChoices.change({});
  expect(keysOf('duplicate')).toBe('Mod+D');
  expect(keysOf('add-note')).toBeUndefined();
});

it('knows when the keys of mask tools are theirs', () => {
  view.tool = 'lasso';
  expect(isActive.masking()).toBe(true);
  view.tool = 'hand';
  expect(isActive.masking()).toBe(false);
  view.tool = 'select';
});

it('gives keys to the most particular context that can use them', async () => {
  await openFakeWindow();
  const frame = await addFrame();
  view.select([frame.id]);
  expect(meaningOf('ArrowLeft')?.id).toBe('nudge-left');
  view.tool = 'brush';
  expect(meaningOf('ArrowLeft')?.id).toBe('mask-pen-left');
  // Without a frame the pen has nothing to move over, and neither is there anything to nudge.
  view.select([]);
  expect(meaningOf('ArrowLeft')?.enabled()).toBe(false);
  expect(meaningOf('[')?.id).toBe('brush-smaller');
  view.tool = 'select';
  expect(meaningOf('[')).toBeNull();
  expect(meaningOf('Escape')?.id).toBe('select-none');
});

it('lets the gallery, the comparison and the presentation do what only they can, while they are there', async () => {
  const done: string[] = [];
  for (const { id, enabled } of surfaceCommands) {
    expect(enabled(), id).toBe(false);
    await perform(id);
    const takeBack = surfaces.offer({ [id]: () => done.push(id) });
    const takeBackLater = surfaces.offer({ [id]: () => done.push(`later ${id}`) });
    await perform(id);
    takeBackLater();
    await perform(id);
    takeBack();
    await perform(id);
    expect(done.splice(0), id).toEqual([`later ${id}`, id]);
  }
});

it('keeps their keys to themselves: elsewhere the same keys mean what they always do', () => {
  const takeBack = surfaces.offer({ 'gallery-restore': () => undefined, 'present-seed': () => undefined });
  expect(meaningOf('R')?.id).toBe('recall');
  expect(meaningOf('N')?.context ?? 'studio').toBe('studio');
  takeBack();
});
