/**
 * The dependency rule (docs/architecture.md): which room of `src` and `tools` may import what, and that no file imports itself by a
 * detour. Imports are read by TypeScript's own
 * scanner, types included, so that a room's list of neighbours is the whole truth about it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

interface Room {
  /** Path prefix, inside `src` unless it is `tools/`; the longest one that fits a file is its room. */
  prefix: string;
  /** Prefixes of what it may import, itself included. */
  neighbours: string[];
  /** Packages; `node:*` stands for Node's own modules. */
  packages: string[];
}

const main = ['shared/', 'main/'];
const rooms: Room[] = [
  { prefix: 'shared/', neighbours: ['shared/'], packages: [] },
  // Tokens, pictures and words are what they are, a document and a pack too, whoever asks for them.
  ...['tokens', 'pictures', 'text'].map((name) => sharedRoom(name, [])),
  sharedRoom('document', ['jobs']),
  sharedRoom('packs', ['document']),
  {
    prefix: 'main/engine/',
    neighbours: ['shared/', 'main/engine/'],
    packages: [
      'node:*',
      'onnxruntime-node',
      'onnxruntime-common',
      '@huggingface/tokenizers',
      '@eslint-community/regexpp',
      'scslre',
      'undici',
      'zod',
    ],
  },
  { prefix: 'main/storage/', neighbours: ['shared/', 'main/storage/'], packages: ['node:*'] },
  storageRoom('disk', [], []),
  storageRoom('database', ['disk'], []),
  // One file alone knows SQLite, so that every error of it has passed there.
  { ...storageRoom('database', ['disk'], ['@photostructure/sqlite']), prefix: 'main/storage/database/database.ts' },
  storageRoom('images', [], ['fast-png', 'jpeg-js', '@jsquash/webp', '@jsquash/jpeg', '@cwasm/nsgif', 'jscolorengine']),
  storageRoom('records', ['images', 'schemas'], ['zod']),
  storageRoom('positions', ['disk'], []),
  // What a document may say, in a window's messages as in a file from anywhere.
  storageRoom('schemas', [], ['zod']),
  storageRoom('projects', ['database', 'images', 'schemas'], ['zod']),
  storageRoom('gallery', ['database', 'images', 'projects'], []),
  // Everything else directly under main joins engine and storage.
  { prefix: 'main/', neighbours: main, packages: ['node:*', 'zod'] },
  // Threads and what they do to pictures; the only ones besides the command line that read pixels.
  { prefix: 'main/pictures/', neighbours: main, packages: ['node:*', 'zod'] },
  // Its tests write the zips that it reads.
  { prefix: 'main/packs/', neighbours: main, packages: ['node:*', 'yauzl', 'fflate'] },
  // Its tests write the wheels, which are zips, that it fetches.
  { prefix: 'main/gpu/', neighbours: main, packages: ['node:*', 'undici', 'yauzl', 'fflate'] },
  { prefix: 'main/diagnostics/', neighbours: main, packages: ['node:*', 'electron-log', 'fflate'] },
  { prefix: 'main/hosts/', neighbours: main, packages: ['node:*', 'zod'] },
  { prefix: 'main/hosts/electron/', neighbours: main, packages: ['node:*', 'zod', 'electron', 'electron-updater'] },
  { prefix: 'main/hosts/web/', neighbours: main, packages: ['node:*', 'zod', 'ws', '@msgpack/msgpack'] },
  {
    prefix: 'main/cli/',
    neighbours: main,
    packages: ['node:*', 'zod', 'commander'],
  },
  // What makes this repository's own documents and scores. Nothing in `src` may import it.
  {
    prefix: 'tools/',
    neighbours: ['shared/', 'main/', 'tools/'],
    packages: [
      ...['node:*', 'zod', 'commander', 'onnxruntime-node', '@playwright/test'],
      // What attacks the host speaks as a window does, and writes project files past every check.
      ...['ws', '@msgpack/msgpack', '@photostructure/sqlite'],
    ],
  },
  { prefix: 'preload/', neighbours: ['shared/', 'preload/'], packages: ['electron'] },
  {
    prefix: 'renderer/',
    neighbours: ['shared/', 'renderer/'],
    packages: ['svelte', 'konva', '@lucide/svelte', '@fontsource-variable/inter', '@msgpack/msgpack', 'vite'],
  },
  // State never knows the views: of the renderer it may import itself and plain logic that no view owns.
  {
    prefix: 'renderer/state/',
    neighbours: ['shared/', 'renderer/state/', 'renderer/bridge', 'renderer/transport'],
    packages: ['svelte'],
  },
];

/** A room inside shared that knows nothing of the contract: what it builds on besides the simplest ones. */
function sharedRoom(name: string, others: string[]): Room {
  const neighbours = [name, 'tokens', 'pictures', 'text', ...others].map((room) => `shared/${room}/`);
  return {
    prefix: `shared/${name}/`,
    neighbours: ['errors', 'limits', 'mean'].map((file) => `shared/${file}.`).concat(neighbours),
    packages: [],
  };
}

