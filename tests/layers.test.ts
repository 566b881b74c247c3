/**
 * The dependency rule (docs/architecture.md): which room of `src` may import what. Imports are read by TypeScript's own
 * scanner, types included, so that a room's list of neighbours is the whole truth about it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

interface Room {
  /** Path prefix inside `src`; the longest one that fits a file is its room. */
  prefix: string;
  /** Prefixes of what it may import from `src`, itself included. */
  neighbours: string[];
  /** Packages; `node:*` stands for Node's own modules. */
  packages: string[];
}

const main = ['shared/', 'main/'];
const rooms: Room[] = [
  { prefix: 'shared/', neighbours: ['shared/'], packages: [] },
  {
    prefix: 'main/engine/',
    neighbours: ['shared/', 'main/engine/'],
    packages: ['node:*', 'onnxruntime-node', 'onnxruntime-common', '@huggingface/tokenizers', 'zod'],
  },
  { prefix: 'main/storage/', neighbours: ['shared/', 'main/storage/'], packages: ['node:*'] },
  storageRoom('database', [], ['@photostructure/sqlite']),
  storageRoom('images', [], ['fast-png', 'jpeg-js']),
  storageRoom('records', ['images'], ['zod']),
  storageRoom('positions', [], []),
  storageRoom('projects', ['database', 'images'], ['@photostructure/sqlite']),
  storageRoom('gallery', ['database', 'images', 'projects'], ['@photostructure/sqlite']),
  // Everything else directly under main joins engine and storage.
  { prefix: 'main/', neighbours: main, packages: ['node:*', 'zod'] },
  { prefix: 'main/hosts/', neighbours: main, packages: ['node:*', 'zod'] },
  { prefix: 'main/hosts/electron/', neighbours: main, packages: ['node:*', 'zod', 'electron', 'electron-updater'] },
  { prefix: 'main/hosts/web/', neighbours: main, packages: ['node:*', 'zod', 'ws', '@msgpack/msgpack'] },
  {
    prefix: 'main/cli/',
    neighbours: main,
    packages: ['node:*', 'zod', 'commander', 'onnxruntime-node', '@playwright/test'],
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

/** A room inside storage: which of the others it builds on. */
function storageRoom(name: string, others: string[], packages: string[]): Room {
  const neighbours = ['shared/', ...[name, ...others].map((room) => `main/storage/${room}/`)];
  return { prefix: `main/storage/${name}/`, neighbours, packages: ['node:*', ...packages] };
}

/** What a room may never reach although a wider neighbour above would allow it. */
const closed: { from: string; to: string; because: string }[] = [
  { from: 'main/', to: 'main/hosts/', because: 'what joins engine and storage knows no host' },
  { from: 'main/', to: 'main/cli/', because: 'what joins engine and storage knows no command line' },
  { from: 'main/hosts/', to: 'main/cli/', because: 'a host is not a command line' },
  { from: 'main/hosts/electron/', to: 'main/hosts/web/', because: 'hosts do not know each other' },
  { from: 'main/hosts/web/', to: 'main/hosts/electron/', because: 'hosts do not know each other' },
  { from: 'main/cli/', to: 'main/hosts/electron/', because: 'the command line runs without Electron' },
];

const testPackages = ['vitest', 'fast-check', 'esbuild', 'node:*'];

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

/** Sentences naming each import of `file` (relative to `src`) that breaks the rule. */
function violationsOf(file: string, text: string): string[] {
  const room = roomOf(file);
  if (room === undefined) return [`${file} stands outside every room of src`];
  const isTest = /\.test\.ts$/.test(file);
  return importsOf(file, text).flatMap((specifier) => {
    if (specifier.startsWith('.')) {
      const target = normalize(join(dirname(file), specifier)).replaceAll('\\', '/');
      // The pack contract's one truth, for Python too, lies with the packs.
      if (room.prefix === 'main/engine/' && target === '../resources/pack.schema.json') return [];
      // Development scripts that also run before anything is built.
      if (room.prefix === 'main/cli/' && target === '../scripts/lib/browsers.mjs') return [];
      const wall = closed.find(({ from, to }) => room.prefix === from && target.startsWith(to));
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

describe('the dependency rule', () => {
  const source = join(import.meta.dirname, '..', 'src');
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(source.length + 1)
        .replaceAll('\\', '/'),
    );

  it('holds for every file under src', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap((file) => violationsOf(file, readFileSync(join(source, file), 'utf8')))).toEqual([]);
  });

  it.each([
    ['shared/tokens.ts', `import { readFileSync } from 'node:fs';`],
    ['shared/tokens.ts', `import type { EngineRequest } from '../main/engine/protocol.js';`],
    ['main/engine/pack.ts', `import { decodeImage } from '../storage/images/images.js';`],
    ['main/engine/pack.ts', `import { app } from 'electron';`],
    ['main/storage/images/images.ts', `type Engine = import('../../engine/engine.js').Engine;`],
    ['main/storage/projects/library.ts', `import { Gallery } from '../gallery/gallery.js';`],
    ['main/storage/records/png-metadata.ts', `import { DatabaseSync } from '@photostructure/sqlite';`],
    ['main/jobs.ts', `export * from './hosts/web/server.js';`],
    ['main/hosts/web/server.ts', `const { app } = await import('electron');`],
    ['main/cli/index.ts', `const electron = require('electron');`],
    ['preload/index.ts', `import '../main/studio.js';`],
    ['renderer/App.svelte', `<script lang="ts">import { Studio } from '../main/studio.js';</script>`],
    ['renderer/state/document.svelte.ts', `import App from '../App.svelte';`],
    ['renderer/state/view.svelte.ts', `import { stage } from '../canvas/stage.js';`],
    ['elsewhere/thing.ts', ''],
  ])('catches a forbidden import in %s', (file, text) => {
    expect(violationsOf(file, text)).toHaveLength(1);
  });

  it('lets allowed imports pass', () => {
    expect(
      violationsOf('main/studio.ts', `import { a } from './storage/images/images.js'; import '../shared/api.js';`),
    ).toEqual([]);
    expect(violationsOf('renderer/canvas/stage.ts', `import Konva from 'konva'; import '../state/view.js';`)).toEqual(
      [],
    );
  });
});
