/**
 * Does memory stay flat? Changes the pack to and fro and compares two packs, many times, through the built localhost host, and prints
 * what host and engine hold after each. `node scripts/memory.mjs [--times 30] [--packs A,B]`; ends with 1 when memory grows.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { decode, encode } from '@msgpack/msgpack';
import WebSocket from 'ws';
import { readArguments } from './lib/arguments.mjs';
import { ensureBuild } from './lib/build.mjs';
import { root } from './lib/repository.mjs';

const { values } = readArguments('node scripts/memory.mjs [--times 30] [--packs A,B]', {
  times: { type: 'string', default: '30' },
  packs: { type: 'string' },
});
const times = Number(values.times);
/** Bytes that one more change may cost at most, by the slope over the second half; a leak of a pack is tens of MiB. */
const tolerated = 1024 * 1024;

if (!(await ensureBuild())) process.exit(1);
const dataDirectory = mkdtempSync(join(tmpdir(), 'ddt-memory-'));
const host = spawn(process.execPath, ['out/main/web.js', '--data', dataDirectory], {
  cwd: root,
  env: { ...process.env, DDT_STUDIO_PROVIDERS: 'cpu' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let failed = false;
try {
  const [address] = await once(createInterface({ input: host.stdout }), 'line');
  const studio = await connect(address);
  await studio.call('openProject', {});
  const packs = await studio.call('listPacks', {});
  const names = values.packs?.split(',') ?? packs.slice(0, 2).map(({ id }) => id);
  const [first, second] = names.map((name) => packs.find(({ id }) => id === name || id.startsWith(`${name}@`)));
  if (first === undefined || second === undefined)
    throw new Error(`Two packs are needed; there are ${packs.map(({ id }) => id)}.`);

  await measure(`changes ${first.id} ↔ ${second.id}`, async (time) => {
    await studio.call('usePack', { id: (time % 2 === 0 ? second : first).id });
  });
  await measure(`comparisons of ${first.id} with ${second.id}`, async (time) => {
    for (const { directory } of [first, second]) {
      await studio.run({ kind: 'pack-view', directory, prompt: 'a red circle', seed: time, steps: 1, pictures: [] });
    }
    await studio.call('releasePacks', {});
  });
  studio.close();
} finally {
  host.kill('SIGTERM');
  await once(host, 'exit');
  rmSync(dataDirectory, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

async function measure(what, change) {
  const readings = [];
  process.stdout.write(`\n${what}\n time   host MiB   engines MiB   processes\n`);
  for (let time = 0; time < times; time++) {
    await change(time);
    const reading = memoryOf(host.pid);
    readings.push(reading);
    const { own, children, count } = reading;
    process.stdout.write(
      `${String(time + 1).padStart(5)}${mebibytes(own)}${mebibytes(children)}${String(count).padStart(12)}\n`,
    );
  }
  const half = readings.slice(Math.floor(times / 2));
  for (const [name, part] of [
    ['host', 'own'],
    ['engines', 'children'],
  ]) {
    const slope = slopeOf(half.map((reading) => reading[part]));
    const grows = slope > tolerated;
    failed ||= grows;
    process.stdout.write(
      `${name}: ${(slope / 1024).toFixed(0)} KiB a time over the second half: ${grows ? 'GROWS' : 'flat'}\n`,
    );
  }
}

function mebibytes(bytes) {
  return (bytes / 2 ** 20).toFixed(1).padStart(11);
}

/** Resident bytes of a process and of those it started. */
function memoryOf(pid) {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' });
  const rows = list
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const kibibytes = (chosen) => chosen.reduce((sum, [, , rss]) => sum + rss, 0);
  const children = rows.filter(([, parent]) => parent === pid);
  return {
    own: 1024 * kibibytes(rows.filter(([id]) => id === pid)),
    children: 1024 * kibibytes(children),
    count: children.length,
  };
}

/** Of the straight line through the values with the least squares, per step. */
function slopeOf(line) {
  const middle = (line.length - 1) / 2;
  const mean = line.reduce((sum, value) => sum + value, 0) / line.length;
  const weighed = line.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
  const spread = line.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  return weighed / Math.max(1, spread);
}

async function connect(address) {
  const entered = await fetch(address, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie').split(';')[0];
  const { origin } = new URL(address);
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api`, { headers: { cookie, origin } });
  const answers = new Map();
  const ends = new Map();
  let lastId = 0;
  socket.on('message', (data) => {
    const message = decode(data);
    if (message.id !== undefined) return answers.get(message.id)?.(message.outcome);
    const { channel, event } = message.event;
    if (channel === 'job' && ['done', 'failed', 'cancelled'].includes(event.type)) ends.get(event.jobId)?.(event);
  });
  await once(socket, 'open');
  const call = (method, parameters) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      answers.set(id, ({ ok, value, error }) =>
        ok ? resolve(value) : reject(new Error(`${method}: ${error.message}`)),
      );
      socket.send(encode({ id, method, parameters }));
    });
  const run = async (request) => {
    const { jobId } = await call('submit', { request });
    const end = await new Promise((resolve) => ends.set(jobId, resolve));
    ends.delete(jobId);
    if (end.type !== 'done') throw new Error(`${request.kind}: ${end.error?.message ?? end.type}`);
  };
  return { call, run, close: () => socket.close() };
}
