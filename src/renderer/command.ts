/** What a command is, and when most of them work. The lists of commands are made of these. */
import { documentState } from './state/document.svelte.js';
import { selectedFrame } from './state/selection.svelte.js';
import { studio } from './state/studio.svelte.js';
import { view } from './state/view.svelte.js';

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
  | 'View'
  | 'Tools'
  | 'Help';

export interface Command {
  readonly id: string;
  readonly label: string;
  readonly group: CommandGroup;
  /** In the notation of shortcuts.ts; several when habits differ. */
  readonly shortcuts: readonly string[];
  /** `committed`: one transaction that undo takes back. `none`: the document is not touched. */
  readonly undo: 'committed' | 'none';
  /** Works while a text field has the focus. */
  readonly inFields: boolean;
  readonly enabled: () => boolean;
  readonly run: () => unknown;
}

type Draft = Pick<Command, 'id' | 'label' | 'group' | 'run'> & Partial<Command>;

export function command(draft: Draft): Command {
  return { shortcuts: [], undo: 'none', inFields: false, enabled: () => true, ...draft };
}

export const writable = () =>
  documentState.open && documentState.readOnly === null && studio.connection === 'connected';
export const anySelected = () => view.selection.length > 0;
export const oneSelected = () => selectedFrame() !== null;
