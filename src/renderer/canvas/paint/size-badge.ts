/** Where the pill stands that says the size of what is selected. Pure; screen pixels. */
import { intersects, type Point, type Rectangle } from '../../state/board/geometry.js';
import { titleHeight } from '../tools/tool.js';

export const badgeHeight = 18;
/** From the frame's edge, under it and inside it, and from what it moves aside for. */
const gap = { under: 8, inside: 6, beside: 6 } as const;

/**
 * The middle of its upper edge: under the selection, or inside its lower edge where a frame, or the title above one, is there. Under it it
 * moves aside for the `bar` that lies over the board, as far as the selection goes. `width`: of the pill.
 */
export function sizeBadgePlace(
  selection: Rectangle,
  frames: readonly Rectangle[],
  { width, bar }: { width: number; bar: Rectangle | null },
): Point {
  const end = selection.y + selection.height;
  const middle = selection.x + selection.width / 2;
  const inside = { x: middle, y: end - badgeHeight - gap.inside };
  // The selected frame itself ends where this begins.
  const under = { x: selection.x, y: end + 1, width: selection.width, height: gap.under + badgeHeight };
  const covers = frames.some((box) =>
    intersects(under, { ...box, y: box.y - titleHeight, height: box.height + titleHeight }),
  );
  if (covers) return inside;
  const y = end + gap.under;
  const hidden = bar !== null && intersects({ x: middle - width / 2, y, width, height: badgeHeight }, bar);
  if (!hidden) return { x: middle, y };
  const beside = [bar.x - gap.beside - width / 2, bar.x + bar.width + gap.beside + width / 2].filter(
    (x) => x - width / 2 >= selection.x && x + width / 2 <= selection.x + selection.width,
  );
  const [nearest] = beside.sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle));
  return nearest === undefined ? inside : { x: nearest, y };
}
