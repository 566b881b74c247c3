/** Two thousand frames on the board: panning and zooming in a real browser, by the browser's own frame times. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from '../../src/shared/document/document.js';
import { ProjectLibrary } from '../../src/main/storage/projects/library.js';
import type { CommandContext } from '../../src/main/cli/context.js';
import { framesOf, measureInBrowser, slowFrames } from './bench-browser.js';
import type { Measurement } from './measurement.js';

const frameCount = 2_000;
const columns = 50;
const pixels = 128;
const driveMs = 3_000;

/**
 * Runs in the page, hence as text. A wheel event before every animation frame, along a path there and back; resolves with
 * the milliseconds between the frames.
 */
function drive(event: string): string {
  return `new Promise((resolve) => {
    const board = document.querySelector('[data-board]');
    const box = board.getBoundingClientRect();
    const place = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true, cancelable: true };
    const times = [];
    const start = performance.now();
    let last = null;
    const each = (now) => {
      if (last !== null) times.push(now - last);
      last = now;
      const turn = Math.sin(((now - start) / ${driveMs}) * 2 * Math.PI);
      board.dispatchEvent(new WheelEvent('wheel', { ...place, ...(${event})(turn) }));
      if (now - start < ${driveMs}) requestAnimationFrame(each);
      else resolve(times);
    };
    requestAnimationFrame(each);
  })`;
}

const pan = drive('(turn) => ({ deltaX: 40 * turn, deltaY: 25 * turn })');
const zoom = drive('(turn) => ({ deltaY: -18 * turn, ctrlKey: true })');

/** The 95th percentile of the time between frames: everything in view, at 100 %, and zooming between the two. */
export async function benchBoard({ output }: CommandContext): Promise<Measurement> {
  const name = `pan and zoom, ${frameCount} frames on the board, p95 frame`;
  const measurement = { name, unit: 'ms', target: 16.7 } as const;
  output.note(`panning and zooming over ${frameCount} frames in a browser`);
  const dataDirectory = await mkdtemp(join(tmpdir(), 'ddt-bench-'));
  // Without a pack: this measures the window alone.
  const host = () => {
    fillBoard(dataDirectory);
    return { dataDirectory, packDirectories: [] };
  };
  try {
    return await measureInBrowser(measurement, host, async (page, surroundings) => {
      const options = page.getByRole('listbox', { name: 'Frames on the board' }).getByRole('option');
      await options.nth(frameCount - 1).waitFor({ state: 'attached', timeout: 60_000 });
      await page.locator('[data-board][data-pictures="loaded"]').waitFor({ timeout: 120_000 });
      const runs: Record<string, number[]> = {};
      runs['all in view'] = await framesOf(page, pan);
      runs['zooming'] = await framesOf(page, zoom);
      await page.keyboard.press('Control+1');
      runs['at 100 %'] = await framesOf(page, pan);
      return slowFrames(runs, surroundings);
    });
  } finally {
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Pictures that all differ, every tenth frame made of the one before. */
function fillBoard(dataDirectory: string): void {
  const library = new ProjectLibrary(dataDirectory);
  const { project, close } = library.open(library.create('Benchmark'));
  try {
    const createdAt = new Date().toISOString();
    const settings = { steps: 1, tokenGuidance: 1, textGuidance: 1, temperature: 0, topK: 0 };
    const frames = Array.from({ length: frameCount }, (_, index): Frame => {
      const { imageId } = project.addImage(gradient(index));
      const isChild = index % 10 === 9;
      return {
        id: `frame-${index}`,
        name: `Frame ${index}`,
        x: (index % columns) * 320,
        y: Math.floor(index / columns) * 320,
        width: 256,
        height: 256,
        imageId,
        pixelWidth: pixels,
        pixelHeight: pixels,
        origin: isChild
          ? { kind: 'edited', instruction: '', seed: 0, settings, pack: 'bench', parentId: `frame-${index - 1}` }
          : { kind: 'imported', fileName: '' },
        tokens: null,
        description: null,
        answers: [],
        createdAt,
      };
    });
    project.commit({ label: 'Fill', operations: frames.map((frame) => ({ type: 'put-frame', frame })) });
  } finally {
    close();
  }
}

function gradient(index: number): { width: number; height: number; data: Uint8Array } {
  const data = new Uint8Array(pixels * pixels * 4);
  for (let at = 0; at < pixels * pixels; at++) {
    const x = at % pixels;
    const y = Math.floor(at / pixels);
    data.set([(x * 2 + index * 7) & 255, (y * 2 + index * 13) & 255, (index * 29) & 255, 255], at * 4);
  }
  return { width: pixels, height: pixels, data };
}
