/**
 * The grid that runs or ran last, and its cells as they arrive. Its jobs are entries of the project's queue, one after the other, and
 * stay there when they are done: so this window goes on with a grid that a reload, a lost connection or an end of the program broke off.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { TokenCertainty } from '../../../shared/document/document.js';
import { cancelledError, isCancelled, serialiseError, type SerialisedError } from '../../../shared/errors.js';
import {
  decodeRequest,
  planGrid,
  writingRequest,
  type GridBase,
  type GridGroup,
  type GridPlan,
  type GridRecipe,
} from '../../../shared/grids/grid-plan.js';
import type { StoredImage } from '../../../shared/pictures/images.js';
import { isActive } from '../../../shared/jobs/queue-machine.js';
import type { GridSetup, QueueEntry, QueuedRequest } from '../../../shared/jobs/queue.js';
import { documentState } from '../document/document.svelte.js';
import { generation } from '../jobs/generation.svelte.js';
import { jobs, type Job } from '../jobs/jobs.svelte.js';
import { queue } from '../jobs/queue.svelte.js';

/** Tokens as they were written once for several cells. */
export interface WrittenTokens {
  pack: string;
  codes: number[];
  certainty: TokenCertainty[];
  /** What they were written from; absent where there was none. */
  plan?: string;
}

export type GridCellState =
  { kind: 'waiting' } | { kind: 'running'; job: Job } | { kind: 'done'; image: StoredImage; tokens: WrittenTokens };

/** `interrupted`: met again in the project, with cells that are not done. */
export type GridOutcome =
  | { kind: 'running' }
  | { kind: 'done' }
  | { kind: 'stopped' }
  | { kind: 'interrupted' }
  | { kind: 'failed'; error: SerialisedError };

export interface GridRun {
  id: string;
  setup: GridSetup;
  plan: GridPlan;
  base: GridBase;
  /** Its pictures are kept in this project. */
  documentId: string;
}

export class GridRunState {
  run = $state.raw<GridRun | null>(null);
  cells = $state.raw<readonly GridCellState[]>([]);
  outcome = $state.raw<GridOutcome>({ kind: 'done' });
  /** Indices of cells the person chose. */
  picked = $state.raw<readonly number[]>([]);
  /** By group of the plan, as soon as they are written. */
  readonly #tokens = new SvelteMap<number, WrittenTokens>();
  #job: Job | null = null;
  /** A stop can come between two jobs, or just as one ends: no other may begin after it. */
  #stopping = false;

  get running(): boolean {
    return this.run !== null && this.outcome.kind === 'running';
  }

  get doneCount(): number {
    return this.cells.filter(({ kind }) => kind === 'done').length;
  }

  /** It was broken off and the rest of it can be made. */
  get canGoOn(): boolean {
    const isOver = this.outcome.kind === 'interrupted' || this.outcome.kind === 'stopped' || this.outcome.kind === 'failed'; // prettier-ignore
    return this.run !== null && isOver && this.doneCount < this.cells.length;
  }

  /** The pictures of another project mean nothing in this one. */
  get isOfThisProject(): boolean {
    return this.run?.documentId === documentState.document.id;
  }

  /** Entries of the queue whose pictures are cells of this grid. */
  get entries(): QueueEntry[] {
    return queue.entries.filter((entry) => entry.state === 'done' && gridOf(entry) === this.run?.id);
  }

  /** Resolves when the grid is done, stopped or failed; never rejects. What an earlier one left in the queue is given up. */
  async make(setup: GridSetup, plan: GridPlan): Promise<void> {
    const id = crypto.randomUUID();
    this.#begin(id, setup, plan);
    await this.#makeCells((entry) => gridOf(entry) !== null && gridOf(entry) !== id);
  }

  /** Makes what is missing of a grid that was broken off. Never rejects. */
  async goOn(): Promise<void> {
    const { run } = this;
    if (run !== null && this.canGoOn)
      await this.#makeCells((entry) => entry.state === 'failed' && gridOf(entry) === run.id);
  }

