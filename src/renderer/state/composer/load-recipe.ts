/** Puts what a dropped file was made with back into the composer, as far as it means something here. */
import type { ImageRecipe } from '../../../shared/document/image-metadata.js';
import { escapeAlternatives } from '../../../shared/grids/prompt-alternatives.js';
import { composer } from './composer.svelte.js';
import { plans } from './plans.svelte.js';
import { notices } from '../studio/notices.svelte.js';
import { studio } from '../studio/studio.svelte.js';

export function recallRecipe({ task, text, seed, settings, plan, keepsRest }: ImageRecipe): void {
  if (task === 'edit') composer.instruction = text;
  else composer.setPrompt(escapeAlternatives(text));
  composer.task = task;
  plans.restore(task, plan);
  if (task === 'edit' && keepsRest !== undefined) composer.setKeepsRest(keepsRest);
  if (seed !== null) {
    composer.setSeed(seed);
    composer.setSeedLocked(true);
  }
  if (settings !== null) composer.setSettings(settings, studio.pack);
  const what = [
    task === 'edit' ? 'Instruction' : 'Prompt',
    ...(seed === null ? [] : ['seed']),
    ...(settings === null ? [] : ['settings']),
  ];
  const verb = what.length === 1 ? 'is' : 'are';
  notices.tell(`${what.join(', ').replace(/, ([^,]*)$/, ' and $1')} ${verb} back in the composer`, 'success');
}
