/**
 * Entry of the engine's own process. The same bundle runs under Electron's utilityProcess and under child_process.fork
 * (serialization 'advanced'); nothing here knows which, beyond how a message is sent.
 */
import { Engine } from './engine.js';
import { EngineHost } from './host.js';
import { endWithParent } from './parent-watch.js';
import type { FromEngine } from './protocol.js';

const memoryEveryMs = 3000;

/** The few members of Electron's `process.parentPort` used here. */
interface ParentPort {
  on: (event: 'message', listener: (event: { data: unknown }) => void) => void;
  postMessage: (message: unknown) => void;
}

const { parentPort } = process as NodeJS.Process & { parentPort?: ParentPort };

function send(message: FromEngine): void {
  if (parentPort !== undefined) parentPort.postMessage(message);
  // A parent that has just gone ends this process by 'disconnect'; the message is of no use to anyone then.
  else if (process.connected) process.send!(message, undefined, undefined, () => undefined);
}

const host = new EngineHost((options) => Engine.open(options), send);

if (parentPort !== undefined) parentPort.on('message', (event) => host.receive(event.data));
else if (process.send !== undefined) process.on('message', (message) => host.receive(message));
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
  host.reportServers();
};
setInterval(report, memoryEveryMs);
report();
