/** The scheme `ddt:` serves the built renderer and the images of open projects, so that the window needs no file access. */
import type { Protocol } from 'electron';
import { appHost, appScheme } from '../../../shared/contract/channels.js';
import { thumbnailOfPath, type ThumbnailSize } from '../../../shared/contract/gallery.js';
import { securityHeaders } from '../security-headers.js';
import { readStaticFile } from '../static-files.js';

export interface SchemeContents {
  rendererDirectory: string;
  readImage: (imageId: string) => Uint8Array | null;
  readThumbnail: (imageId: string, size: ThumbnailSize) => Promise<Uint8Array | null>;
}

const imagePath = /^\/images\/([0-9a-f]{64})\.png$/;
const headers = securityHeaders("'self'");

/** Must happen before Electron is ready. */
export function registerScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

export function serveScheme(protocol: Protocol, contents: SchemeContents): void {
  protocol.handle(appScheme, (request) => respond(request, contents));
}

async function respond(
  request: Request,
  { rendererDirectory, readImage, readThumbnail }: SchemeContents,
): Promise<Response> {
  const { host, pathname } = new URL(request.url);
  if (host !== appHost || request.method !== 'GET') return answer(403, 'text/plain', 'Not served here.');
  const image = imagePath.exec(pathname);
  if (image !== null) {
    const bytes = readImage(image[1]!);
    return bytes === null ? answer(404, 'text/plain', 'No such image.') : answer(200, 'image/png', bytes);
  }
  const thumbnail = thumbnailOfPath(pathname);
  if (thumbnail !== null) {
    const bytes = await readThumbnail(thumbnail.imageId, thumbnail.size);
    return bytes === null ? answer(404, 'text/plain', 'No such thumbnail.') : answer(200, 'image/png', bytes);
  }
  const file = await readStaticFile(rendererDirectory, pathname);
  return file === null ? answer(404, 'text/plain', 'No such page.') : answer(200, file.type, file.bytes);
}

function answer(status: number, type: string, body: string | Uint8Array): Response {
  return new Response(body as Uint8Array<ArrayBuffer> | string, {
    status,
    headers: { ...headers, 'Content-Type': type },
  });
}
