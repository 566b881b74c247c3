import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { decode, encode } from '@msgpack/msgpack';
import { afterEach, expect, test, vi } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import type { CallOutcome } from '../../../shared/api.js';
import type { Studio } from '../../studio/studio.js';
import { serveSocket } from './socket.js';

let server: WebSocketServer;
afterEach(() => server.close());

/** A window of a studio that answers every call with `value`. */
async function windowOf(value: (method: unknown) => unknown): Promise<WebSocket> {
  const connect: Studio['connect'] = () => ({
    call: (method) => Promise.resolve({ ok: true, value: value(method) } as CallOutcome),
    close: () => {},
  });
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => serveSocket(socket, { connect } as Studio));
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
