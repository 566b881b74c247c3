/** What a command is, and when most of them work. The lists of commands are made of these. */
import type { Bindable, ShortcutContext } from '../state/shortcuts/shortcut-map.js';
import { documentState } from '../state/document/document.svelte.js';
import { selectedFrame } from '../state/board/selection.svelte.js';
import { shortcutChoices } from '../state/shortcuts/shortcut-choices.svelte.js';
import { studio } from '../state/studio/studio.svelte.js';
import { view } from '../state/board/view.svelte.js';

export type CommandGroup =
  | 'Project'
  | 'Create'
  | 'Candidates'
  | 'Edit'
  | 'Frame'
  | 'Mask'
  | 'Mask by keys'
  | 'Arrange'
  | 'Explore'
  | 'Gallery'
  | 'Comparison'
  | 'Presentation'
  | 'View'
  | 'Tools'
  | 'Help';

export interface Command extends Bindable {
  readonly id: string;
  readonly label: string;
  readonly group: CommandGroup;
  /** Where its keys mean this command. */
  readonly context: ShortcutContext;
  /** In the notation of shared/shortcuts.ts; several when habits differ. */
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
