/**
 * `node scripts/screenshots.mjs`: pictures of the running program for the README, into docs/screenshots.
 * `node scripts/screenshots.mjs --every <folder>`: every state of the window at four sizes in both themes, to be looked through;
 * `--only mask,explore` takes these states, `--size 800x560` this size, `--theme light` this theme.
 */
import { chromium } from '@playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { readArguments } from './lib/arguments.mjs';
import { findBrowser, quietBrowserSwitches } from './lib/browsers.mjs';
import { ensureBuild } from './lib/build.mjs';
import { root } from './lib/repository.mjs';
import { windowStates } from './lib/window-states.mjs';

const text = { type: 'string' };
const { every, only, size, theme } = readArguments(
  'node scripts/screenshots.mjs [--every <folder> [--only <states>] [--size 800x560] [--theme light]]',
  { every: text, only: text, size: text, theme: text },
).values;
const sizes = [
  [1440, 900],
  [1920, 1080],
];
/** The smallest that has to work, and what people have. */
const everySize = [[800, 560], [1280, 720], ...sizes].filter((pair) => size === undefined || size === pair.join('x'));
const everyTheme = ['dark', 'light'].filter((name) => theme === undefined || theme === name);
const isWanted = (name) => only === undefined || only.split(',').includes(name);
const folder = every ?? join(root, 'docs', 'screenshots');

const executablePath = findBrowser();
if (executablePath === null || !(await ensureBuild())) {
  console.error('A browser of the Chromium family and a build are needed.');
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
const data = mkdtempSync(join(tmpdir(), 'ddt-screenshots-'));
const host = spawn(process.execPath, ['out/main/web.js', '--data', data], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await chromium.launch({
  executablePath,
  args: quietBrowserSwitches(),
  // Whoever looks for what is cut off has to see what scrolls.
  ignoreDefaultArgs: every === undefined ? [] : ['--hide-scrollbars'],
});
try {
  const [address] = await once(createInterface({ input: host.stdout }), 'line');
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
  // A state that is not there must not hold the others up for half a minute.
  page.setDefaultTimeout(every === undefined ? 30_000 : 10_000);
  await page.goto(address);
  // What the pack itself offers works with this very pack.
  const examples = page.getByRole('region', { name: 'Getting started' }).getByRole('listitem').getByRole('button');
  await examples.first().waitFor();
  if (every !== undefined && isWanted('empty')) await forEverySize(page, (look) => capture(page, `empty-${look}`));
  await page.setViewportSize({ width: 1440, height: 900 });
  await makeBoard(page, (await examples.allInnerTexts()).slice(0, 4));
  if (every === undefined) await captureForReadme(page);
  else await captureEvery(page);
} finally {
  await browser.close();
  host.kill('SIGTERM');
  await once(host, 'exit');
  rmSync(data, { recursive: true, force: true });
}

async function makeBoard(page, prompts) {
  const run = page.getByRole('region', { name: 'Composer' }).getByRole('button', { name: /^Generate\b/ });
  for (const [index, prompt] of prompts.entries()) {
    await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
    await run.click();
    await page
      .getByRole('listbox', { name: 'Frames on the board' })
      .getByRole('option')
      .nth(index)
      .waitFor({ timeout: 90_000 });
  }
  // The timeline of the last frame: until its lanes and panes are there.
  const computing = page.getByRole('progressbar', { name: 'Positions computed' });
  await computing.waitFor({ timeout: 10_000 }).catch(() => {});
  await computing.waitFor({ state: 'hidden', timeout: 90_000 });
}

async function captureForReadme(page) {
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    await page.keyboard.press('Control+0');
    await capture(page, `create-${width}x${height}`);
    await page.getByRole('radio', { name: 'Explore' }).click();
    await capture(page, `explore-${width}x${height}`);
    await page.getByRole('radio', { name: 'Create' }).click();
  }
}

/** One that cannot be opened is named, and the others follow. */
async function captureEvery(page) {
  const frames = page.getByRole('listbox', { name: 'Frames on the board' }).getByRole('option');
  await forEverySize(page, async (look) => {
    for (const [name, open, close] of windowStates(page).filter(([name]) => isWanted(name))) {
      try {
        await frames.last().evaluate((option) => option.click());
        await open();
        await capture(page, `${name}-${look}`);
        await close?.();
      } catch (error) {
        console.error(`${name}-${look}: ${String(error).split('\n')[0]}`);
        process.exitCode = 1;
        await page.reload();
        await frames.first().waitFor();
      }
    }
  });
}

/** `act` is given what the window looks like, as a part of a file's name. */
async function forEverySize(page, act) {
  for (const [width, height] of everySize) {
    for (const colorScheme of everyTheme) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.keyboard.press('Control+0');
      await act(`${width}x${height}-${colorScheme}`);
    }
  }
}

async function capture(page, name) {
  // What the pointer happens to rest on after a click would show its tooltip.
  await page.mouse.move(0, 0);
  await page.waitForTimeout(600);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  console.log(relative(process.cwd(), path));
}
