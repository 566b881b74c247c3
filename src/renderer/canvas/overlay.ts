/** Titles, outlines, the marquee and lineage arrows, painted in screen pixels by one custom Konva shape. */
import Konva from 'konva';
import type { Frame } from '../../shared/document.js';
import { parentsOf } from '../state/frames.js';
import { boundsOf, rectangleToScreen, titledZoom, type Rectangle } from '../state/geometry.js';
import type { Scene } from './stage.js';

export interface BoardColours {
  accent: string;
  accentSoft: string;
  onAccent: string;
  text: string;
  textMuted: string;
  border: string;
  placeholder: string;
}

const titleFont = "500 11px 'Inter Variable', system-ui, sans-serif";
/** Narrower frames show no title; at a glance from far away they would be dots. */
const narrowestTitled = 48;

/** Reads the theme's tokens, so that the board follows it. */
export function boardColours(element: Element): BoardColours {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    accent: token('--accent'),
    accentSoft: token('--accent-soft'),
    onAccent: token('--on-accent'),
    text: token('--text'),
    textMuted: token('--text-muted'),
    border: token('--border-strong'),
    placeholder: token('--surface-2'),
  };
}

export class OverlayPainter {
  #scene: Scene | null = null;
  #placeOf: (frame: Frame) => Rectangle = (frame) => frame;

  constructor(layer: Konva.Layer) {
    layer.add(
      new Konva.Shape({
        listening: false,
        perfectDrawEnabled: false,
        sceneFunc: (context) => this.#paint(context._context),
      }),
    );
  }

  /** Takes what to show; Konva asks for it at the next draw. */
  paint(scene: Scene, placeOf: (frame: Frame) => Rectangle): void {
    this.#scene = scene;
    this.#placeOf = placeOf;
  }

  #paint(context: CanvasRenderingContext2D): void {
    const scene = this.#scene;
    if (scene === null) return;
    const selected = new Set(scene.selection);
    const shown = scene.frames.map((frame) => ({
      frame,
      box: snapped(rectangleToScreen(scene.camera, this.#placeOf(frame))),
    }));
    this.#paintLineage(context, scene, shown);
    for (const { frame, box } of shown) {
      if (!onScreen(box, scene)) continue;
      const isSelected = selected.has(frame.id);
      const titled = scene.camera.zoom >= titledZoom;
      if (titled) paintTitle(context, frame.name, box, isSelected ? scene.colours.accent : scene.colours.textMuted);
      if (isSelected) outline(context, box, scene.colours.accent, titled ? 2 : 1.5);
      else if (scene.hovered === frame.id) outline(context, box, scene.colours.accent, 1);
      else outline(context, box, scene.colours.border, 1);
    }
    this.#paintSize(
      context,
      scene,
      shown.filter(({ frame }) => selected.has(frame.id)),
    );
    if (scene.marquee !== null) {
      const box = snapped(rectangleToScreen(scene.camera, scene.marquee));
      context.fillStyle = scene.colours.accentSoft;
      context.fillRect(box.x, box.y, box.width, box.height);
      outline(context, box, scene.colours.accent, 1);
    }
  }

