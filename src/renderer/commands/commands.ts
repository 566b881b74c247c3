/** Every action as data: buttons, menus, the palette and the keyboard all run these and nothing else. */
import {
  currentTask,
  drawablePlan,
  drawPlan,
  recallSelected,
  runComposer,
  stepHistory,
  writePrompt,
} from './composer-actions.js';
import { boardCommands } from './board-commands.js';
import { copySelection } from '../canvas/paint/board-image.js';
import { anySelected, command, oneSelected, writable, type Command } from './command.js';
import { editCommands } from './edit-commands.js';
import { exploreCommands } from './explore-commands.js';
import { galleryCommands } from './gallery-commands.js';
import { projectCommands } from './project-commands.js';
import { queueCommands } from './queue-commands.js';
import { surfaceCommands } from './surface-commands.js';
import { boundsOfItem } from '../state/board/board-items.js';
import { documentState } from '../state/document/document.svelte.js';
import { downloadImages } from '../state/import-export/exporting.js';
import { saveDiagnostics } from '../state/import-export/diagnostics.js';
import { promptOf, seedOf } from '../state/document/frames.js';
import { generation } from '../state/jobs/generation.svelte.js';
import { boundsOf } from '../state/board/geometry.js';
import { gallery } from '../state/gallery/gallery.svelte.js';
import { grids } from '../state/grids/grids.svelte.js';
import { boardItems, selectedFrame, selectedFrames, selectedItems } from '../state/board/selection.svelte.js';
import { shortcutChoices } from '../state/shortcuts/shortcut-choices.svelte.js';
import { attempt } from '../state/studio/start.js';
import { studio } from '../state/studio/studio.svelte.js';
import { view } from '../state/board/view.svelte.js';

export type { Command, CommandGroup } from './command.js';

const canRead = () => writable() && studio.engineReady && oneSelected();

export function canGenerate(): boolean {
  return writable() && studio.takesJobs && studio.can('textToImage');
}

