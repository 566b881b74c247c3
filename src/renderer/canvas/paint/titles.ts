/** Text on the canvas cut to the room there is. */
import { fitText } from '../../../shared/text/fit-text.js';
import { LruCache } from '../../../shared/lru-cache.js';

export const titleFont = "500 11px 'Inter Variable', system-ui, sans-serif";

/** Measuring is slow, titles repeat: the last answers are kept. */
const fittedTitles = new LruCache<string>({ entries: 4000, bytes: Infinity });
const knownWidths = new LruCache<number>({ entries: 4000, bytes: Infinity });

/** Narrower frames show no title; at a glance from far away they would be dots. CSS pixels. */
export const narrowestTitled = 48;

/** In the font that `context` has, which must be `titleFont`. */
export function fittedText(context: CanvasRenderingContext2D, text: string, width: number): string {
  const key = `${Math.round(width)}|${text}`;
  const known = fittedTitles.get(key);
  if (known !== undefined) return known;
  const result = fitText(text, width, (part) => context.measureText(part).width);
  fittedTitles.set(key, result);
  return result;
}

/** Measures in the font that `context` has, which must be `titleFont`; what was measured before is known. */
export function widthIn(context: CanvasRenderingContext2D): (text: string) => number {
  return (text) => {
    const known = knownWidths.get(text);
    if (known !== undefined) return known;
    const { width } = context.measureText(text);
    knownWidths.set(text, width);
    return width;
  };
}
