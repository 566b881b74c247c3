/** What benchmarks in a real browser share. */

/**
 * A frame is shown at the next beat of a 60 Hz display, so it took a whole number of beats; the tenths of a millisecond by which
 * the browser's timestamps scatter around that are not the program's.
 */
export function inDisplayIntervals(times: readonly number[], beat = 1000 / 60): number[] {
  return times.map((time) => Math.max(1, Math.round(time / beat)) * beat);
}

/** A development dependency, so a packaged program lacks it, and a name the build must not follow: it would be bundled. */
export function loadPlaywright(): Promise<typeof import('@playwright/test') | null> {
  const name = '@playwright/test';
  return import(/* @vite-ignore */ name).catch(() => null);
}
