import type { Annotation } from '../../../shared/document/annotations.js';
import type { OpenedProject, HistoryState } from '../../../shared/contract/projects.js';
import {
  applyOperations,
  emptyDocument,
  type DocumentOperation,
  type Frame,
  type StudioDocument,
} from '../../../shared/document/document.js';
import { serialiseError, StudioError, type SerialisedError } from '../../../shared/errors.js';
import type { StudioEvent } from '../../../shared/contract/events.js';
import { hiddenFrames } from './frame-tree.js';
import { queue } from '../jobs/queue.svelte.js';
import { studio } from '../studio/studio.svelte.js';

type DocumentEvent = Extract<StudioEvent, { channel: 'document' }>;

/** The window's copy of the document. Only committed transactions change it: the main side is the one that decides. */
export class DocumentState {
  document = $state.raw<StudioDocument>(emptyDocument('', '', ''));
  revision = $state(0);
  history = $state.raw<HistoryState>({ undo: null, redo: null });
  readOnly = $state<string | null>(null);
  /** False until a project is open, so that an empty board is not shown for one that is still loading. */
  open = $state(false);
  /** The first attempt to open a project is under way. */
  opening = $state(true);
  /** The list of steps is shown. */
  historyOpen = $state(false);
  /** What collapsed branches hide. */
  readonly hidden = $derived(hiddenFrames(this.document.frames));
  /** The frames the board shows, back to front. */
  readonly shownFrames: readonly Frame[] = $derived(
    this.hidden.ids.size === 0
      ? this.document.frames
      : this.document.frames.filter((frame) => !this.hidden.ids.has(frame.id)),
  );
  /** Why the project could not be read, at the start or when this window came back to it; what is shown may be outdated. */
  problem = $state.raw<SerialisedError | null>(null);
  /** Steps that were asked for and not answered yet. */
  #asked = $state.raw({ undo: 0, redo: 0 });
  #waiting: { revision: number; resolve: () => void }[] = [];
  /** Changes that are shown but not committed yet. */
  #coming = $state.raw<readonly Promise<unknown>[]>([]);

  get frames(): readonly Frame[] {
    return this.document.frames;
  }

  get annotations(): readonly Annotation[] {
    return this.document.annotations;
  }

  frame(id: string): Frame | null {
    return this.document.frames.find((frame) => frame.id === id) ?? null;
  }

  load(project: OpenedProject): void {
    this.document = project.document;
    this.revision = project.revision;
    this.history = project.history;
    this.readOnly = project.readOnly;
    this.problem = null;
    this.open = true;
    this.#wake();
    queue.load(project.queue, project.readOnly === null);
  }

  /**
   * Resolves once this window shows the change. `settles`: jobs of the queue whose outcome it is. Throws `project-read-only`, `disk-full` and what else the main side
   * refuses with; the document is then as it was.
   */
  async commit(label: string, operations: DocumentOperation[], settles: readonly string[] = []): Promise<void> {
    this.assertWritable();
    const { revision } = await studio.api.commit({
      transaction: { label, operations },
      ...(settles.length === 0 ? {} : { settles: [...settles] }),
    });
    await this.#reached(revision);
  }

  /**
   * A change that is shown before it can be committed, since its pixels are stored first: a step back waits for it, else it would
   * take back an older change than the one that is seen, and nothing where this one failed. Settles as `change` does.
   */
  async expect<T>(change: Promise<T>): Promise<T> {
    this.#coming = [...this.#coming, change];
    try {
      return await change;
    } finally {
      this.#coming = this.#coming.filter((one) => one !== change);
    }
  }

  undo(): Promise<string | null> {
    return this.#step('undo');
  }

  redo(): Promise<string | null> {
    return this.#step('redo');
  }

  /** As many steps back (negative) or forth, fewer where history ends or a step fails, which it throws. Answers how many were made. */
  async walk(by: number): Promise<number> {
    for (let made = 0; made < Math.abs(by); made++) {
      if ((await this.#step(by < 0 ? 'undo' : 'redo')) === null) return made;
    }
    return Math.abs(by);
  }

  /** Keys come faster than answers: what a step under way will make possible can be asked for already. */
  get canUndo(): boolean {
    return this.history.undo !== null || this.#asked.redo > 0 || this.#coming.length > 0;
  }

  get canRedo(): boolean {
    return this.history.redo !== null || this.#asked.undo > 0;
  }

  /** The label of what was done, null where there was nothing to do. */
  async #step(direction: 'undo' | 'redo'): Promise<string | null> {
    this.assertWritable();
    this.#asked = { ...this.#asked, [direction]: this.#asked[direction] + 1 };
    try {
      const newest = (await Promise.allSettled(this.#coming)).at(-1);
      if (newest?.status === 'rejected') return null;
      return (await studio.api[direction]({})).label;
    } finally {
      this.#asked = { ...this.#asked, [direction]: this.#asked[direction] - 1 };
    }
  }

  assertWritable(): void {
    if (this.readOnly !== null) {
      throw new StudioError('project-read-only', this.readOnly, 'Or open another project.');
    }
  }

  /** Applies what was committed; a gap in the revisions means events were missed, so the whole document is read again. */
  async receive(event: DocumentEvent): Promise<void> {
    if (event.revision <= this.revision) return;
    if (event.revision !== this.revision + 1) return this.reload();
    try {
      this.document = applyOperations(this.document, event.operations);
    } catch {
      return this.reload();
    }
    this.revision = event.revision;
    this.history = event.history;
    this.#wake();
  }

  /**
   * Reads the project again, or the one used last when none was read yet. Never rejects: `problem` says why it cannot be read,
   * and nothing can be changed until it was, or another one is open. A lost connection is no problem of the project.
   */
  async reload(): Promise<void> {
    try {
      this.load(await studio.api.openProject(this.document.id === '' ? {} : { id: this.document.id }));
    } catch (thrown) {
      const problem = serialiseError(thrown);
      if (problem.code === 'disconnected') return;
      this.problem = problem;
      if (this.open) this.readOnly = 'The project could not be read again.';
    }
  }

  #reached(revision: number): Promise<void> {
    if (this.revision >= revision) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ revision, resolve }));
  }

  #wake(): void {
    for (const one of this.#waiting.filter(({ revision }) => revision <= this.revision)) one.resolve();
    this.#waiting = this.#waiting.filter(({ revision }) => revision > this.revision);
  }
}

export const documentState = new DocumentState();
