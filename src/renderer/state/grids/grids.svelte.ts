/** X/Y grids as this window runs them: what is set up, the one that runs or ran last, and its cells as they arrive. */
import { cancelledError, isCancelled, serialiseError, type SerialisedError } from '../../../shared/errors.js';
import type { JobResult } from '../../../shared/job-results.js';
import type { Frame, TokenCertainty } from '../../../shared/document.js';
import type { StoredImage } from '../../../shared/images.js';
import { gridParameters, readAxis, type AxisReading, type GridParameter } from '../../../shared/grids/grid-axis.js';
import {
  decodeRequest,
  planGrid,
  type GridBase,
  type GridGroup,
  type GridPlan,
  type GridRecipe,
  writingRequest,
  type PlanReading,
} from '../../../shared/grids/grid-plan.js';
import type { EditBase, ImageSource, JobRequest } from '../../../shared/jobs.js';
import { editSettings, settingNames, settingTable, type SettingName } from '../../../shared/settings.js';
import { composer } from '../composer/composer.svelte.js';
import { documentState } from '../document/document.svelte.js';
import { generation } from '../jobs/generation.svelte.js';
import { jobs, type Job } from '../jobs/jobs.svelte.js';
import { recall, remember } from '../studio/preferences.js';
import { imageSourceOf, selectedFrame } from '../board/selection.svelte.js';
import { studio } from '../studio/studio.svelte.js';

export type GridSide = 'columns' | 'rows';

/** What is written for prompts and for instructions is kept apart. */
type TextName = GridParameter | 'instruction';

/** One side as it is being written. What was written for another parameter is kept. */
export interface SideDraft {
  /** `none`: only the rows may be left out. */
  parameter: GridParameter | 'none';
  texts: Readonly<Record<TextName, string>>;
}

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

export type GridOutcome =
  { kind: 'running' } | { kind: 'done' } | { kind: 'stopped' } | { kind: 'failed'; error: SerialisedError };

export interface GridRun {
  plan: GridPlan;
  base: GridBase;
  /** What its edits start from, and whose pixels they keep; null: its pictures are new ones. */
  edited: { source: ImageSource; base: EditBase } | null;
  /** Its pictures are kept in this project. */
  documentId: string;
}

const usualTexts = {
  seed: '1-4',
  prompt: '',
  instruction: '',
  ...(Object.fromEntries(settingNames.map((name) => [name, settingTable[name].gridValues])) as Record<
    SettingName,
    string
  >),
  keepFrom: '0, 8, 16, 24',
} satisfies Record<TextName, string>;

export class GridsState {
  columns = $state.raw<SideDraft>(recallSide('grid-columns', 'seed'));
  rows = $state.raw<SideDraft>(recallSide('grid-rows', 'steps'));
  /** Whether the selected frame is to be edited in every cell; it counts only where that can be done. */
  wantsEdits = $state(false);
  run = $state.raw<GridRun | null>(null);
  cells = $state.raw<readonly GridCellState[]>([]);
  outcome = $state.raw<GridOutcome>({ kind: 'done' });
  /** Indices of cells the person chose. */
  picked = $state.raw<readonly number[]>([]);
  #job: Job | null = null;
  /** A stop can come between two jobs, or just as one ends: no other may begin after it. */
  #stopping = false;

  /** The frame that every cell edits; null: cells are new pictures. */
  get parent(): Frame | null {
    return this.wantsEdits && studio.can('edit') ? selectedFrame() : null;
  }

  get running(): boolean {
    return this.run !== null && this.outcome.kind === 'running';
  }

  get doneCount(): number {
    return this.cells.filter(({ kind }) => kind === 'done').length;
  }

  setParameter(side: GridSide, parameter: SideDraft['parameter']): void {
    this.#setSide(side, { ...this[side], parameter });
  }

  setText(side: GridSide, parameter: GridParameter, text: string): void {
    this.#setSide(side, { ...this[side], texts: { ...this[side].texts, [this.#textName(parameter)]: text } });
  }

