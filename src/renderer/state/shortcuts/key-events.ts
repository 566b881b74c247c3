/** A key press that an input method uses to write a character: for no handler but the field itself. */
export function isComposing({ isComposing, keyCode }: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean {
  // Safari ends the composition before the key that ended it; it still has the code of every key an input method takes.
  return isComposing || keyCode === 229;
}
