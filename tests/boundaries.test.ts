/** A boundary somebody forgets fails the lint: what stands in eslint.config.js is asked for here, so that it does not get lost. */
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { beforeAll, expect, test } from 'vitest';

let lint: ESLint;
beforeAll(() => {
  // These files are nowhere, so nobody knows their types.
  lint = new ESLint({
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    overrideConfig: tseslint.configs.disableTypeChecked,
  });
});

async function rulesBrokenBy(text: string, filePath: string): Promise<(string | null)[]> {
  const [result] = await lint.lintText(text, { filePath });
  return result!.messages.map(({ ruleId }) => ruleId);
}

test.each([
  [
    'src/main/cli/example.ts',
    `export const read = (text: string): unknown => JSON.parse(text);`,
    'no-restricted-properties',
  ],
  [
    'src/renderer/state/example.ts',
    `export const read = (text: string): unknown => JSON.parse(text);`,
    'no-restricted-properties',
  ],
  ['src/main/validation/example.ts', `import { z } from 'zod';\nexport const said = z.any();`, 'no-restricted-syntax'],
  [
    'src/main/validation/example.ts',
    `import { z } from 'zod';\nexport const said = z.object({ a: z.unknown() });`,
    'no-restricted-syntax',
  ],
  ['src/main/cli/example.ts', String.raw`export const word = /^(a+)+$/;`, 'regexp/no-super-linear-backtracking'],
])('%s: %s', async (file, text, rule) => {
  expect(await rulesBrokenBy(text, file)).toContain(rule);
});

test('the guard itself, tests and tools may parse', async () => {
  const text = `export const read = (text: string): unknown => JSON.parse(text);`;
  for (const file of ['src/shared/json.ts', 'src/shared/example.test.ts', 'tools/example.ts']) {
    expect(await rulesBrokenBy(text, file)).toEqual([]);
  }
});
