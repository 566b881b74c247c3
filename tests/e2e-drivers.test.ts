/** The end-to-end specs run in a browser and in Electron alike: what only a browser does stands behind the driver, or says that it is left out. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = 'tests/e2e';
const specs = readdirSync(folder)
  .filter((name) => name.endsWith('.spec.ts'))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

/** All of a file, or of a group in it, is for the browser. */
const forBrowsers = /test\.skip\(\s*\(\{ driver \}\) => driver !== 'web'/;

it('a file that leaves is taken from the driver: in Electron no browser downloads it', () => {
  const waiting = specs.filter(({ text }) => /waitForEvent\('(?:download|filechooser)'/.test(text));
  expect(waiting.filter(({ text }) => !forBrowsers.test(text)).map(({ name }) => name)).toEqual([]);
  expect(specs.filter(({ text }) => text.includes('studio.saved(')).length).toBeGreaterThan(5);
});
