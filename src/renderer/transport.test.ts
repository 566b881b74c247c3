import { decode, encode } from '@msgpack/msgpack';
import { expect, test, vi } from 'vitest';
import { openSocketBridge, type SocketHandlers } from './transport.js';

/** A socket under the test's control. */
function setUp() {
  const sockets: (SocketHandlers & { sent: { id: number; method: string }[]; address: string })[] = [];
  const bridge = openSocketBridge(new URL('http://127.0.0.1:1/api'), {
    reconnectDelaysMs: [1],
    openSocket: (address, handlers) => {
      const sent: { id: number; method: string }[] = [];
      sockets.push({ ...handlers, sent, address });
      return { send: (message) => sent.push(decode(message) as { id: number; method: string }), close: () => {} };
    },
  });
  const states: string[] = [];
  bridge.onConnection((state) => states.push(state));
  const answer = (value: unknown): ArrayBuffer => encode(value).slice().buffer;
  return { sockets, bridge, states, answer };
}

test('calls made before the connection wait for it; answers find their call', async () => {
  const { sockets, bridge, states, answer } = setUp();
  const first = bridge.undo({});
  const second = bridge.redo({});
  expect(sockets[0]).toMatchObject({ address: 'ws://127.0.0.1:1/api', sent: [] });
  sockets[0]!.onOpen();
  const [undo, redo] = sockets[0]!.sent;
  expect([undo!.method, redo!.method]).toEqual(['undo', 'redo']);
  sockets[0]!.onMessage(answer({ id: redo!.id, outcome: { ok: true, value: { label: 'r' } } }));
  sockets[0]!.onMessage(answer({ id: undo!.id, outcome: { ok: true, value: { label: 'u' } } }));
  expect(await Promise.all([first, second])).toMatchObject([{ value: { label: 'u' } }, { value: { label: 'r' } }]);
  expect(states).toEqual(['connected']);
  bridge.close();
});

test('a lost connection fails its calls, is told, and comes back without repeating them', async () => {
  const { sockets, bridge, states, answer } = setUp();
  sockets[0]!.onOpen();
  const open = bridge.undo({});
  sockets[0]!.onClose();
  const disconnected = { ok: false, error: { code: 'disconnected' } };
  expect(await open).toMatchObject(disconnected);
  expect(await bridge.redo({})).toMatchObject(disconnected);
  await expect.poll(() => sockets.length).toBe(2);
  sockets[1]!.onOpen();
  expect(states).toEqual(['connected', 'lost', 'connected']);
  expect(sockets[1]!.sent).toEqual([]);
  const after = bridge.undo({});
  sockets[1]!.onMessage(answer({ id: sockets[1]!.sent[0]!.id, outcome: { ok: true, value: { label: null } } }));
  expect(await after).toMatchObject({ ok: true });
  bridge.close();
});

test('events reach those who listen, until they stop', () => {
  const { sockets, bridge, answer } = setUp();
  const heard: unknown[] = [];
  const stop = bridge.onEvent((event) => heard.push(event));
  sockets[0]!.onOpen();
  const event = { channel: 'job', event: { jobId: 'a', type: 'started' } };
  sockets[0]!.onMessage(answer({ event }));
  sockets[0]!.onMessage(answer({ id: null, outcome: { ok: false } }));
  stop();
  sockets[0]!.onMessage(answer({ event }));
  expect(heard).toEqual([event]);
  bridge.close();
});

test('an answer that cannot be read fails every call that waits, and the next ones are answered', async () => {
  const { sockets, bridge, answer } = setUp();
  sockets[0]!.onOpen();
  const open = bridge.openProject({});
  // A map with a key that no decoder takes: fixmap, fixstr of nine letters.
  sockets[0]!.onMessage(Uint8Array.from([0x81, 0xa9, ...new TextEncoder().encode('__proto__'), 1]).buffer);
  expect(await open).toMatchObject({ ok: false, error: { message: expect.stringContaining('cannot be read') } });
  const after = bridge.undo({});
  sockets[0]!.onMessage(answer({ id: sockets[0]!.sent[1]!.id, outcome: { ok: true, value: { label: null } } }));
  expect(await after).toMatchObject({ ok: true });
  bridge.close();
});

test('a host that is asked and stays silent is given up, and what it says later is not heard', async () => {
  vi.useFakeTimers();
  try {
    const { sockets, bridge, states, answer } = setUp();
    const heard: unknown[] = [];
    bridge.onEvent((event) => heard.push(event));
    sockets[0]!.onOpen();
    bridge.check();
    expect(sockets[0]!.sent.map(({ method }) => method)).toEqual(['status']);
    // Any word is a sign of life.
    sockets[0]!.onMessage(answer({ event: { channel: 'gallery' } }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states).toEqual(['connected']);

    const open = bridge.undo({});
    bridge.check();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await open).toMatchObject({ ok: false, error: { code: 'disconnected' } });
    expect(states).toEqual(['connected', 'lost']);
    sockets[1]!.onOpen();
    expect(states).toEqual(['connected', 'lost', 'connected']);
    sockets[0]!.onMessage(answer({ event: { channel: 'gallery' } }));
    sockets[0]!.onClose();
    expect(heard).toHaveLength(1);
    expect(states).toHaveLength(3);
    bridge.close();
  } finally {
    vi.useRealTimers();
  }
});
