/** What is said in words: checked before anything runs, wherever it was written. */
import { StudioError } from '../errors.js';
import { textLimits } from '../limits.js';

type Worded =
  | { kind: 'generate'; prompt: string; kept?: unknown }
  | { kind: 'edit'; instruction: string }
  | { kind: 'ask'; question: string };

/** Throws `prompt-empty` or `prompt-too-long`; requests without words pass. */
export function checkWords(request: Worded | { kind: string }): void {
  const said = wordsOf(request as Worded);
  if (said === null) return;
  const [what, words] = said;
  // Kept tokens say enough for a picture to be finished without words.
  const mayBeEmpty = 'kept' in request && request.kept !== undefined;
  if (words.trim() === '' && !mayBeEmpty) {
    throw new StudioError('prompt-empty', `The ${what} is empty.`, `Write a ${what}, or pick one of the examples.`);
  }
  if (words.length > textLimits.prompt) {
    const excess = `The ${what} has ${words.length} characters; the most is ${textLimits.prompt}.`;
    throw new StudioError('prompt-too-long', excess, 'Shorten it and try again.');
  }
}

function wordsOf(request: Worded): [what: string, words: string] | null {
  switch (request.kind) {
    case 'generate':
      return ['prompt', request.prompt];
    case 'edit':
      return ['instruction', request.instruction];
    case 'ask':
      return ['question', request.question];
    default:
      return null;
  }
}
