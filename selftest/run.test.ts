import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import { bytes, header, type Request } from '../kit/target/exchange.ts';
import { retryAfter, Run } from '../kit/target/run.ts';
import type { Settings } from '../kit/settings/settings.ts';
import { kitVersion } from '../kit/version.ts';
import { deadUrl, serve, serveTcp, settingsFor } from './support/servers.ts';

const sending = { sentBy: { requirement: 'CT-101', case: 'nested' } };
/** Read through a function: the compiler takes a property that was seen undefined to stay so. */
const causeOf = (run: Run) => run.cause;
const get = (path: string): Request => ({ method: 'GET', path, headers: [['Accept', 'text/plain']] });

function runOn(t: TestContext, baseUrl: string, more: Partial<Settings> = {}): Run {
  const run = new Run(settingsFor(baseUrl, more));
  t.after(() => run.close());
  return run;
}

test('every request says who sends it, and which run it is of', async (t) => {
  const seen: string[][] = [];
  const run = runOn(t, await serve(t, ({ rawHeaders }, response) => void (seen.push(rawHeaders), response.end())));
  await run.exchange(get('a'), sending);
  await run.exchange(get('b'), sending);
  const value = (headers: string[] | undefined, name: string) => headers?.[headers.indexOf(name) + 1];
  assert.equal(value(seen[0], 'User-Agent'), `oauth-conformance-kit/${kitVersion}`);
  assert.match(value(seen[0], 'X-Conformance-Run') ?? '', /^[0-9a-f-]{36}$/);
  assert.equal(value(seen[0], 'X-Conformance-Run'), value(seen[1], 'X-Conformance-Run'));
});

test('the path is appended to the base URL, its path included', async (t) => {
  const paths: (string | undefined)[] = [];
  const url = await serve(t, (request, response) => void (paths.push(request.url), response.end()));
  await runOn(t, `${url}/pub`).exchange(get('oauth/token?include=groups'), sending);
  assert.deepEqual(paths, ['/pub/oauth/token?include=groups']);
});

test('equal requests share one exchange; a fresh one is sent again and is the one shared from then on', async (t) => {
  let count = 0;
  const run = runOn(t, await serve(t, (_, response) => void response.end(String(++count))));
  const [first, second] = await Promise.all([run.exchange(get('a'), sending), run.exchange(get('a'), sending)]);
  const fresh = await run.exchange(get('a'), { ...sending, fresh: true });
  const third = await run.exchange(get('a'), sending);
  await run.exchange(get('b'), sending);
  assert.equal(first, second);
  assert.equal(fresh, third);
  assert.deepEqual([first, fresh].map(({ answer }) => bytes(answer ?? {}).toString()), ['1', '2']);
  assert.equal(run.requestsSent, 3);
  assert.equal(run.exchanges.length, 3);
});

test('a request apart is sent again, and equal ones keep the exchange that they share', async (t) => {
  let count = 0;
  const run = runOn(t, await serve(t, (_, response) => void response.end(String(++count))));
  const first = await run.exchange(get('a'), sending);
  const apart = await run.exchange(get('a'), { ...sending, apart: true });
  assert.equal(bytes(apart.answer ?? {}).toString(), '2');
  assert.equal(await run.exchange(get('a'), sending), first);
  assert.equal(run.exchanges.length, 2);
});

test('no more requests are under way at once than allowed, and as many as that', async (t) => {
  let most = 0;
  const waiting: ServerResponse[] = [];
  const url = await serve(t, (_, response) => {
    most = Math.max(most, waiting.push(response));
    if (waiting.length === 3) for (const each of waiting.splice(0)) each.end();
  });
  const run = runOn(t, url, { concurrency: 3 });
  await Promise.all(Array.from({ length: 18 }, (_, i) => run.exchange(get(String(i)), sending)));
  assert.equal(most, 3);
  assert.equal(run.requestsSent, 18);
});

for (const [status, retry] of [
  [429, '0'],
  [503, new Date(0).toUTCString()],
  [502, undefined],
  [504, undefined],
  [511, '0'],
  [529, '0'],
] as const) {
  test(`${status} is no verdict: the request is repeated, and what came before is recorded`, async (t) => {
    let count = 0;
    const run = runOn(t, await serve(t, (_, response) => {
      if (++count === 1) response.writeHead(status, retry === undefined ? {} : { 'Retry-After': retry });
      response.end();
    }));
    const exchange = await run.exchange(get('a'), sending);
    assert.equal(exchange.answer?.status, 200);
    assert.deepEqual(exchange.earlier, [status]);
    assert.equal(run.requestsSent, 2);
  });
}

test('a request that gets no verdict each time is given up, with all that it got', async (t) => {
  const run = runOn(t, await serve(t, (_, response) => response.writeHead(503, { 'Retry-After': '0' }).end()));
  const { answer, earlier } = await run.exchange(get('a'), sending);
  assert.equal(answer?.status, 503);
  assert.deepEqual(earlier, [503, 503, 503, 503]);
});

