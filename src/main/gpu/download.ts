/** Large pinned files: fetched on from where a connection was cut, through the system's proxies, and believed only by their hash. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EnvHttpProxyAgent } from 'undici';
import { cancelledError, StudioError } from '../../shared/errors.js';
import { diskFailureOf } from '../storage/disk/disk-failures.js';
import type { GpuComponent } from './components.js';

/** Loaded for the first download: it would be a third of what a start loads. */
const loadHttp = () => import('undici');

export interface Fetching {
  /** In front of each component's path: the index, or a mirror of it. */
  address: string;
  signal: AbortSignal;
  /** Of this file, those included that were there before. */
  onBytes: (bytes: number) => void;
}

/** Connections in a row that bring nothing before it is given up. */
const idleTries = 3;

/**
 * Brings `component` to `path`; what an earlier call has left there is gone on with. Throws `download-failed`, `cancelled`, and what
 * writing throws; a file with another hash is removed.
 */
export async function fetchComponent(component: GpuComponent, path: string, fetching: Fetching): Promise<void> {
  const { EnvHttpProxyAgent } = await loadHttp();
  const agent = new EnvHttpProxyAgent();
  try {
    let fruitless = 0;
    for (let size = await sizeOf(path); size < component.bytes;) {
      try {
        await fetchRest(component, path, size, fetching, agent);
      } catch (error) {
        if (fetching.signal.aborted) throw cancelledError();
        if (error instanceof StudioError || isOfDisk(error)) throw error;
        const reached = await sizeOf(path);
        fruitless = reached > size ? 0 : fruitless + 1;
        if (fruitless >= idleTries) throw unreachable(component, fetching.address, error);
      }
      size = await sizeOf(path);
    }
    await verifyComponent(component, path, fetching.signal).catch(async (error: unknown) => {
      if (error instanceof StudioError && error.code === 'download-failed') await rm(path, { force: true });
      throw error;
    });
  } finally {
    await agent.close().catch(() => undefined);
  }
}

/** Throws `download-failed` for another size or hash. */
export async function verifyComponent(component: GpuComponent, path: string, signal: AbortSignal): Promise<void> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  } catch (error) {
    if (signal.aborted) throw cancelledError();
    throw error;
  }
  if ((await sizeOf(path)) === component.bytes && hash.digest('hex') === component.sha256) return;
  throw new StudioError(
    'download-failed',
    `${component.file} is not the file this version of the studio was built for, and is not used.`,
    'Try again; if it happens again, the mirror or something between you and it changes files.',
    { detail: `expected SHA-256 ${component.sha256}` },
  );
}

async function fetchRest(
  component: GpuComponent,
  path: string,
  size: number,
  { address, signal, onBytes }: Fetching,
  dispatcher: EnvHttpProxyAgent,
): Promise<void> {
  const url = `${address}/${component.path}/${component.file}`;
  const headers: Record<string, string> = size === 0 ? {} : { range: `bytes=${size}-` };
  const { fetch } = await loadHttp();
  const response = await fetch(url, { headers, signal, dispatcher });
  if (!response.ok || response.body === null) {
    throw new StudioError(
      'download-failed',
      `${new URL(url).host} answers with ${response.status} when it is asked for ${component.file}.`,
      'Try again later, name a mirror in DDT_STUDIO_GPU_MIRROR, or fetch the files elsewhere and name their folder with --from.',
      { detail: url },
    );
  }
  // A server that does not know ranges begins anew.
  const goesOn = response.status === 206;
  let reached = goesOn ? size : 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      reached += chunk.length;
      if (reached > component.bytes) return done(new Error('more bytes than the file has'));
      onBytes(reached);
      done(null, chunk);
    },
  });
  const file = createWriteStream(path, { flags: goesOn ? 'a' : 'w', mode: 0o600 });
  await pipeline(Readable.fromWeb(response.body), counting, file, { signal });
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

/** Of the file that is written, not of the connection. */
function isOfDisk(error: unknown): boolean {
  return ['full', 'unwritable', 'disk'].includes(diskFailureOf(error) ?? '');
}

function unreachable({ file }: GpuComponent, address: string, cause: unknown): StudioError {
  const reason =
    cause instanceof Error ? ((cause.cause as Error | undefined)?.message ?? cause.message) : String(cause);
  return new StudioError(
    'download-failed',
    `${file} could not be fetched from ${new URL(address).host}: ${reason}.`,
    'What has arrived is kept, and the same command goes on from there. Behind a proxy set HTTPS_PROXY; without a network name a folder with --from.',
    { cause },
  );
}
