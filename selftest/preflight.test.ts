import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { test } from 'node:test';
import type { Cause } from '../kit/judging/outcome.ts';
import { preflight } from '../kit/target/preflight.ts';
import { Run } from '../kit/target/run.ts';
import { deadUrl, serve, settingsFor } from './support/servers.ts';

const isFlat: (request: Parameters<RequestListener>[0]) => boolean = ({ headers }) => headers['content-type'] === 'application/json';
const answer =
  (status: number, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { 'Content-Type': 'application/vnd.api+json', ...headers }).end('{}');

for (const [name, listener, kind, says] of [
  ['401 to both shapes', answer(401), 'credentials refused', /OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET/],
  ['a web page for both', answer(200, { 'Content-Type': 'text/html; charset=utf-8' }), 'not the API', /OAUTH_BASE_URL/],
  ['a redirect for both', answer(302, { Location: 'https://example.com' }), 'not the API', /OAUTH_BASE_URL/],
  ['403 to both', answer(403), undefined, /^/],
  ['500 to both', answer(500), undefined, /^/],
  ['401 to one and 201 to the other', (q, r) => (isFlat(q) ? answer(401) : answer(201))(q, r), undefined, /^/],
  ['no HTTP for one', (q, r) => (isFlat(q) ? q.socket.destroy() : answer(201)(q, r)), undefined, /^/],
] as const satisfies readonly (readonly [string, RequestListener, Cause['kind'] | undefined, RegExp])[]) {
  test(`with ${name}, ${kind ? `the run ends: ${kind}` : 'the target is judged'}`, async (t) => {
    const run = new Run(settingsFor(await serve(t, listener)));
    t.after(() => run.close());
    await preflight(run);
    assert.equal(run.cause?.kind, kind);
    assert.match(run.cause?.message ?? '', says);
    assert.equal(run.judgeable.length, kind ? 0 : 2);
  });
}

test('with no HTTP answer at all, the run ends: unreachable', async (t) => {
  const run = new Run(settingsFor(await deadUrl()));
  t.after(() => run.close());
  await preflight(run);
  assert.equal(run.cause?.kind, 'unreachable');
  assert.match(run.cause.message, /gave no answer: the connection was refused/);
});

test('the checks share the exchanges of the preflight', async (t) => {
  const run = new Run(settingsFor(await serve(t, answer(201))));
  t.after(() => run.close());
  await preflight(run);
  const [first] = run.exchanges;
  assert.ok(first);
  assert.equal(await run.exchange(first.request, { sentBy: first.sentBy }), first);
  assert.equal(run.requestsSent, 2);
});
