/**
 * A second window that keeps calling, on a thread of its own so that what the first one prepares does not count: asked to stop, it says
 * how long each answer took, and what the host's own thread computed meanwhile.
 */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { setTimeout as pause } from 'node:timers/promises';
import { StudioClient, type Entrance } from './studio-client.js';

export interface Answer {
  milliseconds: number;
  /** Of the thread that serves windows, from the question to the answer; null where the system does not say. */
  computed: number | null;
}

const pauseMs = 4;
const { entrance, pid } = workerData as { entrance: Entrance; pid: number };
const client = await StudioClient.open(entrance);
await client.call('createProject', { name: 'Watcher' });

let isOver = true;
let answers: Answer[] = [];
/** Questions, and a change that is written down. */
const calls: [string, () => unknown][] = [
  ['status', () => ({})],
  ['readPreferences', () => ({})],
  ['status', () => ({})],
  [
    'commit',
    () => ({ transaction: { label: 'Rename', operations: [{ type: 'rename', name: `Watcher ${answers.length}` }] } }),
  ],
];

async function watch(): Promise<void> {
  for (let turn = 0; !isOver; turn++) {
    const [method, parameters] = calls[turn % calls.length]!;
    const [start, before] = [performance.now(), computedBy(pid)];
    const outcome = await client.call(method, parameters());
    const [milliseconds, after] = [performance.now() - start, computedBy(pid)];
    answers.push({ milliseconds, computed: before === null || after === null ? null : after - before });
    if (outcome?.ok !== true) throw new Error(`The watcher’s ${method} was not answered: ${JSON.stringify(outcome)}`);
    await pause(pauseMs);
  }
  parentPort!.postMessage(answers);
}

/** Milliseconds that the first thread of a process has run so far, whoever else wanted the machine; Linux tells. */
function computedBy(process: number): number | null {
  try {
    return Number(readFileSync(`/proc/${process}/task/${process}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return null;
  }
}

parentPort!.on('message', (message: 'start' | 'stop') => {
  isOver = message === 'stop';
  if (isOver) return;
  answers = [];
  watch().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
parentPort!.postMessage('ready');
