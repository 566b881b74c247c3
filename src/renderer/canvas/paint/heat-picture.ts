/** The heatmap of the picked tokens as a node of its own, over the picture of its frame. */
import Konva from 'konva';
import type { Frame } from '../../../shared/document/document.js';
import type { BoardHeat } from '../../state/timeline/readings/board-heat.js';
import type { Rectangle, Size } from '../../state/board/geometry.js';
import type { Heat } from '../../state/timeline/readings/timeline-heat.js';
import { drawHeat } from '../../timeline/panes/heat-colours.js';

/** The middle of `place` in the shape of `seen`, as large as fits. */
export function seenPlace(place: Rectangle, seen: Size): Rectangle {
  const width = Math.min(place.width, (place.height * seen.width) / seen.height);
  const height = Math.min(place.height, (place.width * seen.height) / seen.width);
  return { x: place.x + (place.width - width) / 2, y: place.y + (place.height - height) / 2, width, height };
}

export class HeatPicture {
  readonly #canvas = document.createElement('canvas');
  readonly node = new Konva.Image({ image: this.#canvas, listening: false, visible: false });
  #drawn: Heat | null = null;

  /** `placeOf`: where a frame is shown, while it is dragged too. */
  show(shown: BoardHeat | null, frames: readonly Frame[], placeOf: (frame: Frame) => Rectangle): void {
    const frame = shown === null ? undefined : frames.find(({ id }) => id === shown.frameId);
    this.node.visible(frame !== undefined);
    if (shown === null || frame === undefined) return;
    if (this.#drawn !== shown.heat) drawHeat(this.#canvas, shown.heat);
    this.#drawn = shown.heat;
    const { x, y, width, height } = seenPlace(placeOf(frame), shown.seen);
    this.node.position({ x, y }).size({ width, height }).opacity(shown.opacity);
  }
}
