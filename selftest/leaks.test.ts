import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request } from '../kit/target/exchange.ts';
import { clientSecretsSent, leakIn, secretsSent } from '../kit/judging/leaks.ts';
import { answer, body, exchange } from './support/exchanges.ts';

const canary = 'a-canary';
const token = 'token-canary';
const basic = (pair: string) => Buffer.from(pair).toString('base64');

function requestOf(given: { readonly text?: unknown; readonly path?: string; readonly authorization?: string }): Request {
  const { text, path = 'oauth/token', authorization } = given;
  const headers = authorization === undefined ? [] : ([['Authorization', authorization]] as const);
  return { method: 'POST', path, headers, ...(text !== undefined && { body: body(text) }) };
}

for (const [where, given] of [
  ['a flat body', { text: { client_secret: canary } }],
  ['an array, where a text is expected', { text: { client_secret: [canary] } }],
  ['an object', { text: { data: { attributes: { client_secret: { value: canary, more: 1 } } } } }],
  ['a nested body', { text: { data: { attributes: { client_secret: canary } } } }],
  ['a form', { text: `grant_type=x&client_secret=${canary}` }],
  ['a part of a multipart body', { text: `Content-Disposition: form-data; name="client_secret"\r\n\r\n${canary}\r\n` }],
  ['JSON that is cut off', { text: `{"client_secret": "${canary}"` }],
  ['JSON with other quotes', { text: `{'client_secret' : '${canary}'}` }],
  ['an object literal', { text: `{client_secret:"${canary}"}` }],
  ['the query', { path: `oauth/token?a=b&client_secret=${canary}` }],
  ['Basic credentials', { authorization: `basic  ${basic(`id:${canary}`)}` }],
] as const) {
  test(`a client secret is found in ${where}`, () => assert.deepEqual(clientSecretsSent(requestOf(given)), [canary]));
}

test('a client secret that holds a colon is found whole in Basic credentials', () => {
  assert.deepEqual(clientSecretsSent(requestOf({ authorization: `Basic ${basic(`id:${canary}:more`)}` })), [`${canary}:more`]);
});

test('a client secret that is sent twice is told once, and what is no secret not at all', () => {
  assert.deepEqual(clientSecretsSent(requestOf({ text: { client_secret: canary }, path: `oauth/token?client_secret=${canary}` })), [canary]);
  for (const given of [
    {},
    { text: { client_secret: 12_345_678 } },
    { text: { client_secret: 'short' } },
    { text: 'client_secret=' },
    { path: 'oauth/token?client_id=an-identifier' },
    { authorization: 'Basic' },
    { authorization: `Basic ${basic('only-an-id')}` },
    { authorization: `Negotiate basic ${basic(`id:${canary}`)}` },
    { authorization: `Basic ${basic(`id:${canary}`)} more` },
    { authorization: `Bearer ${token}` },
  ]) {
    assert.deepEqual(clientSecretsSent(requestOf(given)), [], JSON.stringify(given));
  }
});

test('a bearer token is a secret that is sent, whatever its scheme looks like, and so is one in the query', () => {
  for (const authorization of [`Bearer ${token}`, `bearer  ${token}`, `Bearer${token}`, token]) {
    assert.deepEqual(secretsSent(requestOf({ authorization })), [token], authorization);
  }
  assert.deepEqual(secretsSent(requestOf({ authorization: 'no-bearer-canary' })), ['no-bearer-canary']);
  assert.deepEqual(secretsSent(requestOf({ path: `oauth/token/1/groups?access_token=${token}` })), [token]);
  assert.deepEqual(secretsSent(requestOf({ text: { client_secret: canary }, authorization: `Bearer ${token}` })), [canary, token]);
  for (const authorization of ['Bearer', 'Bearer short', '']) assert.deepEqual(secretsSent(requestOf({ authorization })), []);
});

test('Basic credentials are a secret as they are, too', () => {
  const pair = basic(`id:${canary}`);
  assert.deepEqual(secretsSent(requestOf({ authorization: `Basic ${pair}` })), [canary, pair]);
});

test('a leak is told by where it stands: in a header first, else in the body, by its JSON Pointer', () => {
  const leak = (headers: readonly (readonly [string, string])[], document: unknown) => leakIn(exchange({ answer: answer(403, document, headers) }), ['other-secret', canary]);
  assert.equal(leak([['A', 'b'], ['X-Debug', `sent: ${canary}`]], { detail: canary }), 'the header X-Debug');
  assert.equal(leak([], { detail: `${canary} is wrong` }), 'the body, at /detail');
  assert.equal(leak([], { errors: [{}, { 'a/b~': [basic(`id:${canary}`)] }] }), 'the body, at /errors/1/a~1b~0/0');
  assert.equal(leak([], { [canary]: 1 }), 'the body');
  assert.equal(leak([], `<p>${canary}</p>`), 'the body');
  assert.equal(leak([['A', 'b']], { detail: 'wrong' }), undefined);
  assert.equal(leakIn(exchange({ answer: answer(403, canary) }), []), undefined);
  assert.equal(leakIn(exchange({ failure: { kind: 'reset', message: canary } }), [canary]), undefined);
});

test('a token that is issued again is no leak, anywhere else it is one', () => {
  const repeats = (status: number, path: string, document: unknown) => leakIn(exchange({ request: { path }, answer: answer(status, document) }), [token]);
  for (const document of [{ access_token: token }, { data: { attributes: { refresh_token: token } } }, `{"access_token" :  "${token}"}`]) {
    for (const path of ['oauth/token', 'oauth/token?include=groups']) {
      for (const status of [200, 201, 299]) assert.equal(repeats(status, path, document), undefined, path);
      for (const status of [199, 300, 403]) assert.match(repeats(status, path, document) ?? '', /^the body, at \/.*_token$/);
    }
    for (const path of ['oauth/token/1/groups', 'oauth/tokens', 'old/oauth/token']) assert.match(repeats(200, path, document) ?? '', /^the body, at /);
  }
  assert.equal(repeats(201, 'oauth/token', { access_token: 'another', meta: { refresh_token: '', seen: token } }), 'the body, at /meta/seen');
});
