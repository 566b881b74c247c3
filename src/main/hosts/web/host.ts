/** The localhost host: the same studio in a browser. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { StudioError } from '../../../shared/errors.js';
import { imageLimits } from '../../../shared/images.js';
import { applicationPaths, platformProblem } from '../../application.js';
import { createStudio, type StudioOptions } from '../../studio/studio.js';
import { PictureWorkers } from '../../pictures/picture-workers.js';
import { nodeLauncher } from '../../supervisor/engine-process.js';
import { projectChecker } from '../../supervisor/project-checker.js';
import { checkAddress, hasSession, type Verdict } from './gate.js';
import { answerRequests } from './pages.js';
import { serveSocket } from './socket.js';

export interface WebHostOptions extends Pick<StudioOptions, 'engine' | 'storage'> {
  /** 0 or absent = any free one. */
  port?: number;
  dataDirectory?: string;
  packDirectories?: readonly string[];
  engineScript?: string;
  projectCheckScript?: string;
  pictureScript?: string;
  rendererDirectory?: string;
}

export interface WebHost {
  /** With the token: whoever has this address has the studio. */
  url: string;
  close: () => Promise<void>;
}

const loopback = '127.0.0.1';
const socketPath = '/api';
/** The largest image and room for the message around it. */
const maxMessageBytes = imageLimits.maxBytes + 1024 * 1024;

/** Throws `bad-request` when the port is taken. */
export async function startWebHost(options: WebHostOptions = {}): Promise<WebHost> {
  const problem = platformProblem(process.platform, process.arch);
  if (problem !== null) throw problem;
  const paths = applicationPaths(options.dataDirectory);
  const token = randomBytes(32).toString('base64url');
  const studio = createStudio({
    version: paths.version,
    host: 'web',
    dataDirectory: paths.dataDirectory,
    packDirectories: options.packDirectories ?? paths.packDirectories,
    launchEngine: nodeLauncher(options.engineScript ?? paths.engineScript),
    checkProject: projectChecker(nodeLauncher(options.projectCheckScript ?? paths.projectCheckScript)),
    pictures: new PictureWorkers(options.pictureScript ?? paths.pictureScript),
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.storage === undefined ? {} : { storage: options.storage }),
  });
  const server = createServer();
  const port = await listen(server, options.port ?? 0).catch((error: unknown) => {
    studio.close();
    throw error;
  });
  const answer = answerRequests({
    port,
    token,
    rendererDirectory: options.rendererDirectory ?? paths.rendererDirectory,
    readImage: (imageId) => studio.readImage(imageId),
    readThumbnail: (imageId, size) => studio.readThumbnail(imageId, size),
    takeDownload: (path) => studio.takeDownload(path),
  });
  server.on('request', (request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error('A request could not be answered:', error);
      response.destroy();
    });
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false });
  server.on('upgrade', (request, stream, head) => {
    const verdict = mayConnect(request);
    if (!verdict.allowed) return refuse(stream, verdict);
    sockets.handleUpgrade(request, stream, head, (socket) => serveSocket(socket, studio));
  });

  function mayConnect(request: IncomingMessage): Verdict {
    const verdict = checkAddress(request, true);
    if (!verdict.allowed) return verdict;
    if (request.url !== socketPath) return { allowed: false, status: 403, reason: 'There is nothing at this address.' };
    if (!hasSession(request, port, token)) return { allowed: false, status: 401, reason: 'This studio is private.' };
    return verdict;
  }

  return {
    url: `http://${loopback}:${port}/?token=${token}`,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      studio.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new StudioError('bad-request', `Port ${port} is already in use.`, 'Choose another one with --port.')
          : error,
      );
    });
    server.listen(port, loopback, () => resolve((server.address() as AddressInfo).port));
  });
}

function refuse(stream: Duplex, { status, reason }: Extract<Verdict, { allowed: false }>): void {
  stream.on('error', () => {});
  const name = status === 401 ? 'Unauthorized' : 'Forbidden';
  stream.end(
    `HTTP/1.1 ${status} ${name}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(reason)}\r\nConnection: close\r\n\r\n${reason}`,
  );
}
