/**
 * A second window that keeps calling, on a thread of its own so that what the first one prepares does not count: asked to stop, it says
 * how long each answer took.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { setTimeout as pause } from 'node:timers/promises';
import { StudioClient, type Entrance } from './studio-client.js';

const pauseMs = 4;
const client = await StudioClient.open(workerData as Entrance);
await client.call('createProject', { name: 'Watcher' });

let isOver = true;
let times: number[] = [];
/** Questions, and a change that is written down. */
const calls: [string, () => unknown][] = [
  ['status', () => ({})],
  ['readPreferences', () => ({})],
  ['status', () => ({})],
  [
    'commit',
    () => ({ transaction: { label: 'Rename', operations: [{ type: 'rename', name: `Watcher ${times.length}` }] } }),
  ],
];

async function watch(): Promise<void> {
  for (let turn = 0; !isOver; turn++) {
    const [method, parameters] = calls[turn % calls.length]!;
    const start = performance.now();
    const outcome = await client.call(method, parameters());
    times.push(performance.now() - start);
    if (outcome?.ok !== true) throw new Error(`The watcher’s ${method} was not answered: ${JSON.stringify(outcome)}`);
    await pause(pauseMs);
  }
  parentPort!.postMessage(times);
}

parentPort!.on('message', (message: 'start' | 'stop') => {
  isOver = message === 'stop';
  if (isOver) return;
  times = [];
  watch().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
parentPort!.postMessage('ready');
