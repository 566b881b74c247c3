/** The desktop around one window, as its host offers it to the studio. Dialogs belong to that window. */
import type { WindowState } from '../../shared/contract/desktop.js';

export interface WindowDesktop {
  /** Null = cancelled. */
  chooseFile: (options: { title: string; suggestedName: string }) => Promise<string | null>;
  /** Null = cancelled. */
  chooseFolder: (title: string) => Promise<string | null>;
  /** Null = cancelled. */
  chooseZip: (title: string) => Promise<string | null>;
  /** Absolute paths of files to open, none when it was cancelled. */
  chooseFilesToOpen: () => Promise<string[]>;
  /** Paths and sentences that wait for this window; they are given once. */
  takeNews: () => { paths: string[]; notices: string[] };
  /** More of them wait now. */
  offer: (paths: readonly string[]) => void;
  /** A file the person opened or saved. */
  remember: (path: string) => void;
  /** A PNG file. */
  startDrag: (path: string, icon: Uint8Array) => void;
  setFullScreen: (on: boolean) => void;
  tell: (state: WindowState) => void;
}
