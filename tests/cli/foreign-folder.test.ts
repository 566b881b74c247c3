/**
 * A checkout and a data folder whose path has spaces and letters of other scripts, and a native library that prints to stdout: every
 * command works there, and `--json` is JSON lines and nothing else.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { latentTokens, writeLatentPack } from '../fakes/latent-pack.js';
import { jsonLines, repository, runCommand, startCommand } from './command-line.js';

const parts = [
  'package.json',
  'package-lock.json',
  'electron.vite.config.ts',
  'svelte.config.js',
  'src',
  'out',
  'scripts',
  'tools',
];
/** With libraries of their own, which the system's loader has to find at such a path. */
const native = ['onnxruntime-node', '@photostructure/sqlite'];

const last = latentTokens.count - 1;

let home = '';
let root = '';
let cwd = '';
let env: Record<string, string> = {};

/** `node_modules` as links, but the native packages as files; of onnxruntime only what this platform loads. */
function linkModules(): void {
  const from = join(repository, 'node_modules');
  const to = join(root, 'node_modules');
  const link = (name: string): void => symlinkSync(join(from, name), join(to, name), 'junction');
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    if (!name.startsWith('@')) {
      if (name === '.package-lock.json') cpSync(join(from, name), join(to, name));
      else if (!name.startsWith('.') && !native.includes(name)) link(name);
      continue;
    }
    mkdirSync(join(to, name));
    for (const part of readdirSync(join(from, name))) if (!native.includes(`${name}/${part}`)) link(join(name, part));
  }
  const here = join(process.platform, process.arch);
  for (const name of native) {
    cpSync(join(from, name), join(to, name), {
      recursive: true,
      dereference: true,
      filter: (path) =>
        !path.includes(`${join('bin', 'napi-v6')}`) ||
        [here, dirname(here)].some((end) => path.includes(end)) ||
        path.endsWith('napi-v6'),
    });
  }
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ddt-folder-'));
  root = join(home, 'Мой студио ø', 'repository — копия');
  cwd = join(home, 'Мой студио ø', 'мои файлы');
  mkdirSync(root, { recursive: true });
  mkdirSync(cwd);
  for (const part of parts)
    if (existsSync(join(repository, part))) cpSync(join(repository, part), join(root, part), { recursive: true });
  // A pack of random weights: every graph is opened and run as the shipped one's are, in a hundredth of the time.
  writeLatentPack(join(root, 'resources', 'packs', 'случайный'));
  linkModules();
  // What a native library would do: past every stream of the program, straight to the file behind stdout.
  const noise = join(home, 'noise.cjs');
  writeFileSync(noise, `if (process.send) require('fs').writeSync(1, 'A native library says hello.\\n');`);
  env = { NODE_OPTIONS: `--require ${noise}`, DDT_STUDIO_HOME: join(cwd, 'данные ø') };
  const drawn = await run('generate', 'w8 w9', '--seed', '7', '--steps', '2', '--out', 'круг 1.png');
  expect(drawn.at(-1)).toMatchObject({ type: 'result' });
  await run('encode', 'круг 1.png', '--out', 'токены 1.json');
}, 300_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Throws where a line of stdout is no JSON. */
async function run(...parameters: string[]): Promise<Record<string, unknown>[]> {
  const ended = await runCommand([...parameters, '--json'], { cwd, root, env });
  expect([ended.code, ended.stderr.includes('\n    at ')]).toEqual([0, false]);
  return jsonLines(ended);
}

describe('at a path with spaces and other scripts', () => {
  it('the library did print, and to stderr', async () => {
    const { stdout, stderr } = await runCommand(['describe', 'круг 1.png', '--json'], { cwd, root, env });
    expect(stderr).toContain('A native library says hello.');
    expect(stdout).not.toContain('hello');
  });

  it.each([
    ['describe', ['describe', 'круг 1.png']],
    ['encode', ['encode', 'круг 1.png', '--out', 'токены 2.json']],
    ['decode', ['decode', 'токены 1.json', '--steps', '2', '--out', 'назад 1.png']],
    ['ask', ['ask', 'круг 1.png', 'w8']],
    ['edit', ['edit', 'круг 1.png', 'w9', '--steps', '2', '--out', 'правка 1.png']],
    [
      'entropy',
      ['analyze', 'entropy', 'круг 1.png', '--samples', '1', '--csv', 'энтропия 1.csv', '--figure', 'энтропия 1.svg'],
    ],
    ['spectrum', ['analyze', 'spectrum', 'круг 1.png', '--steps', '2', '--csv', 'спектр 1.csv']],
    ['seeds', ['analyze', 'seeds', 'круг 1.png', '--count', '2', '--steps', '2', '--out', 'зёрна 1.png']],
    ['info', ['info', 'круг 1.png']],
    ['timeline', ['timeline', 'круг 1.png', '--out', 'лист 1.png', '--csv', 'кривые 1.csv']],
    ['branch', ['branch', 'токены 1.json', '--keep-from', '2', '--seed', '3', '--steps', '2', '--out', 'ветка 1.png']],
    ['ablate', ['ablate', 'круг 1.png', '--groups', `0-${last}`, '--out', 'тепло 1.png']],
    [
      'transplant',
      [
        'transplant',
        'токены 1.json',
        'токены 1.json',
        '--from',
        '2',
        '--to',
        String(last),
        '--steps',
        '2',
        '--out',
        'смесь 1.png',
      ],
    ],
    ['grid', ['grid', 'w8 w9', '--x', 'seed=1-2', '--steps', '2', '--out', 'сетка 1.png']],
    ['packs', ['packs', 'list']],
    ['verify', ['packs', 'verify']],
  ])(
    '%s',
    async (_name, parameters) => {
      const lines = await run(...parameters);
      expect(lines.length).toBeGreaterThan(0);
      for (const [at, option] of parameters.entries()) {
        if (!['--out', '--csv', '--figure'].includes(option)) continue;
        expect(existsSync(join(cwd, parameters[at + 1]!)), option).toBe(true);
      }
    },
    100_000,
  );

  it('serve opens the window and keeps its projects in the data folder', async () => {
    const serving = startCommand(['serve', '--json'], { cwd, root, env });
    try {
      await serving.says('http://');
      expect(existsSync(join(env['DDT_STUDIO_HOME']!, 'projects'))).toBe(true);
    } finally {
      serving.kill('SIGINT');
      const { stdout } = await serving.ended;
      expect(stdout).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
      for (const line of stdout.trimEnd().split('\n')) JSON.parse(line);
    }
  }, 300_000);
});
