/**
 * An engine that speaks the real protocol and computes nothing. A prompt, instruction or question that begins with one of
 * these words steers it: crash, hang (ignores cancel), fail, slow. Its pack is the folder's pack.json; `refuse` in the
 * folder's name makes opening fail, `endless` never end.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const size = 16;
const cancelled = new Set();
let manifest;

const { parentPort } = process;
const send = (message) => (parentPort === undefined ? process.send(message) : parentPort.postMessage(message));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const receive = (message) => {
  if (message.type === 'open') open(message.packDirectory, message.providers?.[0] ?? 'cpu');
  else if (message.type === 'cancel') cancelled.add(message.jobId);
  else void run(message.jobId, message.request);
};
if (parentPort === undefined) process.on('message', receive);
else parentPort.on('message', ({ data }) => receive(data));
process.on('disconnect', () => process.exit(0));

const devices = [
  { id: 'cuda:0', name: 'First fake' },
  { id: 'cuda:1', name: 'Second fake' },
];

function open(directory, provider) {
  const attempts = [{ provider, ok: true, reason: 'The fake needs nothing else.' }];
  if (basename(directory).includes('refuse')) {
    const error = { code: 'pack-damaged', message: 'The model pack cannot be used.', remedy: 'Choose another one.' };
    return send({ type: 'open-failed', error, attempts: [] });
  }
  if (basename(directory).includes('endless')) for (;;);
  if (basename(directory).includes('crash')) process.exit(9);
  const { files, ...shown } = JSON.parse(readFileSync(join(directory, 'pack.json'), 'utf8'));
  manifest = shown;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const pack = { id: `${manifest.name}@${manifest.version}`, directory, manifest, bytes };
  send({ type: 'ready', ready: { pack, provider, attempts, devices, openMs: 1 } });
  send({ type: 'memory', residentBytes: process.memoryUsage().rss });
}

async function run(jobId, request) {
  const words = request.prompt ?? request.instruction ?? request.question ?? '';
  const command = words.split(' ')[0];
  const event = (value) => send({ type: 'events', jobId, events: [value] });
  const timing = { wallMs: 1, sessionMs: 1 };
  const done = (result) => send({ type: 'done', jobId, result, timing });
  try {
    if (command === 'crash') process.exit(7);
    if (command === 'hang') for (;;);
    if (command === 'fail') throw { code: 'engine-failed', message: 'The fake engine failed.', remedy: 'Try again.' };
    const steps = command === 'slow' ? 200 : 3;
    const count = manifest.tokens.count;
    const codes = Array.from({ length: count }, (_, index) => index % manifest.tokens.codebookSize);
    for (let done = 0; done < steps; done++) {
      if (cancelled.has(jobId)) throw { code: 'cancelled', message: 'Cancelled.', remedy: 'Run it again.' };
      event({ type: 'progress', phase: 'writing-tokens', done, total: steps });
      await pause(command === 'slow' ? 20 : 1);
    }
    event({ type: 'token', variation: 0, index: count - 1, code: 1 });
    event({ type: 'preview', variation: 0, knownTokens: 1, step: 0, steps: 1, image: flat(request.seed ?? 0) });
    switch (request.kind) {
      case 'generate':
      case 'edit': {
        const images = Array.from({ length: request.variations }, (_, variation) => ({
          image: flat(request.seed + variation),
          seed: request.seed + variation,
          codes,
          certainty: [],
        }));
        return done({ kind: request.kind, images });
      }
      case 'describe':
      case 'ask':
        event({ type: 'text', text: 'a fake' });
        return done({ kind: request.kind, text: 'a fake answer' });
      case 'encode':
        return done({ kind: 'encode', codes });
      case 'decode':
        return done({ kind: 'decode', image: flat(request.seed) });
      case 'timeline': {
        const positions = request.positions ?? [0.5, 1];
        const background = { kind: 'plain', colours: ['teal'], confidence: 0.75 };
        const read = manifest.graphs.probe === undefined ? {} : { reading: { background, objects: [] } };
        positions.forEach((t, index) => {
          const panes = { noised: flat(1), alone: flat(2), restored: flat(3) };
          event({ type: 'position', position: { index, t, visibleTokens: index, ...panes, ...read } });
        });
        return done({ kind: 'timeline', positions: positions.length });
      }
      case 'captions': {
        const positions = request.positions ?? [0.5, 1];
        positions.forEach((t, index) => {
          const words = [
            { text: 'a', probability: 0.5 },
            { text: 'fake', probability: 0.5 },
          ];
          event({ type: 'caption', caption: { index, t, words, confidence: 0.5 } });
        });
        return done({ kind: 'captions', positions: positions.length });
      }
      case 'ablate': {
        const groups = request.groups ?? Array.from({ length: count }, (_, index) => ({ from: index, to: index }));
        const map = { width: 2, height: 2, scale: 0.5, data: Uint8Array.of(255, 0, 0, 128) };
        groups.forEach((group, index) => {
          const losses = { background: 0.5, layout: 0.1, colour: 0, shape: 0.25, texture: 1 };
          const without = request.pictures ? { without: flat(4) } : {};
          event({ type: 'influence', influence: { ...group, index, map, total: 0.1875, losses, ...without } });
        });
        return done({ kind: 'ablate', groups: groups.map((group) => ({ ...group, total: 0.1875 })) });
      }
      case 'film': {
        const counts = request.counts ?? [0, count];
        const background = { kind: 'plain', colours: ['teal'], confidence: 0.75 };
        counts.forEach((tokens, index) => {
          const read = manifest.graphs.probe === undefined ? {} : { reading: { background, objects: [] } };
          event({ type: 'film-picture', picture: { index, tokens, image: flat(tokens), ...read } });
        });
        return done({ kind: 'film', counts });
      }
      case 'entropy': {
        const flatCurve = Array.from({ length: count }, () => 1);
        const curves = request.strides.map((stride) => ({ stride, entropy: flatCurve, surprisal: flatCurve }));
        const pictures = request.sources.length + (request.samples?.count ?? 0);
        for (let read = 1; read <= pictures; read++) event({ type: 'entropy', pictures: read, curves });
        return done({ kind: 'entropy', pictures, codebookSize: manifest.tokens.codebookSize, curves });
      }
      case 'spectrum': {
        const curves = (request.counts ?? [1, count]).map((tokens) => ({ tokens, power: [0, 1, 0.5] }));
        for (const curve of curves) event({ type: 'spectrum', curve, image: flat(curve.tokens) });
        return done({ kind: 'spectrum', curves });
      }
      case 'seeds': {
        for (let at = 0; at < request.count; at++) {
          const picture = { seed: request.seed + at, image: flat(request.seed + at), agreement: at === 0 ? null : 20 };
          event({ type: 'seed-picture', picture });
        }
        const spread = { width: 2, height: 2, scale: 0.5, data: Uint8Array.of(255, 0, 0, 128) };
        return done({ kind: 'seeds', spread, meanSpread: 0.1875, agreement: 20 });
      }
    }
  } catch (error) {
    send({ type: 'failed', jobId, error });
  }
}

function flat(value) {
  const data = new Uint8Array(size * size * 4).fill(value % 251);
  for (let at = 3; at < data.length; at += 4) data[at] = 255;
  return { width: size, height: size, data };
}