/** A room inside storage: which of the others it builds on. */
function storageRoom(name: string, others: string[], packages: string[]): Room {
  const neighbours = ['shared/', ...[name, ...others].map((room) => `main/storage/${room}/`)];
  return { prefix: `main/storage/${name}/`, neighbours, packages: ['node:*', ...packages] };
}

/** What a room may never reach although a wider neighbour above would allow it. */
const closed: { from: string; to: string; because: string; forTests?: boolean }[] = [
  { from: 'main/', to: 'main/hosts/', because: 'what joins engine and storage knows no host' },
  { from: 'main/', to: 'main/cli/', because: 'what joins engine and storage knows no command line' },
  { from: 'main/hosts/', to: 'main/cli/', because: 'a host is not a command line' },
  { from: 'main/hosts/electron/', to: 'main/hosts/web/', because: 'hosts do not know each other' },
  { from: 'main/hosts/web/', to: 'main/hosts/electron/', because: 'hosts do not know each other' },
  { from: 'main/cli/', to: 'main/hosts/electron/', because: 'the command line runs without Electron' },
  { from: 'tools/', to: 'main/hosts/electron/', because: 'the tools run without Electron' },
  ...['main/', 'main/hosts/', 'main/hosts/electron/', 'main/hosts/web/'].map((from) => ({
    from,
    to: 'main/storage/images/',
    because: 'nothing reads pixels on the thread that serves windows: main/pictures has threads for it',
    forTests: false,
  })),
];

const testPackages = ['vitest', 'fast-check', 'esbuild', 'node:*'];
/** What tests of the product may also import: stand-ins, and how often properties run, live outside it. */
const testNeighbours = ['../tests/fakes/', '../tests/property-runs.js'];

function roomOf(file: string): Room | undefined {
  return rooms.filter((room) => file.startsWith(room.prefix)).sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

/** Every import of a file: static, re-export, dynamic, `require` and import types. */
function importsOf(file: string, text: string): string[] {
  const scripts = file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]!)
    : [text];
  return scripts.flatMap((script) =>
    ts.preProcessFile(script, true, true).importedFiles.map(({ fileName }) => fileName),
  );
}

/** The place of what `file` imports, named as rooms are: relative to `src`, or from `tools/` on. */
function placeOf(file: string, specifier: string): string {
  const from = file.startsWith('tools/') ? `../${file}` : file;
  const target = normalize(join(dirname(from), specifier)).replaceAll('\\', '/');
  return target.replace(/^\.\.\/(src\/|(?=tools\/))/, '');
}

/** Sentences naming each import of `file` (relative to `src`, or from `tools/` on) that breaks the rule. */
function violationsOf(file: string, text: string): string[] {
  const room = roomOf(file);
  if (room === undefined) return [`${file} stands outside every room of src`];
  const isTest = /\.test\.ts$/.test(file);
  return importsOf(file, text).flatMap((specifier) => {
    if (specifier.startsWith('.')) {
      const target = placeOf(file, specifier);
      if (isTest && testNeighbours.some((neighbour) => target.startsWith(neighbour))) return [];
      // The pack contract's one truth, for Python too, lies with the packs.
      if (room.prefix === 'main/engine/' && target === '../resources/pack.schema.json') return [];
      // Development scripts that also run before anything is built.
      if (room.prefix === 'tools/' && target === '../scripts/lib/browsers.mjs') return [];
      const wall = closed.find(
        ({ from, to, forTests = true }) => room.prefix === from && target.startsWith(to) && (forTests || !isTest),
      );
      if (wall !== undefined) return [`${file} imports ${specifier}: ${wall.because}`];
      if (room.neighbours.some((neighbour) => target.startsWith(neighbour))) return [];
      return [`${file} imports ${specifier}: ${room.prefix} may import ${room.neighbours.join(', ')}`];
    }
    const allowed = isTest ? [...room.packages, ...testPackages] : room.packages;
    const fits = allowed.some((name) =>
      name === 'node:*' ? specifier.startsWith('node:') : specifier === name || specifier.startsWith(`${name}/`),
    );
    return fits ? [] : [`${file} imports ${specifier}, which is not among the packages of ${room.prefix}`];
  });
}

