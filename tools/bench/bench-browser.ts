/** What benchmarks in a real browser share. */
import type { Page } from '@playwright/test';
import { findBrowser, quietBrowserSwitches } from '../../scripts/lib/browsers.mjs';
import { startWebHost } from '../../src/main/hosts/web/host.js';
import { quantile } from '../evaluation/measures.js';
import type { Measurement } from './measurement.js';

type Figures = Pick<Measurement, 'value' | 'runs' | 'remark'>;

const viewport = { width: 1920, height: 1080 };
/** The first frames of a movement still wait for the event that began it. */
const skipped = 5;

/**
 * Opens the studio in a browser and measures in there. Without browser or Playwright the result says so, and `host`, which
 * prepares what the studio shows, is not called.
 */
export async function measureInBrowser(
  measurement: Omit<Measurement, keyof Figures>,
  host: () => Parameters<typeof startWebHost>[0],
  measure: (page: Page, surroundings: string) => Promise<Figures>,
): Promise<Measurement> {
  const executablePath = findBrowser();
  const playwright = await loadPlaywright();
  if (executablePath === null || playwright === null) {
    const missing = executablePath === null ? 'no browser was found' : 'Playwright is not installed';
    return { ...measurement, value: null, runs: [], remark: missing };
  }
  const studio = await startWebHost(host());
  const browser = await playwright.chromium.launch({ executablePath, args: quietBrowserSwitches() });
  try {
    const page = await browser.newPage({ viewport });
    await page.goto(studio.url);
    const surroundings = `at ${viewport.width} × ${viewport.height}; ${browser.version()}`;
    return { ...measurement, ...(await measure(page, surroundings)) };
  } finally {
    await browser.close();
    await studio.close();
  }
}

/** Milliseconds between the frames of a movement, which a script in the page resolves with. */
export async function framesOf(page: Page, script: string): Promise<number[]> {
  return (await page.evaluate<number[]>(script)).slice(skipped);
}

/** The 95th percentile over all movements, and each one's own in the remark. */
export function slowFrames(runs: Record<string, number[]>, surroundings: string): Figures {
  const times = Object.values(runs).flat();
  const each = Object.entries(runs).map(([how, all]) => `${how} ${quantile(all, 0.95).toFixed(1)}`);
  const value = Number(quantile(inDisplayIntervals(times), 0.95).toFixed(1));
  return { value, runs: times, remark: `raw p95 ms: ${each.join(', ')}; ${surroundings}` };
}

/**
 * A frame is shown at the next beat of a 60 Hz display, so it took a whole number of beats; the tenths of a millisecond by which
 * the browser's timestamps scatter around that are not the program's.
 */
export function inDisplayIntervals(times: readonly number[], beat = 1000 / 60): number[] {
  return times.map((time) => Math.max(1, Math.round(time / beat)) * beat);
}

/** A development dependency, so a packaged program lacks it, and a name the build must not follow: it would be bundled. */
function loadPlaywright(): Promise<typeof import('@playwright/test') | null> {
  const name = '@playwright/test';
  return import(/* @vite-ignore */ name).catch(() => null);
}
