/** The keys of every command as they are now: the person's choices over the commands' own. Everything that shows keys asks here. */
import { resolveShortcuts, type Bindable, type ShortcutChoices } from './shortcut-map.js';
import { preference, setPreference } from '../studio/preferences.js';

export class ShortcutChoicesState {
  choices = $state.raw<ShortcutChoices>(preference('shortcuts', {}, isChoices));
  #commands = $state.raw<readonly Bindable[]>([]);
  readonly resolved = $derived(resolveShortcuts(this.#commands, this.choices));

  /** Once, when the list of commands is complete. */
  register(commands: readonly Bindable[]): void {
    this.#commands = commands;
  }

  of(id: string): readonly string[] {
    return this.resolved.get(id) ?? [];
  }

  change(choices: ShortcutChoices): void {
    this.choices = choices;
    setPreference('shortcuts', choices);
  }
}

function isChoices(value: unknown): value is ShortcutChoices {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(
      (shortcuts) => Array.isArray(shortcuts) && shortcuts.every((one) => typeof one === 'string' && one !== ''),
    )
  );
}

export const shortcutChoices = new ShortcutChoicesState();
