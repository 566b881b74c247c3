/**
 * Loaded before the script of a fake utility process: gives it `process.parentPort` and takes away what only a child of Node has.
 * As in Electron, what arrives before the first listener waits for it, and a message is an event that carries `data`.
 */
import { EventEmitter } from 'node:events';

// Node's own looks at `connected`, which the script shall not see.
const send = process.send.bind(Object.create(process, { connected: { get: () => process.channel !== null } }));
const port = new EventEmitter();
const early = [];

port.postMessage = (message) => void send(message, undefined, undefined, () => {});
process.on('message', (data) => {
  const event = { data, ports: [] };
  if (port.listenerCount('message') === 0) early.push(event);
  else port.emit('message', event);
});
port.on('newListener', (name) => {
  if (name === 'message') setImmediate(() => early.splice(0).forEach((event) => port.emit('message', event)));
});
// Electron ends its utility processes with itself.
process.on('disconnect', () => process.exit(0));

Object.defineProperty(process, 'parentPort', { value: port });
Object.defineProperty(process, 'send', { value: undefined });
Object.defineProperty(process, 'connected', { value: undefined });
