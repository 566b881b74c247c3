/** The localhost host against pages and programs that are not its window. */
import { request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { encode, decode } from '@msgpack/msgpack';
import WebSocket from 'ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWebHost, type WebHost } from '../../src/main/hosts/web/host.js';
import type { CallOutcome } from '../../src/shared/contract/api.js';
import { generate } from './helpers.js';
import { fakeEngine, makeFolders, type TestFolders } from './transports.js';

let folders: TestFolders;
let host: WebHost;
let port: number;
let code: string;
let cookie: string;

beforeAll(async () => {
  folders = makeFolders();
  host = await startWebHost({
    dataDirectory: folders.data,
    packDirectories: [folders.packs],
    engineScript: fakeEngine,
    rendererDirectory: folders.renderer,
  });
  const url = new URL(host.url);
  port = Number(url.port);
  code = url.searchParams.get('enter')!;
  const entered = await fetch(host.newAddress(), { redirect: 'manual' });
  cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
});
afterAll(async () => {
  await host.close();
  folders.remove();
});

interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Sends the path as it stands; fetch would tidy it. */
function get(path: string, headers: Record<string, string> = { cookie }, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts).toString() }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** The status the upgrade is refused with, 101 when it is accepted. */
function upgrade(headers: Record<string, string>, path = '/api'): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode!));
    socket.on('error', () => {});
  });
}

const origin = (): string => `http://127.0.0.1:${port}`;

