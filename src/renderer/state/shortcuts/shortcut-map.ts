/**
 * Which keys belong to which command: each command's own, changed by what the person chose. Pure.
 *
 * Commands live in contexts. While several are active, the later one in the list goes first: → is the next candidate while
 * candidates wait, and moves the selection otherwise. That is no conflict; two commands of one context with the same keys are.
 */
import { canonicalShortcut } from '../../../shared/contract/shortcuts.js';

export const shortcutContexts = ['studio', 'masking', 'candidates', 'gallery', 'comparing', 'presenting'] as const;
export type ShortcutContext = (typeof shortcutContexts)[number];

export interface Bindable {
  readonly id: string;
  readonly context: ShortcutContext;
  /** What it has unless the person chose otherwise. */
  readonly defaultShortcuts: readonly string[];
}

/** The person's own choices by command id; an empty list takes all keys away. */
export type ShortcutChoices = Readonly<Record<string, readonly string[]>>;

/** Command id → canonical shortcuts, the first of them shown where there is room for one. */
export type ResolvedShortcuts = ReadonlyMap<string, readonly string[]>;

/** Choices go before defaults, earlier commands before later ones; whoever comes second goes without. */
export function resolveShortcuts(commands: readonly Bindable[], choices: ShortcutChoices): ResolvedShortcuts {
  const taken = new Set<string>();
  const claim = (context: ShortcutContext, shortcuts: readonly string[]): string[] => {
    const granted = [...new Set(shortcuts.map(canonicalShortcut))].filter((keys) => !taken.has(`${context} ${keys}`));
    for (const keys of granted) taken.add(`${context} ${keys}`);
    return granted;
  };
  const chosen = new Map(
    commands.flatMap(({ id, context }) => (Object.hasOwn(choices, id) ? [[id, claim(context, choices[id]!)]] : [])),
  );
  return new Map(
    commands.map(({ id, context, defaultShortcuts }) => [id, chosen.get(id) ?? claim(context, defaultShortcuts)]),
  );
}

/** The command that has these keys where `id` would use them too, null when they are free. */
export function ownerOf<Command extends Bindable>(
  commands: readonly Command[],
  resolved: ResolvedShortcuts,
  id: string,
  shortcut: string,
): Command | null {
  const keys = canonicalShortcut(shortcut);
  return rivalsOf(commands, id).find((one) => resolved.get(one.id)?.includes(keys) === true) ?? null;
}

/** The other commands of its context: their keys may not be those of `id`. */
function rivalsOf<Command extends Bindable>(commands: readonly Command[], id: string): Command[] {
  const context = commands.find((one) => one.id === id)?.context ?? 'studio';
  return commands.filter((one) => one.id !== id && one.context === context);
}

/** `choices` with `keys` taken from every rival of `id` that has them. */
function freed(
  commands: readonly Bindable[],
  choices: ShortcutChoices,
  id: string,
  keys: readonly string[],
): ShortcutChoices {
  const resolved = resolveShortcuts(commands, choices);
  const losses = rivalsOf(commands, id).flatMap((rival) => {
    const has = (choices[rival.id] ?? resolved.get(rival.id) ?? []).map(canonicalShortcut);
    return has.some((one) => keys.includes(one)) ? [[rival.id, has.filter((one) => !keys.includes(one))]] : [];
  });
  return { ...choices, ...Object.fromEntries(losses) };
}

/** `id` gets `shortcut`, in the place of `replaced` where that is one of its own; whoever had it goes without. */
export function assignShortcut(
  commands: readonly Bindable[],
  choices: ShortcutChoices,
  id: string,
  shortcut: string,
  replaced: string | null = null,
): ShortcutChoices {
  const keys = canonicalShortcut(shortcut);
  const own = resolveShortcuts(commands, choices).get(id) ?? [];
  const place = replaced === null ? -1 : own.indexOf(canonicalShortcut(replaced));
  const next = place === -1 ? [...own, keys] : own.with(place, keys);
  return tidied(commands, { ...freed(commands, choices, id, [keys]), [id]: [...new Set(next)] });
}

export function removeShortcut(
  commands: readonly Bindable[],
  choices: ShortcutChoices,
  id: string,
  shortcut: string,
): ShortcutChoices {
  const own = resolveShortcuts(commands, choices).get(id) ?? [];
  return tidied(commands, { ...choices, [id]: own.filter((one) => one !== canonicalShortcut(shortcut)) });
}

/** `id` has its own keys again; whoever was given one of them goes without it. */
export function resetShortcuts(commands: readonly Bindable[], choices: ShortcutChoices, id: string): ShortcutChoices {
  const own = commands.find((one) => one.id === id)?.defaultShortcuts.map(canonicalShortcut) ?? [];
  const others = Object.fromEntries(Object.entries(choices).filter(([otherId]) => otherId !== id));
  return tidied(commands, freed(commands, others, id, own));
}

/** Commands that have other keys than their own. */
export function isChanged({ id, defaultShortcuts }: Bindable, resolved: ResolvedShortcuts): boolean {
  return resolved.get(id)?.join('\n') !== defaultShortcuts.map(canonicalShortcut).join('\n');
}

/** A choice that says what would be there anyway is none. */
function tidied(commands: readonly Bindable[], choices: ShortcutChoices): ShortcutChoices {
  return Object.fromEntries(
    Object.entries(choices).filter(([id, shortcuts]) => {
      const own = commands.find((one) => one.id === id)?.defaultShortcuts.map(canonicalShortcut);
      return own === undefined || own.join('\n') !== shortcuts.map(canonicalShortcut).join('\n');
    }),
  );
}
