import { beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../../../shared/document/document.js';
import type { Mask } from '../../../shared/pictures/mask.js';
import { documentState } from '../document/document.svelte.js';
import { FakeStudio } from '../../../../tests/fakes/window/fake-studio.js';
import { importedFrame } from '../document/frames.js';
import { contrastingColour } from './mask-colours.js';
import { MaskState } from './masks.svelte.js';
import { startStudio } from '../studio/start.js';

/** Mask files that are numbers: the studio keeps bytes that say which mask they are. */
class Files {
  readonly masks: Mask[] = [];
  fetched: string[] = [];

  encode = async (mask: Mask) => {
    this.masks.push(mask);
    return Uint8Array.of(this.masks.length - 1);
  };

  fetch = async (address: string) => {
    this.fetched.push(address);
    const number = Number.parseInt(address.match(/([0-9a-f]{64})/)![1]!, 16);
    return this.masks[number]!;
  };
}

let fake: FakeStudio;
let files: Files;
let masks: MaskState;
let frame: Frame;

const now = () => documentState.frame(frame.id)!;
const covered = (mask: Mask | null) => mask?.data.filter((value) => value === 255).length ?? 0;

beforeEach(async () => {
  fake = new FakeStudio();
  files = new Files();
  fake.importImage = async ({ bytes }: { bytes?: Uint8Array } = {}) => ({
    imageId: (bytes![0] ?? 0).toString(16).padStart(64, '0'),
    width: 16,
    height: 16,
  });
  masks = new MaskState(files);
  masks.setBrushRadius(2);
  await startStudio(fake);
  frame = importedFrame('one.png', { imageId: 'b'.repeat(64), width: 16, height: 16 }, { x: 0, y: 0 });
  await documentState.commit('Import', [{ type: 'put-frame', frame }]);
});

async function paintDot(x: number, y: number, erase = false): Promise<void> {
  masks.paint(now(), { x, y }, { x, y }, erase);
  await masks.endStroke(now());
}

it('of a frame’s making becomes its own, as one step', async () => {
  const mask = { imageId: 'c'.repeat(64), grow: 1, feather: 2 };
  const settings = { steps: 1, tokenGuidance: 1, textGuidance: 1, temperature: 0, topK: 0 };
  const made = { instruction: 'x', seed: 1, settings, pack: 'p@1', parentId: 'parent', mask };
  await masks.reuse(now());
  expect(documentState.history.undo).toBe('Import');
  await documentState.commit('Edit', [{ type: 'put-frame', frame: { ...frame, origin: { kind: 'edited', ...made } } }]);
  await masks.reuse(now());
  expect(now().mask).toEqual(mask);
  await documentState.undo();
  expect(now().mask).toBeUndefined();
});

describe('strokes', () => {
  it('are one committed action each, and undo takes them back one by one', async () => {
    await paintDot(4, 4);
    await paintDot(12, 12);
    const two = covered(masks.paintedOf(now()));
    expect(documentState.history.undo).toBe('Paint mask');
    await documentState.undo();
    expect(covered(masks.paintedOf(now()))).toBe(two / 2);
    await documentState.undo();
    expect(now().mask).toBeUndefined();
    expect(masks.paintedOf(now())).toBeNull();
    await documentState.redo();
    expect(covered(masks.paintedOf(now()))).toBe(two / 2);
  });

  it('that come faster than they are written down all count', async () => {
    const slow = files.encode;
    files.encode = async (mask) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return slow(mask);
    };
    await Promise.all([paintDot(3, 3), paintDot(8, 8), paintDot(13, 13)]);
    expect(documentState.revision).toBe(fake.revision);
    // Each dot covers four pixels wholly.
    expect(covered(masks.paintedOf(now()))).toBe(3 * 4);
  });

  it('are what undo takes back, also before they are written down', async () => {
    const ended = paintDot(4, 4);
    expect(documentState.history.undo).toBe('Import');
    expect(documentState.canUndo).toBe(true);
    expect(await documentState.undo()).toBe('Paint mask');
    await ended;
    expect(now().mask).toBeUndefined();
    fake.refusal = new Error('full');
    const refused = paintDot(4, 4);
    expect(await documentState.undo()).toBeNull();
    await expect(refused).rejects.toThrow('full');
    expect(now()).toEqual(frame);
  });

  it('are shown before they are written down, and taken back when that is refused', async () => {
    masks.paint(now(), { x: 4, y: 4 }, { x: 4, y: 4 }, false);
    fake.refusal = new Error('full');
    const ended = masks.endStroke(now());
    expect(masks.stroke).toBeNull();
    expect(covered(masks.paintedOf(now()))).toBeGreaterThan(0);
    await expect(ended).rejects.toThrow('full');
    expect(masks.paintedOf(now())).toBeNull();
  });

  it('that leave nothing remove the mask, and erasing nothing is no action', async () => {
    await paintDot(4, 4);
    masks.setBrushRadius(30);
    await paintDot(4, 4, true);
    expect(now().mask).toBeUndefined();
    const { revision } = documentState;
    await paintDot(4, 4, true);
    expect(documentState.revision).toBe(revision);
  });

  it('tell which part of the picture changed, once', () => {
    masks.paint(now(), { x: 4, y: 4 }, { x: 4, y: 4 }, false);
    expect(masks.takeDirty()).toEqual({ left: 1, top: 1, right: 7, bottom: 7 });
    expect(masks.takeDirty()).toBeNull();
    masks.abandonStroke();
    expect(masks.stroke).toBeNull();
  });
});

