import type { Failure, FailureKind } from './exchange.ts';

/** How far an attempt had come when it failed. */
export interface Progress {
  readonly timeoutMs: number;
  /** The time for the request was over. */
  readonly timedOut: boolean;
  /** Nobody waits for the answer any more. */
  readonly abandoned: boolean;
  /** The status and the headers of the answer were there. */
  readonly answered: boolean;
  /** The proxy that was still to open the way to the target: host and port. */
  readonly proxy?: string | undefined;
}

/** The answer is larger, in a way that its message names, than what is read of one. */
export class TooLarge extends Error {}

/** Something came in place of an answer, which its message names. */
export class NoAnswer extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The proxy has answered with another status than 200. */
export class ProxyRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the proxy answered ${status}`);
    this.status = status;
  }
}

/** What whoever is woken by it can do something about; everything else is told by its code. */
const tls: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate of the target is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate of the target is of an unknown authority, which OAUTH_CA_FILE could name',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate of the target is of an unknown authority, which OAUTH_CA_FILE could name',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate of the target is of an unknown authority, which OAUTH_CA_FILE could name',
  CERT_SIGNATURE_FAILURE: 'the certificate of the target is not signed by the authority that it names',
  CERT_HAS_EXPIRED: 'the certificate of the target has expired',
  CERT_NOT_YET_VALID: 'the certificate of the target is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the target is for another host name',
};

/** Why an attempt got no answer. Our own sentences only: the messages of the libraries below may quote what was sent. */
export function failureOf(error: unknown, progress: Progress): Failure {
  const { kind, message } = whatHappened(error, progress);
  return progress.proxy === undefined ? { kind, message } : { kind: 'proxy', message: `the proxy ${progress.proxy}: ${message}` };
}

function whatHappened(error: unknown, { timeoutMs, timedOut, abandoned, answered, proxy }: Progress): Failure {
  const code = codeOf(error);
  const failure = (kind: FailureKind, what: string): Failure => ({ kind, message: code ? `${what} (${code})` : what });

  if (error instanceof ProxyRefused) return { kind: 'proxy', message: refusalOf(error.status) };
  if (error instanceof NoAnswer) return { kind: error.kind, message: error.message };
  if (error instanceof TooLarge) return { kind: 'too large', message: error.message };
  if (abandoned && !timedOut) return { kind: 'abandoned', message: 'the run ended before the answer was complete' };
  if (timedOut || code === 'ETIMEDOUT') {
    const what = answered ? 'an answer began and was not complete' : 'no answer';
    return { kind: 'timeout', message: `${what} within ${timeoutMs} ms` };
  }
  if (code === 'ECONNREFUSED') return failure('refused', 'the connection was refused');
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return failure('dns', 'the host name could not be resolved');
  if (['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES', 'EPERM'].includes(code)) {
    return failure('unreachable', 'the host could not be reached');
  }
  if (['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code)) {
    return failure('reset', 'the connection was closed before the answer was complete');
  }
  if (tls[code] !== undefined) return failure('tls', proxy === undefined ? tls[code] : tls[code].replace('the certificate of the target', 'its certificate'));
  if (/ALERT/.test(code)) {
    return failure('tls', 'the target refused the TLS connection, as one does that asks for a client certificate (OAUTH_CLIENT_CERT_FILE)');
  }
  if (/CERT|ERR_TLS|ERR_SSL|UNABLE_TO|^EPROTO$/.test(code)) return failure('tls', 'no trusted TLS connection could be made');
  if (code === 'HPE_HEADER_OVERFLOW') return failure('too large', 'the headers of the answer are larger than 16 KiB');
  if (/^(Z_|ERR__ERROR_|ERR_BROTLI|ERR_BUFFER_TOO_LARGE)/.test(code)) {
    return failure('malformed', 'the body is not what its Content-Encoding says');
  }
  return failure('malformed', proxy === undefined ? 'the answer is not valid HTTP' : 'it does not answer as a proxy does');
}

function refusalOf(status: number): string {
  if (status === 407) return 'it asks for credentials (407), which HTTPS_PROXY could hold';
  return `it could not or would not connect to the target (${status})`;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
