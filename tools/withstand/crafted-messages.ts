/** Messages, floods and connections that ask for too much. */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { encode } from '@msgpack/msgpack';
import { hostLimits } from '../../src/main/hosts/web/host-limits.js';
import { said, type Case } from './case.js';
import { StudioClient, type Entrance } from './studio-client.js';

const settings = { steps: 1, tokenGuidance: 1, textGuidance: 1, temperature: 1, topK: 0 };
const job = { kind: 'generate', prompt: 'a red circle', seed: 1, variations: 1, settings };

/** Messages on one connection, then a call that is answered, or not. */
function sending(name: string, make: () => (Uint8Array | string)[]): Case {
  let messages: (Uint8Array | string)[] = [];
  return {
    name,
    prepare: () => (messages = make()),
    run: async (entrance) => {
      const client = await StudioClient.open(entrance);
      try {
        for (const message of messages.splice(0)) await client.send(message);
        return said(await client.call('status', {}));
      } finally {
        client.close();
      }
    },
  };
}

function nestedIn(parameters: unknown): unknown {
  let value = parameters;
  for (let level = 0; level < 28; level++) value = { a: value };
  return value;
}

export function floodCases(): Case[] {
  return [
    sending('30 MB of MessagePack lists inside each other', () => [new Uint8Array(30_000_000).fill(0x91)]),
    sending('a list that states four billion values', () => [Uint8Array.of(0xdd, 255, 255, 255, 255)]),
    sending('a message of a million values', () => [
      encode({
        id: 0,
        method: 'commit',
        parameters: { transaction: { label: 'x', operations: [Array<number>(999_000).fill(7)] } },
      }),
    ]),
    sending('a transaction of 900,000 codes', () => [
      encode({ id: 0, method: 'submit', parameters: { request: { ...job, kept: Array<number>(900_000).fill(7) } } }),
    ]),
    sending('preferences of 2 MB, 30 deep', () => [
      encode({
        id: 0,
        method: 'setPreferences',
        parameters: {
          changes: Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`a${at}`, nestedIn('x'.repeat(200_000))])),
        },
      }),
    ]),
    sending('a message of 66 MB', () => [new Uint8Array(66 * 1024 * 1024)]),
    sending('ten messages of 60 MB that say nothing', () =>
      Array<Uint8Array>(10).fill(new Uint8Array(60 * 1024 * 1024).fill(0xc1)),
    ),
    sending('100,000 messages that are none', () => Array<string>(100_000).fill('x')),
    {
      name: 'a message in 100,000 frames',
      run: async (entrance) => {
        const client = await StudioClient.open(entrance);
        for (let at = 0; at < 100_000; at++) client.socket.send(Uint8Array.of(1), { fin: false });
        const outcome = said(await client.call('status', {}));
        client.close();
        return outcome;
      },
    },
    flood('20,000 calls at once', () => ['listPacks', {}], 20_000),
    flood('10,000 jobs, and the window closes', () => ['submit', { request: job }], 10_000),
    {
      name: 'a hundred megabytes of answers nobody reads',
      run: async (entrance) => {
        const client = await StudioClient.open(entrance);
        const big = Object.fromEntries(Array.from({ length: 7 }, (_, at) => [`b${at}`, 'x'.repeat(250_000)]));
        await client.call('setPreferences', { changes: big });
        client.socket.pause();
        for (let at = 0; at < 2000; at++)
          await client.send(encode({ id: at, method: 'readPreferences', parameters: {} }));
        await pause(3000);
        client.close();
        return 'sent';
      },
    },
  ];
}

function flood(name: string, call: () => [string, unknown], count: number): Case {
  return {
    name,
    run: async (entrance) => {
      const client = await StudioClient.open(entrance);
      await client.call('createProject', { name: 'Flood' });
      const all = Array.from({ length: count }, () => client.call(...call()));
      const done = (await Promise.all(all)).filter((outcome) => outcome?.ok === true).length;
      client.close();
      return `${done} taken`;
    },
  };
}

export function connectionCases(): Case[] {
  const upgrade = 'GET /api HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  return [
    held('300 refused upgrades that are held open', 300, upgrade),
    held('400 connections that say nothing', 400, ''),
    held('400 requests without an end', 400, 'GET / HTTP/1.1\r\nHost: '),
    held('a head of 16 MB', 1, `GET / HTTP/1.1\r\nX: ${'x'.repeat(16 * 1024 * 1024)}`),
    {
      name: `${hostLimits.sockets + 20} windows`,
      run: async (entrance) => {
        const windows = await Promise.allSettled(
          Array.from({ length: hostLimits.sockets + 20 }, () => opened(entrance)),
        );
        const open = windows.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
        for (const one of open) one.close();
        return `${open.length} let in`;
      },
    },
  ];
}

async function opened(entrance: Entrance): Promise<StudioClient> {
  return Promise.race([
    StudioClient.open(entrance),
    pause(5000).then(() => {
      throw new Error('not let in');
    }),
  ]);
}

/** Connections that stay open on this side as long as the other lets them, at most for this long. */
const mostMs = 20_000;

function held(name: string, count: number, text: string): Case {
  return {
    name,
    run: async ({ origin }) => {
      const port = Number(new URL(origin).port);
      const start = performance.now();
      const sockets = Array.from({ length: count }, () => hold(port, text));
      while (sockets.some(({ closed }) => !closed) && performance.now() - start < mostMs) {
        await pause(100);
        // What is closed on the other side shows when something is written.
        for (const socket of sockets) if (text !== '' && !socket.closed && socket.readableEnded) socket.write('x');
      }
      const left = sockets.filter(({ closed }) => !closed).length;
      for (const socket of sockets) socket.destroy();
      return `${count - left} of ${count} hung up on after ${((performance.now() - start) / 1000).toFixed(0)} s`;
    },
  };
}

function hold(port: number, text: string): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  socket.resume();
  if (text !== '') socket.write(text);
  return socket;
}
