/** What pointers are doing on the board: runs the state machines of tools and fingers and carries out what they ask for. */
import type { Annotation } from '../../../shared/document/annotations.js';
import { moveSelected } from '../../commands/board-actions.js';
import { duplicateSelected } from '../../commands/copy-actions.js';
import { maskHand } from '../../masks/mask-pointer.svelte.js';
import { itemsText, putItems } from '../../state/board/board-items.js';
import { documentState } from '../../state/document/document.svelte.js';
import { toBoard, type Point, type Rectangle } from '../../state/board/geometry.js';
import type { Guide } from '../../state/board/snapping.js';
import { attempt } from '../../state/studio/start.js';
import { studio } from '../../state/studio/studio.svelte.js';
import { view } from '../../state/board/view.svelte.js';
import { newNote } from './annotation-tools.js';
import { cursorOf, itemAt, stepTool } from './tools.js';
import { idle, type PointerInput, type ToolContext, type ToolEffect, type ToolState } from './tool.js';
import { holdMs, noTouch, stepTouch, type TouchEffect, type TouchInput, type TouchState } from './touch.js';

type Phase = PointerInput['type'];

export class BoardHand {
  /** How far what is selected and not locked is being dragged, board units. */
  dragged = $state.raw<Point | null>(null);
  guides = $state.raw<readonly Guide[]>([]);
  marquee = $state.raw<Rectangle | null>(null);
  /** A note or arrow as it is being drawn or shaped. */
  drafted = $state.raw<Annotation | null>(null);
  hovered = $state<string | null>(null);
  /** Where the menu is open, CSS pixels of the window. */
  menuAt = $state.raw<Point | null>(null);
  #tool = $state.raw<ToolState>(idle);
  #touch: TouchState = noTouch;
  #holding: ReturnType<typeof setTimeout> | undefined;
  #selectionBefore: readonly string[] = [];
  /** Who has the gesture under way. */
  #gesture: 'board' | 'mask' = 'board';
  readonly #corner: () => Point;

  /** `corner`: where the board's top left corner is in the window, CSS pixels. */
  constructor(corner: () => Point) {
    this.#corner = corner;
  }

  get cursor(): string {
    if (maskHand.tool !== null && !view.panning && this.#tool.kind === 'idle') {
      return maskHand.mark === null ? 'crosshair' : 'none';
    }
    return cursorOf(this.#tool, view);
  }

  get busy(): boolean {
    return this.#tool.kind !== 'idle';
  }

  press(event: PointerEvent): void {
    this.menuAt = null;
    if (event.pointerType === 'touch') this.#finger('down', event);
    else this.#feed('down', event, this.locate(event));
  }

  travel(event: PointerEvent): void {
    if (event.pointerType === 'touch') return this.#finger('move', event);
    const at = this.locate(event);
    maskHand.point(at);
    this.hovered = this.#tool.kind === 'idle' && view.tool === 'select' ? itemAt(this.context(), at) : null;
    this.#feed('move', event, at);
  }

  release(event: PointerEvent, type: 'up' | 'cancel'): void {
    if (event.pointerType === 'touch') this.#finger(type, event);
    else this.#feed(type, event, this.locate(event));
  }

  leave(): void {
    this.hovered = null;
    maskHand.point(null);
  }

  /** Whatever is under way is given up. */
  cancel(): void {
    maskHand.cancel();
    this.#step({ type: 'cancel', screen: { x: 0, y: 0 }, button: 'none', additive: false });
  }

  /** A double click shows a picture as large as fits, renames by its title, writes in the note under it, or in a new one on empty board. */
  doublePress(event: MouseEvent): void {
    const context = this.context();
    if (view.tool !== 'select') return;
    const screen = this.locate(event);
    const at = itemAt(context, screen);
    const frame = at === null ? null : documentState.frame(at);
    if (frame !== null) {
      if (toBoard(view.camera, screen).y >= frame.y) view.fit(frame, 8, [frame]);
      else if (context.writable) view.naming = frame.id;
      return;
    }
    if (!context.writable) return;
    const found = documentState.annotations.find(({ id }) => id === at);
    if (found?.kind === 'note' && found.locked !== true) view.writing = found;
    else if (at === null) {
      const { x, y } = toBoard(view.camera, screen);
      view.writing = newNote({ x: Math.round(x), y: Math.round(y) }, view.noteColour);
    }
  }

  /** CSS pixels from the board's top left corner. */
  locate({ clientX, clientY }: MouseEvent): Point {
    const corner = this.#corner();
    return { x: clientX - corner.x, y: clientY - corner.y };
  }

  context(): ToolContext {
    return {
      tool: view.tool,
      panning: view.panning,
      camera: view.camera,
      frames: documentState.shownFrames,
      annotations: documentState.annotations,
      selection: view.selection,
      viewport: view.viewport,
      noteColour: view.noteColour,
      writable: documentState.readOnly === null && studio.connection === 'connected',
    };
  }

  #finger(type: Phase, event: PointerEvent): void {
    this.#stepTouch({ type, id: event.pointerId, at: this.locate(event) }, event);
  }