  /** What is done by then stays. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#job !== null) await jobs.cancel(this.#job);
  }

  togglePick(index: number): void {
    if (this.cells[index]?.kind !== 'done') return;
    this.picked = this.picked.includes(index) ? this.picked.filter((one) => one !== index) : [...this.picked, index];
  }

  pickNone(): void {
    this.picked = [];
  }

  /** A cell of the queue, asked for a moment ago or met again. */
  async take(job: Job, { purpose }: QueueEntry): Promise<void> {
    if (purpose.kind !== 'grid') return;
    this.#meet(purpose.gridId, purpose.setup);
    const { run } = this;
    if (run?.id !== purpose.gridId || run.documentId !== documentState.document.id) return;
    const group = run.plan.groups.findIndex((one) => [one.generated, ...one.decoded].includes(purpose.cell));
    if (group === -1) return;
    this.#job = job;
    // Once the queue has noted who takes it.
    if (this.#stopping) queueMicrotask(() => void jobs.cancel(job));
    this.#set(purpose.cell, { kind: 'running', job });
    const end = generation.track(job, purpose.title);
    try {
      const result = await job.finished;
      if (this.run !== run) return;
      if (result.kind === 'decode') {
        const tokens = this.#tokens.get(group);
        if (tokens !== undefined) this.#set(purpose.cell, { kind: 'done', image: result.image, tokens });
      } else if (result.kind === 'generate' || result.kind === 'edit') {
        const [image] = result.images;
        const { codes, certainty, plan } = image!;
        const tokens = { pack: result.pack, codes, certainty, ...(plan === undefined ? {} : { plan }) };
        this.#tokens.set(group, tokens);
        if (run.plan.groups[group]!.generated !== null)
          this.#set(purpose.cell, { kind: 'done', image: image!, tokens });
      }
    } finally {
      if (this.#job === job) this.#job = null;
      if (this.run === run && this.cells[purpose.cell]?.kind === 'running')
        this.#set(purpose.cell, { kind: 'waiting' });
      if (this.outcome.kind === 'interrupted' && this.doneCount === this.cells.length) this.outcome = { kind: 'done' };
      end();
    }
  }

  #begin(id: string, setup: GridSetup, plan: GridPlan): void {
    this.run = { id, setup, plan, base: setup.base, documentId: documentState.document.id };
    this.cells = plan.cells.map(() => ({ kind: 'waiting' }));
    this.picked = [];
    this.#tokens.clear();
  }

  /** A grid of the project that this window does not know yet. */
  #meet(id: string, setup: GridSetup | undefined): void {
    const isKnown = this.run?.id === id && this.isOfThisProject;
    if (isKnown || setup === undefined || this.running) return;
    const { plan } = planGrid(setup.base, setup.columns, setup.rows);
    if (plan === null) return;
    this.#begin(id, setup, plan);
    this.outcome = { kind: 'interrupted' };
    this.#stopping = false;
  }

  /** `isLeft`: entries of the queue that are given up first. */
  async #makeCells(isLeft: (entry: QueueEntry) => boolean): Promise<void> {
    const run = this.run!;
    this.outcome = { kind: 'running' };
    this.#stopping = false;
    try {
      const left = queue.entries.filter(isLeft);
      if (left.length > 0) await dismiss(left);
      for (const [index, group] of run.plan.groups.entries()) await this.#makeGroup(run, index, group);
      this.#end({ kind: 'done' });
    } catch (thrown) {
      this.#end(isCancelled(thrown) ? { kind: 'stopped' } : { kind: 'failed', error: serialiseError(thrown) });
    }
  }

  async #makeGroup(run: GridRun, at: number, group: GridGroup): Promise<void> {
    const { edited } = run.setup;
    const writing = edited === null ? null : { ...edited, keepsRest: run.plan.keepsRest };
    const shown = group.generated ?? group.decoded[0]!;
    const isDone = (index: number): boolean => this.cells[index]?.kind === 'done';
    if ([...(group.generated === null ? [] : [group.generated]), ...group.decoded].every(isDone)) return;
    if (!this.#tokens.has(at))
      await this.#make(run, shown, writingRequest(group.recipe, writing), group.recipe, run.setup);
    const tokens = this.#tokens.get(at);
    if (tokens === undefined) throw cancelledError();
    for (const index of group.decoded) {
      if (isDone(index)) continue;
      const cell = run.plan.cells[index]!;
      await this.#make(run, index, decodeRequest(cell, tokens.pack, tokens.codes), cell);
    }
  }

  async #make(
    run: GridRun,
    cell: number,
    request: QueuedRequest,
    { prompt }: GridRecipe,
    setup?: GridSetup,
  ): Promise<void> {
    documentState.assertWritable();
    if (this.#stopping || this.run !== run) throw cancelledError();
    const known = this.cells[cell];
    // One that was met again is under way already.
    if (known?.kind === 'running') return void (await known.job.finished);
    const title = `Grid: ${prompt}`;
    const purpose = { kind: 'grid' as const, title, gridId: run.id, cell, ...(setup === undefined ? {} : { setup }) };
    await queue.submit(request, purpose);
  }

  #set(index: number, state: GridCellState): void {
    this.cells = this.cells.with(index, state);
  }

  #end(outcome: GridOutcome): void {
    this.cells = this.cells.map((cell) => (cell.kind === 'running' ? { kind: 'waiting' } : cell));
    this.outcome = outcome;
  }
}

/** The grid that an entry of the queue belongs to. */
function gridOf({ purpose }: QueueEntry): string | null {
  return purpose.kind === 'grid' ? purpose.gridId : null;
}

async function dismiss(left: readonly QueueEntry[]): Promise<void> {
  const active = left.filter(isActive).map(({ id }) => id);
  if (active.length > 0) await queue.cancel(active);
  for (const entry of left) if (!isActive(entry)) await queue.discard(entry.id);
}
