/** One label for each block of pictures that came together, where the board is too far away for the titles of each. Pure; screen pixels. */
import { boundsOf, frameGap, type Rectangle } from '../../state/board/geometry.js';
import { titleHeight } from '../tools/tool.js';
import type { Shown } from './frames-on-screen.js';
import { narrowestTitled } from './titles.js';

export interface RunLabel {
  text: string;
  /** The line that it has; `onPicture`: there is no room above the block. */
  line: Rectangle;
  onPicture: boolean;
}

/** A label on a smaller block would hide what it names. */
const leastCovered = 5 * titleHeight;

/** Times the room its pictures take: a run whose pictures were carried apart further than this is no block any more. */
const mostSpread = 2.5;

/** Of all frames, those beyond the view included: a block is named by its upper left corner wherever that is. */
export function runLabels(frames: readonly Shown[], zoom: number): RunLabel[] {
  const runs = new Map<string, { name: string; boxes: Rectangle[] }>();
  for (const { frame, box } of frames) {
    if (frame.run === undefined) continue;
    const run = runs.get(frame.run.id) ?? { name: frame.run.name, boxes: [] };
    run.boxes.push(box);
    runs.set(frame.run.id, run);
  }
  const gap = frameGap * zoom;
  return [...runs.values()].flatMap(({ name, boxes }) => {
    const block = boundsOf(boxes);
    if (block === null || boxes.length < 2 || block.width < narrowestTitled || isScattered(block, boxes, gap))
      return [];
    const onPicture = gap < titleHeight;
    if (onPicture && block.height < leastCovered) return [];
    const y = block.y + (onPicture ? 2 : 2 - titleHeight);
    const line = {
      x: block.x + (onPicture ? 2 : 0),
      y,
      width: block.width - (onPicture ? 4 : 0),
      height: titleHeight - 4,
    };
    return [{ text: `${boxes.length} × ${name}`, line, onPicture }];
  });
}

function isScattered(block: Rectangle, boxes: readonly Rectangle[], gap: number): boolean {
  const room = boxes.reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0);
  return (block.width + gap) * (block.height + gap) > mostSpread * room;
}
