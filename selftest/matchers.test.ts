import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useRedactor } from '../kit/secrets/shown.ts';
import type { Exchange } from '../kit/target/exchange.ts';
import { expect, violationIn, whatIsGiven, type Violation } from '../kit/judging/matchers.ts';
import { Blocked } from '../kit/judging/premises.ts';
import { Redactor } from '../kit/secrets/redaction.ts';
import { violationsOf } from '../kit/judging/schema.ts';
import { answer, body, exchange } from './support/exchanges.ts';

const token = {
  data: {
    type: 'token',
    id: 't1',
    attributes: { access_token: 'access-1', refresh_token: 'refresh-1', token_type: 'bearer', expires_in: 3600 },
  },
};
const errors = { errors: [{ code: 'Forbidden' }] };
const created = exchange({ answer: answer(201, token) });
const refused = exchange({ answer: answer(403, errors) });

/** What an expectation says of an exchange that does not meet it. */
function violation(expectation: () => void): Violation {
  try {
    expectation();
  } catch (error) {
    const found = violationIn(error);
    assert.ok(found, `no violation: ${String(error)}`);
    return found;
  }
  return assert.fail('the expectation is met');
}

const told = (expectation: () => void) => {
  const { expected, actual } = violation(expectation);
  return { expected, actual };
};

for (const [name, given, reason] of [
  ['no answer', { failure: { kind: 'reset', message: 'the connection was closed' } }, /the connection was closed/],
  ['a server error', { answer: answer(500, '') }, /see X-101/],
  ['a status that is no verdict', { answer: answer(503, '') }, /no verdict/],
] as const) {
  test(`nothing is judged where there is ${name}`, () => {
    const unjudged = exchange(given);
    for (const expectation of [
      () => expect(unjudged).toHaveStatus(201),
      () => expect(unjudged).toHaveJsonApiMediaType(),
      () => expect(unjudged).toSatisfy('CreateTokenResponse'),
      () => expect(unjudged).toBeGranted(201),
      () => expect(unjudged).toBeRefused(),
    ]) {
      assert.throws(expectation, (error) => error instanceof Blocked && reason.test(error.message));
    }
  });
}

test('a status is one of those that are given', () => {
  expect(refused).toHaveStatus(401, 403);
  assert.deepEqual(told(() => expect(refused).toHaveStatus(401, 409)), { expected: 'status 401 or 409', actual: 'status 403' });
});

test('a media type is that of JSON:API, whatever its case and its parameters', () => {
  const typed = (type?: string) => exchange({ answer: answer(201, token, type === undefined ? [] : [['content-type', type]]) });
  expect(typed('Application/VND.api+json; charset=utf-8')).toHaveJsonApiMediaType();
  const expected = 'media type application/vnd.api+json';
  assert.deepEqual(told(() => expect(typed('application/json')).toHaveJsonApiMediaType()), { expected, actual: 'media type application/json' });
  assert.deepEqual(told(() => expect(typed()).toHaveJsonApiMediaType()), { expected, actual: 'media type missing' });
});

test('a violation names the request, its answer and its exchange, and a failed expectation is readable', () => {
  const sent = exchange({ id: 7, request: { headers: [['content-type', 'text/plain']] }, answer: answer(415, '', [['content-type', 'text/html; charset=x']]) });
  assert.deepEqual(violation(() => expect(sent).toHaveStatus(403)), {
    expected: 'status 403',
    actual: 'status 415',
    exchange: 'POST oauth/token (text/plain) -> 415 text/html',
    exchanges: [7],
  });
  const untyped = exchange({ answer: answer(415, '', []) });
  assert.equal(violation(() => expect(untyped).toHaveStatus(403)).exchange, 'POST oauth/token -> 415');
  const message = 'POST oauth/token -> 415\n  expected: status 403\n  actual:   status 415';
  assert.throws(() => expect(untyped).toHaveStatus(403), { message });
});

