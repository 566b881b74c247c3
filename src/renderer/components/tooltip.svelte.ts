import type { Attachment } from 'svelte/attachments';

export interface TooltipContent {
  text: string;
  shortcut?: string | undefined;
}

/** The one tooltip of the window; Tooltip.svelte draws it. */
class TooltipState {
  /** Asked whenever it is drawn: what a hint says may change while the pointer rests there. */
  content = $state.raw<(() => TooltipContent) | null>(null);
  anchor = $state.raw<DOMRect | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hiddenAt = 0;
  #owner: Element | null = null;

  /** Neighbours show at once when one was just visible. */
  show(element: Element, content: () => TooltipContent): void {
    clearTimeout(this.#timer);
    this.#owner = element;
    if (content().text === '') return;
    const warm = performance.now() - this.#hiddenAt < 300;
    this.#timer = setTimeout(
      () => {
        this.anchor = element.getBoundingClientRect();
        // What it would speak of may have gone with it, a moment before the hint does.
        this.content = () => (element.isConnected ? content() : { text: '' });
      },
      warm ? 0 : 450,
    );
  }

  /** Does nothing where another element's hint is shown or about to be: elements that go away take only their own along. */
  hide(element: Element): void {
    if (element !== this.#owner) return;
    this.#owner = null;
    clearTimeout(this.#timer);
    if (this.content !== null) this.#hiddenAt = performance.now();
    this.content = null;
  }
}

export const tooltipState = new TooltipState();

/** Shows a hint while the element is hovered or focused by keyboard. */
export function tooltip(content: () => TooltipContent): Attachment<HTMLElement> {
  return (element) => {
    const show = () => tooltipState.show(element, content);
    const showForKeyboard = () => element.matches(':focus-visible') && show();
    // Removing a focused element fires `blur` in the middle of an update, where state may not be written.
    const hide = () => queueMicrotask(() => tooltipState.hide(element));
    element.addEventListener('pointerenter', show);
    element.addEventListener('pointerleave', hide);
    element.addEventListener('pointerdown', hide);
    element.addEventListener('focus', showForKeyboard);
    element.addEventListener('blur', hide);
    return () => {
      hide();
      element.removeEventListener('pointerenter', show);
      element.removeEventListener('pointerleave', hide);
      element.removeEventListener('pointerdown', hide);
      element.removeEventListener('focus', showForKeyboard);
      element.removeEventListener('blur', hide);
    };
  };
}
