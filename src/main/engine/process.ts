/**
 * Entry of the engine's own process. The same bundle runs under Electron's utilityProcess and under child_process.fork
 * (serialization 'advanced'); nothing here knows which, beyond how a message is sent.
 */
import { Engine } from './engine.js';
import { EngineHost } from './host.js';
import { endWithParent } from './parent-watch.js';
import { inPieces, PieceReader } from './pieces.js';
import type { FromEngine } from './protocol.js';

const memoryEveryMs = 3000;

/** The few members of Electron's `process.parentPort` used here. */
interface ParentPort {
  on: (event: 'message', listener: (event: { data: unknown }) => void) => void;
  postMessage: (message: unknown) => void;
}

const { parentPort } = process as NodeJS.Process & { parentPort?: ParentPort };

function send(message: FromEngine): void {
  for (const part of inPieces(message)) {
    if (parentPort !== undefined) parentPort.postMessage(part);
    // A parent that has just gone ends this process by 'disconnect'; the message is of no use to anyone then.
    else if (process.connected) process.send!(part, undefined, undefined, () => undefined);
  }
}

const pieces = new PieceReader();

function receive(part: unknown): void {
  try {
    const message = pieces.read(part);
    if (message !== null) host.receive(message);
  } catch (error) {
    // The host never throws; pieces that do not belong together are passed over like every other nonsense.
    console.error(error);
  }
}

const host = new EngineHost((options) => Engine.open(options), send);

if (parentPort !== undefined) parentPort.on('message', (event) => receive(event.data));
else if (process.send !== undefined) process.on('message', receive);
else {
  console.error('The engine is started by the studio, not by hand.');
  process.exit(2);
}
process.on('disconnect', () => process.exit(0));
endWithParent();
// A message that cannot be handled must not end the process; the job it belonged to has already been told.
process.on('unhandledRejection', (reason) => console.error(reason));

const report = () => {
  send({ type: 'memory', residentBytes: process.memoryUsage.rss() });
  host.report();
};
setInterval(report, memoryEveryMs);
report();
