/** What goes wrong with a call is one sentence that says what, whoever is at the other end. */
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { StudioError } from '../../../shared/errors.js';
import { ServerConnection } from './connection.js';
import { mayTryElsewhere } from './server-errors.js';

const ending: (() => void)[] = [];
afterEach(() => {
  for (const end of ending.splice(0)) end();
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Asks there for the decoder graph, which has to fail. */
async function asking(url: string, token?: string): Promise<StudioError> {
  const connection = new ServerConnection(token === undefined ? { url } : { url, token });
  ending.push(() => void connection.close());
  const question = { path: 'v2', doing: 'the decoder graph', timeoutMs: 2000, maxBytes: 1000 };
  const error: unknown = await connection.ask(question).then(
    () => Promise.reject(new Error('It was to fail.')),
    (thrown: unknown) => thrown,
  );
  expect(mayTryElsewhere(error)).toBe(true);
  const found = error as StudioError;
  expect(found.message).toContain(`The server ${url} `);
  expect(found.message).toContain('the decoder graph');
  expect(found.message).not.toContain('\n');
  return found;
}

describe('another protocol at that port', () => {
  test.each([
    // What Triton's port 8001 begins with: settings of HTTP/2.
    ['gRPC', Buffer.from('000012040000000000000300000080000400010000000500ffffff', 'hex'), 'it does not speak HTTP'],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'), 'it does not speak HTTP'],
    ['nothing but hanging up', Buffer.alloc(0), 'it hung up'],
  ])('%s', async (_, first, words) => {
    const server = createSocketServer((socket) => {
      socket.on('error', () => undefined);
      if (first.length === 0) socket.end();
      else socket.write(first);
    });
    const error = await asking(`http://${await listening(server)}`);
    expect(error.code).toBe('server-unreachable');
    expect(error.message).toContain(words);
  });

  test('no TLS where https was said', async () => {
    const place = await listening(createServer((_, response) => response.end('{}')));
    expect((await asking(`https://${place}`)).message).toContain('it does not speak TLS');
  });
});

describe('an answer that is no success', () => {
  const answering =
    (status: number, text = '', headers = {}): RequestListener =>
    (_, response) =>
      void response.writeHead(status, headers).end(text);
  const serve = async (listener: RequestListener): Promise<string> =>
    `http://${await listening(createServer(listener))}`;

  test.each([
    [301, 'server-unsuitable', 'sends elsewhere for the decoder graph (301), which is not followed.'],
    [400, 'server-unsuitable', 'does not do the decoder graph (400). It says “too many rows”.'],
    [404, 'server-unsuitable', 'knows nothing of the decoder graph (404). It says “too many rows”.'],
    [413, 'server-unsuitable', 'takes no request as large as that for the decoder graph (413).'],
    // Of a proxy on the way that waited too long, and of a server that is asked too much: both pass.
    [408, 'server-unreachable', 'failed at the decoder graph (408).'],
    [429, 'server-unreachable', 'failed at the decoder graph (429).'],
    [504, 'server-unreachable', 'failed at the decoder graph (504).'],
    [403, 'server-refused', 'refuses the decoder graph: it wants another token (403).'],
  ])('%i', async (status, code, words) => {
    const url = await serve(answering(status, '{"error":"too many rows"}', { location: 'https://elsewhere.test/' }));
    const error = await asking(url);
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
  });

  test('that repeats our token shows it in no form, and shows no lines of its own', async () => {
    const token = 'a"secret\\7';
    const text = JSON.stringify({ error: `first\nBearer ${token} is not known` });
    const error = await asking(await serve(answering(400, text)), token);
    expect(error.message).toContain('“first Bearer … is not known”');
    expect(JSON.stringify(error.serialise())).not.toContain('secret');
  });

  test('of more bytes than any answer has is not read to its end', async () => {
    const url = await serve(answering(200, '{}'.padEnd(2000)));
    expect((await asking(url)).message).toContain('answers the decoder graph with more than 1000 bytes');
  });
});