  #stepTouch(input: TouchInput, event: PointerEvent): void {
    if (this.#touch.kind === 'none') this.#selectionBefore = view.selection;
    const { state, effects } = stepTouch(this.#touch, input, view.camera);
    this.#touch = state;
    for (const effect of effects) this.#carryOutTouch(effect, event);
  }

  #carryOutTouch(effect: TouchEffect, event: PointerEvent): void {
    switch (effect.type) {
      case 'tool':
        return this.#feed(effect.input, event, effect.at);
      case 'restore':
        return view.select(this.#selectionBefore);
      case 'camera':
        view.camera = effect.camera;
        return;
      case 'menu':
        return this.#menuByFinger(effect.at);
      case 'wait':
        clearTimeout(this.#holding);
        // The drawing tools need a finger that lies still now and then.
        if (!effect.on || view.tool !== 'select') return;
        this.#holding = setTimeout(() => this.#stepTouch({ type: 'held' }, event), holdMs);
    }
  }

  /** Like the secondary button: what is under the finger is what the menu is about. */
  #menuByFinger(at: Point): void {
    this.#step({ type: 'down', screen: at, button: 'secondary', additive: false });
    const corner = this.#corner();
    this.menuAt = { x: at.x + corner.x, y: at.y + corner.y };
  }

  #feed(type: Phase, event: PointerEvent, at: Point): void {
    if (type === 'down') this.#gesture = this.#masks(event) ? 'mask' : 'board';
    if (this.#gesture === 'mask') this.#paint(type, event, at);
    else this.#step(inputOf(type, event, at));
  }

  /** The other buttons, and the hand while Space is held, are the board's. */
  #masks(event: PointerEvent): boolean {
    return maskHand.tool !== null && !view.panning && event.button === 0;
  }

  #paint(type: Phase, event: PointerEvent, at: Point): void {
    if (type === 'down' && !this.context().writable) return;
    if (type !== 'down' && !maskHand.drawing) return;
    const keys = { opposite: event.altKey, straight: event.shiftKey };
    // Every position the pen passed, not only the last one of the frame.
    const passed = type === 'move' ? event.getCoalescedEvents() : [];
    if (passed.length === 0) return maskHand.feed({ type, screen: at, ...keys });
    for (const one of passed) maskHand.feed({ type, screen: this.locate(one), ...keys });
  }

  #step(input: PointerInput): void {
    const { state, effects } = stepTool(this.#tool, input, this.context());
    this.#tool = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: ToolEffect): void {
    switch (effect.type) {
      case 'pan':
        return view.panBy(effect.by.x, effect.by.y);
      case 'select':
        return view.select(effect.ids);
      case 'preview-move':
        this.dragged = effect.by;
        this.guides = effect.guides;
        return;
      case 'commit-move':
        return void attempt(() => this.#commitMove(effect.by, effect.copy === true));
      case 'marquee':
        this.marquee = effect.rectangle;
        return;
      case 'preview-annotation':
        this.drafted = effect.annotation;
        return;
      case 'commit-annotation':
        return void attempt(() => this.#commitAnnotation(effect.annotation, effect.isNew));
      case 'write-note':
        view.writing = effect.annotation;
        return;
      case 'tool':
        view.tool = effect.tool;
    }
  }

  /** What was moved stays where it was dropped while the main side writes the move down. */
  async #commitMove(by: Point, copy: boolean): Promise<void> {
    this.dragged = by;
    this.guides = [];
    try {
      await (copy ? duplicateSelected(by) : moveSelected(by));
    } finally {
      // Another drag may have begun meanwhile.
      if (this.dragged === by) this.dragged = null;
    }
  }

  async #commitAnnotation(annotation: Annotation, isNew: boolean): Promise<void> {
    this.drafted = annotation;
    try {
      const label = isNew ? 'Draw an arrow' : `Change ${itemsText([annotation])}`;
      await documentState.commit(label, putItems([annotation]));
      view.select([annotation.id]);
    } finally {
      this.drafted = null;
    }
  }
}

const buttons = ['main', 'middle', 'secondary'] as const;

function inputOf(type: Phase, event: PointerEvent, screen: Point): PointerInput {
  return {
    type,
    screen,
    button: buttons[event.button] ?? 'none',
    additive: event.shiftKey || event.ctrlKey || event.metaKey,
    straight: event.shiftKey,
    loose: event.ctrlKey || event.metaKey,
    copy: event.altKey,
  };
}
