/** Projects and what leaves them, as commands. */
import { command, type Command } from './command.js';
import { documentState } from '../state/document/document.svelte.js';
import { exportOptions } from '../state/import-export/export-options.svelte.js';
import { notices } from '../state/studio/notices.svelte.js';
import { chooseProjectFile, createProject, saveCopy } from '../state/studio/projects.js';
import { studio } from '../state/studio/studio.svelte.js';

const connected = () => studio.connection === 'connected';

export const projectCommands: readonly Command[] = [
  command({ id: 'new-project', label: 'New project', group: 'Project', enabled: connected, run: createProject }),
  command({
    id: 'open-project-file',
    label: 'Open a project file…',
    group: 'Project',
    shortcuts: ['Mod+O'],
    enabled: connected,
    run: chooseProjectFile,
  }),
  command({
    id: 'save-copy',
    label: 'Save a copy of the project…',
    group: 'Project',
    shortcuts: ['Mod+Shift+S'],
    enabled: () => connected() && documentState.open && documentState.problem === null,
    run: saveCopy,
  }),
  command({
    id: 'export-record',
    label: 'Keep the record in exported pictures: on or off',
    group: 'Project',
    run: () => {
      exportOptions.setWithRecord(!exportOptions.withRecord);
      notices.tell(
        exportOptions.withRecord
          ? 'Exported pictures carry prompt, seed, tokens and history'
          : 'Exported pictures are plain pixels',
      );
    },
  }),
];
