/**
 * Ends this process when the one that started it is gone. 'disconnect' says so too, but only to a process whose event loop
 * turns, and inference or opening a graph can keep it for long: so a thread of its own looks.
 */
import { Worker } from 'node:worker_threads';

const everyMs = 1000;

/** Plain Node, because it is handed over as text. A process that lost its parent gets another one, or none that answers. */
const watching = `
  const { workerData } = require('node:worker_threads');
  const isGone = () => {
    if (process.ppid !== workerData.parent) return true;
    try {
      process.kill(workerData.parent, 0);
      return false;
    } catch (error) {
      return error.code === 'ESRCH';
    }
  };
  setInterval(() => {
    if (isGone()) process.kill(process.pid, 'SIGKILL');
  }, workerData.everyMs);
`;

export function endWithParent(): void {
  const worker = new Worker(watching, {
    eval: true,
    workerData: { parent: process.ppid, everyMs },
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  worker.unref();
  // Without the thread, 'disconnect' still ends most of them.
  worker.on('error', (error) => console.error('The engine cannot watch for its parent:', error));
}
