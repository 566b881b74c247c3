/** Where the pill stands that says the size of what is selected. Pure; screen pixels. */
import { intersects, type Rectangle } from '../../state/board/geometry.js';
import { titleHeight } from '../tools/tool.js';

export const badgeHeight = 18;
/** From the frame's edge, under it and inside it. */
const gap = { under: 8, inside: 6 } as const;

/**
 * Its upper edge: under the selection, or inside its lower edge where a frame, the title above one, or the `bar` that lies over the board is there.
 * `width`: of the pill, in the middle of the selection.
 */
export function sizeBadgeTop(
  selection: Rectangle,
  frames: readonly Rectangle[],
  { width, bar }: { width: number; bar: Rectangle | null },
): number {
  const end = selection.y + selection.height;
  // The selected frame itself ends where this begins.
  const under = { x: selection.x, y: end + 1, width: selection.width, height: gap.under + badgeHeight };
  const covers = frames.some((box) =>
    intersects(under, { ...box, y: box.y - titleHeight, height: box.height + titleHeight }),
  );
  const left = selection.x + (selection.width - width) / 2;
  const hidden = bar !== null && intersects({ x: left, y: end + gap.under, width, height: badgeHeight }, bar);
  return covers || hidden ? end - badgeHeight - gap.inside : end + gap.under;
}
