/** The address of an inference server, as a person writes it. */
import { z } from 'zod';
import { StudioError } from '../../../shared/errors.js';

/** One server the engine may use. `token` is a secret: it is sent to this server alone and written nowhere. */
export interface RemoteServer {
  /** As `serverAddress` gives it. */
  url: string;
  token?: string;
}

/** Everything an engine needs to run graphs elsewhere. */
export interface RemoteOptions {
  servers: readonly RemoteServer[];
  /** Certificates of authorities that are trusted besides those of the system, PEM. */
  certificates?: string;
  /** Where no server can be used, the graphs run on this machine; otherwise that is an error. */
  orHere: boolean;
}

/** Of a message between processes of the studio. */
export function isRemoteOptions(value: unknown): value is RemoteOptions {
  return remoteForm.safeParse(value).success;
}

export const serverLimits = { servers: 16, address: 500, token: 8192, certificates: 1024 * 1024 } as const;

const remoteForm = z.strictObject({
  servers: z
    .array(
      z.strictObject({
        url: z.string().max(serverLimits.address),
        token: z.string().max(serverLimits.token).optional(),
      }),
    )
    .min(1)
    .max(serverLimits.servers),
  certificates: z.string().max(serverLimits.certificates).optional(),
  orHere: z.boolean(),
});

/** Without a slash at its end. Throws `bad-request` in one sentence. */
export function serverAddress(written: string): string {
  const text = written.trim();
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    throw wrongAddress(withoutSecrets(text), 'is no address of a server');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw wrongAddress(withoutSecrets(text), 'begins with neither http nor https');
  if (url.username !== '' || url.password !== '') {
    // The text itself would repeat the secret.
    throw wrongAddress(url.host, 'has a name or a password in its address');
  }
  if (url.search !== '' || url.hash !== '') throw wrongAddress(url.host, 'has more behind its address than a path');
  const parts = url.pathname.split('/').filter((part) => part !== '');
  // Whoever copies the address of a protocol's root means the server.
  if (['v1', 'v2'].includes(parts.at(-1) ?? '')) parts.pop();
  const address = [url.origin, ...parts].join('/');
  if (address.length > serverLimits.address) throw wrongAddress(url.host, 'has an address that is too long');
  return address;
}

/** Whether what is said to it never leaves this machine. */
export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** What may be repeated of a text that is no address: nothing before its last `@` and nothing behind a `?` or `#`. */
function withoutSecrets(text: string): string {
  const [scheme] = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text) ?? [''];
  const rest = text.slice(scheme.length);
  return `${scheme}${rest.slice(rest.lastIndexOf('@') + 1).split(/[?#]/, 1)[0]!}`;
}

function wrongAddress(text: string, fault: string): StudioError {
  return new StudioError(
    'bad-request',
    `The server “${text.slice(0, 200)}” ${fault}.`,
    'Write it as https://gpu-box:8000; a token goes into the environment or a file.',
  );
}
