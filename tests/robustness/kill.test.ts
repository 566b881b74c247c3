/** A program that is killed loses nothing it has acknowledged: SIGKILL at random moments of scripted work. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '../../src/main/storage/database/database.js';
import { encodePng, imageIdOf } from '../../src/main/storage/images/images.js';
import { ProjectFile } from '../../src/main/storage/projects/project-file.js';
import { emptyDocument } from '../../src/shared/document/document.js';
import type { RasterImage } from '../../src/shared/pictures/images.js';
import { bundled } from '../fakes/bundled.js';
import { historyLimit, Model, randomOf } from './script.js';

const kills = 112;
const lanes = 4;
/** A life is counted in acknowledged actions, so that a slow machine interrupts the same work as a fast one … */
const mostActions = 14;
/** … and ends at a random moment after the last of them, which falls somewhere into the next ones. */
const longestLastMs = 12;

let folder: string;
let worker: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-kill-'));
  worker = await bundled('worker');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(worker, { force: true });
});

/** Starts the worker and kills it `lastMs` after it has said `lines` lines; returns what it has said. */
async function liveAndDie(path: string, seed: number, lines: number, lastMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [worker, path, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const ended = once(child, 'close');
  const enough = new Promise<void>((resolve) => {
    if (lines === 0) resolve();
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.split('\n').length > lines) resolve();
    });
  });
  // A worker that fails by itself must not hang the test.
  await Promise.race([enough, ended]);
  await new Promise((resolve) => setTimeout(resolve, lastMs));
  child.kill('SIGKILL');
  const [code, signal] = (await ended) as [number | null, string | null];
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  // The last line may have been cut off in the middle: then it was never said.
  return said.split('\n').slice(0, -1);
}

function checkIntegrity(path: string): void {
  const database = new Database(path);
  try {
    expect(database.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  } finally {
    database.close();
  }
}

const idOf = (image: RasterImage): string => imageIdOf(encodePng(image));

async function runLane(lane: number, results: { lived: number; deepest: number; inOpening: number }): Promise<void> {
  const seed = 2026 + lane;
  const path = join(folder, `lane-${lane}.ddt`);
  const random = randomOf(seed);
  const model = new Model(seed, emptyDocument('robust', 'Robust', '2026-01-01T00:00:00.000Z'), idOf);
  let known = false;
  for (let round = 0; round < kills / lanes; round++) {
    // Every eighth life may end before its first word: in starting, in making the file, in recovering it.
    const isEarly = round % 8 === 7;
    const lines = isEarly
      ? await liveAndDie(path, seed, 0, random() * 250)
      : await liveAndDie(path, seed, 1 + Math.floor(random() * mostActions), random() * longestLastMs);
    const acknowledged = Number(/\d+$/.exec(lines.at(-1) ?? '')?.[0] ?? model.revision);
    if (lines.length === 0) {
      results.inOpening++;
      // Before its first word a new project may not be there yet.
      if (!known) continue;
    }
    known = true;
    checkIntegrity(path);
    const project = ProjectFile.open(path, 'read', { historyLimit });
    try {
      // The action that was under way may have been committed without having been acknowledged; nothing else may.
      expect(project.revision).toBeGreaterThanOrEqual(acknowledged);
      expect(project.revision).toBeLessThanOrEqual(acknowledged + 1);
      model.advanceTo(project.revision);
      expect(project.document).toEqual(model.document);
      expect(project.history).toEqual(model.history);
      for (const { imageId } of project.document.frames) expect(project.readImage(imageId)).not.toBeNull();
    } finally {
      project.close();
    }
    results.lived++;
    results.deepest = Math.max(results.deepest, model.revision);
  }
}

test(`every acknowledged action is there after each of ${kills} kills`, { timeout: 900_000 }, async () => {
  const results = { lived: 0, deepest: 0, inOpening: 0 };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane, results)));
  // Otherwise the moments were no random ones and this would prove nothing.
  expect(results.lived).toBeGreaterThanOrEqual(100);
  expect(results.deepest).toBeGreaterThan(40);
});
