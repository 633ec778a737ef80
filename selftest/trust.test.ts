import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { readTrust } from '../kit/settings/trust.ts';
import { temporaryFolder } from './support/command.ts';
import { authority, certificate, type Pair } from './support/tls.ts';

let [mine, another, trusted]: readonly Pair[] = [];
before(async () => {
  [mine, another, trusted] = await Promise.all([certificate(), certificate(), authority()]);
});

/** What is read where the variables name files that hold these texts, and what is said to be wrong. */
function read(t: TestContext, texts: Readonly<Record<string, string | undefined>>) {
  const dir = temporaryFolder(t);
  const env = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const file = join(dir, name);
      if (text !== undefined) writeFileSync(file, text);
      return [name, file];
    }),
  );
  const problems: string[] = [];
  const trust = readTrust(env, (name, expected) => problems.push(`${name} ${expected}`));
  return { trust, problems };
}

test('an authority and a client certificate with its key are read as they are', (t) => {
  const { cert = '', key = '' } = mine ?? {};
  const ca = `${trusted?.cert}\n${another?.cert}`;
  assert.deepEqual(read(t, { OAUTH_CA_FILE: ca, OAUTH_CLIENT_CERT_FILE: cert, OAUTH_CLIENT_KEY_FILE: key }), { trust: { ca, cert, key }, problems: [] });
  assert.deepEqual(read(t, { OAUTH_CA_FILE: ca }), { trust: { ca }, problems: [] });
  assert.deepEqual(read(t, {}), { trust: {}, problems: [] });
});

test('a file that cannot be read is named by its variable', (t) => {
  const missing = { OAUTH_CA_FILE: undefined, OAUTH_CLIENT_CERT_FILE: undefined, OAUTH_CLIENT_KEY_FILE: undefined };
  assert.deepEqual(read(t, missing), {
    trust: {},
    problems: [
      'OAUTH_CA_FILE names a file that cannot be read (ENOENT): it takes the path of a certificate authority in PEM',
      'OAUTH_CLIENT_CERT_FILE names a file that cannot be read (ENOENT): it takes the path of a client certificate in PEM',
      'OAUTH_CLIENT_KEY_FILE names a file that cannot be read (ENOENT): it takes the path of the private key of that certificate in PEM',
    ],
  });
});

test('half of a client certificate is a problem of the other half', (t) => {
  assert.deepEqual(read(t, { OAUTH_CLIENT_CERT_FILE: mine?.cert }).problems, [
    'OAUTH_CLIENT_KEY_FILE is not set, though OAUTH_CLIENT_CERT_FILE is: it takes both or neither',
  ]);
  // That comes first: what is in the one file cannot be judged without the other.
  assert.equal(read(t, { OAUTH_CLIENT_CERT_FILE: 'canary' }).problems.length, 1);
  assert.equal(read(t, { OAUTH_CLIENT_KEY_FILE: 'canary' }).problems.length, 1);
  assert.deepEqual(read(t, { OAUTH_CLIENT_KEY_FILE: mine?.key }).problems, [
    'OAUTH_CLIENT_CERT_FILE is not set, though OAUTH_CLIENT_KEY_FILE is: it takes both or neither',
  ]);
});

test('an authority without a certificate, or with a damaged one, is a problem, though a TLS connection could be made with it', (t) => {
  const { cert = '', key = '' } = mine ?? {};
  const cut = cert.slice(0, cert.length / 2);
  for (const ca of ['', 'no certificate', key, cut, '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n', `${cert}\n${cut}`, `${cut}\n${cert}`]) {
    assert.deepEqual(read(t, { OAUTH_CA_FILE: ca }).problems, [
      'OAUTH_CA_FILE holds no certificate, or a damaged one: it takes a file with one or more in PEM',
    ]);
  }
});

test('a certificate with the key of another, or with none, is a problem that repeats neither', (t) => {
  const problem =
    'OAUTH_CLIENT_CERT_FILE and OAUTH_CLIENT_KEY_FILE are no pair: they take a certificate in PEM and its private key without a passphrase';
  for (const key of [another?.key, mine?.cert, 'canary']) {
    assert.deepEqual(read(t, { OAUTH_CLIENT_CERT_FILE: mine?.cert, OAUTH_CLIENT_KEY_FILE: key }).problems, [problem]);
  }
});
