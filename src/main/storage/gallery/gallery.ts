/**
 * The gallery across all projects. Project files are the truth and are only ever read here; the index and the thumbnails
 * are made of them and can be lost; stars, the trash and pictures that left every board are kept for good.
 */
import { join } from 'node:path';
import { StudioError } from '../../../shared/errors.js';
import type { Frame, StudioDocument } from '../../../shared/document/document.js';
import type {
  GalleryMark,
  GalleryOverview,
  GalleryPage,
  GalleryPicture,
  GalleryQuery,
  ThumbnailSize,
} from '../../../shared/contract/gallery.js';
import { isDamage } from '../database/rebuildable.js';
import { GalleryIndex, type KeptRecord } from './picture-index.js';
import { KeptPictures } from './kept-pictures.js';
import { galleryProblem } from './problem.js';
import { ProjectReader } from './project-reader.js';
import { ProjectSources } from './project-sources.js';
import { Thumbnails, type ThumbnailMaker } from './thumbnails.js';

export interface GalleryOptions {
  /** Told after every change that a query could see, possibly often. */
  onChange?: () => void;
}

/** A commit, an undo or a redo as it has just happened in a project of this process. */
export interface ProjectChange {
  projectId: string;
  /** After the change. */
  revision: number;
  before: StudioDocument;
  after: StudioDocument;
  readImage: (imageId: string) => Uint8Array | null;
}

export class Gallery {
  #index: GalleryIndex;
  readonly #indexPath: string;
  readonly #kept: KeptPictures;
  readonly #thumbnails: Thumbnails;
  readonly #sources: ProjectSources;
  readonly #onChange: () => void;
  /** Where the pixels of a picture come from that is leaving its last board right now. */
  #leaving: (imageId: string) => Uint8Array | null = () => null;
  readonly #reader: ProjectReader;
  #closed = false;

