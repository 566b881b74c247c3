/** The localhost host: the same studio in a browser. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { StudioError } from '../../../shared/errors.js';
import { applicationPaths, platformProblem } from '../../application.js';
import type { ProgramLogs } from '../../diagnostics/log.js';
import { createStudio, type StudioOptions } from '../../studio/studio.js';
import { PictureWorkers, type PictureScripts } from '../../pictures/picture-workers.js';
import { engineEnvironment } from '../../gpu/gpu-runtime.js';
import { nodeLauncher } from '../../supervisor/engine-process.js';
import { projectChecker } from '../../supervisor/project-checker.js';
import { Entrance } from './entrance.js';
import { checkAddress, type Verdict } from './gate.js';
import { hostLimits } from './host-limits.js';
import { answerRequests } from './pages.js';
import { serveSocket, socketOptions } from './socket.js';

export interface WebHostOptions extends Pick<StudioOptions, 'engine' | 'gpu' | 'storage'> {
  /** 0 or absent = any free one. */
  port?: number;
  dataDirectory?: string;
  packDirectories?: readonly string[];
  engineScript?: string;
  projectCheckScript?: string;
  pictureScripts?: PictureScripts;
  rendererDirectory?: string;
  logs?: ProgramLogs;
  /** A browser came in, so the address it used works no more. */
  onEntered?: () => void;
}

export interface WebHost {
  /** For the first browser; it works once. */
  url: string;
  /** An address for one more browser, which works once too. */
  newAddress: () => string;
  close: () => Promise<void>;
}

const loopback = '127.0.0.1';
const socketPath = '/api';

/** Throws `bad-request` when the port is taken. */
export async function startWebHost(options: WebHostOptions = {}): Promise<WebHost> {
  const problem = platformProblem(process.platform, process.arch);
  if (problem !== null) throw problem;
  const paths = applicationPaths(options.dataDirectory);
  const entrance = new Entrance();
  const studio = createStudio({
    version: paths.version,
    program: paths.root,
    host: 'web',
    ...(options.logs === undefined ? {} : { log: options.logs.studio }),
    dataDirectory: paths.dataDirectory,
    packDirectories: options.packDirectories ?? paths.packDirectories,
    launchEngine: nodeLauncher(options.engineScript ?? paths.engineScript, {
      onOutput: options.logs?.engineOutput,
      environment: () => engineEnvironment(paths.dataDirectory),
    }),
    checkProject: projectChecker(nodeLauncher(options.projectCheckScript ?? paths.projectCheckScript)),
    pictures: new PictureWorkers(options.pictureScripts ?? paths.pictureScripts),
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.storage === undefined ? {} : { storage: options.storage }),
    ...(options.gpu === undefined ? {} : { gpu: options.gpu }),
  });
  const server = createServer({
    headersTimeout: hostLimits.headersMs,
    requestTimeout: hostLimits.requestMs,
    connectionsCheckingInterval: hostLimits.headersMs / 2,
  });
  server.timeout = hostLimits.idleMs;
  server.maxConnections = hostLimits.connections;
  const port = await listen(server, options.port ?? 0).catch((error: unknown) => {
    studio.close();
    throw error;
  });
  const answer = answerRequests({
    port,
    entrance,
    onEntered: options.onEntered ?? (() => {}),
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

  const sockets = new WebSocketServer({ noServer: true, ...socketOptions });
  server.on('upgrade', (request, stream, head) => {
    const verdict = mayConnect(request);
    if (!verdict.allowed) return refuse(stream, verdict);
    sockets.handleUpgrade(request, stream, head, (socket) => serveSocket(socket, studio));
  });

  function mayConnect(request: IncomingMessage): Verdict {
    const verdict = checkAddress(request, true);
    if (!verdict.allowed) return verdict;
    if (request.url !== socketPath) return { allowed: false, status: 403, reason: 'There is nothing at this address.' };
    if (!entrance.isInside(request, port)) return { allowed: false, status: 401, reason: 'This studio is private.' };
    if (sockets.clients.size >= hostLimits.sockets) {
      return { allowed: false, status: 503, reason: 'Too many windows are open.' };
    }
    return verdict;
  }

  const newAddress = (): string => `http://${loopback}:${port}/?enter=${entrance.newCode()}`;
  return {
    url: newAddress(),
    newAddress,
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
  // Who does not hang up, or does not read, is hung up on.
  const timer = setTimeout(() => stream.destroy(), hostLimits.refusedMs);
  stream.once('close', () => clearTimeout(timer));
  const name = { 401: 'Unauthorized', 403: 'Forbidden', 503: 'Service Unavailable' }[status];
  stream.end(
    `HTTP/1.1 ${status} ${name}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(reason)}\r\nConnection: close\r\n\r\n${reason}`,
  );
}
