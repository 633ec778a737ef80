import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf, ProxyRefused, TooLarge, type Progress } from '../kit/target/failure.ts';

const progress: Progress = { timeoutMs: 50, timedOut: false, abandoned: false, answered: false };
const unknownAuthority = 'the certificate of the target is of an unknown authority, which OAUTH_CA_FILE could name';

/** An error as Node has it: its message may quote what was sent, which nobody is to see. */
function coded(code: string): Error {
  return Object.assign(new Error('canary'), { code });
}

for (const [code, kind, what] of [
  ['ECONNREFUSED', 'refused', 'the connection was refused'],
  ['ENOTFOUND', 'dns', 'the host name could not be resolved'],
  ['EAI_AGAIN', 'dns', 'the host name could not be resolved'],
  ['EHOSTUNREACH', 'unreachable', 'the host could not be reached'],
  ['ENETUNREACH', 'unreachable', 'the host could not be reached'],
  ['EADDRNOTAVAIL', 'unreachable', 'the host could not be reached'],
  ['EACCES', 'unreachable', 'the host could not be reached'],
  ['EPERM', 'unreachable', 'the host could not be reached'],
  ['ECONNRESET', 'reset', 'the connection was closed before the answer was complete'],
  ['EPIPE', 'reset', 'the connection was closed before the answer was complete'],
  ['ECONNABORTED', 'reset', 'the connection was closed before the answer was complete'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'reset', 'the connection was closed before the answer was complete'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', 'the certificate of the target is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', unknownAuthority],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls', unknownAuthority],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls', unknownAuthority],
  ['CERT_SIGNATURE_FAILURE', 'tls', 'the certificate of the target is not signed by the authority that it names'],
  ['CERT_HAS_EXPIRED', 'tls', 'the certificate of the target has expired'],
  ['CERT_NOT_YET_VALID', 'tls', 'the certificate of the target is not valid yet'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', 'the certificate of the target is for another host name'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls', 'the target refused the TLS connection, as one does that asks for a client certificate (OAUTH_CLIENT_CERT_FILE)'],
  ['CERT_REVOKED', 'tls', 'no trusted TLS connection could be made'],
  ['ERR_TLS_HANDSHAKE_TIMEOUT', 'tls', 'no trusted TLS connection could be made'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', 'no trusted TLS connection could be made'],
  ['UNABLE_TO_GET_CRL', 'tls', 'no trusted TLS connection could be made'],
  ['EPROTO', 'tls', 'no trusted TLS connection could be made'],
  ['HPE_HEADER_OVERFLOW', 'too large', 'the headers of the answer are larger than 16 KiB'],
  ['HPE_INVALID_CONSTANT', 'malformed', 'the answer is not valid HTTP'],
  ['Z_DATA_ERROR', 'malformed', 'the body is not what its Content-Encoding says'],
  ['ERR__ERROR_FORMAT_PADDING_1', 'malformed', 'the body is not what its Content-Encoding says'],
  ['ERR_BROTLI_DECODER_ERROR', 'malformed', 'the body is not what its Content-Encoding says'],
  ['ERR_BUFFER_TOO_LARGE', 'malformed', 'the body is not what its Content-Encoding says'],
  ['MY_EPROTO', 'malformed', 'the answer is not valid HTTP'],
  ['NO_Z_ERROR', 'malformed', 'the answer is not valid HTTP'],
  ['EPROTONOSUPPORT', 'malformed', 'the answer is not valid HTTP'],
] as const) {
  test(`${code} is told as what happened, with its code`, () => {
    assert.deepEqual(failureOf(coded(code), progress), { kind, message: `${what} (${code})` });
  });
}

test('what has no code is told without one', () => {
  for (const error of [undefined, null, new Error('canary'), { code: 7 }, 'canary']) {
    assert.deepEqual(failureOf(error, progress), { kind: 'malformed', message: 'the answer is not valid HTTP' });
  }
});

test('a time-out is told by how far the answer had come, whatever ended the connection', () => {
  for (const [error, more] of [[coded('ECONNRESET'), { timedOut: true }], [coded('ECONNRESET'), { timedOut: true, abandoned: true }], [coded('ETIMEDOUT'), {}]] as const) {
    assert.deepEqual(failureOf(error, { ...progress, ...more }), { kind: 'timeout', message: 'no answer within 50 ms' });
    assert.deepEqual(failureOf(error, { ...progress, ...more, answered: true }), {
      kind: 'timeout',
      message: 'an answer began and was not complete within 50 ms',
    });
  }
});

test('what nobody waits for any more is told to be abandoned, and what is too large by its own message', () => {
  assert.deepEqual(failureOf(coded('ECONNRESET'), { ...progress, abandoned: true }), { kind: 'abandoned', message: 'the run ended before the answer was complete' });
  assert.deepEqual(failureOf(new TooLarge('the body is larger than 9 bytes'), { ...progress, abandoned: true }), {
    kind: 'too large',
    message: 'the body is larger than 9 bytes',
  });
});

test('what fails on the way is told of the proxy', () => {
  const through = { ...progress, proxy: 'proxy.example:3128' };
  const proxy = (message: string) => ({ kind: 'proxy', message: `the proxy proxy.example:3128: ${message}` });
  assert.deepEqual(failureOf(coded('ECONNREFUSED'), through), proxy('the connection was refused (ECONNREFUSED)'));
  assert.deepEqual(failureOf(coded('HPE_INVALID_CONSTANT'), through), proxy('it does not answer as a proxy does (HPE_INVALID_CONSTANT)'));
  assert.deepEqual(failureOf(new ProxyRefused(407), through), proxy('it asks for credentials (407), which HTTPS_PROXY could hold'));
  assert.deepEqual(failureOf(new ProxyRefused(403), through), proxy('it could not or would not connect to the target (403)'));
  assert.equal(failureOf(new ProxyRefused(403), progress).kind, 'proxy');
  assert.equal(new ProxyRefused(403).message, 'the proxy answered 403');
});