  /** What is written there; the prompt side begins with the composer's. */
  textOf(side: GridSide): string {
    const { parameter, texts } = this[side];
    if (parameter === 'none') return '';
    const written = texts[this.#textName(parameter)];
    return parameter === 'prompt' && written === '' ? this.words : written;
  }

  /** What the composer says for cells whose words no side changes. */
  get words(): string {
    return this.parent === null ? composer.prompt : composer.instruction;
  }

  /** Null: that side is left out, or no pack is there to say what is possible. */
  reading(side: GridSide): AxisReading | null {
    const { parameter } = this[side];
    const { pack } = studio;
    return parameter === 'none' || pack === null ? null : readAxis(parameter, this.textOf(side), pack.manifest);
  }

  /** Null where a side cannot be read; its own problem says why. */
  get planned(): PlanReading | null {
    const [columns, rows] = [this.reading('columns'), this.reading('rows')];
    if (columns === null || columns.problem !== null || (rows !== null && rows.problem !== null)) return null;
    return planGrid(this.#base(), columns.axis, rows === null ? null : rows.axis);
  }

  /** Resolves when the grid is done, stopped or failed; never rejects. */
  async start(): Promise<void> {
    const plan = this.planned?.plan;
    if (plan === undefined || plan === null || this.running) return;
    const { parent } = this;
    const edited = parent === null ? null : { source: imageSourceOf(parent), base: { imageId: parent.imageId } };
    this.run = { plan, base: this.#base(), edited, documentId: documentState.document.id };
    this.cells = plan.cells.map(() => ({ kind: 'waiting' }));
    this.picked = [];
    this.outcome = { kind: 'running' };
    this.#stopping = false;
    const { run } = this;
    try {
      for (const group of plan.groups) await this.#makeGroup(run, group);
      this.#end({ kind: 'done' });
    } catch (thrown) {
      this.#end(isCancelled(thrown) ? { kind: 'stopped' } : { kind: 'failed', error: serialiseError(thrown) });
    }
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

  /** The pictures of another project mean nothing in this one. */
  get isOfThisProject(): boolean {
    return this.run?.documentId === documentState.document.id;
  }

  #base(): GridBase {
    const { parent } = this;
    const settings = composer.settingsFor(studio.pack);
    const common = { prompt: this.words.trim(), seed: composer.seed };
    return parent === null
      ? { ...common, settings }
      : {
          ...{ ...common, settings: editSettings(settings), parentId: parent.id },
          ...(composer.keepsRest ? {} : { region: 'whole' as const }),
        };
  }

  #textName(parameter: GridParameter): TextName {
    return parameter === 'prompt' && this.parent !== null ? 'instruction' : parameter;
  }

  async #makeGroup({ plan, edited }: GridRun, group: GridGroup): Promise<void> {
    const shown = group.generated ?? group.decoded[0]!;
    const writing = edited === null ? null : { ...edited, keepsRest: plan.keepsRest };
    const result = await this.#make(shown, writingRequest(group.recipe, writing), group.recipe);
    if (result.kind !== 'generate' && result.kind !== 'edit') return;
    const [image] = result.images;
    const { codes, certainty, plan: planned } = image!;
    const tokens: WrittenTokens = {
      ...{ pack: result.pack, codes, certainty },
      ...(planned === undefined ? {} : { plan: planned }),
    };
    if (group.generated !== null) this.#set(group.generated, { kind: 'done', image: image!, tokens });
    for (const index of group.decoded) {
      const cell = plan.cells[index]!;
      const decoded = await this.#make(index, decodeRequest(cell, tokens.pack, tokens.codes), cell);
      if (decoded.kind === 'decode') this.#set(index, { kind: 'done', image: decoded.image, tokens });
    }
  }

  async #make(index: number, request: JobRequest, { prompt }: GridRecipe): Promise<JobResult> {
    documentState.assertWritable();
    if (this.#stopping) throw cancelledError();
    const job = await jobs.submit(request);
    this.#job = job;
    if (this.#stopping) await jobs.cancel(job);
    this.#set(index, { kind: 'running', job });
    const end = generation.track(job, `Grid: ${prompt}`);
    try {
      return await job.finished;
    } finally {
      this.#job = null;
      end();
    }
  }

  #set(index: number, state: GridCellState): void {
    this.cells = this.cells.with(index, state);
  }

  #end(outcome: GridOutcome): void {
    this.cells = this.cells.map((cell) => (cell.kind === 'running' ? { kind: 'waiting' } : cell));
    this.outcome = outcome;
  }

  #setSide(side: GridSide, draft: SideDraft): void {
    this[side] = draft;
    remember(`grid-${side}`, draft);
  }
}

/** Parameters that came after a side was remembered have their usual texts. */
function recallSide(key: string, parameter: GridParameter): SideDraft {
  const side = recall<SideDraft>(key, { parameter, texts: usualTexts }, isSideDraft);
  return { ...side, texts: { ...usualTexts, ...side.texts } };
}

function isSideDraft(value: unknown): value is SideDraft {
  if (typeof value !== 'object' || value === null || !('parameter' in value) || !('texts' in value)) return false;
  const { parameter, texts } = value as { parameter: unknown; texts: unknown };
  if (typeof texts !== 'object' || texts === null) return false;
  return (
    (parameter === 'none' || gridParameters.some((name) => name === parameter)) &&
    Object.values(texts).every((text) => typeof text === 'string')
  );
}

export const grids = new GridsState();
