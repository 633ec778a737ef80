import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exchange } from '../kit/exchange.ts';
import { encodings, Redactor } from '../kit/redaction.ts';

const secret = 'c4n"ry/s3cret+ä=?';

test('a secret is replaced in every form in which it may stand in a text', () => {
  const redactor = new Redactor('key');
  redactor.learn(secret, 'client_secret');
  for (const form of [
    secret,
    JSON.stringify(secret),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ]) {
    const redacted = redactor.redact(`before ${form} after`);
    assert.match(redacted, /^before "?\[client_secret [0-9a-f]{6}\]"? after$/, form);
  }
  assert.equal(new Set(encodings(secret)).size, encodings(secret).length);
});

test('the same secret has the same placeholder under the same key, and another under another', () => {
  const placeholder = (key: string) => {
    const redactor = new Redactor(key);
    redactor.learn(secret, 'access_token');
    return redactor.redact(secret);
  };
  assert.equal(placeholder('key'), placeholder('key'));
  assert.notEqual(placeholder('key'), placeholder('other key'));
});

test('secrets are learned from the members of bodies and from Authorization', () => {
  const redactor = new Redactor('key');
  const body = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
  const exchange: Exchange = {
    id: 1,
    sentBy: { requirement: 'CT-101', case: 'nested' },
    url: 'https://example.com/oauth/token',
    request: {
      method: 'POST',
      path: 'oauth/token',
      headers: [['authorization', 'Bearer bearer-canary']],
      body: body({ data: { attributes: { client_secret: 'sent-"canary"' } } }),
    },
    answer: { status: 201, headers: [], body: body({ access_token: 'access-canary', refresh_token: 'refresh-canary' }) },
    earlier: [],
    startedAt: new Date(0).toISOString(),
    durationMs: 1,
  };
  redactor.learnFrom(exchange);
  const text = 'bearer-canary sent-"canary" access-canary refresh-canary';
  assert.doesNotMatch(redactor.redact(text), /canary/);
});

test('secrets that were never seen are replaced by the name of their member, or by their scheme', () => {
  const redactor = new Redactor('key');
  assert.equal(redactor.redact('{"access_token": "unknown \\"one\\"", "id": "1"}'), '{"access_token": "[redacted]", "id": "1"}');
  assert.equal(redactor.redact('Authorization: Bearer abcdefgh.ijk'), 'Authorization: Bearer [redacted]');
  assert.equal(redactor.redact('WWW-Authenticate: Bearer realm="x"'), 'WWW-Authenticate: Bearer realm="x"');
});

test('a value that is too short to be searched for is left alone in prose', () => {
  const redactor = new Redactor('key');
  redactor.learn('short', 'client_secret');
  assert.equal(redactor.redact('a short text'), 'a short text');
});