export const commands: readonly Command[] = [
  command({
    id: 'run',
    label: 'Run',
    group: 'Create',
    shortcuts: ['Mod+Enter'],
    undo: 'committed',
    inFields: true,
    enabled: () => writable() && studio.takesJobs,
    run: runComposer,
  }),
  command({
    id: 'write-prompt',
    label: 'Write in the composer',
    group: 'Create',
    shortcuts: ['/'],
    run: writePrompt,
  }),
  command({
    id: 'draw-plan',
    label: 'Draw this plan',
    group: 'Create',
    undo: 'committed',
    inFields: true,
    enabled: () => writable() && studio.takesJobs && drawablePlan() !== null,
    run: drawPlan,
  }),
  command({
    id: 'cancel',
    label: 'Cancel the running job',
    group: 'Create',
    shortcuts: ['Shift+X'],
    enabled: () => generation.currentJob !== null,
    run: () => generation.cancelCurrent(),
  }),
  command({
    id: 'grid',
    label: 'X/Y grid over two parameters…',
    group: 'Create',
    shortcuts: ['Shift+Y'],
    run: () => {
      grids.wantsEdits = currentTask() === 'edit';
      view.dialog = view.dialog === 'grid' ? null : 'grid';
    },
  }),
  command({
    id: 'recall',
    label: 'Use prompt and seed again',
    group: 'Create',
    shortcuts: ['R'],
    enabled: () => {
      const frame = selectedFrame();
      return frame !== null && seedOf(frame) !== null && promptOf(frame) !== null;
    },
    run: recallSelected,
  }),

  command({
    id: 'undo',
    label: 'Undo',
    group: 'Edit',
    shortcuts: ['Mod+Z'],
    enabled: () => writable() && documentState.canUndo,
    run: () => stepHistory('undo'),
  }),
  command({
    id: 'redo',
    label: 'Redo',
    group: 'Edit',
    shortcuts: ['Mod+Shift+Z', 'Mod+Y'],
    enabled: () => writable() && documentState.canRedo,
    run: () => stepHistory('redo'),
  }),
  command({
    id: 'history',
    label: 'History',
    group: 'Edit',
    shortcuts: ['Shift+H'],
    run: () => (documentState.historyOpen = !documentState.historyOpen),
  }),
  command({
    id: 'select-all',
    label: 'Select everything',
    group: 'Edit',
    shortcuts: ['Mod+A'],
    enabled: () => boardItems().length > 0,
    run: () => view.select(boardItems().map(({ id }) => id)),
  }),
  command({
    id: 'select-none',
    label: 'Clear the selection, or leave the large gallery',
    group: 'Edit',
    shortcuts: ['Escape'],
    enabled: () => gallery.wide || anySelected(),
    // The gallery lies over the board: what is nearest goes first.
    run: () => (gallery.wide ? gallery.show(false) : view.select([])),
  }),

  command({
    id: 'describe',
    label: 'Describe',
    group: 'Frame',
    shortcuts: ['D'],
    undo: 'committed',
    enabled: () => canRead() && studio.can('caption'),
    run: () => generation.describe(selectedFrame()!),
  }),
  command({
    id: 'encode',
    label: 'Read into tokens',
    group: 'Frame',
    undo: 'committed',
    enabled: () => canRead() && selectedFrame()?.tokens?.pack !== studio.packId,
    run: () => generation.encode(selectedFrame()!),
  }),
  command({
    id: 'export',
    label: 'Export as PNG',
    group: 'Frame',
    shortcuts: ['Mod+Shift+E'],
    enabled: anySelected,
    run: () => downloadImages(selectedFrames()),
  }),
  command({
    id: 'copy-image',
    label: 'Copy picture',
    group: 'Frame',
    shortcuts: ['Mod+C'],
    enabled: anySelected,
    run: copySelection,
  }),
  ...boardCommands,
  ...editCommands,

  command({
    id: 'fit',
    label: 'Fit everything',
    group: 'View',
    shortcuts: ['Mod+0', 'Shift+1'],
    run: () => {
      const parts = boardItems().map(boundsOfItem);
      view.fit(boundsOf(parts), undefined, parts);
    },
  }),
  command({
    id: 'fit-selection',
    label: 'Fit the selection',
    group: 'View',
    shortcuts: ['Mod+2', 'Shift+2'],
    enabled: anySelected,
    run: () => {
      const parts = selectedItems().map(boundsOfItem);
      view.fit(boundsOf(parts), 8, parts);
    },
  }),
  command({
    id: 'actual-size',
    label: 'Zoom to 100 %',
    group: 'View',
    shortcuts: ['Mod+1'],
    run: () => view.zoomTo(1),
  }),
  command({
    id: 'zoom-in',
    label: 'Zoom in',
    group: 'View',
    shortcuts: ['Mod+=', 'Mod++'],
    run: () => view.zoomStep(1),
  }),
  command({ id: 'zoom-out', label: 'Zoom out', group: 'View', shortcuts: ['Mod+-'], run: () => view.zoomStep(-1) }),
  command({
    id: 'timeline',
    label: 'Show or hide the timeline',
    group: 'View',
    shortcuts: ['T'],
    run: () => view.setTimelineOpen(!view.timelineOpen),
  }),
  ...galleryCommands,
  ...projectCommands,
  ...queueCommands,
  command({ id: 'create', label: 'Create', group: 'View', shortcuts: ['1'], run: () => view.setMode('create') }),
  command({ id: 'explore', label: 'Explore', group: 'View', shortcuts: ['2'], run: () => view.setMode('explore') }),
  command({
    id: 'analyses',
    label: 'Analyses: entropy, spectrum, seeds',
    group: 'View',
    shortcuts: ['Shift+A'],
    run: () => (view.dialog = view.dialog === 'analyses' ? null : 'analyses'),
  }),
  command({
    id: 'theme',
    label: 'Switch between dark and light',
    group: 'View',
    run: () => view.setTheme(view.shownTheme === 'dark' ? 'light' : 'dark'),
  }),

  command({
    id: 'theme-system',
    label: 'Follow the system’s dark or light',
    group: 'View',
    enabled: () => view.theme !== 'system',
    run: () => view.setTheme('system'),
  }),

  ...exploreCommands,
  ...surfaceCommands,

  command({
    id: 'tool-select',
    label: 'Select and move',
    group: 'Tools',
    shortcuts: ['V'],
    run: () => (view.tool = 'select'),
  }),
  command({ id: 'tool-hand', label: 'Hand', group: 'Tools', shortcuts: ['H'], run: () => (view.tool = 'hand') }),

  command({
    id: 'palette',
    label: 'Command palette',
    group: 'Help',
    shortcuts: ['Mod+K'],
    inFields: true,
    run: () => (view.dialog = view.dialog === 'palette' ? null : 'palette'),
  }),
  command({
    id: 'shortcuts',
    label: 'Keyboard shortcuts',
    group: 'Help',
    shortcuts: ['?'],
    run: () => (view.dialog = view.dialog === 'shortcuts' ? null : 'shortcuts'),
  }),
  command({ id: 'save-diagnostics', label: 'Save diagnostics…', group: 'Help', run: saveDiagnostics }),
];

shortcutChoices.register(commands);

const byId = new Map(commands.map((one) => [one.id, one]));

/** Throws for an id nobody defined: that is a bug, not a state of the program. */
export function commandOf(id: string): Command {
  const found = byId.get(id);
  if (found === undefined) throw new Error(`No command is called ${id}.`);
  return found;
}

/** The keys to show beside a button that runs it; undefined for a command that has none. */
export function keysOf(id: string): string | undefined {
  return commandOf(id).shortcuts[0];
}

/** Runs it when it is enabled; failures become notices. */
export async function perform(id: string): Promise<void> {
  const found = commandOf(id);
  if (found.enabled()) await attempt(found.run);
}
