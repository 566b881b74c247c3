/** Arrows between frames and the words on them. */
import type { Frame } from '../../../shared/document/document.js';
import { parentsOf } from '../../state/document/frames.js';
import { intersects, rectangleToScreen, titledZoom, type Rectangle } from '../../state/board/geometry.js';
import { lineageWords } from '../../state/document/lineage-words.js';
import {
  coveredBy,
  isSaidByTitle,
  labelLineHeight,
  labelPadding,
  lineageLabel,
  type LineageLabel,
} from './lineage-labels.js';
import { lineageBounds, lineageHead, paintLineageArrow } from './lineage.js';
import { snapped, type Shown } from './frames-on-screen.js';
import type { Scene } from './scene.js';
import { titleFont, widthIn } from './titles.js';
import { titleHeight } from '../tools/tool.js';

/** Below this zoom an arrow's curve and head are a few pixels: straight lines say as much. */
const curvedZoom = 0.2;

export interface ShownArrow {
  parent: Shown;
  child: Shown;
}

/** From a frame to those made of it; tells which of the arrows are in view. */
export function paintLineage(
  context: CanvasRenderingContext2D,
  scene: Scene,
  placeOf: (frame: Frame) => Rectangle,
  board: Rectangle,
): ShownArrow[] {
  const arrows: ShownArrow[] = [];
  const children = scene.frames.filter((frame) => parentsOf(frame).length > 0);
  if (children.length === 0) return arrows;
  const byId = new Map(scene.frames.map((frame) => [frame.id, frame]));
  const isCurved = scene.camera.zoom >= curvedZoom;
  const boxOf = (frame: Frame) => snapped(rectangleToScreen(scene.camera, placeOf(frame)));
  context.strokeStyle = scene.colours.lineage;
  context.fillStyle = scene.colours.lineage;
  context.lineWidth = isCurved ? 1.5 : 1;
  for (const frame of children) {
    for (const parentId of parentsOf(frame)) {
      const parent = byId.get(parentId);
      if (parent === undefined) continue;
      const [from, to] = [boxOf(parent), boxOf(frame)];
      if (!intersects(lineageBounds(from, to), board)) continue;
      paintLineageArrow(context, from, to, isCurved);
      arrows.push({ parent: { frame: parent, box: from }, child: { frame, box: to } });
    }
  }
  return arrows;
}

/** The instruction on each arrow, where it covers nothing; the same size at every zoom. */
export function paintLineageLabels(
  context: CanvasRenderingContext2D,
  { colours, camera }: Scene,
  arrows: readonly ShownArrow[],
  shown: readonly Shown[],
): void {
  if (arrows.length === 0) return;
  context.font = titleFont;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const title = camera.zoom >= titledZoom ? titleHeight : 0;
  const pictures = shown.map(({ box }) => ({ ...box, y: box.y - title, height: box.height + title }));
  const labels: LineageLabel[] = [];
  const isTaken = coveredBy(pictures);
  const heads = arrows.map(({ parent, child }) => lineageHead(parent.box, child.box));
  const overlaps = (box: Rectangle, own: Rectangle): boolean =>
    labels.some((one) => intersects(one.box, box)) ||
    heads.some((head) => head !== own && intersects(head, box)) ||
    isTaken(box);
  for (const [index, { parent, child }] of arrows.entries()) {
    const words = lineageWords(child.frame, parent.frame);
    if (words !== null && title > 0 && isSaidByTitle(words, child.frame.name, child.box.width)) continue;
    const isCovered = (box: Rectangle): boolean => overlaps(box, heads[index]!);
    const label = words === null ? null : lineageLabel(words, parent.box, child.box, isCovered, widthIn(context));
    if (label === null) continue;
    labels.push(label);
    paintLabel(context, label, colours);
  }
}

function paintLabel(context: CanvasRenderingContext2D, { lines, box }: LineageLabel, colours: Scene['colours']): void {
  context.fillStyle = colours.board;
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, 4);
  context.fill();
  context.fillStyle = colours.textMuted;
  lines.forEach((line, index) => {
    const y = box.y + labelPadding.y + labelLineHeight * (index + 0.5) + 0.5;
    context.fillText(line, box.x + box.width / 2, y);
  });
}
