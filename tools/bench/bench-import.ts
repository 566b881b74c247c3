/** A picture of 40 megapixels comes in: the interface meanwhile, in a real browser, by the browser's own frame times. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '../../src/main/cli/context.js';
import { framesOf, measureInBrowser, slowFrames } from './bench-browser.js';
import type { Measurement } from './measurement.js';

const size = { width: 8000, height: 5000 };

/** Runs in the page, hence as text: makes a photo-like file, drops it, and resolves with the times between frames until it is there. */
const importOne = `(async () => {
  const canvas = new OffscreenCanvas(${size.width}, ${size.height});
  const context = canvas.getContext('2d');
  const colours = context.createLinearGradient(0, 0, ${size.width}, ${size.height});
  for (let at = 0; at <= 20; at++) colours.addColorStop(at / 20, 'hsl(' + at * 53 + ' 60% ' + (30 + (at % 5) * 10) + '%)');
  context.fillStyle = colours;
  context.fillRect(0, 0, ${size.width}, ${size.height});
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
  const board = document.querySelector('[data-board]');
  const frames = () => document.querySelectorAll('[role="listbox"][aria-label="Frames on the board"] [role="option"]').length;
  const before = frames();
  const transfer = new DataTransfer();
  transfer.items.add(new File([blob], 'large', { type: 'image/jpeg' }));
  const box = board.getBoundingClientRect();
  const place = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true, cancelable: true };
  return new Promise((resolve) => {
    const times = [];
    let last = null;
    const each = (now) => {
      if (last !== null) times.push(now - last);
      last = now;
      if (frames() > before || times.length > 20000) resolve(times);
      else requestAnimationFrame(each);
    };
    requestAnimationFrame(each);
    board.dispatchEvent(new DragEvent('drop', { ...place, dataTransfer: transfer }));
  });
})()`;

/** The 95th percentile of the time between frames from the drop to the frame on the board. */
export async function benchImport({ output }: CommandContext): Promise<Measurement> {
  const name = `importing ${(size.width * size.height) / 1e6} megapixels, p95 frame`;
  const measurement = { name, unit: 'ms', target: 16.7 } as const;
  output.note('importing a large picture in a browser');
  const dataDirectory = await mkdtemp(join(tmpdir(), 'ddt-bench-'));
  // Without a pack: this measures the window alone.
  const host = () => ({ dataDirectory, packDirectories: [] });
  try {
    return await measureInBrowser(measurement, host, async (page, surroundings) => {
      await page.locator('[data-board]').waitFor({ timeout: 60_000 });
      const runs = { JPEG: await framesOf(page, importOne) };
      const counts = Object.values(runs).map(
        (times) => `${times.length} frames, longest ${Math.max(...times).toFixed(1)}`,
      );
      return slowFrames(runs, `${counts.join('; ')}; ${surroundings}`);
    });
  } finally {
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 3 });
  }
}
