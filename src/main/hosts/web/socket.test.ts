import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { decode, encode } from '@msgpack/msgpack';
import { afterEach, expect, test, vi } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import type { CallOutcome } from '../../../shared/api.js';
import type { Studio } from '../../studio/studio.js';
import { hostLimits } from './host-limits.js';
import { serveSocket, socketOptions } from './socket.js';

let server: WebSocketServer;
afterEach(() => server.close());

/** The host's end of the window opened last. */
let served: WebSocket;

/** A window of a studio that answers every call with `value`. */
async function windowOf(value: (method: unknown, parameters: unknown) => unknown): Promise<WebSocket> {
  const connect: Studio['connect'] = () => ({
    call: async (method, parameters) => ({ ok: true, value: await value(method, parameters) }) as CallOutcome,
    close: () => {},
  });
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...socketOptions });
  server.on('connection', (socket) => {
    served = socket;
    serveSocket(socket, { connect } as Studio);
  });
  await once(server, 'listening');
  const window = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(window, 'open');
  return window;
}

async function ask(window: WebSocket, id: number, method: string): Promise<unknown> {
  window.send(encode({ id, method, parameters: {} }));
  const [data] = (await once(window, 'message')) as [Buffer];
  return decode(data);
}

test('of many calls at once some are worked on and the others begin in their order', async () => {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const window = await windowOf(
    (_method, parameters) =>
      new Promise<void>((resolve) => {
        begun.push((parameters as { number: number }).number);
        ends.push(resolve);
      }),
  );
  const count = hostLimits.callsAtOnce + 8;
  const answered: number[] = [];
  window.on('message', (data: Buffer) => answered.push((decode(data) as { id: number }).id));
  for (let number = 0; number < count; number++) {
    window.send(encode({ id: number, method: 'status', parameters: { number } }));
  }
  await vi.waitFor(() => expect(begun).toHaveLength(hostLimits.callsAtOnce));
  ends[3]!();
  await vi.waitFor(() => expect(begun).toHaveLength(hostLimits.callsAtOnce + 1));
  expect(begun.at(-1)).toBe(hostLimits.callsAtOnce);
  while (answered.length < count) {
    for (const end of ends) end();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(begun).toEqual(Array.from({ length: count }, (_, number) => number));
  window.close();
});

test('an answer that cannot be written as a message fails its call and nothing else', async () => {
  const deep = JSON.parse(`${'['.repeat(300)}${']'.repeat(300)}`) as unknown;
  const window = await windowOf((method) => (method === 'undo' ? deep : 'fine'));
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  expect(await ask(window, 1, 'undo')).toMatchObject({ id: 1, outcome: { ok: false, error: { code: 'internal' } } });
  expect(await ask(window, 2, 'redo')).toEqual({ id: 2, outcome: { ok: true, value: 'fine' } });
  expect(unhandled).not.toHaveBeenCalled();
  process.off('unhandledRejection', unhandled);
  window.close();
});

test('the memory of a large message goes when it was answered, that of a small one may be shared', async () => {
  const brought: Uint8Array[] = [];
  const window = await windowOf((_method, parameters) => brought.push((parameters as { bytes: Uint8Array }).bytes));
  for (const size of [2_000_000, 1000]) {
    window.send(encode({ id: size, method: 'addProject', parameters: { bytes: new Uint8Array(size) } }));
    await once(window, 'message');
  }
  expect(brought.map(({ length }) => length)).toEqual([0, 1000]);
  window.close();
});

test('a window that does not read is asked for no more calls, and goes on where it stopped', async () => {
  let calls = 0;
  const megabyte = new Uint8Array(1024 * 1024);
  const window = await windowOf(() => {
    calls++;
    return megabyte;
  });
  let answers = 0;
  window.on('message', () => answers++);
  window.pause();
  // Each as large as what is read from a connection at once, so that none is read together with others.
  const all = 60;
  for (let id = 0; id < all; id++)
    window.send(encode({ id, method: 'status', parameters: { padding: new Uint8Array(64 * 1024) } }));
  await expect.poll(() => served.isPaused, { timeout: 10_000 }).toBe(true);
  expect(calls).toBeLessThan(all);
  expect(served.bufferedAmount).toBeLessThan(hostLimits.waitingBytes + 4 * megabyte.length);
  window.resume();
  await expect.poll(() => answers, { timeout: 20_000 }).toBe(all);
  expect(calls).toBe(all);
  window.close();
});

test('a window that leaves too much unread is gone', async () => {
  const window = await windowOf(() => 'fine');
  window.on('error', () => {});
  Object.defineProperty(served, 'bufferedAmount', { get: () => hostLimits.unreadBytes + 1 });
  window.send(encode({ id: 1, method: 'status', parameters: {} }));
  const [code] = (await once(window, 'close')) as [number];
  expect(code).toBe(1006);
});

test('of a window that sends many calls at once every other one is answered in between', async () => {
  const order: unknown[] = [];
  const window = await windowOf((method) => order.push(method));
  const other = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(other, 'open');
  // In one piece, as they arrive when the host was busy.
  window.pause();
  const flood = Buffer.concat(
    Array.from({ length: 2000 }, (_, id) => frameOf({ id, method: 'flood', parameters: {} })),
  );
  const { _socket: raw } = window as unknown as { _socket: NodeJS.WritableStream };
  raw.write(flood);
  other.send(encode({ id: 1, method: 'other', parameters: {} }));
  await once(other, 'message');
  expect(order.indexOf('other')).toBeLessThan(1000);
  window.terminate();
  other.close();
});

/** A message as a browser frames it, masked with zeros. */
function frameOf(message: object): Buffer {
  const body = encode(message);
  return Buffer.concat([Buffer.from([0x82, 0x80 | body.length, 0, 0, 0, 0]), body]);
}
