/**
 * One Tab stop for a toolbar, as an attachment: arrow keys, Home and End move between its buttons, and Tab comes back to the one
 * that had the focus last.
 */
export function roving(toolbar: HTMLElement): () => void {
  let stop: HTMLButtonElement | undefined;
  const buttons = () => [...toolbar.querySelectorAll('button')];
  const usable = () => buttons().filter(({ disabled }) => !disabled);

  function settle(): void {
    const able = usable();
    if (stop === undefined || !able.includes(stop)) stop = able[0];
    for (const button of buttons()) button.tabIndex = button === stop ? 0 : -1;
  }

  function focused({ target }: FocusEvent): void {
    if (!(target instanceof HTMLButtonElement)) return;
    stop = target;
    settle();
  }

  function keys(event: KeyboardEvent): void {
    const able = usable();
    const at = able.findIndex((button) => button === event.target);
    if (at === -1 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const to = nextStop(event.key, at, able.length, toolbar.ariaOrientation === 'vertical');
    if (to === null) return;
    event.preventDefault();
    able[to]?.focus();
  }

  const observer = new MutationObserver(settle);
  observer.observe(toolbar, { childList: true, subtree: true, attributeFilter: ['disabled'] });
  toolbar.addEventListener('focusin', focused);
  toolbar.addEventListener('keydown', keys);
  settle();
  return () => {
    observer.disconnect();
    toolbar.removeEventListener('focusin', focused);
    toolbar.removeEventListener('keydown', keys);
  };
}

/** Where a key leads from button `at` of `count`, around the ends; null where it means nothing to a toolbar. */
export function nextStop(key: string, at: number, count: number, vertical: boolean): number | null {
  const [forward, back] = vertical ? ['ArrowDown', 'ArrowUp'] : ['ArrowRight', 'ArrowLeft'];
  if (key === forward) return (at + 1) % count;
  if (key === back) return (at - 1 + count) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : null;
}
