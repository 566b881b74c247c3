/** Inference servers as they are named when a command or a host is started; secrets come from the environment or a file. */
import { readFileSync, statSync } from 'node:fs';
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
export function remoteFrom(urls: readonly string[], environment: NodeJS.ProcessEnv, orHere: boolean): RemoteOptions {
  const token = tokenFrom(environment);
  const certificates = certificatesFrom(environment);
  return {
    servers: [...new Set(urls)].map((url) => (token === undefined ? { url } : { url, token })),
    ...(certificates === undefined ? {} : { certificates }),
    orHere,
  };
}

/** PEM of the authorities trusted besides the system's. */
export function certificatesFrom(environment: NodeJS.ProcessEnv): string | undefined {
  const path = environment[serverVariables.certificates];
  if (path === undefined || path === '') return undefined;
  const text = readSmall(path, serverVariables.certificates, serverLimits.certificates);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw wrongFile(serverVariables.certificates, 'holds no certificate in PEM');
}

/** For what was chosen in the window: a wrong file must not keep the studio from starting, so the server is then not trusted. */
export function certificatesOrNone(environment: NodeJS.ProcessEnv): string | undefined {
  try {
    return certificatesFrom(environment);
  } catch (error) {
    console.warn(error instanceof Error ? error.message : error);
    return undefined;
  }
}

function tokenFrom(environment: NodeJS.ProcessEnv): string | undefined {
  const path = environment[serverVariables.tokenFile];
  if (path === undefined || path === '') {
    const token = environment[serverVariables.token]?.trim();
    if (token === undefined || token === '') return undefined;
    if (!isToken(token)) throw wrongFile(serverVariables.token, 'is no token');
    return token;
  }
  const token = readSmall(path, serverVariables.tokenFile, serverLimits.token).trim();
  if (!isToken(token)) throw wrongFile(serverVariables.tokenFile, 'holds no token: one line of visible characters');
  return token;
}

/** What may stand in an `Authorization: Bearer` header (RFC 6750, and what servers make of it). */
export function isToken(text: string): boolean {
  return text.length > 0 && text.length <= serverLimits.token && /^[\x21-\x7e]+$/.test(text);
}

function readSmall(path: string, variable: string, most: number): string {
  try {
    if (statSync(path).size <= most) return readFileSync(path, 'utf8');
  } catch {
    throw wrongFile(variable, 'names a file that cannot be read');
  }
  throw wrongFile(variable, `names a file of more than ${most} bytes`);
}

function wrongFile(variable: string, fault: string): StudioError {
  return new StudioError(
    'bad-request',
    `${variable} ${fault}.`,
    'Correct it and start again; docs/remote.md shows how.',
  );
}
