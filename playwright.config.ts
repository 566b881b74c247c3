import { defineConfig } from '@playwright/test';
import { availableParallelism } from 'node:os';
import { findBrowser, hasDisplay, quietBrowserSwitches } from './scripts/lib/browsers.mjs';
import { electronBinary } from './scripts/lib/electron.mjs';
import type { StudioFixtures } from './tests/e2e/studio.js';

const browser = findBrowser();

/** One set of specs, two drivers: the localhost host in an installed browser always, Electron where its binary is there. */
export default defineConfig<StudioFixtures>({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  // Each test starts an engine and a browser and waits for them by turns: on two cores two at a time keep both busy.
  workers: Math.max(1, Math.min(3, availableParallelism())),
  fullyParallel: true,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    screenshot: 'only-on-failure',
    // Recording one costs a third of a test's processor time: ask for it with `--trace retain-on-failure`.
    trace: 'off',
    ...(browser === null
      ? {}
      : { launchOptions: { executablePath: browser, args: ['--disable-gpu', ...quietBrowserSwitches()] } }),
  },
  projects: [
    // Electron brings its own window: these run where no browser is installed.
    ...(browser === null ? [] : [{ name: 'web', use: { driver: 'web' as const } }]),
    ...(electronBinary() !== null && hasDisplay() ? [{ name: 'electron', use: { driver: 'electron' as const } }] : []),
  ],
});
