/** What commands do, one function each; failures are thrown to `perform`, which shows them. */
import { StudioError, type StudioErrorCode } from '../../shared/errors.js';
import { editFrame } from '../state/jobs/editing.js';
import { composer, type ComposerTask } from '../state/composer/composer.svelte.js';
import { plans } from '../state/composer/plans.svelte.js';
import { documentState } from '../state/document/document.svelte.js';
import { generation } from '../state/jobs/generation.svelte.js';
import { notices } from '../state/studio/notices.svelte.js';
import { recallOrigin } from '../state/composer/load-origin.js';
import { selectedFrame } from '../state/board/selection.svelte.js';
import { studio } from '../state/studio/studio.svelte.js';

const neededOf = { edit: 'edit', describe: 'caption', ask: 'question' } as const;

/** The composer's task as far as the selection and the pack allow it, else generating. */
export function currentTask(): ComposerTask {
  const { task } = composer;
  return task !== 'generate' && selectedFrame() !== null && studio.can(neededOf[task]) ? task : 'generate';
}

/** The keyboard goes to the words of the composer; what describes a frame has none. */
export function writePrompt(): void {
  if (currentTask() === 'describe') composer.task = 'generate';
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLTextAreaElement>('textarea[data-prompt]');
    field?.focus();
    field?.select();
  });
}

/** What Ctrl+Enter runs. */
export async function runComposer(): Promise<void> {
  const frame = selectedFrame();
  const task = currentTask();
  // What runs is what was meant: selecting the new picture must not turn to a task chosen before.
  composer.task = task;
  await sayAtField(task, () => {
    if (frame === null || task === 'generate') return generation.generate();
    return task === 'edit' ? editFrame(frame) : generation[task](frame);
  });
}

const aboutWords: readonly StudioErrorCode[] = ['prompt-empty', 'prompt-too-long', 'bad-request'];

/** What is wrong with the words is said where they stand; everything else is thrown on. */
async function sayAtField(task: ComposerTask, run: () => Promise<void>): Promise<void> {
  const words = composer.wordsOf(task);
  composer.problem = null;
  try {
    await run();
  } catch (thrown) {
    if (!(thrown instanceof StudioError) || !aboutWords.includes(thrown.code) || task === 'describe') throw thrown;
    composer.problem = { task, words, text: `${thrown.message} ${thrown.remedy}` };
  }
}

/** The plan that can be drawn as it stands in its field; null: there is none. */
export function drawablePlan(): string | null {
  const task = currentTask();
  if (task !== 'generate' && task !== 'edit') return null;
  return plans.shown(task)?.text.trim() || null;
}

/** Draws from the plan in the field, corrected or not. */
export async function drawPlan(): Promise<void> {
  const plan = drawablePlan();
  const frame = selectedFrame();
  if (plan === null) return;
  const task = currentTask();
  await sayAtField(task, () =>
    task === 'edit' && frame !== null ? editFrame(frame, plan) : generation.generate(plan),
  );
}

/** Puts a frame's prompt, seed and settings back into the composer. */
export function recallSelected(): void {
  const frame = selectedFrame();
  if (frame !== null) recallOrigin(frame.origin);
}

export async function stepHistory(direction: 'undo' | 'redo'): Promise<void> {
  const label = await documentState[direction]();
  if (label !== null) notices.tell(`${direction === 'undo' ? 'Undone' : 'Redone'}: ${label}`);
}
