/**
 * `node scripts/package/make-icons.mjs`: the program's icons from src/renderer/icon.svg, drawn by an installed browser. They are kept in the
 * repository, so that packing needs no browser.
 */
import { chromium } from '@playwright/test';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser, quietBrowserSwitches } from '../lib/browsers.mjs';
import { root } from '../lib/repository.mjs';
import { icnsOf, iconSizes, icoOf } from './icon-files.mjs';

const folder = join(root, 'scripts', 'package', 'icons');
const executablePath = findBrowser();
if (executablePath === null) {
  console.error('A browser of the Chromium family is needed.');
  process.exit(1);
}
const svg = readFileSync(join(root, 'src', 'renderer', 'icon.svg'), 'utf8');
const browser = await chromium.launch({ executablePath, args: ['--disable-gpu', ...quietBrowserSwitches()] });
const page = await browser.newPage({ deviceScaleFactor: 1 });
const pictures = new Map();
for (const size of iconSizes) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  pictures.set(size, await page.screenshot({ omitBackground: true }));
}
await browser.close();

rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, 'linux'), { recursive: true });
for (const [size, png] of pictures) {
  if (size <= 512) writeFileSync(join(folder, 'linux', `${size}x${size}.png`), png);
}
writeFileSync(join(folder, 'icon.ico'), icoOf(pictures));
writeFileSync(join(folder, 'icon.icns'), icnsOf(pictures));
