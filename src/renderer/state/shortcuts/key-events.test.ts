import { describe, expect, it } from 'vitest';
import { guardCompositions, isComposing } from './key-events.js';

function press(kind: string, facts: { isComposing?: boolean; keyCode?: number }): Event {
  const event = new Event(kind, { bubbles: true, cancelable: true });
  return Object.assign(event, { isComposing: false, keyCode: 13, ...facts });
}

describe('a running composition', () => {
  it.each([
    [{ isComposing: true }, true],
    [{ keyCode: 229 }, true],
    [{}, false],
  ])('%o: %s', (facts, expected) => {
    expect(isComposing({ isComposing: false, keyCode: 13, ...facts })).toBe(expected);
  });

  it.each(['keydown', 'keypress', 'keyup'])('keeps its %s from every handler, and from the browser nothing', (kind) => {
    const window = new EventTarget();
    const heard: string[] = [];
    const end = guardCompositions(window);
    window.addEventListener(kind, () => heard.push('bubbling'));
    window.addEventListener(kind, () => heard.push('capturing'), { capture: true });
    const composed = press(kind, { isComposing: true });
    window.dispatchEvent(composed);
    window.dispatchEvent(press(kind, { keyCode: 229 }));
    expect(heard).toEqual([]);
    expect(composed.defaultPrevented).toBe(false);
    window.dispatchEvent(press(kind, {}));
    expect(heard).toHaveLength(2);
    end();
    window.dispatchEvent(press(kind, { isComposing: true }));
    expect(heard).toHaveLength(4);
  });
});
