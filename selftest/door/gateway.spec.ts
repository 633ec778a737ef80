import assert from 'node:assert/strict';
import { test } from '@playwright/test';
import { gatewayVariable } from '../../kit/runner/control.ts';
import { openDoor } from '../../kit/runner/door.ts';
import type { Header, Request } from '../../kit/target/exchange.ts';
import { openGateway } from '../../kit/runner/gateway.ts';
import { Run } from '../../kit/target/run.ts';
import { bodyOf, deadUrl, serve, settingsFor, type Scope } from '../support/servers.ts';

const ends: (() => void | Promise<void>)[] = [];
const scope: Scope = { after: (end) => void ends.unshift(end) };

test.afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Header[];
  readonly body: string;
}

/** Sends requests through a door, a gateway and a run to a server that tells what it received. */
async function through(requests: readonly Request[], target?: string) {
  const received: Received[] = [];
  const url = await serve(scope, (request, response) => {
    void bodyOf(request).then((body) => {
      const { method, rawHeaders } = request;
      const names = rawHeaders.flatMap((value, i) => (i % 2 === 0 ? [[value, rawHeaders[i + 1] ?? ''] as const] : []));
      received.push({ method, url: request.url, headers: names, body: body.toString('latin1') });
      response.setHeader('Set-Cookie', 'a=b');
      response.end();
    });
  });
  const run = new Run(settingsFor(target ?? `${url}/pub`));
  const gateway = await openGateway(run);
  process.env[gatewayVariable] = gateway.url;
  const door = await openDoor();
  scope.after(async () => {
    await door.close();
    await gateway.close();
    run.close();
  });
  const sending = { sentBy: { requirement: 'CT-101', case: 'a case: ä, "quoted"' } };
  const exchanges = [];
  for (const request of requests) exchanges.push(await door.send(request, sending));
  return { received, exchanges, gateway, run, door };
}

const names = ({ headers }: Received) => headers.map(([name]) => name);

test('a request reaches the target with its own headers and no other', async () => {
  const { received } = await through([
    { method: 'POST', path: 'oauth/token', headers: [], body: Buffer.from('{"a":').toString('base64') },
    { method: 'GET', path: 'oauth/token/1/groups', headers: [['aUTHORIZATION', 'Bearer x'], ['Accept', 'a/b']] },
  ]);
  const added = ['Host', 'User-Agent', 'X-Conformance-Run', 'Connection'];
  assert.deepEqual(names(received[0]!).filter((name) => !added.includes(name)), ['Content-Length']);
  assert.deepEqual(names(received[1]!).filter((name) => !added.includes(name)), ['aUTHORIZATION', 'Accept']);
  assert.equal(received[0]?.body, '{"a":');
  assert.equal(received[0]?.url, '/pub/oauth/token');
});

test('bytes are sent untouched, and an empty body is not a missing one', async () => {
  const json: Header[] = [['Content-Type', 'application/json']];
  const { received } = await through([
    { method: 'POST', path: 'a', headers: json, body: Buffer.from([0x7b, 0xff, 0x00]).toString('base64') },
    { method: 'POST', path: 'b', headers: json, body: '' },
  ]);
  assert.equal(received[0]?.body, '{\u00ff\u0000');
  assert.equal(received[1]?.body, '');
});

test('an empty header is sent as such', async () => {
  const { received } = await through([{ method: 'GET', path: 'a', headers: [['Authorization', '']] }]);
  assert.deepEqual(received[0]?.headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1], '');
});

for (const method of ['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
  test(`a ${method} is sent as such, and its exchange comes back`, async () => {
    const { received, exchanges } = await through([{ method, path: 'a', headers: [] }]);
    assert.equal(received[0]?.method, method);
    assert.equal(exchanges[0]?.answer?.status, 200);
  });
}

test('encoded path segments reach the target as they are', async () => {
  const ids = ['..%2F..%2Fx', '%00', '%252e%252e', "'%22%20OR", '%C0%AE', encodeURIComponent('ключ')];
  const { received } = await through(ids.map((id) => ({ method: 'GET', path: `oauth/token/${id}/groups`, headers: [] })));
  assert.deepEqual(received.map(({ url }) => url), ids.map((id) => `/pub/oauth/token/${id}/groups`));
});

test('no cookie of a target is kept', async () => {
  const { received } = await through(['a', 'b'].map((path) => ({ method: 'GET', path, headers: [] })));
  assert.ok(!names(received[1]!).includes('cookie'));
});

test('a transport failure is data, and the case that sent it is known', async () => {
  const { exchanges } = await through([{ method: 'GET', path: 'a', headers: [] }], await deadUrl());
  assert.equal(exchanges[0]?.failure?.kind, 'refused');
  assert.deepEqual(exchanges[0].sentBy, { requirement: 'CT-101', case: 'a case: ä, "quoted"' });
});

test('who does not know the key is refused', async () => {
  const { gateway, received } = await through([]);
  const { origin } = new URL(gateway.url);
  for (const headers of [{}, { 'x-kit-key': 'guess' }]) {
    const body = JSON.stringify({ request: { method: 'GET', path: 'a', headers: [] }, sending: { sentBy: {} } });
    const response = await fetch(`${origin}/target`, { method: 'POST', headers, body });
    assert.equal(response.status, 404);
  }
  assert.equal(received.length, 0);
});

test('what a check reports reaches the run, and the record tells what was blamed', async () => {
  const { door, run } = await through([{ method: 'GET', path: 'a', headers: [] }]);
  const finding = { case: 'a', expected: 'b', actual: 'c', exchange: 'd', exchanges: [1] };
  await door.report({ requirement: 'CT-101', result: 'violated', findings: [finding], durationMs: 1 });
  await door.select({ requirements: ['CT-101'], filter: '--grep CT-101' });
  run.preflightPassed = true;
  const { exchanges, blamed, cause } = await door.record();
  assert.equal(run.outcomes.get('CT-101')?.result, 'violated');
  assert.deepEqual(run.selection, { requirements: ['CT-101'], filter: '--grep CT-101' });
  assert.deepEqual([exchanges.length, blamed, cause], [1, [1], undefined]);
});
