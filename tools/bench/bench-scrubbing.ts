/** Scrubbing the cached timeline in a real browser, by the browser's own frame times. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '../../src/main/cli/context.js';
import { quantile } from '../evaluation/measures.js';
import type { EngineOptions } from '../../src/main/cli/options.js';
import { inDisplayIntervals, measureInBrowser } from './bench-browser.js';
import type { Measurement } from './measurement.js';

const scrubMs = 4_000;
/**
 * Runs in the page, hence as text: this side of the program knows no DOM. Milliseconds between animation frames.
 */
const recordFrames = `new Promise((resolve) => {
  const times = [];
  const end = performance.now() + ${scrubMs};
  let last = null;
  const each = (now) => {
    if (last !== null) times.push(now - last);
    last = now;
    if (now < end) requestAnimationFrame(each);
    else resolve(times.slice(5));
  };
  requestAnimationFrame(each);
})`;

/** The 95th percentile of the time between frames while the slider is dragged to and fro over computed positions. */
export async function benchScrubbing({ output }: CommandContext, options: EngineOptions): Promise<Measurement> {
  const measurement = { name: 'scrubbing cached positions, p95 frame', unit: 'ms', target: 16.7 } as const;
  output.note('scrubbing the timeline in a browser');
  const dataDirectory = await mkdtemp(join(tmpdir(), 'ddt-bench-'));
  const host = () => ({ dataDirectory, engine: options.threads === undefined ? {} : { threads: options.threads } });
  try {
    return await measureInBrowser(measurement, host, async (page, surroundings) => {
      await page.getByRole('textbox', { name: 'Prompt' }).fill('a red circle on a blue background');
      await page
        .getByRole('region', { name: 'Composer' })
        .getByRole('button', { name: /^Generate\b/ })
        .click();
      const slider = page.getByRole('slider', { name: 'Timestep t, from noise to clean' });
      await slider.waitFor({ timeout: 60_000 });
      await page
        .getByRole('progressbar', { name: 'Positions computed' })
        .waitFor({ state: 'hidden', timeout: 120_000 });
      const box = await slider.boundingBox();
      if (box === null) return { value: null, runs: [], remark: 'the slider is not on the screen' };

      const frames = page.evaluate<number[]>(recordFrames);
      const middle = box.y + box.height / 2;
      await page.mouse.move(box.x + 20, middle);
      await page.mouse.down();
      const end = Date.now() + scrubMs;
      for (let step = 0; Date.now() < end; step++) {
        const phase = Math.abs(((step / 60) % 2) - 1);
        await page.mouse.move(box.x + 20 + (box.width - 40) * phase, middle);
      }
      await page.mouse.up();
      const times = await frames;
      const interval = quantile(times, 0.5);
      const late = times.filter((time) => time > 1.5 * interval).length;
      const remark = `${late} of ${times.length} frames late, raw p95 ${quantile(times, 0.95).toFixed(2)} ms; ${surroundings}`;
      const value = Number(quantile(inDisplayIntervals(times), 0.95).toFixed(1));
      return { value, runs: times, remark };
    });
  } finally {
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 3 });
  }
}