for (const status of [500, 501, 400, 404, 302]) {
  test(`${status} is an answer that is not repeated`, async (t) => {
    const run = runOn(t, await serve(t, (_, response) => response.writeHead(status).end()));
    assert.equal((await run.exchange(get('a'), sending)).answer?.status, status);
    assert.equal(run.requestsSent, 1);
  });
}

test('Retry-After is seconds or a date', () => {
  assert.equal(retryAfter('3'), 3000);
  assert.equal(retryAfter('Thu, 01 Jan 1970 00:00:05 GMT', 2000), 3000);
  assert.equal(retryAfter('Thu, 01 Jan 1970 00:00:05 GMT', 9000), 0);
  assert.equal(retryAfter('soon'), undefined);
  assert.equal(retryAfter(undefined), undefined);
});

test('a kept-alive connection that has gone stale is no failure: the request is sent once more, and that is recorded', async (t) => {
  let connections = 0;
  const url = await serveTcp(t, (socket) => {
    connections++;
    // Answers one request a connection, and ends the connection under the second.
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      socket.once('data', () => socket.resetAndDestroy());
    });
  });
  const run = runOn(t, url, { concurrency: 1 });
  await run.exchange(get('a'), sending);
  const second = await run.exchange(get('b'), sending);
  assert.equal(second.answer?.status, 200);
  assert.deepEqual(second.earlier, ['reset']);
  assert.equal(connections, 2);
});

test('a new connection that is reset is a failure, and is not tried again', async (t) => {
  let connections = 0;
  const url = await serveTcp(t, (socket) => {
    connections++;
    socket.once('data', () => socket.resetAndDestroy());
  });
  const { failure } = await runOn(t, url).exchange(get('a'), sending);
  assert.equal(failure?.kind, 'reset');
  assert.equal(connections, 1);
});

test('two time-outs in a row end the run, and nothing more is sent', async (t) => {
  let requests = 0;
  const run = runOn(t, await serve(t, () => void requests++), { timeoutMs: 50 });
  await run.exchange(get('oauth/token?a'), sending);
  assert.equal(causeOf(run), undefined);
  await run.exchange(get('oauth/token?b'), sending);
  assert.equal(causeOf(run)?.kind, 'unreachable');
  const { failure } = await run.exchange(get('oauth/token?c'), sending);
  assert.deepEqual(failure, { kind: 'not sent', message: causeOf(run)?.message });
  assert.equal(requests, 2);
  assert.equal(run.exchanges.length, 2);
});

test('an answer between two time-outs keeps the run going', async (t) => {
  const run = runOn(t, await serve(t, ({ url }, response) => void (url === '/oauth/token?ok' && response.end())), { timeoutMs: 50 });
  for (const path of ['oauth/token?a', 'oauth/token?ok', 'oauth/token?b']) await run.exchange(get(path), sending);
  assert.equal(causeOf(run), undefined);
});

test('what a link leads to beside the operations says nothing of the health of the target', async (t) => {
  const run = runOn(t, await serve(t, () => {}), { timeoutMs: 50 });
  for (const path of ['pub/oauth/token/1/groups', 'pub/oauth/token/1/organization', 'oauth/tokens']) await run.exchange(get(path), sending);
  assert.equal(causeOf(run), undefined);
});

test('once the checks have begun, the case that asked last is told with the cause', async (t) => {
  const run = runOn(t, await serve(t, () => {}), { timeoutMs: 50 });
  run.preflightPassed = true;
  for (const path of ['oauth/token?a', 'oauth/token?b']) await run.exchange(get(path), sending);
  assert.match(causeOf(run)?.message ?? '', /^2 requests in a row timed out: .*; asked last was the case ".+" of \S+$/);
});

test('connections that cannot be opened, three in a row, end the run', async (t) => {
  const run = runOn(t, await deadUrl(), { concurrency: 1 });
  for (const path of ['oauth/token?a', 'oauth/token?b']) await run.exchange(get(path), sending);
  assert.equal(causeOf(run), undefined);
  await run.exchange(get('oauth/token?c'), sending);
  assert.match(causeOf(run)?.message ?? '', /refused/);
});

test('plain HTTP goes to port 80 of the same host, is not recorded, and says nothing of the health of the target', async (t) => {
  const run = runOn(t, 'https://no-such-host.invalid:8443/pub');
  const exchanges = await Promise.all(['a', 'b', 'c', 'd'].map((path) => run.exchange(get(path), { ...sending, plainHttp: true })));
  assert.equal(exchanges[0]?.url, 'http://no-such-host.invalid/pub/a');
  assert.equal(causeOf(run), undefined);
  assert.equal(run.exchanges.length, 0);
});

test('tokens that were created are counted, and their secrets are known to the redactor', async (t) => {
  const body = JSON.stringify({ data: { attributes: { access_token: 'canary-access-token' } } });
  const run = runOn(t, await serve(t, (_, response) => void response.end(body)));
  const exchange = await run.exchange(get('a'), sending);
  assert.equal(run.tokensCreated, 1);
  assert.equal(header(exchange.request, 'accept'), 'text/plain');
  assert.doesNotMatch(run.redactor.redact('it says canary-access-token'), /canary/);
});
