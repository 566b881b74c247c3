/**
 * What the model said it will draw, and what the person made of it. A plan answers certain words (of an edit, for a certain frame)
 * and shows only while these stand in the composer; typing other words hides it, typing them again brings it back.
 */
import { jobs } from '../jobs/jobs.svelte.js';
import { selectedFrame } from '../board/selection.svelte.js';
import { studio } from '../studio/studio.svelte.js';
import { composer } from './composer.svelte.js';

export type PlannedTask = 'generate' | 'edit';

export interface PlanDraft {
  /** The prompt or instruction it answers. */
  readonly words: string;
  /** The frame that is edited; null for a prompt. */
  readonly frameId: string | null;
  /** The model's own words so far; null where the text came with a picture. */
  readonly written: string | null;
  /** What stands in the field. */
  readonly text: string;
}

type Subject = Pick<PlanDraft, 'words' | 'frameId'>;

export class PlansState {
  #drafts = $state.raw<Record<PlannedTask, PlanDraft | null>>({ generate: null, edit: null });

  /** The plan of the words in the composer; null in a pack that does not plan. Reactive where it is read. */
  shown(task: PlannedTask): PlanDraft | null {
    const draft = this.#drafts[task];
    if (draft === null || !studio.plans(task)) return null;
    const { words, frameId } = subjectOf(task);
    return draft.words === words && draft.frameId === frameId ? draft : null;
  }

  /** What the person wants drawn instead of what the model would write; null: the model plans. */
  own(task: PlannedTask): string | null {
    const draft = this.shown(task);
    if (draft === null || draft.text === draft.written || draft.text.trim() === '') return null;
    return draft.text.trim();
  }

  /** A run begins in which the model plans. */
  begin(task: PlannedTask, subject: Subject): void {
    this.#put(task, { ...subject, written: '', text: '' });
  }

  /** What the model has written so far; a text the person has begun to change meanwhile stays theirs. */
  say(task: PlannedTask, words: string, written: string): void {
    const draft = this.#drafts[task];
    if (draft === null || draft.words !== words || draft.written === null) return;
    this.#put(task, { ...draft, written, text: draft.text === draft.written ? written : draft.text });
  }

  /** The person writes. */
  write(task: PlannedTask, text: string): void {
    const draft = this.#drafts[task];
    if (draft !== null) this.#put(task, { ...draft, text });
  }

  /** The plan a picture came with, for the words that are in the composer now. */
  restore(task: PlannedTask, text: string | undefined): void {
    this.#put(task, text === undefined ? null : { ...subjectOf(task), written: null, text });
  }

  /** The model plans again. */
  forget(task: PlannedTask): void {
    this.#put(task, null);
  }

  #put(task: PlannedTask, draft: PlanDraft | null): void {
    this.#drafts = { ...this.#drafts, [task]: draft };
  }
}

function subjectOf(task: PlannedTask): Subject {
  return task === 'generate'
    ? { words: composer.prompt.trim(), frameId: null }
    : { words: composer.instruction.trim(), frameId: selectedFrame()?.id ?? null };
}

export const plans = new PlansState();

// A plan that was given is the person's own; of several variations the first one's is shown.
jobs.onPlan((request, { variation, text }) => {
  if ((request.kind !== 'generate' && request.kind !== 'edit') || request.plan !== undefined || variation !== 0) return;
  plans.say(request.kind, request.kind === 'generate' ? request.prompt : request.instruction, text);
});
