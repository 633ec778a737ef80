import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redactor } from '../kit/secrets/redaction.ts';
import { looksLikeCredential } from '../kit/secrets/shape.ts';
import type { Header } from '../kit/target/exchange.ts';
import { answer, exchange } from './support/exchanges.ts';

/** What a redactor shows of a text, once it has seen an answer. */
function shownAfter(document: unknown, headers: readonly Header[], text: string): string {
  const redactor = new Redactor('key');
  redactor.learnFrom(exchange({ answer: answer(201, document, headers) }));
  return redactor.redact(text);
}

const token = 'live.token-of-a-client';
const json: Header = ['Content-Type', 'application/vnd.api+json'];

for (const [where, document, headers] of [
  ['spelt with a hyphen', { data: { attributes: { 'access-token': token } } }, []],
  ['in camel case', { accessToken: token }, []],
  ['in capitals', { ACCESS_TOKEN: token }, []],
  ['under a key with an escape', `{"access\\u005ftoken":"${token}"}`, []],
  ['under another name for a token', { session_token: token }, []],
  ['under a prefix', { oauth_access_token: token }, []],
  ['in an array', { refresh_tokens: [], refresh_token: [token] }, []],
  ['in an object', { refreshToken: { value: token } }, []],
  ['in a string that holds JSON', { detail: JSON.stringify({ access_token: token }) }, []],
  ['in JSON that is cut off', `{"access_token":"${token}","refr`, []],
  ['in a form', `access_token=${token}&token_type=bearer`, [['Content-Type', 'application/x-www-form-urlencoded'] as const]],
  ['in a header of its own', {}, [['Access-Token', token] as const]],
  ['in a header of an API key', {}, [['X-Api-Key', token] as const]],
  ['in Authorization', {}, [['Authorization', `Bearer ${token}`] as const]],
  ['in a cookie', {}, [['Set-Cookie', `sid=${token}; Path=/; HttpOnly`] as const]],
  ['in Location', {}, [['Location', `https://app.example.com/cb#access_token=${token}&state=1`] as const]],
  ['in a link', { links: { self: `/oauth/token?access_token=${token}` } }, []],
] as const) {
  test(`a token is learned where it stands ${where}`, () => {
    const shown = shownAfter(document, [...(headers.some(([name]) => name === 'Content-Type') ? [] : [json]), ...headers], `It says ${token} here.`);
    assert.match(shown, /^It says \[\w+ [0-9a-f]{6}\] here\.$/);
  });
}

const drawn = 'f3A9kQ7zL0pX2vB8nM4cR6tY1sW5';

test('what looks like a credential is not shown, whatever its member or its header is called', () => {
  for (const [document, headers] of [
    [{ meta: { handle: drawn } }, []],
    [{ errors: [{ detail: `The grant ${drawn} is over` }] }, []],
    [{ meta: { [drawn]: true } }, []],
    [{}, [['X-Debug', `state ${drawn}`] as const]],
    [`<html>${drawn}</html>`, []],
  ] as const) {
    assert.equal(shownAfter(document, headers, drawn).replace(/[0-9a-f]{6}\]$/, '*]'), '[credential *]', JSON.stringify(document));
  }
});

test('an id, a link and a type are shown, and what the kit sent itself', () => {
  for (const document of [
    { data: { id: drawn, type: 'token' } },
    { meta: { req_id: drawn, traceId: drawn } },
    { links: { next: `/oauth/token/${drawn}/groups?page=2`, related: `https://api.example.com/${drawn}` } },
    { errors: [{ source: { pointer: `/data/${drawn}` } }] },
  ]) {
    assert.equal(shownAfter(document, [['X-Request-Id', drawn], ['ETag', `"${drawn}"`]], drawn), drawn, JSON.stringify(document));
  }
  const redactor = new Redactor('key');
  redactor.learnFrom(exchange({ request: { path: `oauth/token/${drawn}/groups` }, answer: answer(404, { errors: [{ detail: `no ${drawn}` }] }) }));
  assert.equal(redactor.redact(drawn), drawn);
});

test('words, numbers, dates and UUIDs are no credentials; tokens, keys and digests are', () => {
  for (const value of [
    'application/vnd.api+json',
    'client_credentials',
    'InvalidBodyParameter',
    'fetchTokenOrganization',
    'Krankenhaus-Mitte-Sued-2024',
    '550e8400-e29b-41d4-a716-446655440000',
    '2026-11-26T15:05:41.000Z',
    '12345678901234567890123',
    '/oauth/token/organization/groups',
    'max-age=31536000',
    'aaaaaaaaaaaaaaaaaaaaaaaa',
  ]) assert.equal(looksLikeCredential(value), false, value);
  for (const value of [
    drawn,
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
    'a8f5f167f44f4964e6c998dee827110c',
    'sk_live_51H8xKq2eZvKYlo2C9Q7',
  ]) assert.equal(looksLikeCredential(value), true, value);
});

for (const [line, shown] of [
  [['Access-Token', 'abc'], ['Access-Token', '[redacted]']],
  [['X-Auth-Key', 'abc def'], ['X-Auth-Key', '[redacted]']],
  [['Authorization', 'Bearer abc'], ['Authorization', 'Bearer [redacted]']],
  [['Set-Cookie', 'sid=abc; Path=/'], ['Set-Cookie', 'sid=[redacted]; Path=/']],
  [['X-Client-Secret', ''], ['X-Client-Secret', '']],
  [['X-Request-Id', 'abc'], ['X-Request-Id', 'abc']],
  [['WWW-Authenticate', 'Bearer realm="tokens"'], ['WWW-Authenticate', 'Bearer realm="tokens"']],
  [['Access-Control-Allow-Headers', 'Authorization'], ['Access-Control-Allow-Headers', 'Authorization']],
] as const) {
  test(`a header line is shown as it may be: ${line.join(': ')}`, () => assert.deepEqual(new Redactor('key').redactHeader(line), shown));
}

test('a secret in the name of a header is not shown', () => {
  const redactor = new Redactor('key');
  redactor.learn(drawn, 'client_secret');
  assert.match(redactor.redactHeader([`X-${drawn.toLowerCase()}`, 'yes'])[0], /^X-\[client_secret [0-9a-f]{6}\]$/);
});

test('however much a target says, the secrets that the kit sends are found in any encoding', () => {
  const redactor = new Redactor('key');
  redactor.learnFrom(exchange({ answer: answer(200, Array.from({ length: 6000 }, (_, i) => ({ handle: `f3A9kQ7zL0pX2vB8${i}nM4c` }))) }));
  redactor.learnFrom(exchange({ answer: answer(200, { access_token: 'first-token-of-a-client' }) }));
  redactor.learnFrom(exchange({ answer: answer(200, Array.from({ length: 6000 }, (_, i) => ({ access_token: `token-number-${i}-of-many` }))) }));
  redactor.learnFrom(exchange({ request: { headers: [['Authorization', 'Bearer second-token-of-a-client']] } }));
  for (const value of ['first-token-of-a-client', 'second-token-of-a-client']) {
    assert.match(redactor.redact(Array.from(value, (character) => `&#${character.charCodeAt(0)};`).join('')), /^\[\w+ [0-9a-f]{6}\]$/, value);
  }
});

test('when a target says more secrets than are remembered, whatever looks like one is hidden', () => {
  const redactor = new Redactor('key');
  const many = Array.from({ length: 6000 }, (_, i) => ({ access_token: `token-number-${i}-of-many` }));
  redactor.learnFrom(exchange({ answer: answer(200, many) }));
  assert.equal(redactor.redact(`a ${drawn} b`), 'a [redacted] b');
});