describe('the whole mask', () => {
  it('is inverted, filled, cleared and replaced', async () => {
    await paintDot(8, 8);
    const painted = covered(masks.paintedOf(now()));
    await masks.invert(now());
    expect(masks.paintedOf(now())!.data.filter((value) => value === 0)).toHaveLength(painted);
    await masks.coverAll(now());
    expect(covered(masks.paintedOf(now()))).toBe(256);
    await masks.replace(now(), { width: 2, height: 1, data: Uint8Array.of(255, 0) });
    expect(masks.paintedOf(now())!.data[0]).toBe(255);
    expect(masks.paintedOf(now())!.data[15]).toBe(0);
    await masks.clear(now());
    expect(now().mask).toBeUndefined();
  });

  it('keeps its settings while it is painted, and tries them before they are kept', async () => {
    await paintDot(8, 8);
    masks.trySettings(now(), { feather: 3 });
    expect(masks.settingsOf(now())).toMatchObject({ feather: 3, grow: 0 });
    expect(now().mask).toMatchObject({ feather: 0 });
    await masks.keepSettings();
    await paintDot(2, 2);
    expect(now().mask).toMatchObject({ feather: 3, grow: 0 });
    expect(masks.trial).toBeNull();
    const { revision } = documentState;
    masks.trySettings(now(), { feather: 3 });
    await masks.keepSettings();
    expect(documentState.revision).toBe(revision);
  });

  it('is read from the studio where this window has not painted it, once', async () => {
    await paintDot(8, 8);
    const other = new MaskState(files);
    expect(other.paintedOf(now())).toBeNull();
    await Promise.all([other.load(now()), other.load(now())]);
    expect(files.fetched).toHaveLength(1);
    expect(covered(other.paintedOf(now()))).toBe(covered(masks.paintedOf(now())));
  });

  it('gives questions the rectangle around it, grown but not feathered', async () => {
    await masks.fill(
      now(),
      [
        { x: 4, y: 4 },
        { x: 8, y: 4 },
        { x: 8, y: 8 },
        { x: 4, y: 8 },
      ],
      false,
    );
    masks.trySettings(now(), { feather: 4 });
    await masks.keepSettings();
    expect(await masks.regionOf(now())).toEqual({ x: 4, y: 4, width: 4, height: 4 });
  });

  it('may not be painted where the project may only be looked at', async () => {
    masks.paint(now(), { x: 4, y: 4 }, { x: 4, y: 4 }, false);
    documentState.readOnly = 'Another window writes.';
    await expect(masks.endStroke(now())).rejects.toMatchObject({ code: 'project-read-only' });
    documentState.readOnly = null;
  });
});

it('the brush grows and shrinks by steps that can be felt at every size', () => {
  masks.setBrushRadius(1);
  masks.stepBrush(1);
  expect(masks.brushRadius).toBe(2);
  masks.setBrushRadius(100);
  masks.stepBrush(1);
  expect(masks.brushRadius).toBe(120);
  for (let step = 0; step < 60; step++) masks.stepBrush(-1);
  expect(masks.brushRadius).toBe(1);
});

it('the colour that stands out is seen on what most of the picture is, whatever small things lie on it', () => {
  const picture = (...pixels: [number, number, number][]) => pixels.flatMap((pixel) => [...pixel, 255]);
  const flat = (red: number, green: number, blue: number) =>
    picture(...Array.from({ length: 100 }, (): [number, number, number] => [red, green, blue]));
  expect(contrastingColour(flat(40, 225, 90))).not.toBe('green');
  expect(contrastingColour(flat(255, 45, 60))).not.toBe('red');
  expect(contrastingColour(flat(0, 215, 240))).not.toBe('cyan');
  const things = picture([220, 20, 30], [220, 20, 30], [20, 40, 150], [255, 50, 220]);
  expect(contrastingColour([...flat(122, 190, 120), ...things])).toBe('magenta');
  expect(contrastingColour([...flat(110, 165, 230), ...things])).toBe('yellow');
});
