import { describe, expect, it } from 'vitest';
import { RedrawState } from './redraw.svelte.js';

describe('canvases that were emptied', () => {
  it('are counted wherever they are, until nobody listens', () => {
    const redraw = new RedrawState();
    const window = new EventTarget();
    const end = redraw.listen(window);
    window.dispatchEvent(new Event('contextrestored'));
    window.dispatchEvent(new Event('contextlost'));
    expect(redraw.follow()).toBe(1);
    end();
    window.dispatchEvent(new Event('contextrestored'));
    expect(redraw.follow()).toBe(1);
  });
});
