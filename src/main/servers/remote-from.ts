/** Inference servers as they are named when a command or a host is started; secrets come from the environment or a file. */
import { readFile, stat } from 'node:fs/promises';
import { StudioError } from '../../shared/errors.js';
import { serverLimits, type RemoteOptions } from '../engine/remote/address.js';

/** What the environment may say about servers. */
export const serverVariables = {
  token: 'DDT_STUDIO_REMOTE_TOKEN',
  tokenFile: 'DDT_STUDIO_REMOTE_TOKEN_FILE',
  certificates: 'DDT_STUDIO_REMOTE_CA',
} as const;

/**
 * `urls`: addresses as `serverAddress` gives them, each once. The token goes to all of them. `orHere`: whether this machine does it
 * where no server can. Throws `bad-request` for a file that cannot be read, or holds no token or certificate; never shows what is in it.
 */
export async function remoteFrom(
  urls: readonly string[],
  environment: NodeJS.ProcessEnv,
  orHere: boolean,
): Promise<RemoteOptions> {
  const token = await tokenFrom(environment);
  const certificates = await certificatesFrom(environment);
  return {
    servers: [...new Set(urls)].map((url) => (token === undefined ? { url } : { url, token })),
    ...(certificates === undefined ? {} : { certificates }),
    orHere,
  };
}

/** PEM of the authorities trusted besides the system's. */
export async function certificatesFrom(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const path = environment[serverVariables.certificates];
  if (path === undefined || path === '') return undefined;
  const text = await readSmall(path, serverVariables.certificates, serverLimits.certificates);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw wrongFile(serverVariables.certificates, 'holds no certificate in PEM');
}

async function tokenFrom(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const path = environment[serverVariables.tokenFile];
  if (path === undefined || path === '') {
    const token = environment[serverVariables.token]?.trim();
    if (token === undefined || token === '') return undefined;
    if (!isToken(token)) throw wrongFile(serverVariables.token, 'is no token');
    return token;
  }
  const token = (await readSmall(path, serverVariables.tokenFile, serverLimits.token)).trim();
  if (!isToken(token)) throw wrongFile(serverVariables.tokenFile, 'holds no token: one line of visible characters');
  return token;
}

/** What may stand in an `Authorization: Bearer` header (RFC 6750, and what servers make of it). */
export function isToken(text: string): boolean {
  return text.length > 0 && text.length <= serverLimits.token && /^[\x21-\x7e]+$/.test(text);
}

async function readSmall(path: string, variable: string, most: number): Promise<string> {
  try {
    if ((await stat(path)).size <= most) return await readFile(path, 'utf8');
  } catch {
    throw wrongFile(variable, 'names a file that cannot be read');
  }
  throw wrongFile(variable, `names a file of more than ${most} bytes`);
}

function wrongFile(variable: string, fault: string): StudioError {
  return new StudioError('bad-request', `${variable} ${fault}.`, 'Correct it and start again; docs/remote.md shows how.');
}
