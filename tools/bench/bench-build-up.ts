/** How soon a new picture's build-up film stands whole in the window, in a real browser. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '../../src/main/cli/context.js';
import type { EngineOptions } from '../../src/main/cli/options.js';
import { measureInBrowser } from './bench-browser.js';
import { median, type Measurement } from './measurement.js';

/** The first picture of a window also waits for graphs to be opened; the others are what a day is made of. */
const pictures = 4;
const longestMs = 60_000;

/**
 * Runs in the page, hence as text: resolves with the milliseconds from the frame of picture `number`, which its finished job puts
 * on the board, to the first and to the last picture of its film; NaN where none came.
 */
const waitForFilm = (number: number): string => `new Promise((resolve) => {
  const options = '[role="listbox"][aria-label="Frames on the board"] [role="option"]';
  const film = '[role="toolbar"][aria-label="Build-up, from noise to the picture"] button.picture';
  const asked = performance.now();
  let done = null;
  let begun = null;
  const each = (now) => {
    if (done === null && document.querySelectorAll(options).length >= ${number}) done = now;
    const shown = [...document.querySelectorAll(film)];
    if (done !== null && begun === null && shown.some((picture) => !picture.disabled)) begun = now;
    const whole = shown.length > 0 && shown.every((picture) => !picture.disabled);
    if (done !== null && whole) resolve([begun - done, now - done]);
    else if (now - asked > ${longestMs}) resolve([NaN, NaN]);
    else requestAnimationFrame(each);
  };
  requestAnimationFrame(each);
})`;

/** Of the first picture, and the median of those after it, when the film begins and when it is whole, each beside the target. */
export async function benchBuildUp({ output }: CommandContext, options: EngineOptions): Promise<Measurement[]> {
  output.note('the build-up film in a browser');
  const dataDirectory = await mkdtemp(join(tmpdir(), 'ddt-bench-'));
  const host = () => ({ dataDirectory, engine: options.threads === undefined ? {} : { threads: options.threads } });
  try {
    const begins: number[] = [];
    const all = await measureInBrowser(measurementOf('later pictures', 'whole'), host, async (page, surroundings) => {
      const run = page.getByRole('region', { name: 'Composer' }).getByRole('button', { name: /^Generate\b/ });
      const runs: number[] = [];
      for (let number = 1; number <= pictures; number++) {
        await page.getByRole('textbox', { name: 'Prompt' }).fill(`a red circle and ${number} blue stars`);
        // A film that stands there from the picture before would be taken for this one's.
        await page.getByRole('application', { name: 'Board', exact: true }).press('Escape');
        const film = page.evaluate<[number, number]>(waitForFilm(number));
        await run.click({ timeout: longestMs });
        const [begun, whole] = await film;
        begins.push(begun / 1000);
        runs.push(whole / 1000);
      }
      return { value: null, runs, remark: surroundings };
    });
    return [...firstAndLater({ ...all, runs: begins }, 'begins'), ...firstAndLater(all, 'whole')];
  } finally {
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 3 });
  }
}

type Stage = 'begins' | 'whole';

function measurementOf(which: 'first picture' | 'later pictures', stage: Stage) {
  return { name: `${which} done → build-up film ${stage} in the window`, unit: 's', target: 0.6 } as const;
}

/** The runs of one window as two figures; without any, both say why. */
export function firstAndLater({ runs, remark }: Pick<Measurement, 'runs' | 'remark'>, stage: Stage): Measurement[] {
  const parts = [
    ['first picture', runs.slice(0, 1)],
    ['later pictures', runs.slice(1)],
  ] as const;
  return parts.map(([which, own]) => {
    const measurement = measurementOf(which, stage);
    const missing = own.some(Number.isNaN);
    return {
      ...measurement,
      value: own.length === 0 || missing ? null : median(own),
      runs: own,
      ...(missing ? { remark: 'a film did not come' } : remark !== undefined && { remark }),
    };
  });
}
