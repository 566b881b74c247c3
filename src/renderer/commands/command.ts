/** What a command is, and when most of them work. The lists of commands are made of these. */
import { menuGroups, type MenuGroup } from '../../shared/contract/menu.js';
import type { Bindable, ShortcutContext } from '../state/shortcuts/shortcut-map.js';
import { documentState } from '../state/document/document.svelte.js';
import { selectedFrame } from '../state/board/selection.svelte.js';
import { shortcutChoices } from '../state/shortcuts/shortcut-choices.svelte.js';
import { studio } from '../state/studio/studio.svelte.js';
import { view } from '../state/board/view.svelte.js';

/** Groups that are keys alone and stand in no menu of the system. */
type GroupOfKeys = 'Mask by keys' | 'Gallery' | 'Comparison' | 'Presentation';
export type CommandGroup = MenuGroup | GroupOfKeys;

const keysBefore: Readonly<Partial<Record<MenuGroup, readonly GroupOfKeys[]>>> = {
  Arrange: ['Mask by keys'],
  Help: ['Gallery', 'Comparison', 'Presentation'],
};
/** As people look for them: the menus in their order, with the groups of keys among them. */
export const commandGroups: readonly CommandGroup[] = menuGroups.flatMap((group) => [
  ...(keysBefore[group] ?? []),
  group,
]);

/** What the arrow keys mean: name, key, one step across and down. */
export const arrows = [
  ['left', 'ArrowLeft', -1, 0],
  ['right', 'ArrowRight', 1, 0],
  ['up', 'ArrowUp', 0, -1],
  ['down', 'ArrowDown', 0, 1],
] as const;

export interface Command extends Bindable {
  readonly id: string;
  readonly label: string;
  readonly group: CommandGroup;
  /** Where its keys mean this command. */
  readonly context: ShortcutContext;
  /** In the notation of shared/contract/shortcuts.ts; several when habits differ. */
  readonly defaultShortcuts: readonly string[];
  /** As they are now, the person's choices included; reactive where it is read. */
  readonly shortcuts: readonly string[];
  /** `committed`: one transaction that undo takes back. `none`: the document is not touched. */
  readonly undo: 'committed' | 'none';
  /** Works while a text field has the focus. */
  readonly inFields: boolean;
  readonly enabled: () => boolean;
  readonly run: () => unknown;
}

type Draft = Pick<Command, 'id' | 'label' | 'group' | 'run'> & Partial<Omit<Command, 'defaultShortcuts'>>;

export function command({ shortcuts = [], ...draft }: Draft): Command {
  return {
    context: 'studio',
    undo: 'none',
    inFields: false,
    enabled: () => true,
    ...draft,
    defaultShortcuts: shortcuts,
    get shortcuts() {
      return shortcutChoices.of(draft.id);
    },
  };
}

export const writable = () =>
  documentState.open && documentState.readOnly === null && studio.connection === 'connected';
export const anySelected = () => view.selection.length > 0;
export const oneSelected = () => selectedFrame() !== null;