test('only the expectations of the kit have violations', () => {
  for (const error of [undefined, null, new Error('no'), { violation: {} }]) {
    assert.equal(violationIn(error), undefined);
  }
});

test('a document satisfies its schema, or is told where it does not', () => {
  expect(created).toSatisfy('CreateTokenResponse');
  const half = exchange({ answer: answer(201, { data: { ...token.data, id: 1, type: 'group' } }) });
  assert.deepEqual(told(() => expect(half).toSatisfy('CreateTokenResponse')), {
    expected: 'a document that satisfies CreateTokenResponse',
    actual: 'at "/data/type" the value "group" must be equal to one of the allowed values: ["token","oauth/token"]; at "/data/id" the value 1 must be string',
  });
});

test('a part of a document is judged by itself', () => {
  const wrong = exchange({ answer: answer(201, { ...token, included: [{}], includedToo: 1, meta: { req_id: 1 } }) });
  expect(wrong).toSatisfy('CreateTokenResponse', '/data');
  assert.match(told(() => expect(wrong).toSatisfy('CreateTokenResponse', '/meta')).actual, /^at "\/meta\/req_id" the value 1 must be string$/);
  assert.match(told(() => expect(wrong).toSatisfy('CreateTokenResponse', '/meta/req_id')).actual, /^at "\/meta\/req_id"/);
  expect(wrong).toSatisfy('CreateTokenResponse', '/meta/req');
});

