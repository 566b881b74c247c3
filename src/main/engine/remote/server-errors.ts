/** What can go wrong with an inference server, in sentences that name it and tell the way out. */
import { StudioError } from '../../../shared/errors.js';

const tlsFaults: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority this machine does not trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority this machine does not trust',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority this machine does not trust',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

const networkFaults: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no machine has that name',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'there is no way to that machine',
  ENETUNREACH: 'there is no network',
  ECONNRESET: 'it hung up',
  EPIPE: 'it hung up',
  UND_ERR_SOCKET: 'it hung up',
  UND_ERR_CONNECT_TIMEOUT: 'it did not take the call in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it stopped in the middle of an answer',
  EPROTO: 'it does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
};

/** `doing`: what was asked of it, such as “the decoder graph”; `thrown`: of the HTTP client. */
export function unreachable(server: string, doing: string, thrown: unknown): StudioError {
  const code = codeOf(thrown);
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  const tls = tlsFaults[code];
  if (tls !== undefined) {
    return new StudioError(
      'server-refused',
      `The server ${server} is not trusted for ${doing}: ${tls}.`,
      'Use the name in its certificate, or name its authority’s certificate in DDT_STUDIO_REMOTE_CA.',
      { detail, cause: thrown },
    );
  }
  const fault = networkFaults[code] ?? (code === '' ? 'the call failed' : `the call failed (${code})`);
  return new StudioError(
    'server-unreachable',
    `The server ${server} cannot be reached for ${doing}: ${fault}.`,
    'See that it runs and that the address is right, or use this machine.',
    { detail, cause: thrown },
  );
}

/** An answer that is no success. `said` is the server's own word, shown as such. */
export function refusedWith(server: string, doing: string, status: number, said: string): StudioError {
  const quoted = said === '' ? '' : ` It says “${said}”.`;
  if (status === 401 || status === 403 || status === 407) {
    return new StudioError(
      'server-refused',
      `The server ${server} refuses ${doing}: it wants another token (${status}).`,
      'Set its token in the window, or in DDT_STUDIO_REMOTE_TOKEN_FILE or DDT_STUDIO_REMOTE_TOKEN.',
      { detail: said },
    );
  }
  if (status >= 500 || status === 429) {
    return new StudioError(
      'server-unreachable',
      `The server ${server} failed at ${doing} (${status}).${quoted}`,
      'Look at its log, try again, or use this machine.',
    );
  }
  return new StudioError(
    'server-unsuitable',
    `The server ${server} knows nothing of ${doing} (${status}).${quoted}`,
    'Give it the pack with “ddt-studio packs export --triton”, or see that the address is that of a KServe v2 server.',
  );
}

export function unsuitable(server: string, fault: string, detail?: string): StudioError {
  return new StudioError(
    'server-unsuitable',
    `The server ${server} ${fault}.`,
    'Give it the pack with “ddt-studio packs export --triton”, choose another server, or use this machine.',
    detail === undefined ? undefined : { detail },
  );
}

/** A token over an open line would be everybody's. */
export function openLine(server: string): StudioError {
  return new StudioError(
    'server-refused',
    `The token was not sent to ${server}, because that line is not encrypted.`,
    'Use https, or reach the server through a tunnel to this machine.',
  );
}

/** Whether another server, or the same one a little later, may do what this one could not. */
export function mayTryElsewhere(error: unknown): boolean {
  return (
    error instanceof StudioError &&
    (error.code === 'server-unreachable' || error.code === 'server-refused' || error.code === 'server-unsuitable')
  );
}

function codeOf(thrown: unknown): string {
  for (let one: unknown = thrown; one instanceof Error; one = one.cause) {
    if ('code' in one && typeof one.code === 'string') return one.code;
    if (one instanceof AggregateError && one.errors.length > 0) return codeOf(one.errors[0]);
  }
  return '';
}
