/** The menu of the right mouse button in text fields: spelling and the usual edits. The board has a menu of its own. */
import type { BrowserWindow, MenuItemConstructorOptions } from 'electron';
import type { ElectronModules } from '../modules.js';

export interface SpellingChoice {
  get: () => boolean;
  set: (on: boolean) => void;
}

export function offerContextMenu(
  { Menu }: Pick<ElectronModules, 'Menu'>,
  window: BrowserWindow,
  spelling: SpellingChoice,
): void {
  const contents = window.webContents;
  contents.on(
    'context-menu',
    (_event, { isEditable, selectionText, misspelledWord, dictionarySuggestions, editFlags }) => {
      if (!isEditable && selectionText === '') return;
      const suggestions: MenuItemConstructorOptions[] = dictionarySuggestions.map((word) => ({
        label: word,
        click: () => contents.replaceMisspelling(word),
      }));
      const noSuggestion = misspelledWord !== '' && suggestions.length === 0;
      const template: MenuItemConstructorOptions[] = isEditable
        ? [
            ...(noSuggestion ? [{ label: 'No suggestions', enabled: false }] : suggestions),
            ...(misspelledWord === '' ? [] : [{ type: 'separator' as const }]),
            { role: 'undo', enabled: editFlags.canUndo },
            { role: 'redo', enabled: editFlags.canRedo },
            { type: 'separator' },
            { role: 'cut', enabled: editFlags.canCut },
            { role: 'copy', enabled: editFlags.canCopy },
            { role: 'paste', enabled: editFlags.canPaste },
            { role: 'selectAll', enabled: editFlags.canSelectAll },
            { type: 'separator' },
            {
              label: 'Check spelling while typing',
              type: 'checkbox',
              checked: spelling.get(),
              click: () => spelling.set(!spelling.get()),
            },
          ]
        : [{ role: 'copy' }];
      Menu.buildFromTemplate(template).popup({ window });
    },
  );
}
