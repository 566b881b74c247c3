/** Puts what a picture was made with back into the composer. */
import type { FrameOrigin } from '../../../shared/document/document.js';
import { escapeAlternatives } from '../../../shared/grids/prompt-alternatives.js';
import { composer } from './composer.svelte.js';
import { plans } from './plans.svelte.js';
import { notices } from '../studio/notices.svelte.js';
import { studio } from '../studio/studio.svelte.js';

/** False, and nothing changed, for a picture that was not made from words. */
export function recallOrigin(origin: FrameOrigin): boolean {
  if (origin.kind !== 'generated' && origin.kind !== 'edited') return false;
  if (origin.kind === 'generated') composer.setPrompt(escapeAlternatives(origin.prompt));
  else composer.instruction = origin.instruction;
  composer.task = origin.kind === 'generated' ? 'generate' : 'edit';
  composer.setSeed(origin.seed);
  composer.setSeedLocked(true);
  composer.setSettings(origin.settings, studio.pack);
  plans.restore(composer.task === 'edit' ? 'edit' : 'generate', origin.plan);
  if (origin.kind === 'edited' && origin.mask === undefined) composer.setKeepsRest(origin.region === 'changed');
  notices.tell('Prompt, seed and settings are back in the composer', 'success');
  return true;
}
