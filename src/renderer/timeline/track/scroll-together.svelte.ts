/**
 * A Svelte attachment: keeps an element that scrolls sideways where `left` says, and tells `onscroll` when a person scrolls it. Those
 * that share one number scroll together.
 */
export function scrollTogether(left: () => number, onscroll: (left: number) => void) {
  return (element: HTMLElement): (() => void) => {
    const tell = () => onscroll(element.scrollLeft);
    element.addEventListener('scroll', tell, { passive: true });
    $effect(() => {
      element.scrollLeft = left();
    });
    return () => element.removeEventListener('scroll', tell);
  };
}
