import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { test, type TestContext } from 'node:test';
import { loadChecks } from '../kit/runner/checks.ts';
import { runChecksInProcess } from '../kit/runner/inProcess.ts';
import { preflight } from '../kit/target/preflight.ts';
import { conformanceOf, type Conformance } from '../kit/reports/conformance.ts';
import { Run } from '../kit/target/run.ts';
import { startReference } from '../reference/server.ts';
import * as hostile from './support/hostile.ts';
import { forward, serve, settingsFor } from './support/servers.ts';

/** Judges a server that answers as the reference server does, but for some requests. One run at a time. */
async function judged(t: TestContext, isHostile: (url: string, number: number) => boolean, listener: RequestListener): Promise<Conformance> {
  const { baseUrl, clients, close } = await startReference();
  t.after(close);
  let asked = 0;
  const url = await serve(t, (request, response) => {
    if (isHostile(request.url ?? '', ++asked)) listener(request, response);
    else forward(baseUrl, request, response);
  });
  const [client, otherClient] = clients;
  const run = new Run(settingsFor(url, { client, otherClient, timeoutMs: 1000 }));
  await preflight(run);
  await runChecksInProcess(run, await loadChecks());
  run.close();
  const conformance = conformanceOf(run, false);
  const { verdict, durationMs, cause, counts } = conformance;
  assert.ok(durationMs < 30_000, `${durationMs} ms`);
  t.diagnostic(`${verdict}, ${durationMs} ms, violated: ${violatedIn(conformance).join(' ')}, ${counts.blocked} blocked, ${cause?.message ?? 'no cause'}`);
  return conformance;
}

const violatedIn = ({ requirements }: Conformance) => requirements.filter(({ result }) => result === 'violated').map(({ id }) => id);

const changed = (says: string) => new RegExp(`^the target changed in mid-run: .*${says}`);
const kinds = {
  'a black hole': [hostile.blackHole, /timed out: no answer within 1000 ms/],
  'a connection that is reset': [hostile.reset, /the connection was closed before the answer was complete/],
  'half an answer': [hostile.half, /the connection was closed before the answer was complete/],
  'garbage that is not HTTP': [hostile.garbage, /the answer is not valid HTTP/],
  'headers that never end': [hostile.endlessHeaders, /the headers of the answer are larger than 16 KiB|timed out: no answer/],
  'another protocol (101)': [hostile.switching, /the target switched to another protocol \(101\)/],
  'a 101 that names no protocol': [hostile.switchingToNothing, /the target switched to another protocol \(101\)/],
  'informational answers without end': [hostile.endlessInformational, /more than 100 informational answers \(1xx\) came before an answer/],
  'informational answers once in a while': [hostile.slowInformational, /timed out: no answer within 1000 ms/],
  'trailers once in a while': [hostile.slowTrailers, /timed out: an answer began and was not complete/],
  'trailers without end': [hostile.endlessTrailers, /the connection was closed before the answer was complete/],
  'a chunk extension without end': [hostile.endlessChunkExtension, /the connection was closed before the answer was complete/],
  'a body that ends with a connection that does not end': [hostile.halfOpen, /timed out: an answer began and was not complete/],
  'a body that drips forever': [hostile.drip, /timed out: an answer began and was not complete/],
  'an endless body': [hostile.endlessBody, /the answer is larger than/],
  'a gzip bomb': [hostile.gzipBomb, /the answer is larger than/],
  '200,000 levels of JSON': [hostile.deepJson, /nested deeper than 1000 levels/],
  'invalid UTF-8': [hostile.invalidUtf8, changed('answers 201 with neither a token nor a JSON document')],
  '2,000 headers': [hostile.manyHeaders, /the headers of the answer are larger than 16 KiB/],
  'a captive portal': [hostile.captivePortal, changed('answers with a web page')],
  '503 for everything': [hostile.unavailable, /not available for 15 s/],
  'a redirect loop': [hostile.redirectLoop, changed('answers with a redirect')],
} as const satisfies Record<string, readonly [RequestListener, RegExp]>;

for (const [name, [listener, says]] of Object.entries(kinds)) {
  test(`${name} after 60 good answers: inconclusive, one cause, nobody accused`, async (t) => {
    const conformance = await judged(t, (_, number) => number > 60, listener);
    assert.deepEqual([conformance.verdict, violatedIn(conformance)], ['inconclusive', []]);
    assert.match(conformance.cause?.message ?? '', says);
  });
}

for (const [name, [listener]] of Object.entries(kinds)) {
  test(`${name} for one operation: nothing is said against the others`, async (t) => {
    const conformance = await judged(t, (url) => url.includes('/groups'), listener);
    assert.notEqual(conformance.verdict, 'conformant');
    assert.ok(violatedIn(conformance).every((id) => /^(TG|X)-/.test(id)), violatedIn(conformance).join(' '));
    assert.ok(violatedIn(conformance).length < 12, violatedIn(conformance).join(' '));
  });
}
