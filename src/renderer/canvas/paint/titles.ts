/** Text on the canvas cut to the room there is. */

export const titleFont = "500 11px 'Inter Variable', system-ui, sans-serif";

/** Narrower frames show no title; at a glance from far away they would be dots. CSS pixels. */
export const narrowestTitled = 48;

/** Measuring is slow, titles repeat: the last few hundred answers are kept. */
const fittedTitles = new Map<string, string>();

/** In the font that `context` has. */
export function fittedText(context: CanvasRenderingContext2D, text: string, width: number): string {
  const key = `${Math.round(width)}|${text}`;
  const known = fittedTitles.get(key);
  if (known !== undefined) return known;
  const result = fit(context, text, width);
  if (fittedTitles.size > 1000) fittedTitles.clear();
  fittedTitles.set(key, result);
  return result;
}

function fit(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let shortest = 0;
  let longest = text.length;
  while (shortest < longest) {
    const middle = Math.ceil((shortest + longest) / 2);
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) shortest = middle;
    else longest = middle - 1;
  }
  return `${text.slice(0, shortest).trimEnd()}…`;
}

const knownWidths = new Map<string, number>();

/** Measures in the font that `context` has, which must be `titleFont`; what was measured before is known. */
export function widthIn(context: CanvasRenderingContext2D): (text: string) => number {
  return (text) => {
    const known = knownWidths.get(text);
    if (known !== undefined) return known;
    const { width } = context.measureText(text);
    if (knownWidths.size > 4000) knownWidths.clear();
    knownWidths.set(text, width);
    return width;
  };
}
