/** The way out through the system's proxy, which is a real one on this machine. */
import { readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StudioError } from '../../../shared/errors.js';
import { ServerConnection } from './connection.js';

const fixtures = join(import.meta.dirname, '../../../../tests/fixtures/tls');
const tls = {
  key: readFileSync(join(fixtures, 'key.pem'), 'utf8'),
  cert: readFileSync(join(fixtures, 'certificate.pem'), 'utf8'),
};
/** A name that nobody resolves: whoever reaches it went through the proxy. */
const far = 'gpu-box.test';
const question = { path: 'v2', doing: 'its description', timeoutMs: 5000, maxBytes: 1000 };
const ending: (() => void)[] = [];
let seen: string[];

beforeEach(() => (seen = []));
afterEach(() => {
  vi.unstubAllEnvs();
  for (const end of ending.splice(0)) end();
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Passes everything on to `origin`, whatever was asked for, and notes what it was asked. */
async function useProxy(origin: number): Promise<void> {
  const proxy = createServer((incoming, response) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    const onward = request({ port: origin, path: '/v2', headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode!);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  proxy.on('connect', (incoming, socket, head) => {
    seen.push(`CONNECT ${incoming.url} ${incoming.headers.authorization ?? 'without a token'}`);
    const onward = connect(origin, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  const address = `http://127.0.0.1:${await listening(proxy)}`;
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy']) vi.stubEnv(name, address);
  vi.stubEnv('NO_PROXY', '');
  vi.stubEnv('no_proxy', '');
}

function connection(url: string, token?: string, certificates?: string): ServerConnection {
  const made = new ServerConnection(token === undefined ? { url } : { url, token }, { certificates });
  ending.push(() => void made.close());
  return made;
}

const failure = (promise: Promise<unknown>): Promise<StudioError> =>
  promise.then(
    () => Promise.reject(new Error('It was to fail.')),
    (error: StudioError) => error,
  );

const answering = (_: unknown, response: { end: (text: string) => void }): void => response.end('{"name":"far"}');

test('a server elsewhere is reached through it, one on this machine is not', async () => {
  const origin = await listening(createServer(answering));
  await useProxy(origin);
  const { body } = await connection(`http://${far}:8000`).ask(question);
  expect(body.toString()).toBe('{"name":"far"}');
  expect(seen).toHaveLength(1);
  expect(seen[0]).toContain(`${far}:8000`);
  await connection(`http://127.0.0.1:${origin}`).ask(question);
  expect(seen).toHaveLength(1);
});

test('what NO_PROXY names goes straight', async () => {
  await useProxy(await listening(createServer(answering)));
  vi.stubEnv('NO_PROXY', far);
  vi.stubEnv('no_proxy', far);
  expect((await failure(connection(`http://${far}:8000`).ask(question))).code).toBe('server-unreachable');
  expect(seen).toEqual([]);
});

test.each([['proxy:3128'], ['http://'], ['ftp://me:secret-token-7@proxy']])(
  'an address of a proxy that is none, %s, is a sentence without it',
  (address) => {
    vi.stubEnv('HTTPS_PROXY', address);
    vi.stubEnv('https_proxy', address);
    let error: unknown;
    try {
      connection(`https://${far}`);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      code: 'server-unreachable',
      message: `The server https://${far} cannot be reached, because HTTPS_PROXY or HTTP_PROXY holds no address of a proxy.`,
    });
  },
);

test('a proxy that wants a password is named as what refuses', async () => {
  const proxy = createServer();
  proxy.on('connect', (_, socket) => void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
  const address = `http://me:secret-token-7@127.0.0.1:${await listening(proxy)}`;
  for (const name of ['HTTPS_PROXY', 'https_proxy']) vi.stubEnv(name, address);
  for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, '');
  const error = await failure(connection(`https://${far}`).ask(question));
  expect(error.message).toContain('the proxy on the way refuses it (407)');
  expect(JSON.stringify(error.serialise())).not.toContain('secret');
});

test('over https it sees a name and no token, and cannot pass another server off as the one asked for', async () => {
  const reached: string[] = [];
  const impostor = createTlsServer(tls, (incoming, response) => {
    reached.push(incoming.url!);
    response.end('{}');
  });
  await useProxy(await listening(impostor as unknown as Server));
  const error = await failure(connection(`https://${far}`, 'secret-token-7', tls.cert).ask(question));
  expect(error.message).toContain('certificate is for another name');
  expect(seen).toEqual([`CONNECT ${far}:443 without a token`]);
  expect(reached).toEqual([]);
});
