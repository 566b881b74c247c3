/** What draws on masks at the moment: the pointer, or a pen that the keys move. Runs the state machine of the mask tools. */
import { maskSizeFor } from '../../shared/pictures/mask.js';
import type { MaskPoint } from '../state/masks/mask-shapes.js';
import {
  isMaskTool,
  maskTarget,
  stepMask,
  toScreenOfMask,
  type MaskContext,
  type MaskEffect,
  type MaskInput,
  type MaskTool,
  type MaskToolState,
} from '../canvas/tools/mask-tools.js';
import type { Frame } from '../../shared/document/document.js';
import { documentState } from '../state/document/document.svelte.js';
import { toBoard, type Point } from '../state/board/geometry.js';
import { masks } from '../state/masks/masks.svelte.js';
import { notices } from '../state/studio/notices.svelte.js';
import { selectedFrame } from '../state/board/selection.svelte.js';
import { attempt } from '../state/studio/start.js';
import { view } from '../state/board/view.svelte.js';
import { movedPen, penWords } from './mask-pen.js';

/** A circle or a cross on the board, CSS pixels. */
export interface MaskPen {
  at: Point;
  /** Of the brush; null for the tools that only outline. */
  radius: number | null;
}

export class MaskHand {
  /** What a rectangle or lasso under way encloses, mask pixels. */
  outline = $state.raw<{ frameId: string; points: readonly MaskPoint[] } | null>(null);
  /** Where the pointer is; null: not over the board, or the keys are in use. */
  pointer = $state.raw<Point | null>(null);
  /** Where the keys have put the pen; null: the pointer is in use. */
  pen = $state.raw<{ frameId: string; at: MaskPoint } | null>(null);
  /** The last thing the pen did, for those who do not see it. */
  spoken = $state('');
  #state = $state.raw<MaskToolState>({ kind: 'idle' });

  get tool(): MaskTool | null {
    return isMaskTool(view.tool) ? view.tool : null;
  }

  get drawing(): boolean {
    return this.#state.kind !== 'idle';
  }

  /** What is drawn where a press would paint; null where there is nothing to point at. */
  get mark(): MaskPen | null {
    const { tool } = this;
    if (tool === null || view.panning) return null;
    const frame = selectedFrame();
    if (this.pen !== null && frame?.id === this.pen.frameId) {
      return this.#markAt(toScreenOfMask(frame, view.camera, this.pen.at), frame, tool);
    }
    if (this.pointer === null || (tool !== 'brush' && tool !== 'eraser')) return null;
    const target = maskTarget(this.#context(tool), this.pointer) ?? frame;
    return target === null ? null : this.#markAt(this.pointer, target, tool);
  }

  feed(input: MaskInput): void {
    const { tool } = this;
    if (tool === null) return;
    if (input.type === 'down' && documentState.frames.length === 0) notices.tell('There is no frame to mask yet');
    const { state, effects } = stepMask(this.#state, input, this.#context(tool));
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  cancel(): void {
    if (this.drawing) this.feed({ type: 'cancel', screen: { x: 0, y: 0 }, opposite: false });
  }

  /** The pointer is over the board at `at`, or has left it; the keys' pen gives way to it. */
  point(at: Point | null): void {
    this.pointer = at;
    if (at !== null && !this.drawing) this.pen = null;
  }

  /** Moves the pen over the selected frame, in steps a small or a large share of its side; draws when it is down. */
  movePen(by: Point, far: boolean): void {
    const frame = selectedFrame();
    if (frame === null) return;
    const at = movedPen(this.#penOn(frame), by, far, maskSizeFor(frame.pixelWidth, frame.pixelHeight));
    this.pen = { frameId: frame.id, at };
    this.pointer = null;
    this.#show(frame, at);
    if (this.drawing) this.feed({ type: 'move', screen: toScreenOfMask(frame, view.camera, at), opposite: false });
    this.#speak(frame);
  }

  /** Puts the pen down; lifts it when it is down, which ends the stroke or fills the outline. */
  pressPen(opposite: boolean): void {
    const frame = selectedFrame();
    if (frame === null) return;
    const at = this.#penOn(frame);
    this.pen = { frameId: frame.id, at };
    const type = this.drawing ? 'up' : 'down';
    this.feed({ type, screen: toScreenOfMask(frame, view.camera, at), opposite });
    this.#speak(frame);
  }

  #penOn(frame: Frame): MaskPoint {
    if (this.pen?.frameId === frame.id) return this.pen.at;
    const { width, height } = maskSizeFor(frame.pixelWidth, frame.pixelHeight);
    return { x: Math.floor(width / 2) + 0.5, y: Math.floor(height / 2) + 0.5 };
  }

  #speak(frame: Frame): void {
    const { at } = this.pen!;
    const size = maskSizeFor(frame.pixelWidth, frame.pixelHeight);
    const painted = masks.paintedOf(frame);
    const coverage = painted?.data[Math.floor(at.y) * size.width + Math.floor(at.x)] ?? 0;
    this.spoken = penWords({ tool: this.tool!, at, size, covered: coverage >= 128, drawing: this.drawing });
  }

  #show(frame: Frame, at: MaskPoint): void {
    const { x, y } = toBoard(view.camera, toScreenOfMask(frame, view.camera, at));
    view.reveal({ x, y, width: 1, height: 1 });
  }

  #markAt(at: Point, frame: { width: number; pixelWidth: number }, tool: MaskTool): MaskPen {
    const unit = (frame.width / frame.pixelWidth) * view.camera.zoom;
    const paints = tool === 'brush' || tool === 'eraser';
    return { at, radius: paints ? Math.max(1.5, masks.brushRadius * unit) : null };
  }

  #context(tool: MaskTool): MaskContext {
    return { tool, camera: view.camera, frames: documentState.shownFrames, selection: view.selection };
  }

  #carryOut(effect: MaskEffect): void {
    switch (effect.type) {
      case 'target':
        masks.visible = true;
        return view.select([effect.frameId]);
      case 'abandon':
        return masks.abandonStroke();
      case 'outline':
        this.outline = effect.points === null ? null : { frameId: effect.frameId, points: effect.points };
        return;
    }
    const target = documentState.frame(effect.frameId);
    if (target === null) return masks.abandonStroke();
    switch (effect.type) {
      case 'paint':
        return masks.paint(target, effect.from, effect.to, effect.erase);
      case 'end-stroke':
        return void attempt(() => masks.endStroke(target));
      case 'fill':
        return void attempt(() => masks.fill(target, effect.points, effect.erase));
    }
  }
}

export const maskHand = new MaskHand();
