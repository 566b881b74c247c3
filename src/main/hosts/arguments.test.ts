import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseHostArguments } from './arguments.js';

const workingDirectory = join('/', 'home', 'ada');
const parse = (...parameters: string[]) => parseHostArguments(parameters, { workingDirectory, lenient: true });

describe('what a person says at the start', () => {
  it('is understood the same by every host, with folders meant from where the person is', () => {
    expect(parse('--data', 'work', '--threads', '4', '--provider=cpu', '--port', '4600', 'trees.ddt')).toEqual({
      data: join(workingDirectory, 'work'),
      threads: 4,
      providers: ['cpu'],
      port: 4600,
      files: [join(workingDirectory, 'trees.ddt')],
    });
    expect(parse('--data', '/elsewhere').data).toBe('/elsewhere');
    expect(parse()).toEqual({ files: [] });
  });

  it('comes along with switches of Chromium, but not where there is none', () => {
    expect(parse('--no-sandbox', '--lang=de', '.', 'a.PNG').files).toEqual([join(workingDirectory, 'a.PNG')]);
    expect(() => parseHostArguments(['--no-sandbox'], { workingDirectory })).toThrow(/no-sandbox/);
  });

  it('takes a file by its address too, as a Linux desktop may hand it over', () => {
    const trees = join(workingDirectory, 'old trees', 'größer #1.ddt');
    expect(parse(pathToFileURL(trees).href).files).toEqual([trees]);
    expect(parse('file://%zz/a.ddt', 'https://example.org/a.txt', 'file:///a.exe').files).toEqual([]);
  });

  it.each([
    ['--threads', '0'],
    ['--threads', 'four'],
    ['--threads', '1e2'],
    ['--port', '70000'],
    ['--provider', 'abacus'],
    ['--data', ''],
  ])('%s %s is refused, not dropped', (name, value) => {
    expect(() => parse(name, value)).toThrow(name);
  });

  it('a value that is missing is refused', () => {
    expect(() => parse('--threads')).toThrow('--threads needs a value');
  });
});
