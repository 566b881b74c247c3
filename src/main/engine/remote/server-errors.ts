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
  // Its parser's errors have a name and no code: such as the port for gRPC answers.
  HTTPParserError: 'it does not speak HTTP',
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
  const fault =
    proxyFault(detail) ?? networkFaults[code] ?? (code === '' ? 'the call failed' : `the call failed (${code})`);
  return new StudioError(
    'server-unreachable',
    `The server ${server} cannot be reached for ${doing}: ${fault}.`,
    'See that it runs and that the address is right, or use this machine.',
    { detail, cause: thrown },
  );
}

/** An answer that comes bit by bit and was not brought to its end. `how`: words that end a sentence. */
export function brokenOff(server: string, doing: string, how: string): StudioError {
  return new StudioError(
    'server-unreachable',
    `The server ${server} broke off ${doing}: ${how}.`,
    'Look at its log, and try again.',
  );
}

/** Statuses that another try may not meet again: a time-out on the way, too early, too many requests. */
const passing = new Set([408, 425, 429]);

/** An answer that is no success. `said` is the server's own word, shown as such. */
export function refusedWith(server: string, doing: string, status: number, said: string): StudioError {
  const quoted = said === '' ? '' : ` It says “${said}”.`;
  if (status === 401 || status === 403) {
    return new StudioError(
      'server-refused',
      `The server ${server} refuses ${doing}: it wants another token (${status}).`,
      'Set its token in the window, or in DDT_STUDIO_REMOTE_TOKEN_FILE or DDT_STUDIO_REMOTE_TOKEN.',
      { detail: said },
    );
  }
  if (passing.has(status) || status >= 500) {
    return new StudioError(
      'server-unreachable',
      `The server ${server} failed at ${doing} (${status}).${quoted}`,
      'Look at its log, try again, or use this machine.',
    );
  }
  if (status >= 300 && status < 400) {
    return new StudioError(
      'server-unsuitable',
      `The server ${server} sends elsewhere for ${doing} (${status}), which is not followed.`,
      'Name the address it sends to, often the same with https.',
    );
  }
  if (status === 413) {
    return new StudioError(
      'server-unsuitable',
      `The server ${server} takes no request as large as that for ${doing} (413).${quoted}`,
      'Allow larger requests in the proxy before it (nginx: client_max_body_size), or use this machine.',
    );
  }
  const fault = status === 404 || status === 405 ? 'knows nothing of' : 'does not do';
  return new StudioError(
    'server-unsuitable',
    `The server ${server} ${fault} ${doing} (${status}).${quoted}`,
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

/** Said without the address, because a password may stand in it. */
export function wrongProxy(server: string): StudioError {
  return new StudioError(
    'server-unreachable',
    `The server ${server} cannot be reached, because HTTPS_PROXY or HTTP_PROXY holds no address of a proxy.`,
    'Write it as http://proxy:3128, or name the server in NO_PROXY.',
  );
}

/** Whether another server, or the same one a little later, may do what this one could not. */
export function mayTryElsewhere(error: unknown): boolean {
  return (
    error instanceof StudioError &&
    (error.code === 'server-unreachable' || error.code === 'server-refused' || error.code === 'server-unsuitable')
  );
}

/** The HTTP client tells only in words that a proxy refused the way. */
function proxyFault(detail: string): string | null {
  const status = /^Proxy response \((\d+)\)/.exec(detail)?.[1];
  return status === undefined ? null : `the proxy on the way refuses it (${status})`;
}

/** Whether all the time for an answer went by: asking the same server again would only take as long again. */
export function isTimeOut(error: unknown): boolean {
  return error instanceof StudioError && timeOuts.has(codeOf(error.cause));
}

const timeOuts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']);

function codeOf(thrown: unknown): string {
  for (let one: unknown = thrown; one instanceof Error; one = one.cause) {
    if ('code' in one && typeof one.code === 'string') return one.code;
    if (one.name in networkFaults) return one.name;
    if (one instanceof AggregateError && one.errors.length > 0) return codeOf(one.errors[0]);
  }
  return '';
}
