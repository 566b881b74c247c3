import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { preferenceLimits } from '../../shared/contract/preferences.js';
import { PreferencesFile } from './preferences.js';
import { runs } from '../../../tests/property-runs.js';

let directory: string;
const open = () => new PreferencesFile(directory);

beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'ddt-preferences-'))));
afterEach(() => rmSync(directory, { recursive: true }));

describe('preferences', () => {
  test('are new once; what is set is there in the next run, in any language', () => {
    expect(open().read()).toEqual({ values: {}, isNew: true, problem: null });
    open().set({ prompt: 'un « cercle » — 赤い円 🌟 \u0000', theme: 'light', 'side-width': 400 });
    open().set({ theme: null, seed: 7 });
    expect(open().read()).toEqual({
      values: { prompt: 'un « cercle » — 赤い円 🌟 \u0000', 'side-width': 400, seed: 7 },
      isNew: false,
      problem: null,
    });
    expect(readdirSync(directory)).toEqual(['preferences.json']);
  });

  test('any value JSON can say comes back as it was', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
    const value = fc.jsonValue({ noUnicodeString: false }).filter((one) => one !== null);
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 5 }), (changes) => {
        const file = open();
        file.set(changes);
        expect(open().read().values).toMatchObject(JSON.parse(JSON.stringify(changes)));
      }),
      { numRuns: runs(30) },
    );
  });

  test.each(['', 'null', '[]', '{"values":[]}', '{"version":1}', '{"values":{"a":', '\u0000\u0001'])(
    'in a file that holds %j are the defaults, it is said, and the file is put aside',
    (text) => {
      const path = join(directory, 'preferences.json');
      writeFileSync(path, text);
      const { values, isNew, problem } = open().read();
      expect([values, isNew]).toEqual([{}, false]);
      expect(problem).toMatchObject({ message: expect.stringContaining('could not be read') });
      expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(text);
      open().set({ theme: 'dark' });
      expect(open().read()).toMatchObject({ values: { theme: 'dark' }, problem: null });
    },
  );

  test('keep what is sound of a file that was edited by hand', () => {
    const values = '{"theme":"light","__proto__":{"x":1},"dark":{"a":{"constructor":1}},"Not A Name":1}';
    writeFileSync(join(directory, 'preferences.json'), `{"version":1,"values":${values}}`);
    expect(open().read().values).toEqual({ theme: 'light' });
  });

  test('over a limit are refused, and nothing is different', () => {
    const file = open();
    file.set({ theme: 'light' });
    const refused = expect.objectContaining({ code: 'bad-request' });
    for (const changes of [
      { theme: 'dark', 'Bad name': 1 },
      { theme: 'dark', long: 'x'.repeat(preferenceLimits.value) },
      Object.fromEntries(Array.from({ length: preferenceLimits.names + 1 }, (_, at) => [`n${at}`, 1])),
      Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`n${at}`, 'x'.repeat(preferenceLimits.value - 2)])),
    ]) {
      expect(() => file.set(changes)).toThrow(refused);
    }
    expect(file.read().values).toEqual({ theme: 'light' });
    expect(open().read().values).toEqual({ theme: 'light' });
  });

  test('that cannot be written say so and leave nothing half', () => {
    const file = new PreferencesFile(join(directory, 'nowhere'));
    expect(() => file.set({ theme: 'light' })).toThrow(expect.objectContaining({ code: 'place-unwritable' }));
    expect(existsSync(join(directory, 'nowhere'))).toBe(false);
  });
});