  /** Never throws: what cannot be opened is told by `overview`. */
  constructor(dataDirectory: string, options: GalleryOptions = {}) {
    const folder = join(dataDirectory, 'gallery');
    this.#onChange = options.onChange ?? (() => {});
    this.#sources = new ProjectSources(join(dataDirectory, 'projects'));
    this.#kept = new KeptPictures(join(folder, 'kept.sqlite'));
    this.#thumbnails = new Thumbnails(join(folder, 'thumbnails.sqlite'));
    this.#indexPath = join(folder, 'index.sqlite');
    this.#index = this.#openIndex();
    this.#reader = new ProjectReader({
      sources: this.#sources,
      withIndex: (work) => this.#withIndex(work),
      change: (projectId, put, removed, readImage) => this.#change(projectId, put, removed, readImage),
      marked: () => this.#kept.marked(),
      onChange: () => this.#onChange(),
    });
  }

  /** Brings the index in line with the project files, in small steps. Resolves when it is. */
  refresh(): Promise<void> {
    return this.#reader.read();
  }

  /** Never throws: a gallery that lags behind must not fail somebody's work, and the files are read again later. */
  projectChanged({ projectId, revision, before, after, readImage }: ProjectChange): void {
    const old = new Map(before.frames.map((frame) => [frame.id, frame]));
    const put: Frame[] = [];
    for (const frame of after.frames) {
      if (old.get(frame.id) !== frame) put.push(frame);
      old.delete(frame.id);
    }
    try {
      this.#withIndex((index) => {
        const known = index.project(projectId);
        const isNext = known === null ? revision === 1 : known.revision === revision - 1;
        // With frames comes the name that kept pictures remember.
        index.setProject({ id: projectId, name: after.name, revision: isNext ? revision : (known?.revision ?? -1) });
        this.#change(projectId, put, [...old.keys()], readImage);
        if (!isNext) void this.refresh();
      });
    } catch (error) {
      console.warn('The gallery could not follow a change:', error);
      return;
    }
    if (put.length > 0 || old.size > 0 || before.name !== after.name) this.#onChange();
  }

  search(query: GalleryQuery, offset: number, limit: number): GalleryPage {
    this.#reader.look();
    return this.#withIndex((index) => index.search(query, offset, limit));
  }

  overview(): GalleryOverview {
    this.#reader.look();
    const found = this.#withIndex((index) => index.overview());
    const problem = galleryProblem({
      setAside: this.#kept.setAside,
      failure: this.#kept.failure ?? this.#index.failure,
      unreadable: this.#reader.unreadable,
    });
    return { ...found, reading: this.#reader.isBehind, problem: problem?.serialise() ?? null };
  }

  /** Throws `not-found`. */
  picture(imageId: string): GalleryPicture {
    const found = this.#withIndex((index) => index.picture(imageId));
    if (found === null) {
      throw new StudioError(
        'not-found',
        'This picture is no longer in the gallery.',
        'Its project may have been moved or deleted; look for another one.',
      );
    }
    const [use] = found.uses;
    const whole = use === undefined ? null : this.#sources.frame(use.projectId, use.frameId);
    return { ...found, frame: whole ?? found.frame };
  }

  /**
   * The frame of a picture, `frameId` where it still stands on a board, the others of that board, which may know what it was
   * made of, and how to read the images of its project. Throws `not-found`.
   */
  lineage(
    imageId: string,
    frameId?: string,
  ): { frame: Frame; beside: Frame[]; readImage: (imageId: string) => Uint8Array | null } {
    const { frame, uses } = this.picture(imageId);
    const use = uses.find((one) => one.frameId === frameId) ?? uses[0];
    if (use === undefined) return { frame, beside: [], readImage: () => null };
    const { projectId } = use;
    const frames = this.#sources.board(projectId)?.frames ?? [];
    return {
      frame: frames.find(({ id }) => id === use.frameId) ?? frame,
      beside: frames.filter(({ id }) => id !== use.frameId),
      readImage: (one) => this.#sources.image(projectId, one),
    };
  }

  /** PNG bytes from whichever project or the trash has them. Throws `not-found`, naming the project that is gone. */
  readImage(imageId: string): Uint8Array {
    const { uses } = this.picture(imageId);
    const bytes = this.#original(imageId);
    if (bytes !== null) return bytes;
    void this.refresh();
    const missing = uses.find(({ projectId }) => !this.#sources.exists(projectId));
    throw new StudioError(
      'not-found',
      missing === undefined
        ? 'The pixels of this picture cannot be read.'
        : `This picture lies in the project “${missing.projectName}”, whose file is no longer there.`,
      'Put the project file back into the data folder, or choose another picture.',
    );
  }

  /** PNG bytes; null when there is no such picture, or its pixels are gone. `elsewhere` is asked when no project file has it. */
  readThumbnail(
    imageId: string,
    size: ThumbnailSize,
    make: ThumbnailMaker,
    elsewhere: () => Uint8Array | null = () => null,
  ): Promise<Uint8Array | null> {
    return this.#thumbnails.read(imageId, size, () => this.#original(imageId) ?? elsewhere(), make);
  }

  /** Throws `gallery-unwritable`. Returns how many pictures changed. */
  mark(imageIds: readonly string[], mark: GalleryMark): number {
    const known = this.#withIndex((index) => imageIds.filter((id) => index.has(id)));
    const changed = this.#kept.mark(known, mark);
    if (changed > 0) {
      this.#withIndex((index) => index.refresh(known));
      this.#onChange();
    }
    return changed;
  }

  /**
   * Deletes pictures of the trash for good, all or those named. What a board shows stays, in its project and in the trash;
   * project files are not touched. Throws `gallery-unwritable`.
   */
  emptyTrash(imageIds: readonly string[] | null): { deleted: number; inUse: number } {
    const { inUse, unused } = this.#withIndex((index) => index.trashed());
    const wanted = imageIds === null ? null : new Set(imageIds);
    const doomed = wanted === null ? unused : unused.filter((id) => wanted.has(id));
    this.#kept.forget(doomed);
    this.#thumbnails.forget(doomed);
    this.#withIndex((index) => index.refresh(doomed));
    this.#onChange();
    return { deleted: doomed.length, inUse: inUse.filter((id) => wanted === null || wanted.has(id)).length };
  }

  /** A program may announce its end more than once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reader.stop();
    this.#index.close();
    this.#kept.close();
    this.#thumbnails.close();
  }

  #openIndex(): GalleryIndex {
    return new GalleryIndex(this.#indexPath, {
      marksOf: (imageId) => ({
        starred: this.#kept.isStarred(imageId),
        trashed: this.#kept.isTrashed(imageId),
        kept: this.#kept.record(imageId),
      }),
      onUse: (imageId) => this.#kept.release(imageId),
      onLastUse: (imageId, record) => this.#keep(imageId, record),
    });
  }

  #keep(imageId: string, record: KeptRecord): void {
    const bytes = this.#leaving(imageId);
    if (bytes === null) return;
    try {
      this.#kept.keep(imageId, record, bytes);
    } catch (error) {
      // Undo still has it; the index must go on.
      console.warn('A picture that left its board could not be kept:', error);
    }
  }

  #change(
    projectId: string,
    put: readonly Frame[],
    removed: readonly string[],
    readImage: (imageId: string) => Uint8Array | null,
  ): void {
    this.#leaving = readImage;
    try {
      this.#index.change({ projectId, put, removed });
    } finally {
      this.#leaving = () => null;
    }
  }

  /** An index that turns out damaged is made anew, once. */
  #withIndex<Result>(work: (index: GalleryIndex) => Result): Result {
    try {
      return work(this.#index);
    } catch (error) {
      if (!isDamage(error) || this.#closed) throw error;
      this.#index.discard();
      this.#index = this.#openIndex();
      void this.refresh();
      return work(this.#index);
    }
  }

  #original(imageId: string): Uint8Array | null {
    const found = this.#withIndex((index) => index.picture(imageId));
    for (const projectId of new Set(found?.uses.map((use) => use.projectId))) {
      const bytes = this.#sources.image(projectId, imageId);
      if (bytes !== null) return bytes;
    }
    return this.#kept.readImage(imageId);
  }
}