test('five violations of a schema are told, and the others counted', () => {
  const named = (count: number) => exchange({ answer: answer(403, { errors: Array.from({ length: count }, () => ({ title: 1 })) }) });
  const five = told(() => expect(named(5)).toSatisfy('ErrorDocument')).actual;
  assert.equal(five.split('; ').length, 5);
  assert.match(five, /^at "\/errors\/0\/title" the value 1 must be string; .*at "\/errors\/4\/title" the value 1 must be string$/);
  assert.match(told(() => expect(named(7)).toSatisfy('ErrorDocument')).actual, /\/errors\/4\/title" the value 1 must be string; and 2 more$/);
});

test('a value is told as JSON, and no more than the beginning of a long one', () => {
  const valueOf = (title: unknown) => violationsOf('ErrorDocument', { errors: [{ title }] })[0]?.value;
  assert.equal(valueOf(['x'.repeat(76)]), `["${'x'.repeat(76)}"]`);
  assert.equal(valueOf(['x'.repeat(77)]), `["${'x'.repeat(77)}"…`);
  assert.deepEqual(violationsOf('ErrorDocument', errors), []);
});

test('a schema that depends on a member is told by its own rule, not by the condition around it', () => {
  const group = { type: 'group', id: 'g1', attributes: {} };
  assert.deepEqual(violationsOf('CreateTokenResponse', { ...token, included: [group] }).map(({ pointer, rule }) => `${pointer} ${rule}`), [
    "/included/0/attributes must have required property 'name'",
  ]);
});

test('a token is granted with the status that is given, and an access token', () => {
  expect(created).toBeGranted(201);
  const expected = 'status 200 and an access token';
  assert.deepEqual(told(() => expect(created).toBeGranted(200)), { expected, actual: 'status 201' });
  const empty = exchange({ answer: answer(200, { data: {} }) });
  assert.deepEqual(told(() => expect(empty).toBeGranted(200)), { expected, actual: 'status 200 without an access token' });
  assert.deepEqual(told(() => expect(refused).toBeGranted(200)), { expected, actual: 'status 403 without an access token' });
});

test('a grant in JSON that is not well-formed is left to X-103; a refusal in it is judged by its status', () => {
  const broken = (status: number) => exchange({ answer: answer(status, '{"data":') });
  assert.throws(() => expect(broken(201)).toBeGranted(201), (error) => error instanceof Blocked && error.by === 'X-103');
  assert.equal(told(() => expect(broken(403)).toBeGranted(201)).actual, 'status 403 without an access token');
});

test('a refusal is a 4xx, or one of the statuses that are given', () => {
  for (const status of [400, 403, 499]) expect(exchange({ answer: answer(status, errors) })).toBeRefused();
  for (const status of [200, 302, 399]) {
    assert.deepEqual(told(() => expect(exchange({ answer: answer(status, errors) })).toBeRefused()), {
      expected: 'a 4xx status, and neither a token nor resource data',
      actual: `status ${status}`,
    });
  }
  expect(refused).toBeRefused([401, 403]);
  assert.deepEqual(told(() => expect(refused).toBeRefused([401, 409])), {
    expected: 'status 401 or 409, and neither a token nor resource data',
    actual: 'status 403',
  });
});

test('a refusal that gives something away is none', () => {
  const gives = (document: unknown) => told(() => expect(exchange({ answer: answer(403, document) })).toBeRefused([403])).actual;
  assert.equal(gives(token), 'status 403 with a token in the body');
  assert.equal(gives({ data: [{ type: 'group' }] }), 'status 403 with resource data in the body');
});

for (const [document, given] of [
  [{ access_token: 'x' }, 'a token'],
  [{ errors: [{ meta: { Refresh_Token: 'x' } }] }, 'a token'],
  [{ refreshToken: 'x' }, 'a token'],
  [{ access_token: null }, undefined],
  [{ my_access_token: 'x', access_tokens: 'x' }, undefined],
  [{ data: { id: '1' } }, 'resource data'],
  [{ data: [{}] }, 'resource data'],
  [{ included: [{}] }, 'resource data'],
  [{ data: {} }, undefined],
  [{ data: [] }, undefined],
  [{ data: null }, undefined],
  [{ data: 'forbidden' }, undefined],
  [{ included: [] }, undefined],
  [errors, undefined],
  ['<h1>Forbidden</h1>', undefined],
] as const) {
  test(`${JSON.stringify(document)} gives ${given ?? 'nothing'}`, () => {
    assert.equal(whatIsGiven(exchange({ answer: answer(403, document) })), given);
  });
}

test('a token that came with the request is not given by the answer that repeats it', () => {
  const request = { body: body({ refresh_token: 'mine' }) };
  assert.equal(whatIsGiven(exchange({ request, answer: answer(403, { refresh_token: 'mine' }) })), undefined);
  assert.equal(whatIsGiven(exchange({ request, answer: answer(403, { refresh_token: 'another' }) })), 'a token');
});

test('no answer gives nothing', () => {
  assert.equal(whatIsGiven(exchange({ failure: { kind: 'reset', message: 'closed' } })), undefined);
});

test('a fact of a check is told as it is; of a request without an answer, with what happened', () => {
  expect(created).toHold({ pass: true, expected: 'a', actual: 'b' });
  const unanswered: Exchange = exchange({ failure: { kind: 'reset', message: 'the connection was closed' } });
  assert.deepEqual(violation(() => expect(unanswered).toHold({ pass: false, expected: 'a', actual: 'b' })), {
    expected: 'a',
    actual: 'b',
    exchange: 'POST oauth/token -> the connection was closed',
    exchanges: [1],
  });
  assert.equal(violation(() => expect(exchange({})).toHold({ pass: false, expected: 'a', actual: 'b' })).exchange, 'POST oauth/token -> no answer');
});

test('no secret stands in a violation', () => {
  const known = useRedactor(new Redactor('key'));
  known.learn('a-canary-of-a-secret', 'client_secret');
  const sent = exchange({ request: { path: 'oauth/token?a=a-canary-of-a-secret' }, answer: answer(403, { errors: [{ title: ['a-canary-of-a-secret'] }] }) });
  const found = violation(() => expect(sent).toSatisfy('ErrorDocument'));
  assert.match(found.actual, /\[client_secret [0-9a-f]{6}\]/);
  assert.match(found.exchange, /\?a=\[client_secret [0-9a-f]{6}\] -> 403/);
  assert.throws(() => expect(sent).toSatisfy('ErrorDocument'), (error) => !String(error).includes('canary'));
});
