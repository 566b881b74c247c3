/** X/Y grids of this window: what is being set up, and what runs (`grid-run.svelte.ts`). */
import type { Frame } from '../../../shared/document/document.js';
import { gridParameters, readAxis, type AxisReading, type GridParameter } from '../../../shared/grids/grid-axis.js';
import { planGrid, type GridBase, type PlanReading } from '../../../shared/grids/grid-plan.js';
import {
  editSettings,
  presentName,
  settingNames,
  settingTable,
  withPresentNames,
  type SettingName,
} from '../../../shared/jobs/settings.js';
import { countAlternatives } from '../../../shared/grids/prompt-alternatives.js';
import { imageSourceOf, selectedFrame } from '../board/selection.svelte.js';
import { composer } from '../composer/composer.svelte.js';
import { queue } from '../jobs/queue.svelte.js';
import { preference, setPreference } from '../studio/preferences.js';
import { studio } from '../studio/studio.svelte.js';
import { GridRunState } from './grid-run.svelte.js';

export type GridSide = 'columns' | 'rows';

/** What is written for prompts and for instructions is kept apart. */
type TextName = GridParameter | 'instruction';

/** One side as it is being written. What was written for another parameter is kept. */
export interface SideDraft {
  /** `none`: only the rows may be left out. */
  parameter: GridParameter | 'none';
  texts: Readonly<Record<TextName, string>>;
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

export class GridsState extends GridRunState {
  columns = $state.raw<SideDraft>(sideDraft('grid-columns', 'seed'));
  rows = $state.raw<SideDraft>(sideDraft('grid-rows', 'steps'));
  /** Whether the selected frame is to be edited in every cell; it counts only where that can be done. */
  wantsEdits = $state(false);

  /** The frame that every cell edits; null: cells are new pictures. */
  get parent(): Frame | null {
    return this.wantsEdits && studio.can('edit') ? selectedFrame() : null;
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
    const prompts = this.#promptsInCells();
    if (prompts > 1) {
      return {
        plan: null,
        problem: `The choices in braces make ${prompts} prompts of one: choose Prompt for a side, or write one prompt.`,
      };
    }
    return planGrid(this.#base(), columns.axis, rows === null ? null : rows.axis);
  }

  /** For how many prompts the composer's words stand where no side has them; braces in instructions are ordinary. */
  #promptsInCells(): number {
    const hasSide = this.columns.parameter === 'prompt' || this.rows.parameter === 'prompt';
    return hasSide || this.parent !== null ? 1 : countAlternatives(this.words);
  }

  /** Resolves when the grid is done, stopped or failed; never rejects. */
  async start(): Promise<void> {
    const plan = this.planned?.plan;
    const [columns, rows] = [this.reading('columns')?.axis, this.reading('rows')?.axis ?? null];
    if (plan === undefined || plan === null || columns === undefined || columns === null || this.running) return;
    const { parent } = this;
    const edited = parent === null ? null : { source: imageSourceOf(parent), base: { imageId: parent.imageId } };
    await this.make({ base: this.#base(), columns, rows, edited }, plan);
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

  #setSide(side: GridSide, draft: SideDraft): void {
    this[side] = draft;
    setPreference(`grid-${side}`, draft);
  }
}

/** Parameters that came after a side was remembered have their usual texts. */
function sideDraft(key: string, parameter: GridParameter): SideDraft {
  const side = preference<SideDraft>(key, { parameter, texts: usualTexts }, isSideDraft, withPresentParameters);
  return { ...side, texts: { ...usualTexts, ...side.texts } };
}

/** A side that was remembered when settings had other names. */
function withPresentParameters(side: unknown): unknown {
  if (typeof side !== 'object' || side === null || !('parameter' in side) || !('texts' in side)) return side;
  return { ...side, parameter: presentName(side.parameter), texts: withPresentNames(side.texts) };
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
queue.take('grid', (job, entry) => grids.take(job, entry));
