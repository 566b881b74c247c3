/** Keys and input methods. */

/** A key press that an input method uses to write a character: for no handler, only for the field itself. */
export function isComposing({ isComposing, keyCode }: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean {
  // Safari ends the composition before the key that ended it, which still has the code of every key an input method takes.
  return isComposing || keyCode === 229;
}

/**
 * Presses of a running composition reach no handler that is added to `window` or inside it later; the input method works as ever.
 * One place for all fields, those to come included. Returns what ends it.
 */
export function guardCompositions(window: EventTarget): () => void {
  const guard = (event: Event): void => {
    if (isComposing(event as KeyboardEvent)) event.stopImmediatePropagation();
  };
  const kinds = ['keydown', 'keypress', 'keyup'] as const;
  for (const kind of kinds) window.addEventListener(kind, guard, { capture: true });
  return () => {
    for (const kind of kinds) window.removeEventListener(kind, guard, { capture: true });
  };
}