  /** From a frame to those made of it. */
  #paintLineage(context: CanvasRenderingContext2D, scene: Scene, shown: readonly Shown[]): void {
    const byId = new Map(shown.map((one) => [one.frame.id, one]));
    context.strokeStyle = scene.colours.border;
    context.fillStyle = scene.colours.border;
    context.lineWidth = 1.5;
    for (const { frame, box } of shown) {
      for (const parentId of parentsOf(frame)) {
        const parent = byId.get(parentId);
        if (parent !== undefined) this.#paintArrow(context, parent.box, box);
      }
    }
  }

  #paintArrow(context: CanvasRenderingContext2D, parent: Rectangle, child: Rectangle): void {
    if (child.x < parent.x + parent.width && child.y >= parent.y + parent.height) {
      return paintArrowDown(context, parent, child);
    }
    const from = { x: parent.x + parent.width, y: parent.y + parent.height / 2 };
    const to = { x: child.x - 3, y: child.y + child.height / 2 };
    const bend = Math.max(16, Math.abs(to.x - from.x) / 2);
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x - 6, to.y);
    context.stroke();
    context.beginPath();
    context.moveTo(to.x, to.y);
    context.lineTo(to.x - 7, to.y - 4);
    context.lineTo(to.x - 7, to.y + 4);
    context.fill();
  }

  /** The pixel size of one frame, or how many are selected, under the selection. */
  #paintSize(context: CanvasRenderingContext2D, scene: Scene, selected: readonly Shown[]): void {
    const bounds = boundsOf(selected.map(({ box }) => box));
    if (bounds === null || bounds.width < narrowestTitled) return;
    const one = selected.length === 1 ? selected[0]!.frame : null;
    if (one !== null && scene.camera.zoom < titledZoom) return;
    const text = one === null ? `${selected.length} frames` : `${one.pixelWidth} × ${one.pixelHeight}`;
    context.font = titleFont;
    const width = Math.ceil(context.measureText(text).width) + 12;
    const left = Math.round(bounds.x + bounds.width / 2 - width / 2);
    const top = bounds.y + bounds.height + 8;
    context.fillStyle = scene.colours.accent;
    context.beginPath();
    context.roundRect(left, top, width, 18, 4);
    context.fill();
    context.fillStyle = scene.colours.onAccent;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(text, left + width / 2, top + 9.5);
  }
}

/** To a child under its parent: down beside the title, so that no picture is crossed. */
function paintArrowDown(context: CanvasRenderingContext2D, parent: Rectangle, child: Rectangle): void {
  const from = { x: parent.x + parent.width / 2, y: parent.y + parent.height };
  const to = { x: child.x + child.width / 2, y: child.y - 22 };
  const bend = Math.max(8, (to.y - from.y) / 2);
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.bezierCurveTo(from.x, from.y + bend, to.x, to.y - bend, to.x, to.y - 6);
  context.stroke();
  context.beginPath();
  context.moveTo(to.x, to.y);
  context.lineTo(to.x - 4, to.y - 7);
  context.lineTo(to.x + 4, to.y - 7);
  context.fill();
}

interface Shown {
  frame: Frame;
  box: Rectangle;
}

function paintTitle(context: CanvasRenderingContext2D, title: string, box: Rectangle, colour: string): void {
  if (box.width < narrowestTitled) return;
  context.font = titleFont;
  context.fillStyle = colour;
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  context.fillText(fitted(context, title, box.width), box.x, box.y - 8);
}

/** Measuring is slow, titles repeat: the last few hundred answers are kept. */
const fittedTitles = new Map<string, string>();

function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  const key = `${Math.round(width)}|${text}`;
  const known = fittedTitles.get(key);
  if (known !== undefined) return known;
  const result = fit(context, text, width);
  if (fittedTitles.size > 500) fittedTitles.clear();
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

function outline(context: CanvasRenderingContext2D, box: Rectangle, colour: string, width: number): void {
  const outside = grown(box, width / 2);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.strokeRect(outside.x, outside.y, outside.width, outside.height);
}

/** On whole pixels, so that lines are one colour and not two half ones. */
function snapped(box: Rectangle): Rectangle {
  const x = Math.round(box.x);
  const y = Math.round(box.y);
  return { x, y, width: Math.round(box.x + box.width) - x, height: Math.round(box.y + box.height) - y };
}

function grown(box: Rectangle, by: number): Rectangle {
  return { x: box.x - by, y: box.y - by, width: box.width + 2 * by, height: box.height + 2 * by };
}

function onScreen(box: Rectangle, scene: Scene): boolean {
  const margin = 32;
  return (
    box.x < scene.viewport.width + margin &&
    box.y < scene.viewport.height + margin &&
    box.x + box.width > -margin &&
    box.y + box.height > -margin
  );
}
