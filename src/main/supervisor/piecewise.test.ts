import { expect, test } from 'vitest';
import { inPieces, pieceBytes } from '../engine/pieces.js';
import type { EngineProcess } from './engine-process.js';
import { piecewise } from './piecewise.js';

function fake() {
  const sent: { type: string }[] = [];
  const process = {
    tell: (_message: unknown): void => {},
    sent,
    send: (message: { type: string }) => void sent.push(message),
    onMessage: (listener: (message: never) => void) => void (process.tell = listener as (message: unknown) => void),
    onExit: () => {},
    kill: () => {},
  };
  return process;
}
const long = {
  type: 'run',
  jobId: 'a',
  request: { kind: 'encode', image: { width: 1, height: 1, data: new Uint8Array(2.5 * pieceBytes).fill(3) } },
} as unknown as Parameters<EngineProcess['send']>[0];
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

test('a long message leaves piece by piece, others wait behind it and short ones leave at once', async () => {
  const process = fake();
  const outer = piecewise(process as unknown as EngineProcess);
  outer.send({ type: 'cancel', jobId: 'before' });
  outer.send({ type: 'cancel', jobId: 'too' });
  outer.send(long);
  outer.send({ type: 'cancel', jobId: 'a' });
  expect(process.sent.map(({ type }) => type)).toEqual(['cancel', 'cancel', 'piece']);
  await turn();
  expect(process.sent).toHaveLength(4);
  while (process.sent.length < 7) await turn();
  expect(process.sent.map(({ type }) => type).slice(2)).toEqual(['piece', 'piece', 'piece', 'rest', 'cancel']);
});

test('what comes in pieces is told once, whole', () => {
  const process = fake();
  const heard: unknown[] = [];
  piecewise(process as unknown as EngineProcess).onMessage((message) => void heard.push(message));
  for (const part of inPieces(long)) process.tell(structuredClone(part));
  expect(heard).toHaveLength(1);
  const image = (message: unknown) => (message as { request: { image: { data: Uint8Array } } }).request.image.data;
  // Element by element takes a minute.
  expect(Buffer.compare(image(heard[0]), image(long))).toBe(0);
});

test('a process that was ended is sent nothing more', async () => {
  const process = fake();
  const outer = piecewise(process as unknown as EngineProcess);
  outer.send(long);
  outer.kill();
  await turn();
  await turn();
  expect(process.sent).toHaveLength(1);
});

test('a process whose pieces do not fit is ended', () => {
  const process = fake();
  let killed = 0;
  process.kill = () => void killed++;
  const heard: unknown[] = [];
  piecewise(process as unknown as EngineProcess).onMessage((message) => void heard.push(message));
  process.tell({ type: 'piece', of: 1, part: 0, total: 2, from: 1, bytes: new Uint8Array(4) });
  expect([killed, heard]).toEqual([1, []]);
});
