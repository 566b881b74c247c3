/** The gallery: every picture of every project, once per content, whatever board it stands on or has left. */
import type { Frame } from '../document/document.js';
import type { SerialisedError } from '../errors.js';
import type { StoredImage } from '../pictures/images.js';
import type { ExportedFile } from './import-export.js';

/** Longest side of a stored thumbnail, in pixels. */
export const thumbnailSizes = [128, 256, 512] as const;
export type ThumbnailSize = (typeof thumbnailSizes)[number];

/** Where both hosts serve a picture, or a thumbnail of it. */
export function imagePathOf(imageId: string, size?: ThumbnailSize): string {
  return size === undefined ? `/images/${imageId}.png` : `/thumbnails/${size}/${imageId}.png`;
}

const thumbnailPath = /^\/thumbnails\/([0-9]+)\/([0-9a-f]{64})\.png$/;

/** Null for any other path. */
export function thumbnailOfPath(path: string): { imageId: string; size: ThumbnailSize } | null {
  const [, given, imageId] = thumbnailPath.exec(path) ?? [];
  const size = thumbnailSizes.find((one) => String(one) === given);
  return size === undefined || imageId === undefined ? null : { imageId, size };
}

export type GalleryView = 'all' | 'starred' | 'trash';

export interface GalleryQuery {
  /** Words to find in prompts, instructions, descriptions, answers and names; all must be there, beginnings count. */
  text: string;
  view: GalleryView;
  projectId: string | null;
  /** `name@version`. */
  pack: string | null;
  /** Made at this instant (ISO 8601, UTC) or later. */
  since: string | null;
  order: 'newest' | 'oldest';
}

export interface GalleryItem {
  imageId: string;
  width: number;
  height: number;
  name: string;
  kind: Frame['origin']['kind'];
  /** Prompt, instruction or file name, whole; null where there is none. */
  text: string | null;
  description: string | null;
  pack: string | null;
  seed: number | null;
  createdAt: string;
  starred: boolean;
  trashed: boolean;
  /** Frames on boards that show it; 0 = the gallery alone still keeps it. */
  uses: number;
  projectId: string;
  projectName: string;
}

export interface GalleryPage {
  /** Of everything the query finds, not of this page. */
  total: number;
  items: GalleryItem[];
}

export interface GalleryOverview {
  counts: Record<GalleryView, number>;
  /** By name; those with pictures. */
  projects: { id: string; name: string; pictures: number }[];
  packs: { id: string; pictures: number }[];
  /** True while project files are still being read. */
  reading: boolean;
  /** What does not work at present, null when all does. */
  problem: SerialisedError | null;
}

export interface GalleryUse {
  projectId: string;
  projectName: string;
  frameId: string;
}

/** One picture with its whole record; the frame's place on its board is not part of it. */
export interface GalleryPicture {
  item: GalleryItem;
  frame: Frame;
  uses: GalleryUse[];
}

export type GalleryMark = 'star' | 'unstar' | 'trash' | 'restore';

/** A gallery picture whose pixels and masks are now in the window's own project; its frame brings along what led to it. */
export interface AdoptedPicture {
  image: StoredImage;
  frame: Frame;
}

export const galleryLimits = { text: 200, page: 500, marked: 10_000 } as const;

/** The type of a drag that carries image ids of the gallery, one per line. */
export const galleryDragType = 'application/x-ddt-studio-pictures';

export const everything: GalleryQuery = {
  text: '',
  view: 'all',
  projectId: null,
  pack: null,
  since: null,
  order: 'newest',
};

/** Method → [parameters, result], part of `StudioMethods`. */
export interface GalleryMethods {
  searchGallery: [{ query: GalleryQuery; offset: number; limit: number }, GalleryPage];
  galleryOverview: [Record<string, never>, GalleryOverview];
  galleryPicture: [{ imageId: string }, GalleryPicture];
  /** Marks never touch a board. Throws `gallery-unwritable`. */
  markPictures: [{ imageIds: string[]; mark: GalleryMark }, { changed: number }];
  /** Deletes pictures of the trash for good, all or those named; those that a board shows stay, and are counted. */
  emptyTrash: [{ imageIds?: string[] }, { deleted: number; inUse: number }];
  /**
   * Copies a picture's pixels and masks into this window's project, which may then put a frame of it on its board. `frameId`:
   * which frame of several with these pixels, where it still stands on a board. Throws `not-found`, `project-read-only`.
   */
  adoptPicture: [{ imageId: string; frameId?: string }, AdoptedPicture];
  /** The PNG of a picture wherever it lies, with the record of how it came to be unless `metadata` is false. */
  exportPicture: [{ imageId: string } & ExportedFile, { bytes: Uint8Array }];
}

export const galleryMethods = [
  'searchGallery',
  'galleryOverview',
  'galleryPicture',
  'markPictures',
  'emptyTrash',
  'adoptPicture',
  'exportPicture',
] as const satisfies readonly (keyof GalleryMethods)[];
