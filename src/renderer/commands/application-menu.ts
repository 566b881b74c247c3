/** The list of commands in the system's menu, where the host has one: told to it when something changes, and run from there. */
import { menuGroups, type MenuEntry, type MenuGroup } from '../../shared/contract/menu.js';
import { commands, perform, type Command } from './commands.js';

/** Commands that only make sense as keys stay out of menus and of the palette: steps of the arrow keys. */
export function isListed({ id, group }: Pick<Command, 'id' | 'group'>): boolean {
  return isMenuGroup(group) && !id.startsWith('nudge-');
}

function isMenuGroup(group: string): group is MenuGroup {
  return menuGroups.some((name) => name === group);
}

/** Reactive where it is read: it changes with what is enabled and with the person's shortcuts. */
export function menuEntries(): MenuEntry[] {
  return commands.flatMap(({ id, label, group, shortcuts, enabled }) =>
    isMenuGroup(group) && isListed({ id, group })
      ? [{ id, label, group, shortcut: shortcuts[0] ?? null, enabled: enabled() }]
      : [],
  );
}

/** The browser's own edits, for somebody who writes. */
const inTextFields: Readonly<Record<string, string>> = { undo: 'undo', redo: 'redo', 'select-all': 'selectAll' };

/** `byKey`: the page let these keys pass, so to somebody who writes they mean what they mean to the system. */
export function performFromMenu(id: string, byKey = false): void {
  const edit = inTextFields[id];
  const writes = document.activeElement?.matches('input, textarea') === true;
  if (edit !== undefined && writes) document.execCommand(edit);
  else if (!(writes && byKey) && commands.some((one) => one.id === id)) void perform(id);
}

/** At most one message in `intervalMs`, none that says what was said already, always the newest last. */
export class MenuSender {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #newest: readonly MenuEntry[] = [];
  #sent = '';

  constructor(
    private readonly send: (entries: MenuEntry[]) => void,
    private readonly intervalMs = 120,
  ) {}

  offer(entries: readonly MenuEntry[]): void {
    this.#newest = entries;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const text = JSON.stringify(this.#newest);
      if (text === this.#sent) return;
      this.#sent = text;
      this.send([...this.#newest]);
    }, this.intervalMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
