/** The board's part of the list of commands: arranging, stacking, locking, notes and arrows, the tree. */
import {
  addNote,
  align,
  canCollapse,
  connectSelected,
  distribute,
  layOut,
  movableItems,
  nudge,
  removeSelected,
  restack,
  selectBranch,
  selectedNote,
  toggleCollapse,
  toggleLock,
  writeSelectedNote,
} from './board-actions.js';
import { exportBoard, exportSelection } from '../canvas/paint/board-image.js';
import { anySelected, arrows, command, writable, type Command } from './command.js';
import { duplicateSelected } from './copy-actions.js';
import { documentState } from '../state/document/document.svelte.js';
import { mapFits } from '../state/board/minimap.js';
import { pasteFromClipboard } from '../state/import-export/importing.js';
import { boardItems, selectedFrames, selectedItems } from '../state/board/selection.svelte.js';
import { view } from '../state/board/view.svelte.js';

const canArrange = (least: number) => () => writable() && selectedItems().length >= least && movableItems().length > 0;

export const boardCommands: readonly Command[] = [
  command({
    id: 'duplicate',
    label: 'Duplicate',
    group: 'Frame',
    shortcuts: ['Mod+D'],
    undo: 'committed',
    enabled: () => writable() && anySelected(),
    run: duplicateSelected,
  }),
  command({
    id: 'delete',
    label: 'Delete',
    group: 'Frame',
    shortcuts: ['Delete', 'Backspace'],
    undo: 'committed',
    enabled: () => writable() && anySelected(),
    run: removeSelected,
  }),
  command({
    id: 'lock',
    label: 'Lock or unlock',
    group: 'Frame',
    shortcuts: ['Mod+Shift+L'],
    undo: 'committed',
    enabled: () => writable() && anySelected(),
    run: toggleLock,
  }),
  ...arrows.flatMap(([name, key, x, y]) => [
    command({
      id: `nudge-${name}`,
      label: `Move ${name}`,
      group: 'Frame',
      shortcuts: [key],
      undo: 'committed',
      enabled: canArrange(1),
      run: nudge(x * 8, y * 8),
    }),
    command({
      id: `nudge-${name}-far`,
      label: `Move ${name}, far`,
      group: 'Frame',
      shortcuts: [`Shift+${key}`],
      undo: 'committed',
      enabled: canArrange(1),
      run: nudge(x * 64, y * 64),
    }),
  ]),
  ...(
    [
      ['left', 'Align left edges', 'Mod+Shift+ArrowLeft'],
      ['centre', 'Align centres', null],
      ['right', 'Align right edges', 'Mod+Shift+ArrowRight'],
      ['top', 'Align top edges', 'Mod+Shift+ArrowUp'],
      ['middle', 'Align middles', null],
      ['bottom', 'Align bottom edges', 'Mod+Shift+ArrowDown'],
    ] as const
  ).map(([alignment, label, shortcut]) =>
    command({
      id: `align-${alignment}`,
      label,
      group: 'Arrange',
      shortcuts: shortcut === null ? [] : [shortcut],
      undo: 'committed',
      enabled: canArrange(2),
      run: align(alignment),
    }),
  ),
  command({
    id: 'distribute-x',
    label: 'Distribute side by side',
    group: 'Arrange',
    undo: 'committed',
    enabled: canArrange(3),
    run: distribute('x'),
  }),
  command({
    id: 'distribute-y',
    label: 'Distribute above each other',
    group: 'Arrange',
    undo: 'committed',
    enabled: canArrange(3),
    run: distribute('y'),
  }),
  ...(
    [
      ['front', 'Bring to the front', 'Mod+}'],
      ['forward', 'Bring forward', 'Mod+]'],
      ['backward', 'Send backward', 'Mod+['],
      ['back', 'Send to the back', 'Mod+{'],
    ] as const
  ).map(([how, label, shortcut]) =>
    command({
      id: `stack-${how}`,
      label,
      group: 'Arrange',
      shortcuts: [shortcut],
      undo: 'committed',
      enabled: () => writable() && anySelected(),
      run: restack(how),
    }),
  ),
  command({
    id: 'lay-out',
    label: 'Lay out parents and children',
    group: 'Arrange',
    shortcuts: ['Shift+T'],
    undo: 'committed',
    enabled: () => writable() && documentState.frames.length > 1,
    run: layOut,
  }),
  command({
    id: 'collapse',
    label: 'Collapse or expand the branch',
    group: 'Arrange',
    shortcuts: ['Shift+C'],
    undo: 'committed',
    enabled: () => writable() && canCollapse(),
    run: toggleCollapse,
  }),
  command({
    id: 'export-selection',
    label: 'Export the selection as one PNG',
    group: 'Frame',
    enabled: anySelected,
    run: exportSelection,
  }),
  command({
    id: 'export-board',
    label: 'Export the board as one PNG',
    group: 'Frame',
    enabled: () => boardItems().length > 0,
    run: exportBoard,
  }),
  command({
    id: 'select-branch',
    label: 'Select the branch',
    group: 'Edit',
    enabled: () => selectedFrames().length > 0,
    run: selectBranch,
  }),
  command({
    id: 'connect',
    label: 'Draw an arrow between the two selected',
    group: 'Arrange',
    undo: 'committed',
    enabled: () => writable() && selectedItems().length === 2,
    run: connectSelected,
  }),
  command({
    id: 'add-note',
    label: 'Add a note in the middle of the board',
    group: 'Edit',
    undo: 'committed',
    enabled: writable,
    run: () => addNote(),
  }),
  command({
    id: 'paste',
    label: 'Paste a picture',
    group: 'Edit',
    undo: 'committed',
    enabled: writable,
    run: () => pasteFromClipboard(null),
  }),
  command({
    id: 'write-note',
    label: 'Write in the note',
    group: 'Edit',
    shortcuts: ['F2'],
    undo: 'committed',
    enabled: () => writable() && selectedNote() !== null && selectedNote()?.locked !== true,
    run: writeSelectedNote,
  }),
  command({
    id: 'tool-note',
    label: 'Note',
    group: 'Tools',
    shortcuts: ['N'],
    enabled: writable,
    run: () => (view.tool = 'note'),
  }),
  command({
    id: 'tool-arrow',
    label: 'Arrow',
    group: 'Tools',
    shortcuts: ['A'],
    enabled: writable,
    run: () => (view.tool = 'arrow'),
  }),
  command({
    id: 'minimap',
    label: 'Show or hide the map',
    group: 'View',
    shortcuts: ['Shift+M'],
    enabled: () => mapFits(view.viewport),
    run: () => view.setMinimapOpen(!view.minimapOpen),
  }),
];
