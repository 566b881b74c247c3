/** Ten thousand pictures in the gallery: scrolling them in a real browser, and finding words among them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from '../../src/shared/document/document.js';
import { everything } from '../../src/shared/contract/gallery.js';
import { Gallery } from '../../src/main/storage/gallery/gallery.js';
import { ProjectLibrary } from '../../src/main/storage/projects/library.js';
import type { CommandContext } from '../../src/main/cli/context.js';
import { framesOf, measureInBrowser, slowFrames } from './bench-browser.js';
import { median, type Measurement } from './measurement.js';

const pictures = 10_000;
const pixels = 32;
const driveMs = 4_000;
const colours = ['red', 'orange', 'yellow', 'green', 'blue', 'purple'];
const kinds = ['circle', 'square', 'star', 'house', 'boat', 'fish', 'tree'];
const searches = ['red', 'a blue star', 'boa', 'green house picture', '77', 'nothing of this'];

/**
 * Runs in the page, hence as text: scrolls `speed` pixels in every animation frame, down and up again, and resolves with
 * the milliseconds between the frames.
 */
function scroll(speed: number): string {
  return `new Promise((resolve) => {
    const grid = document.querySelector('[role="listbox"][aria-label="Pictures"]');
    const times = [];
    const start = performance.now();
    let last = null;
    const each = (now) => {
      if (last !== null) times.push(now - last);
      last = now;
      grid.scrollTop += now - start < ${driveMs / 2} ? ${speed} : -${speed};
      if (now - start < ${driveMs}) requestAnimationFrame(each);
      else resolve(times);
    };
    requestAnimationFrame(each);
  })`;
}

/** The 95th percentile of the time between frames while scrolling, and the median time of a search on the main side. */
export async function benchGallery({ output }: CommandContext): Promise<Measurement[]> {
  output.note(`filling a gallery with ${pictures} pictures`);
  const dataDirectory = await mkdtemp(join(tmpdir(), 'ddt-bench-'));
  try {
    fill(dataDirectory);
    return [await benchSearch(dataDirectory), await benchScrolling(dataDirectory)];
  } finally {
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The index is made by the first reading, which is not part of the figure. */
async function benchSearch(dataDirectory: string): Promise<Measurement> {
  const gallery = new Gallery(dataDirectory);
  try {
    const begun = performance.now();
    await gallery.refresh();
    const readingMs = performance.now() - begun;
    const runs: number[] = [];
    for (const text of [...searches, ...searches]) {
      const start = performance.now();
      gallery.search({ ...everything, text }, 0, 100);
      runs.push(performance.now() - start);
    }
    const remark = `reading all projects anew took ${(readingMs / 1000).toFixed(1)} s`;
    return { name: `search among ${pictures} pictures`, unit: 'ms', target: 50, value: median(runs), runs, remark };
  } finally {
    gallery.close();
  }
}

async function benchScrolling(dataDirectory: string): Promise<Measurement> {
  const measurement = { name: `scrolling ${pictures} pictures, p95 frame`, unit: 'ms', target: 16.7 } as const;
  // Without a pack: this measures the window alone.
  const host = () => ({ dataDirectory, packDirectories: [] });
  return measureInBrowser(measurement, host, async (page, surroundings) => {
    await page.locator(`[role="option"][aria-setsize="${pictures}"]`).first().waitFor({ timeout: 120_000 });
    await page.getByRole('button', { name: 'Over the board' }).click();
    return slowFrames(
      {
        'reading along': await framesOf(page, scroll(30)),
        flinging: await framesOf(page, scroll(600)),
      },
      surroundings,
    );
  });
}

/** Small pictures that all differ: it is their number that is measured. */
function fill(dataDirectory: string): void {
  const library = new ProjectLibrary(dataDirectory);
  const { project, close } = library.open(library.create('Benchmark'));
  try {
    const settings = { steps: 1, tokenGuidance: 1, textGuidance: 1, temperature: 0, topK: 0 };
    const frames = Array.from({ length: pictures }, (_, index): Frame => {
      const prompt = `a ${colours[index % colours.length]} ${kinds[index % kinds.length]}, picture ${index}`;
      const { imageId } = project.addImage(numbered(index));
      return {
        id: `frame-${index}`,
        name: prompt,
        x: (index % 100) * 320,
        y: Math.floor(index / 100) * 320,
        width: 256,
        height: 256,
        imageId,
        pixelWidth: pixels,
        pixelHeight: pixels,
        origin: { kind: 'generated', prompt, seed: index, settings, pack: 'bench' },
        tokens: null,
        description: null,
        answers: [],
        createdAt: new Date(index * 60_000).toISOString(),
      };
    });
    project.commit({ label: 'Fill', operations: frames.map((frame) => ({ type: 'put-frame', frame })) });
  } finally {
    close();
  }
  // The window opens the project used last: an empty one, so that the board takes no time.
  library.open(library.create('Empty')).close();
}

function numbered(index: number): { width: number; height: number; data: Uint8Array } {
  const data = new Uint8Array(pixels * pixels * 4);
  for (let at = 0; at < pixels * pixels; at++) {
    const x = at % pixels;
    const y = Math.floor(at / pixels);
    data.set([(x * 8 + index * 7) & 255, (y * 8 + index * 13) & 255, (index >> 6) & 255, 255], at * 4);
  }
  return { width: pixels, height: pixels, data };
}
