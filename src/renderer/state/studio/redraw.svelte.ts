/**
 * A graphics driver that is reset, or a machine that slept, empties canvases and says so to each of them. Everything that paints one
 * reads `follow` where it paints, and so paints again.
 */
export class RedrawState {
  #restored = $state(0);

  /** How often canvases were emptied; reactive where it is read. */
  follow(): number {
    return this.#restored;
  }

  /** Hears of every canvas in the window, those to come included. Returns what ends it. */
  listen(window: EventTarget): () => void {
    // The event does not rise from its canvas, but on the way down it passes here.
    const restored = (): void => void this.#restored++;
    window.addEventListener('contextrestored', restored, { capture: true });
    return () => window.removeEventListener('contextrestored', restored, { capture: true });
  }
}

export const redraw = new RedrawState();
