/** Dragging along t. The position is read once per drag and applied once per animation frame. */

export interface ScrubOptions {
  /** Called at most once per frame with the pixel from the left edge of the surface. */
  onScrub: (x: number) => void;
  onStart?: () => void;
  onEnd?: () => void;
}

/** A Svelte attachment: makes an element a surface to drag on. */
export function scrub(options: ScrubOptions) {
  return (surface: HTMLElement): (() => void) => {
    let left = 0;
    let pointer: number | null = null;
    let latest = 0;
    let frame = 0;

    const flush = () => {
      frame = 0;
      options.onScrub(latest);
    };
    const queue = (event: PointerEvent) => {
      latest = event.clientX - left;
      if (frame === 0) frame = requestAnimationFrame(flush);
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0 || pointer !== null) return;
      pointer = event.pointerId;
      left = surface.getBoundingClientRect().left;
      surface.setPointerCapture(event.pointerId);
      options.onStart?.();
      queue(event);
    };
    const move = (event: PointerEvent) => {
      if (event.pointerId === pointer) queue(event);
    };
    const up = (event: PointerEvent) => {
      if (event.pointerId !== pointer) return;
      pointer = null;
      options.onEnd?.();
    };

    surface.addEventListener('pointerdown', down);
    surface.addEventListener('pointermove', move);
    surface.addEventListener('pointerup', up);
    surface.addEventListener('pointercancel', up);
    return () => {
      cancelAnimationFrame(frame);
      surface.removeEventListener('pointerdown', down);
      surface.removeEventListener('pointermove', move);
      surface.removeEventListener('pointerup', up);
      surface.removeEventListener('pointercancel', up);
    };
  };
}
