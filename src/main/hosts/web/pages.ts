import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { thumbnailOfPath, type ThumbnailSize } from '../../../shared/contract/gallery.js';
import { securityHeaders } from '../security-headers.js';
import type { Entrance } from './entrance.js';
import { checkAddress } from './gate.js';
import { readStaticFile } from '../static-files.js';

export interface PagesOptions {
  port: number;
  entrance: Entrance;
  /** A browser came in. */
  onEntered: () => void;
  rendererDirectory: string;
  readImage: (imageId: string) => Uint8Array | null;
  readThumbnail: (imageId: string, size: ThumbnailSize) => Promise<Uint8Array | null>;
  takeDownload: (path: string) => { path: string; fileName: string } | null;
}

const imagePath = /^\/images\/([0-9a-f]{64})\.png$/;
const headers = securityHeaders("'self'");

/** Answers every HTTP request: the entrance, the renderer's files, images of open projects. */
export function answerRequests({
  port,
  entrance,
  onEntered,
  rendererDirectory,
  readImage,
  readThumbnail,
  takeDownload,
}: PagesOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const verdict = checkAddress(request, false);
    if (!verdict.allowed) return sendText(response, verdict.status, verdict.reason);
    if (request.method !== 'GET' && request.method !== 'HEAD') return sendText(response, 405, 'Only GET is answered.');
    // Parsed by hand where it matters: URL() would tidy away the dots of a traversal before they are seen.
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const offered = new URLSearchParams(query).get('enter');
    if (path === '/' && offered !== null) {
      // Who is inside already may come back by a bookmark or a history; the code is not needed, nor used up.
      if (entrance.isInside(request, port)) return goInside(response);
      if (!entrance.take(offered)) return sendText(response, 401, 'This address was used already.', howToEnter);
      enter(request, response, entrance.cookie(port));
      return onEntered();
    }
    if (!entrance.isInside(request, port)) return sendText(response, 401, 'This studio is private.', howToEnter);

    const image = imagePath.exec(path);
    if (image !== null) {
      const bytes = readImage(image[1]!);
      if (bytes === null) return sendText(response, 404, 'That picture is not in an open project.');
      return send(response, 200, 'image/png', bytes, 'private, max-age=31536000, immutable');
    }
    const thumbnail = thumbnailOfPath(path);
    if (thumbnail !== null) {
      const bytes = await readThumbnail(thumbnail.imageId, thumbnail.size);
      if (bytes === null) return sendText(response, 404, 'There is no thumbnail of that picture.');
      return send(response, 200, 'image/png', bytes, 'private, max-age=31536000, immutable');
    }
    const download = request.method === 'GET' ? takeDownload(path) : null;
    if (download !== null) return sendDownload(response, download);
    const file = await readStaticFile(rendererDirectory, path);
    if (file === null) return sendText(response, 404, 'There is no such page.');
    // Built files carry a hash of their content in their name, the page does not.
    const cache = path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache';
    return send(response, 200, file.type, file.bytes, cache);
  };
}

const howToEnter = 'Open the address DDT Studio printed last; it prints a new one whenever a browser came in.';

/**
 * Takes the code out of the address. From another site's link a redirect would lose the SameSite=Strict cookie, so
 * there the studio's own page moves on instead.
 */
function enter(request: IncomingMessage, response: ServerResponse, cookie: string): void {
  response.setHeader('Set-Cookie', cookie);
  if (request.headers['sec-fetch-site'] === 'cross-site') {
    const page = '<!doctype html><meta http-equiv="refresh" content="0; url=/"><title>DDT Studio</title>';
    return send(response, 200, 'text/html; charset=utf-8', Buffer.from(page), 'no-store');
  }
  goInside(response);
}

function goInside(response: ServerResponse): void {
  response.writeHead(303, { ...headers, Location: '/', 'Cache-Control': 'no-store' }).end();
}

/** In pieces, because a project may be larger than memory is meant for; the file is removed whatever becomes of it. */
async function sendDownload(
  response: ServerResponse,
  { path, fileName }: { path: string; fileName: string },
): Promise<void> {
  try {
    const { size } = await stat(path);
    response.writeHead(200, {
      ...headers,
      'Content-Type': 'application/octet-stream',
      'Content-Length': size,
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
      'Cache-Control': 'no-store',
    });
    await pipeline(createReadStream(path), response);
  } finally {
    await rm(path, { force: true });
  }
}

function sendText(response: ServerResponse, status: number, reason: string, remedy = ''): void {
  const text = remedy === '' ? reason : `${reason}\n${remedy}`;
  send(response, status, 'text/plain; charset=utf-8', Buffer.from(`${text}\n`), 'no-store');
}

function send(response: ServerResponse, status: number, type: string, bytes: Uint8Array, cache: string): void {
  response
    .writeHead(status, { ...headers, 'Content-Type': type, 'Content-Length': bytes.length, 'Cache-Control': cache })
    .end(response.req.method === 'HEAD' ? undefined : bytes);
}
