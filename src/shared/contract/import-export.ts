/** How work leaves the studio and comes back: pictures with their records, copies of projects, the bin for projects. */
import type { OpenedProject } from './projects.js';
import type { ImageMetadata } from '../document/image-metadata.js';
import type { StoredImage } from '../pictures/images.js';
import type { Enlargement } from '../pictures/enlarge.js';

/** Days a deleted project can be brought back. */
export const daysInBin = 30;

export interface ImportedImage extends StoredImage {
  /** What the file says about the picture; absent when it says nothing. */
  metadata?: ImageMetadata;
  /** What was not taken over as it stands, one sentence each; absent when all was. */
  notes?: string[];
}

/** Where a copy went: to a file the person chose, to an address the window downloads from once, or nowhere. */
export type SavedCopy =
  { kind: 'saved'; path: string } | { kind: 'download'; address: string; fileName: string } | { kind: 'cancelled' };

export interface DeletedProject {
  id: string;
  name: string;
  frames: number;
  /** ISO 8601, UTC. */
  deletedAt: string;
}

/** How a picture leaves. */
export interface ExportedFile {
  /** Whether the record of how it came to be is inside. */
  metadata: boolean;
  /** Of each side; absent: 1. */
  factor?: Enlargement | undefined;
}

export interface ImportExportMethods {
  /** The PNG of a frame. Throws `image-too-large` for one that would be too large to be read again. */
  exportImage: [{ frameId: string } & ExportedFile, { bytes: Uint8Array }];
  /** A whole copy of the open project, as it is now, in a file of its own. */
  saveCopy: [Record<string, never>, SavedCopy];
  /** Bytes of a project file, such as a copy: checked, taken into the library under a new id and opened. */
  addProject: [{ bytes: Uint8Array; fileName: string }, OpenedProject];
  /** Into the bin; refused while a window or another program has it open. */
  deleteProject: [{ id: string }, Record<string, never>];
  listDeletedProjects: [Record<string, never>, DeletedProject[]];
  restoreProject: [{ id: string }, Record<string, never>];
}

export const importExportMethods = [
  'exportImage',
  'saveCopy',
  'addProject',
  'deleteProject',
  'listDeletedProjects',
  'restoreProject',
] as const satisfies readonly (keyof ImportExportMethods)[];