/** The first cycle each file closes on the way down from every file, as a path. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}

describe('the dependency rule', () => {
  const root = join(import.meta.dirname, '..');
  const filesIn = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  const files = [...filesIn('src').map((file) => file.slice('src/'.length)), ...filesIn('tools')];
  const textOf = (file: string): string =>
    readFileSync(join(root, file.startsWith('tools/') ? file : join('src', file)), 'utf8');

  /** Every file with those of ours that it imports. */
  const importGraph = (): Map<string, string[]> => {
    const known = new Set(files);
    return new Map(
      files.map((file) => [
        file,
        importsOf(file, textOf(file))
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => placeOf(file, specifier))
          .map((place) => (known.has(place) ? place : place.replace(/\.js$/, '.ts')))
          .filter((place) => known.has(place)),
      ]),
    );
  };

  it('holds for every file under src and tools', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap((file) => violationsOf(file, textOf(file)))).toEqual([]);
  });

  it('no file imports itself by a detour, not even for a type', () => {
    const graph = importGraph();
    expect([...graph.values()].flat().length).toBeGreaterThan(files.length);
    expect(cyclesOf(graph)).toEqual([]);
  });

  it('what only the window uses stands with the window, not in shared', () => {
    const graph = importGraph();
    const isOfWindow = (file: string): boolean => file.startsWith('renderer/');
    const usersOf = new Map(files.map((file) => [file, new Set<string>()]));
    for (const [file, imported] of graph) {
      if (!file.endsWith('.test.ts')) for (const one of imported) usersOf.get(one)!.add(file);
    }
    /** Rooms that reach a file of `shared`, by way of others of it too. */
    const reach = (file: string, seen = new Set<string>()): Set<string> => {
      for (const user of usersOf.get(file)!) {
        if (seen.has(user)) continue;
        seen.add(user);
        if (user.startsWith('shared/')) reach(user, seen);
      }
      return seen;
    };
    const shared = files.filter((file) => file.startsWith('shared/') && !file.endsWith('.test.ts'));
    const misplaced = shared.filter((file) => {
      const outside = [...reach(file)].filter((user) => !user.startsWith('shared/'));
      return outside.length > 0 && outside.every(isOfWindow);
    });
    expect(misplaced).toEqual([]);
  });

  it('a cycle is found, however long', () => {
    const graph = { a: ['b', 'c'], b: ['c'], c: ['d'], d: ['b'], e: ['e'], f: ['a'] };
    expect(cyclesOf(new Map(Object.entries(graph)))).toEqual(['b → c → d → b', 'e → e']);
  });

  it.each([
    ['shared/tokens/tokens.ts', `import { readFileSync } from 'node:fs';`],
    ['shared/tokens/tokens.ts', `import type { EngineRequest } from '../../main/engine/protocol.js';`],
    ['shared/tokens/tokens.ts', `import type { StudioApi } from '../contract/api.js';`],
    ['shared/packs/pack.ts', `import type { StudioApi } from '../contract/api.js';`],
    ['main/engine/pack/pack.ts', `import { decodeImage } from '../../storage/images/images.js';`],
    ['main/engine/pack/pack.ts', `import { app } from 'electron';`],
    ['main/storage/images/images.ts', `type Engine = import('../../engine/engine.js').Engine;`],
    ['main/storage/projects/library.ts', `import { Gallery } from '../gallery/gallery.js';`],
    ['main/storage/projects/stored-document.ts', `import { operation } from '../../validation/validation.js';`],
    ['main/storage/projects/project-file.ts', `import { DatabaseSync } from '@photostructure/sqlite';`],
    ['main/storage/database/lease.ts', `import type { DatabaseSyncInstance } from '@photostructure/sqlite';`],
    ['main/jobs/job-queue.ts', `export * from '../hosts/web/server.js';`],
    ['main/hosts/web/server.ts', `const { app } = await import('electron');`],
    ['main/cli/index.ts', `const electron = require('electron');`],
    ['main/cli/program.ts', `import { addBench } from '../../../tools/commands/bench.js';`],
    ['tools/commands/bench.ts', `import { createWindow } from '../../src/main/hosts/electron/window.js';`],
    ['tools/commands/bench.ts', `import { view } from '../../src/renderer/state/board/view.svelte.js';`],
    ['main/studio/studio.ts', `import { decodeImage } from '../storage/images/images.js';`],
    ['main/studio/studio.ts', `import { fakeManifest } from '../../../tests/fakes/engine-parts.js';`],
    ['preload/index.ts', `import '../main/studio/studio.js';`],
    ['renderer/App.svelte', `<script lang="ts">import { Studio } from '../main/studio/studio.js';</script>`],
    ['renderer/state/document/document.svelte.ts', `import App from '../../App.svelte';`],
    ['renderer/state/board/view.svelte.ts', `import { stage } from '../../canvas/paint/stage.js';`],
    ['elsewhere/thing.ts', ''],
  ])('catches a forbidden import in %s', (file, text) => {
    expect(violationsOf(file, text)).toHaveLength(1);
  });

  it('lets allowed imports pass', () => {
    expect(
      violationsOf(
        'main/studio/studio.ts',
        `import { a } from '../storage/projects/project-file.js'; import '../../shared/contract/api.js';`,
      ),
    ).toEqual([]);
    expect(
      violationsOf('renderer/canvas/paint/stage.ts', `import Konva from 'konva'; import '../../state/view.js';`),
    ).toEqual([]);
  });
});
