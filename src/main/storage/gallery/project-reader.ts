/** Goes through the project files and brings the index in line with them, in steps small enough for everything else. */
import type { Frame } from '../../../shared/document/document.js';
import type { GalleryIndex } from './picture-index.js';
import type { KeptPictures } from './kept-pictures.js';
import type { ProjectSources } from './project-sources.js';

export interface ProjectReaderOptions {
  sources: ProjectSources;
  withIndex: <Result>(work: (index: GalleryIndex) => Result) => Result;
  change: (
    projectId: string,
    put: readonly Frame[],
    removed: readonly string[],
    readImage: (imageId: string) => Uint8Array | null,
  ) => void;
  marked: () => ReturnType<KeptPictures['marked']>;
  /** The index has caught up with something. */
  onChange: () => void;
}

/** Frames read between two breaths of the event loop. */
const framesAtOnce = 50;
/** Another process may have written: looked for at most this often, in milliseconds. */
const lookInterval = 3000;

export class ProjectReader {
  /** True while the index is known to lag behind the files. */
  isBehind = false;
  /** Files that are there and could not be read the last time. */
  unreadable = 0;
  #reading: Promise<void> | null = null;
  #again = false;
  #lastLook = -Infinity;
  #stopped = false;

  constructor(private readonly options: ProjectReaderOptions) {}

  /** Resolves when the index agrees with the files, those changed meanwhile included. Never rejects. */
  read(): Promise<void> {
    this.#again = true;
    this.#reading ??= this.#readUntilDone().finally(() => {
      this.#reading = null;
      this.#lastLook = performance.now();
    });
    return this.#reading;
  }

  /** Reads in the background when it was not done lately. */
  look(): void {
    if (this.#reading === null && performance.now() - this.#lastLook > lookInterval) void this.read();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #readUntilDone(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      // After the call that asked: listing many files takes a moment.
      await breath();
      if (this.#stopped) return;
      try {
        await this.#readChanged();
      } catch (error) {
        console.warn('The gallery could not read the projects:', error);
      }
      if (this.#stopped || !this.isBehind) continue;
      this.isBehind = false;
      this.options.onChange();
    }
  }

  async #readChanged(): Promise<void> {
    const { sources, withIndex } = this.options;
    const { heads, unreadable } = sources.list();
    this.unreadable = unreadable.length;
    const known = new Map(withIndex((index) => index.projects()).map((project) => [project.id, project]));
    for (const head of heads) {
      const before = known.get(head.id);
      known.delete(head.id);
      if (before?.revision === head.revision && before.name === head.name) continue;
      this.isBehind = true;
      await this.#readProject(head.id);
      if (this.#stopped) return;
    }
    for (const id of known.keys()) {
      if (unreadable.includes(id)) continue;
      this.isBehind = true;
      withIndex((index) => index.removeProject(id));
    }
    if (withIndex((index) => index.refreshMarks(this.options.marked()))) this.isBehind = true;
  }

  /** The revision is noted last: a reading that is broken off is done again. */
  async #readProject(id: string): Promise<void> {
    const { sources, withIndex, change } = this.options;
    const board = sources.board(id);
    if (board === null) return;
    const { name, revision, frames } = board;
    const readImage = (imageId: string) => sources.image(id, imageId);
    withIndex((index) => index.setProject({ id, name, revision: -1 }));
    for (let at = 0; at < frames.length; at += framesAtOnce) {
      change(id, frames.slice(at, at + framesAtOnce), [], readImage);
      await breath();
      if (this.#stopped) return;
    }
    // What a window did meanwhile has moved the revision: then this reading is outdated and is done again.
    if (sources.head(id)?.revision !== revision) {
      this.#again = true;
      return;
    }
    const present = new Set(frames.map((frame) => frame.id));
    const gone = withIndex((index) => index.frameIds(id)).filter((frameId) => !present.has(frameId));
    change(id, [], gone, readImage);
    withIndex((index) => index.setProject({ id, name, revision }));
  }
}

/** Long enough for what else is waiting to have its turn. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
