/** Pictures and projects that leave the studio and come back: the methods of `shared/contract/import-export.ts`. */
import { basename } from 'node:path';
import type { StudioMethods } from '../../shared/contract/api.js';
import type { OpenedProject } from '../../shared/contract/projects.js';
import { StudioError } from '../../shared/errors.js';
import { safeFileName } from '../../shared/text/file-names.js';
import type { ImportExportMethods } from '../../shared/contract/import-export.js';
import type { PackSummary } from '../../shared/packs/pack.js';
import type { Calls } from './calls.js';
import type { Downloads } from './downloads.js';
import type { OpenProjects, ProjectView } from './open-projects.js';
import { checkedAgainstPacks, exportPicture, importPicture } from './image-import-export.js';
import { listPacks } from '../engine/pack/pack.js';
import { pictureSeen } from '../jobs/job-work.js';
import type { PictureReader } from '../pictures/picture-tasks.js';
import type { ProjectCheck, ProjectLibrary } from '../storage/projects/library.js';
import type { ProjectFile } from '../storage/projects/project-file.js';
import type { WindowDesktop } from './window-desktop.js';

/** Absent where the window itself saves files. */
interface ImportExportClient {
  desktop?: WindowDesktop | undefined;
}

export interface ImportExportContext<Client> {
  /** Name and version, as they are written into files. */
  program: string;
  pictures: PictureReader;
  library: ProjectLibrary;
  checkProject: ProjectCheck;
  projects: OpenProjects;
  downloads: Downloads;
  /** Throws `bad-request` when the window has no project open. */
  viewOf: (client: Client) => ProjectView;
  /** Throws too when it may not be written. */
  writable: (client: Client) => ProjectView;
  /** Throws when the window has another project open by now. */
  stillOpen: (client: Client, file: ProjectFile) => ProjectFile;
  openProject: (client: Client, id: string) => OpenedProject;
  /** The one in use. */
  pack: () => PackSummary | null;
  packDirectories: readonly string[];
}

type Methods<Client> = Calls<Client, keyof ImportExportMethods | 'importImage'> & {
  addProject: (client: Client, parameters: StudioMethods['addProject'][0]) => Promise<OpenedProject>;
};

export function importExportCalls<Client extends ImportExportClient>(
  context: ImportExportContext<Client>,
): Methods<Client> {
  const { library, checkProject, projects, downloads, pictures, viewOf, openProject } = context;
  return {
    exportImage: async (client, parameters) => ({
      bytes: await exportPicture(viewOf(client).file, parameters, context),
    }),
    importImage: async (client, { bytes, fileName, said }) => {
      const pack = context.pack();
      const { file } = context.writable(client);
      try {
        const imported = await importPicture(
          { bytes, said },
          {
            project: () => context.stillOpen(client, file),
            pictures,
            seen: pack?.manifest.image ?? null,
            onNarrowed: (imageId, narrow) => pictureSeen(imageId, narrow, pack!),
          },
        );
        if (imported.metadata === undefined) return imported;
        const packs = await listPacks(context.packDirectories);
        return { ...imported, metadata: checkedAgainstPacks(imported.metadata, packs) };
      } catch (error) {
        throw namedAfter(error, basename(fileName), /^The image(?= )/);
      }
    },
    saveCopy: async (client) => {
      const { file } = viewOf(client);
      const fileName = safeFileName(file.document.name, '.ddt', 'project');
      const { desktop } = client;
      if (desktop === undefined) {
        return { kind: 'download', fileName, address: downloads.offer(fileName, (path) => file.copyTo(path)) };
      }
      const path = await desktop.chooseFile({ title: 'Save a copy of the project', suggestedName: fileName });
      if (path === null) return { kind: 'cancelled' };
      if (path === file.path) {
        throw new StudioError(
          'bad-request',
          'A copy cannot replace the project it is made of.',
          'Choose another place or another name.',
        );
      }
      file.copyTo(path);
      desktop.remember(path);
      return { kind: 'saved', path };
    },
    addProject: async (client, { bytes, fileName }) => {
      try {
        return openProject(client, await library.add(bytes, checkProject));
      } catch (error) {
        throw namedAfter(error, fileName, /^The project( file)?/);
      }
    },
    deleteProject: (_client, { id }) => {
      if (projects.viewersOf(id).length > 0) {
        throw new StudioError(
          'bad-request',
          'A project that is open in a window cannot be deleted.',
          'Open another project there first.',
        );
      }
      projects.release(id);
      library.remove(id);
      return {};
    },
    listDeletedProjects: () => library.listRemoved(),
    restoreProject: (_client, { id }) => {
      library.restore(id);
      return {};
    },
  };
}

/** The person knows the file by its name, not by the place it was checked in. */
function namedAfter(error: unknown, fileName: string, what: RegExp): unknown {
  if (!(error instanceof StudioError) || fileName === '') return error;
  const message = error.message.replace(what, `“${fileName}”`);
  return new StudioError(error.code, message, error.remedy, { cause: error });
}
