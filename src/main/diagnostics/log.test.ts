import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { byLines, keepLogs, openLog } from './log.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'ddt-log-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(data, { recursive: true, force: true });
});

const read = (name: string): string => readFileSync(join(data, 'logs', name), 'utf8');

it('notes with time and level, below its level nothing', () => {
  const log = openLog(data, 'studio');
  log.warn('The disk is slow:', { ms: 12 });
  log.debug('never mind');
  expect(read('studio.log')).toMatch(/^\d{4}-\d\d-\d\dT.* \[warn\] +The disk is slow: \{ ms: 12 \}\r?\n$/);
  vi.stubEnv('DDT_STUDIO_LOG', 'debug');
  openLog(data, 'engine').debug('never mind');
  expect(read('engine.log')).toContain('never mind');
});

it('a full file makes room, and two are all there ever are', () => {
  const log = openLog(data, 'studio', 2000);
  for (let line = 0; line < 300; line++) log.info(`line ${line}`);
  expect(readdirSync(join(data, 'logs')).sort()).toEqual(['studio.log', 'studio.old.log']);
  for (const name of ['studio.log', 'studio.old.log']) {
    expect(statSync(join(data, 'logs', name)).size).toBeLessThan(2100);
  }
  expect(read('studio.log')).toContain('line 299');
});

it('what is said on the console and what the engine prints is noted, until the program ends', () => {
  const printed = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const logs = keepLogs(data);
  console.warn('A file could not be closed:', new Error('busy'));
  logs.engineOutput(Buffer.from('[W:onnxruntime] sl'));
  logs.engineOutput(Buffer.from('ow\nhalf a line'));
  logs.close();
  console.warn('after the end');
  expect(printed).toHaveBeenCalledTimes(2);
  expect(read('studio.log')).toMatch(/\[warn\] +A file could not be closed: Error: busy/);
  expect(read('studio.log')).not.toContain('after the end');
  expect(read('engine.log').trimEnd()).toMatch(/\[info\] +\[W:onnxruntime\] slow$/);
});

it('who never ends a line fills nothing', () => {
  const heard: string[] = [];
  const hear = byLines((line) => heard.push(line));
  for (let chunk = 0; chunk < 100; chunk++) hear(Buffer.alloc(1000, 'x'));
  hear(Buffer.from('\nnext\n'));
  expect(heard.map(({ length }) => length)).toEqual([10_000, 4]);
});
