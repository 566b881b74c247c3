/** What a window can ask of a host that is a desktop program. A browser refuses all of it with `bad-request`, or has nothing to tell. */
import type { ExportedFile } from './import-export.js';
import type { OpenedProject } from './projects.js';

/** A file somebody opened the program with, dropped on its icon or chose in its dialog. */
export type OfferedFile =
  /** Opened by its ticket: project files stay on the main side, however large they are. */
  { kind: 'project'; fileName: string; ticket: string } | { kind: 'image'; fileName: string; bytes: Uint8Array };

/** What a window has not heard of yet; telling it once is enough. */
export interface News {
  files: OfferedFile[];
  /** Sentences, such as that the page had to be loaded again. */
  notices: string[];
}

export type ThemeChoice = 'system' | 'dark' | 'light';

/** What the program should know of a window to behave well around it. */
export interface WindowState {
  theme: ThemeChoice;
  /** Candidates nobody has taken or left. */
  candidates: number;
}

/** Where files go: into a folder, or to one file, that the person chose. */
export interface SavingPlace {
  ticket: string;
  /** For words: the folder, or the file. */
  path: string;
}

export const desktopLimits = { files: 10_000, fileName: 200, fileBytes: 512 * 1024 * 1024 } as const;

export interface DesktopMethods {
  /** Empties what waits; a window asks at its start and whenever it hears `news`. */
  takeNews: [Record<string, never>, News];
  /** The system's dialog for files to open; what was chosen comes as news. */
  chooseFiles: [Record<string, never>, { chosen: boolean }];
  /** Takes an offered project into the library and opens it. Throws what `addProject` throws, `not-found` for a ticket nobody has. */
  openOffered: [{ ticket: string }, OpenedProject];
  /** One dialog for all: a file for one name, a folder for several. Null: cancelled. */
  chooseSavingPlace: [{ fileNames: string[] }, SavingPlace | null];
  /** One of the files a place was chosen for; never over a file that was there, unless the person chose that very file. */
  saveFile: [{ ticket: string; fileName: string; bytes: Uint8Array }, { path: string }];
  /** The picture leaves the window under the pointer, as a PNG file, while the button is down. */
  dragOut: [{ imageId: string; fileName: string } & ExportedFile, Record<string, never>];
  setFullScreen: [{ on: boolean }, Record<string, never>];
  tellHost: [WindowState, Record<string, never>];
}

export const desktopMethods = [
  'takeNews',
  'chooseFiles',
  'openOffered',
  'chooseSavingPlace',
  'saveFile',
  'dragOut',
  'setFullScreen',
  'tellHost',
] as const satisfies readonly (keyof DesktopMethods)[];
