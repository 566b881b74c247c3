/** docs/desktop.md names a test for each of its lines; each is there. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const rows = readFileSync('docs/desktop.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|') && line.includes('`'));

/** Titles under the file they stand behind. */
function testsOf(row: string): { file: string; title: string }[] {
  return [...row.matchAll(/`([\w/.-]+\.(?:test|package)\.ts)`([^`]*)/g)].flatMap(([, file, titles]) =>
    [...titles!.matchAll(/“([^”]+)”/g)].map(([, title]) => ({ file: file!, title: title! })),
  );
}

it('every line of the table has its number and a test', () => {
  const numbers = rows.flatMap((row) => /^\| (\d+)/.exec(row)?.[1] ?? []);
  expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => String(index + 1)));
  for (const row of rows) expect(testsOf(row), row).not.toEqual([]);
});

it.each(rows.flatMap(testsOf))('$file has “$title”', ({ file, title }) => {
  expect(existsSync(file)).toBe(true);
  const quoted = ["'", '"', '`'].map((quote) => `${quote}${title}${quote}`);
  const text = readFileSync(file, 'utf8');
  expect(quoted.some((one) => text.includes(one))).toBe(true);
});