describe('the entrance', () => {
  test('a code is exchanged once for a cookie of its own, and leaves the address', async () => {
    const entered = await get(`/?enter=${code}`, {});
    expect(entered).toMatchObject({ status: 303, headers: { location: '/' } });
    expect(entered.headers['set-cookie']).toEqual([`${cookie}; Path=/; HttpOnly; SameSite=Strict`]);
    expect(cookie).not.toContain(code);
    expect((await get('/')).body).toContain('DDT Studio');
    const again = await get(`/?enter=${code}`, {});
    expect(again).toMatchObject({ status: 401, body: expect.stringContaining('used already') as string });
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  test('who is inside comes back by the address in its history, and uses up nothing', async () => {
    const { search } = new URL(host.newAddress());
    expect(await get(`/${search}`)).toMatchObject({ status: 303, headers: { location: '/' } });
    expect((await get(`/${search}`, {})).status).toBe(303);
  });

  test('a link on another site enters without a redirect, which would lose the cookie', async () => {
    const address = new URL(host.newAddress());
    const entered = await get(`/${address.search}`, { 'sec-fetch-site': 'cross-site' });
    expect(entered.status).toBe(200);
    expect(entered.body).toContain('http-equiv="refresh"');
  });

  test.each([
    ['no cookie', '/', {}],
    ['a wrong code', '/?enter=guess', {}],
    ['an empty code', '/?enter=', {}],
    ['a wrong cookie', '/', { cookie: 'ddt-studio-1=x' }],
    ['an image without a cookie', `/images/${'0'.repeat(64)}.png`, {}],
  ])('%s is refused', async (_name, path, headers) => {
    const refused = await get(path, headers);
    expect(refused.status).toBe(401);
    expect(refused.headers['set-cookie']).toBeUndefined();
  });

  test('a wrong cookie of the right name is refused', async () => {
    expect((await get('/', { cookie: `ddt-studio-${port}=${'A'.repeat(43)}` })).status).toBe(401);
    expect((await get('/', { cookie: `ddt-studio-${port}=${code}` })).status).toBe(401);
  });

  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.'])(
    'the foreign host name “%s” is refused',
    async (name) => {
      expect((await get('/', { cookie, host: name })).status).toBe(403);
    },
  );

  test('a tunnel may show another port', async () => {
    expect((await get('/', { cookie, host: 'localhost:9000' })).status).toBe(200);
  });

  test('another origin and other methods are refused', async () => {
    expect((await get('/', { cookie, origin: 'http://evil.example' })).status).toBe(403);
    expect((await get('/', { cookie, origin: 'null' })).status).toBe(403);
    expect((await get('/', { cookie }, 'POST')).status).toBe(405);
  });
});

describe('the files', () => {
  test('carry the security headers', async () => {
    const { headers } = await get('/');
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
  });

  test.each([
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/..%5csecret.json',
    '//etc/passwd',
    '/assets/../../secret.json',
    '/index.html%00.png',
    '/%',
    '/.',
    '/images/..%2f..%2fsecret.json',
  ])('%s leads nowhere', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test('a link out of the folder leads nowhere', async () => {
    const directory = join(folders.packs, 'alpha');
    symlinkSync(join(import.meta.dirname, '..', '..', 'package.json'), join(directory, 'link.json'));
    const { readStaticFile } = await import('../../src/main/hosts/static-files.js');
    expect(await readStaticFile(directory, '/pack.json')).not.toBeNull();
    expect(await readStaticFile(directory, '/link.json')).toBeNull();
  });
});

describe('the socket', () => {
  test('only the own page with its cookie is let in', async () => {
    expect(await upgrade({ cookie, origin: origin() })).toBe(101);
    expect(await upgrade({ origin: origin() })).toBe(401);
    expect(await upgrade({ cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await upgrade({ cookie, origin: `http://127.0.0.1:${port + 1}` })).toBe(403);
    expect(await upgrade({ cookie })).toBe(403);
    expect(await upgrade({ cookie, origin: 'http://evil.example', host: 'evil.example' })).toBe(403);
    expect(await upgrade({ cookie, origin: origin() }, '/other')).toBe(403);
  });

  test('nonsense is answered and the connection goes on', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api`, { headers: { cookie, origin: origin() } });
    await once(socket, 'open');
    const answers: { id: number | null; outcome: CallOutcome }[] = [];
    socket.on('message', (data) => {
      const answer = decode(data as Buffer) as { id: number | null; outcome: CallOutcome };
      if (answer.outcome !== undefined) answers.push(answer);
    });
    const nonsense = ['text', Buffer.from([0xc1]), encode(7), encode(null), encode({ method: 'status' }), encode([])];
    for (const message of [...nonsense, Buffer.alloc(0), encode({ id: 1, method: 'status', parameters: {} })]) {
      socket.send(message);
    }
    await expect.poll(() => answers.length, { timeout: 10_000 }).toBe(nonsense.length + 2);
    const refused = answers.filter(({ outcome }) => !outcome.ok && outcome.error.code === 'bad-request');
    expect(refused).toHaveLength(nonsense.length + 1);
    expect(answers.find(({ id }) => id === 1)?.outcome.ok).toBe(true);
    socket.close();
  });

  /** A window that has sent these messages, and everything it was answered. */
  async function windowThatSent(messages: Uint8Array[]) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api`, { headers: { cookie, origin: origin() } });
    await once(socket, 'open');
    const answers: { id: number | null; outcome: CallOutcome }[] = [];
    socket.on('message', (data) => {
      const answer = decode(data as Buffer) as { id: number | null; outcome: CallOutcome };
      if (answer.outcome !== undefined) answers.push(answer);
    });
    for (const message of messages) socket.send(message);
    return { socket, answers };
  }

  test('thirty megabytes of nested lists are refused before they are built', async () => {
    const nested = new Uint8Array(30_000_000).fill(0x91);
    const call = encode({ id: 2, method: 'status', parameters: {} });
    const { socket, answers } = await windowThatSent([nested, call]);
    await expect.poll(() => answers.length, { timeout: 20_000 }).toBe(2);
    expect(answers[0]).toMatchObject({ id: null, outcome: { ok: false, error: { code: 'bad-request' } } });
    expect(answers[1]).toMatchObject({ id: 2, outcome: { ok: true } });
    socket.close();
  });

  test('a flood of calls is answered, what is too much with a refusal, and other windows go on', async () => {
    // A job that never yields holds the engine, and the calls of the flood wait for it: none is answered before the next comes.
    const job = await windowThatSent([
      encode({ id: 1, method: 'openProject', parameters: {} }),
      encode({ id: 2, method: 'submit', parameters: { request: generate('hang') } }),
    ]);
    await expect.poll(() => job.answers.length, { timeout: 20_000 }).toBe(2);
    const { outcome } = job.answers.find(({ id }) => id === 2)!;
    if (!outcome.ok) throw new Error(outcome.error.message);
    const flood = Array.from({ length: 3000 }, (_, id) => encode({ id, method: 'unloadEngine', parameters: {} }));
    const { socket, answers } = await windowThatSent(flood);
    await expect.poll(() => answers.length, { timeout: 40_000 }).toBe(3000 - 256);
    const refusals = answers.map(({ outcome: one }) => (one.ok ? 'answered' : one.error.message));
    expect(new Set(refusals)).toEqual(new Set(['This window waits for 256 answers already.']));
    const other = await windowThatSent([encode({ id: 1, method: 'status', parameters: {} })]);
    await expect.poll(() => other.answers.length, { timeout: 20_000 }).toBe(1);
    job.socket.send(encode({ id: 3, method: 'cancel', parameters: outcome.value }));
    await expect.poll(() => answers.length, { timeout: 40_000 }).toBe(3000);
    expect(answers.filter((answer) => answer.outcome.ok)).toHaveLength(256);
    for (const one of [job.socket, socket, other.socket]) one.close();
  });

  test('who is refused and does not hang up is hung up on, and so is who never says what it wants', async () => {
    const halfOpen = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    halfOpen.on('error', () => {});
    halfOpen.write(`GET /api HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    halfOpen.resume();
    await once(halfOpen, 'end');
    // Our side stays open; writing into it shows whether theirs is gone.
    await expect
      .poll(
        () => {
          halfOpen.write('x');
          return halfOpen.destroyed || halfOpen.errored !== null;
        },
        { timeout: 20_000, interval: 200 },
      )
      .toBe(true);
    const silent = connect({ port, host: '127.0.0.1' });
    silent.on('error', () => {});
    silent.resume();
    silent.write('GET / HTTP/1.1\r\nHost: ');
    await once(silent, 'close');
  });

  test('a message over the limit ends that connection and nothing else', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api`, { headers: { cookie, origin: origin() } });
    await once(socket, 'open');
    socket.on('error', () => {});
    socket.send(Buffer.alloc(66 * 1024 * 1024));
    const [code] = (await once(socket, 'close')) as [number];
    expect([1006, 1009]).toContain(code);
    expect((await get('/')).status).toBe(200);
  });
});

test('a port that is taken is named', async () => {
  await expect(
    startWebHost({ port, dataDirectory: folders.data, packDirectories: [], engineScript: fakeEngine }),
  ).rejects.toMatchObject({ code: 'bad-request', message: `Port ${port} is already in use.` });
});
