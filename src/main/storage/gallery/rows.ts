/** The form of the gallery's index, and how its rows become what windows see. */
import type { Frame } from '../../../shared/document/document.js';
import type { GalleryItem } from '../../../shared/contract/gallery.js';
import { DatabaseError } from '../database/failures.js';
import { galleryInWords } from '../database/storage-errors.js';
import { storedFrame } from '../projects/stored-document.js';
import { textOf } from './search.js';

export interface PictureRow {
  image_id: string;
  frame: string;
  project_id: string;
  project_name: string | null;
  starred: number;
  trashed: number;
  uses: number;
}

/** Another one on the disk makes the index anew. */
export const indexVersion = 1;
export const indexSchema = `
  CREATE TABLE projects (id TEXT PRIMARY KEY, name TEXT NOT NULL, revision INTEGER NOT NULL) STRICT;
  -- A frame on a board, as JSON without its place and its certainty.
  CREATE TABLE uses (
    project_id TEXT NOT NULL,
    frame_id TEXT NOT NULL,
    image_id TEXT NOT NULL,
    frame TEXT NOT NULL,
    PRIMARY KEY (project_id, frame_id)
  ) STRICT;
  CREATE INDEX uses_by_image ON uses (image_id);
  -- One row per content. project_id and frame are the oldest frame's, or those it was kept with.
  CREATE TABLE pictures (
    id INTEGER PRIMARY KEY,
    image_id TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    pack TEXT,
    starred INTEGER NOT NULL,
    trashed INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    project_id TEXT NOT NULL,
    project_name TEXT,
    words TEXT NOT NULL,
    frame TEXT NOT NULL
  ) STRICT;
  CREATE INDEX pictures_by_date ON pictures (trashed, created_at, id);
  CREATE VIRTUAL TABLE pictures_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
  )`;

export const selectPictures = `
  SELECT image_id, frame, project_id, coalesce(projects.name, project_name) AS project_name, starred, trashed, uses
  FROM pictures LEFT JOIN projects ON projects.id = project_id`;

/** The library's rows have no prototype, which not every transport carries. */
export function plain<Row extends object>(row: Row): Row {
  return { ...row };
}

/** What makes a picture what it is: not where it lies, and not how sure the model was. */
export function recordOf(frame: Frame): Frame {
  const tokens = frame.tokens === null ? null : { pack: frame.tokens.pack, codes: frame.tokens.codes };
  return { ...frame, x: 0, y: 0, tokens };
}

/** A frame as `recordOf` wrote it. Throws `DatabaseError`: what is no frame any more was damaged on the disk. */
export function frameFrom(text: string): Frame {
  try {
    return storedFrame('the gallery', text);
  } catch (error) {
    throw new DatabaseError('damaged', galleryInWords('damaged', error), error);
  }
}

export function packOf(frame: Frame): string | null {
  return 'pack' in frame.origin ? frame.origin.pack : null;
}

export function itemOf(row: PictureRow): GalleryItem {
  const frame = frameFrom(row.frame);
  return {
    imageId: row.image_id,
    width: frame.pixelWidth,
    height: frame.pixelHeight,
    name: frame.name,
    kind: frame.origin.kind,
    text: textOf(frame),
    description: frame.description,
    pack: packOf(frame),
    seed: 'seed' in frame.origin ? frame.origin.seed : null,
    createdAt: frame.createdAt,
    starred: row.starred === 1,
    trashed: row.trashed === 1,
    uses: row.uses,
    projectId: row.project_id,
    projectName: row.project_name ?? '',
  };
}
