import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import type { Cause } from '../kit/judging/outcome.ts';
import type { Conformance } from '../kit/reports/conformance.ts';
import { startReference } from '../reference/server.ts';
import { command, conformanceIn, run, temporaryFolder } from './support/command.ts';
import * as hostile from './support/hostile.ts';
import { isMeasured, watchMemory } from './support/memory.ts';
import { deadUrl, forward, forwardAndStay, forwardChanged, serve, serveTcp, type Passed } from './support/servers.ts';
import { authority, certificate, serveProxy, serveTls } from './support/tls.ts';
import { assertConformance } from './support/validate.ts';

/** Loaded by Node ahead of the command. */
const deafResolver = new URL('support/deafResolver.ts', import.meta.url).href;
const canary = 'canary-of-the-client-secret';
/** What a run may take at most, whatever the host does: milliseconds up to its verdict and up to the end of its process, and MB over all of its processes. */
const limits = { durationMs: 30_000, processMs: 35_000, memoryMb: 500 };
/** As many runs at once as a machine of two cores takes: most of their time they wait for the host. */
const atOnce = { concurrency: 3 };

interface Judged extends Conformance {
  readonly exitCode: number | null;
  /** From the start of the process to its end, in milliseconds. */
  readonly processMs: number;
}

/** Judges a target with the real command, and holds everything to it that holds for any host. */
async function judged(t: TestContext, baseUrl: string, more: Record<string, string> = {}, args: readonly string[] = [], mostMb = limits.memoryMb): Promise<Judged> {
  const reportsDir = temporaryFolder(t);
  const env = { OAUTH_BASE_URL: baseUrl, OAUTH_CLIENT_ID: 'client', OAUTH_CLIENT_SECRET: canary, OAUTH_REPORTS_DIR: reportsDir, ...noProxy, ...more };
  let memory = () => 0;
  const start = performance.now();
  const { exitCode, stdout, stderr } = await run([...command('run'), ...args], env, (pid) => {
    if (isMeasured) memory = watchMemory(pid);
  });
  const processMs = Math.round(performance.now() - start);
  const peakMb = memory();
  const conformance = conformanceIn(reportsDir);
  t.diagnostic(`${conformance.verdict}, exit ${exitCode}, ${conformance.durationMs} of ${processMs} ms, ${peakMb} MB, ${conformance.cause?.message ?? 'no cause'}`);
  assertConformance(conformance);
  assert.equal(exitCode, { conformant: 0, 'non-conformant': 1, inconclusive: 3 }[conformance.verdict], stdout + stderr);
  assert.equal(stderr.replace(/^\[\d+ s\] judged [^\n]*\n/gm, ''), '', 'more than how far the run has come');
  assert.doesNotMatch(stdout, /^\s+at /m);
  for (const text of [stdout, stderr, ...textsBelow(reportsDir)]) assert.ok(!text.includes(env.OAUTH_CLIENT_SECRET), 'the secret was written');
  assert.ok(peakMb < mostMb, `${peakMb} MB`);
  return { ...conformance, exitCode, processMs };
}

/** Variables of the environment that these tests run in are none of theirs. */
const noProxy = { HTTPS_PROXY: '', https_proxy: '', ALL_PROXY: '', all_proxy: '', NO_PROXY: '', no_proxy: '' };

function textsBelow(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? textsBelow(path) : [readFileSync(path, 'latin1')];
  });
}

/** Asserts that the run came to an end in time, for this one cause, and without accusing anybody. */
function assertCause(judgedAs: Judged, kind: Cause['kind'], says: RegExp): void {
  assertEnded(judgedAs, kind, says);
  assert.ok(judgedAs.durationMs < limits.durationMs, `${judgedAs.durationMs} ms`);
  assert.ok(judgedAs.processMs < limits.processMs, `${judgedAs.processMs} ms`);
}

/** The same, for runs whose time is that of the machine, since they got as far as the checks. */
function assertEnded({ verdict, cause, requirements }: Judged, kind: Cause['kind'], says: RegExp): void {
  assert.equal(cause?.kind, kind);
  assert.match(cause.message, says);
  assert.deepEqual(requirements.filter(({ findings }) => findings.length > 0).map(({ id, findings }) => [id, findings[0]?.actual]), []);
  assert.equal(verdict, 'inconclusive');
}

/** The reference server for the length of a test, and its client as the command takes it. */
async function reference(t: TestContext) {
  const { baseUrl, clients, close } = await startReference();
  t.after(close);
  const [{ id, secret }, other] = clients;
  const second = { OAUTH_OTHER_CLIENT_ID: other.id, OAUTH_OTHER_CLIENT_SECRET: other.secret };
  return { baseUrl, env: { OAUTH_CLIENT_ID: id, OAUTH_CLIENT_SECRET: secret }, second };
}

/** A server that keeps the contract but for a change of each answer. */
async function changed(t: TestContext, change: (passed: Passed, asked: string) => void) {
  const { baseUrl, env, second } = await reference(t);
  const url = await serve(t, (request, response) => forwardChanged(baseUrl, request, response, (passed) => change(passed, request.url ?? '')));
  return { url, env, second };
}

const kinds = {
  'a black hole': [hostile.blackHole, 'unreachable', /no answer within 10000 ms/],
  'a connection that is reset': [hostile.reset, 'unreachable', /the connection was closed before the answer was complete/],
  'half an answer': [hostile.half, 'unreachable', /the connection was closed before the answer was complete/],
  'garbage that is not HTTP': [hostile.garbage, 'not the API', /the answer is not valid HTTP/],
  'headers that never end': [hostile.endlessHeaders, 'not the API', /the headers of the answer are larger than 16 KiB/],
  'another protocol (101)': [hostile.switching, 'not the API', /the target switched to another protocol \(101\)/],
  'a 101 that names no protocol': [hostile.switchingToNothing, 'not the API', /the target switched to another protocol \(101\)/],
  'informational answers without end': [hostile.endlessInformational, 'not the API', /more than 100 informational answers \(1xx\) came before an answer/],
  'informational answers once in a while': [hostile.slowInformational, 'unreachable', /no answer within 10000 ms/],
  'trailers once in a while': [hostile.slowTrailers, 'unreachable', /an answer began and was not complete within 10000 ms/],
  'trailers without end': [hostile.endlessTrailers, 'unreachable', /the connection was closed before the answer was complete/],
  'a chunk extension without end': [hostile.endlessChunkExtension, 'unreachable', /the connection was closed before the answer was complete/],
  'a body that ends with a connection that does not end': [hostile.halfOpen, 'unreachable', /an answer began and was not complete within 10000 ms/],
  'a body that drips forever': [hostile.drip, 'unreachable', /an answer began and was not complete within 10000 ms/],
  'an endless body': [hostile.endlessBody, 'not the API', /larger than the 4194304 bytes that OAUTH_MAX_RESPONSE_BYTES allows/],
  'a gzip bomb': [hostile.gzipBomb, 'not the API', /larger than the 4194304 bytes that OAUTH_MAX_RESPONSE_BYTES allows/],
  '200,000 levels of JSON': [hostile.deepJson, 'not the API', /the JSON of the answer is nested deeper than 1000 levels/],
  'invalid UTF-8': [hostile.invalidUtf8, 'not the API', /answers 201 with neither a token nor a JSON document/],
  '2,000 headers': [hostile.manyHeaders, 'not the API', /the headers of the answer are larger than 16 KiB/],
  'a captive portal': [hostile.captivePortal, 'not the API', /answers with a web page \(status 200\): check OAUTH_BASE_URL/],
  '503 for everything': [hostile.unavailable, 'unavailable', /not available for 15 s: the last answer was 503/],
  'a redirect loop': [hostile.redirectLoop, 'not the API', /answers with a redirect \(status 307\), and none is followed/],
} as const satisfies Record<string, readonly [RequestListener, Cause['kind'], RegExp]>;

void suite('a host that has been hostile from the start is inconclusive, for one cause', atOnce, () => {
  for (const [name, [listener, kind, says]] of Object.entries(kinds)) {
    void test(name, async (t) => assertCause(await judged(t, await serve(t, listener)), kind, says));
  }

  void test('a refused connection', async (t) => assertCause(await judged(t, await deadUrl()), 'unreachable', /the connection was refused/));

  void test('a host name that does not resolve', async (t) =>
    assertCause(await judged(t, 'https://no-such-host.invalid/pub'), 'unreachable', /the host name could not be resolved/));

  void test('a redirect to another host, which is asked nothing', async (t) => {
    let asked = 0;
    const other = await serve(t, (_, response) => void (asked++, response.end()));
    const url = await serve(t, hostile.redirectTo(`${other}/oauth/token`));
    assertCause(await judged(t, url), 'not the API', /a redirect \(status 307\)/);
    assert.equal(asked, 0);
  });

  void test('with a filter, too', async (t) =>
    assertCause(await judged(t, await deadUrl(), {}, ['--grep', 'CT-101']), 'unreachable', /the connection was refused/));
});

/** A file of the test's own. */
function fileOf(t: TestContext, content: string): string {
  const file = join(temporaryFolder(t), 'file.pem');
  writeFileSync(file, content);
  return file;
}

/** A part of the checks, which shows that the target is judged at all. */
const part = ['--grep', 'CT-10'];

void suite('a certificate that does not prove who the target is', atOnce, () => {
  for (const [name, options, says] of [
    ['an expired one', { notAfter: new Date(1_000_000_000_000) }, /the certificate of the target has expired/],
    ['one for another host', { hostName: 'www.example.com' }, /the certificate of the target is for another host name/],
    ['one that signs itself', { authority: undefined }, /the certificate of the target is self-signed/],
    ['one of an unknown authority', { unknown: true }, /the certificate of the target is of an unknown authority, which OAUTH_CA_FILE could name/],
  ] as const) {
    void test(name, async (t) => {
      const ca = await authority();
      let asked = 0;
      const upstream = await serve(t, (_, response) => void (asked++, response.end()));
      const url = await serveTls(t, upstream, await certificate({ authority: ca, ...options }));
      const trusted = 'unknown' in options ? await authority() : ca;
      // Node's own switch must not open what the kit keeps shut.
      const env = { OAUTH_CA_FILE: fileOf(t, trusted.cert), NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' };
      assertCause(await judged(t, url, env), 'unreachable', says);
      assert.equal(asked, 0);
    });
  }
});

void suite('the way to a target over TLS', atOnce, () => {
  /** The reference server behind TLS, with an authority of its own. */
  async function secured(t: TestContext, more: Parameters<typeof serveTls>[2] = {}, listener?: RequestListener) {
    const ca = await authority();
    const { baseUrl, env } = await reference(t);
    const url = await serveTls(t, listener ?? baseUrl, { ...(await certificate({ authority: ca })), ca: ca.cert, ...more });
    return { url, ca, env: { ...env, OAUTH_CA_FILE: fileOf(t, ca.cert) } };
  }

  void test('an authority of the target is trusted', async (t) => {
    const { url, env } = await secured(t);
    assert.equal((await judged(t, url, env, part)).verdict, 'conformant');
  });

  void test('a client certificate is shown to a target that asks for one', async (t) => {
    const { url, ca, env } = await secured(t, { requestCert: true, rejectUnauthorized: true });
    const { cert, key } = await certificate({ authority: ca });
    const pair = { OAUTH_CLIENT_CERT_FILE: fileOf(t, cert), OAUTH_CLIENT_KEY_FILE: fileOf(t, key) };
    assert.equal((await judged(t, url, { ...env, ...pair }, part)).verdict, 'conformant');
  });

  void test('without the client certificate that the target asks for, the cause says so', async (t) => {
    const { url, env } = await secured(t, { requestCert: true, rejectUnauthorized: true });
    assertCause(await judged(t, url, env), 'unreachable', /asks for a client certificate \(OAUTH_CLIENT_CERT_FILE\)/);
  });

  void test('a proxy opens the way, and sees no more than where to', async (t) => {
    const { url, env } = await secured(t);
    const proxy = await serveProxy(t);
    assert.equal((await judged(t, url, { ...env, HTTPS_PROXY: proxy.url }, part)).verdict, 'conformant');
    assert.ok(proxy.asked.length > 0);
    for (const asked of proxy.asked) assert.match(asked, /^CONNECT 127\.0\.0\.1:\d+ Host 127\.0\.0\.1:\d+ Proxy-Connection \S+$/);
  });

  void test('a proxy over TLS is verified by the same authorities, and is shown no client certificate', async (t) => {
    const { url, ca, env } = await secured(t, { requestCert: true, rejectUnauthorized: true });
    const { cert, key } = await certificate({ authority: ca });
    const pair = { OAUTH_CLIENT_CERT_FILE: fileOf(t, cert), OAUTH_CLIENT_KEY_FILE: fileOf(t, key) };
    const proxy = await serveProxy(t, undefined, { ...(await certificate({ authority: ca })), requestCert: true, rejectUnauthorized: false, ca: ca.cert });
    assert.equal((await judged(t, url, { ...env, ...pair, HTTPS_PROXY: proxy.url }, part)).verdict, 'conformant');
    assert.ok(proxy.asked.length > 0);
    assert.deepEqual(proxy.shown, []);
  });

  for (const [name, options, says] of [
    ['an expired certificate', { notAfter: new Date(1_000_000_000_000) }, /the proxy 127\.0\.0\.1:\d+: its certificate has expired/],
    ['a certificate for another host', { hostName: 'www.example.com' }, /the proxy 127\.0\.0\.1:\d+: its certificate is for another host name/],
    ['a certificate of an unknown authority', { unknown: true }, /the proxy 127\.0\.0\.1:\d+: its certificate is of an unknown authority, which OAUTH_CA_FILE could name/],
  ] as const) {
    void test(`a proxy over TLS with ${name} is asked nothing, whatever NODE_TLS_REJECT_UNAUTHORIZED says`, async (t) => {
      const { url, ca, env } = await secured(t);
      const proxy = await serveProxy(t, undefined, await certificate({ authority: 'unknown' in options ? await authority() : ca, ...options }));
      const { host } = new URL(proxy.url);
      const given = { ...env, HTTPS_PROXY: `https://user:canary-of-the-proxy@${host}`, NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' };
      assertCause(await judged(t, url, given), 'unreachable', says);
      assert.deepEqual(proxy.asked, []);
    });
  }

  void test('the password of a proxy is sent to it and printed nowhere, with DEBUG set, too', async (t) => {
    const { url, ca, env } = await secured(t);
    for (const tls of [undefined, await certificate({ authority: ca })]) {
      const proxy = await serveProxy(t, undefined, tls);
      const { protocol, host } = new URL(proxy.url);
      const given = { ...noProxy, ...env, OAUTH_BASE_URL: url, HTTPS_PROXY: `${protocol}//us%40er:canary%2Fof-the-proxy@${host}`, DEBUG: '*', OAUTH_REPORTS_DIR: temporaryFolder(t) };
      const { exitCode, stdout, stderr } = await run([...command('run'), ...part], given);
      assert.equal(exitCode, 0, stdout + stderr);
      const pair = Buffer.from('us@er:canary/of-the-proxy').toString('base64');
      assert.match(proxy.asked[0] ?? '', new RegExp(` Proxy-Authorization Basic ${pair} `));
      assert.match(stderr, /https-proxy-agent/);
      for (const form of ['canary', pair]) assert.ok(!(stdout + stderr).includes(form), form);
    }
  });

  void test('a proxy of .env is used, and one of the environment before it', async (t) => {
    const { url, env } = await secured(t);
    const [one, other] = [await serveProxy(t), await serveProxy(t)];
    const dir = temporaryFolder(t);
    writeFileSync(join(dir, '.env'), `https_proxy=${one.url}\n`);
    const given = { ...noProxy, ...env, OAUTH_BASE_URL: url, OAUTH_REPORTS_DIR: temporaryFolder(t) };
    assert.equal((await run([...command('run'), '--grep', 'CT-101'], given, undefined, dir)).exitCode, 0);
    const asked = one.asked.length;
    assert.deepEqual([asked > 0, other.asked.length], [true, 0]);
    assert.equal((await run([...command('run'), '--grep', 'CT-101'], { ...given, HTTPS_PROXY: other.url }, undefined, dir)).exitCode, 0);
    assert.deepEqual([one.asked.length, other.asked.length > 0], [asked, true]);
  });

  void test('NO_PROXY leads past the proxy', async (t) => {
    const { url, env } = await secured(t);
    const proxy = await serveProxy(t, 502);
    const { verdict } = await judged(t, url, { ...env, HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1' }, part);
    assert.deepEqual([verdict, proxy.asked], ['conformant', []]);
  });

  for (const [status, says] of [
    [407, /the proxy 127\.0\.0\.1:\d+: it asks for credentials \(407\), which HTTPS_PROXY could hold/],
    [502, /the proxy 127\.0\.0\.1:\d+: it could not or would not connect to the target \(502\)/],
  ] as const) {
    void test(`a proxy that answers ${status} is named`, async (t) => {
      const proxy = await serveProxy(t, status);
      const { host } = new URL(proxy.url);
      const password = 'canary-of-the-proxy';
      const answer = await judged(t, 'https://api.example.com', { HTTPS_PROXY: `http://user:${password}@${host}` });
      assertCause(answer, 'unreachable', says);
      assert.ok(!JSON.stringify(answer).includes(password));
    });
  }

  for (const [name, listener, says] of [
    ['says nothing', hostile.silent, /the proxy 127\.0\.0\.1:\d+: no answer within 10000 ms/],
    ['never ends its answer', hostile.endlessConnectHeaders, /the proxy 127\.0\.0\.1:\d+: no answer within 10000 ms/],
    ['switches to another protocol', hostile.connectSwitching, /the proxy 127\.0\.0\.1:\d+: it could not or would not connect to the target \(101\)/],
    ['opens a way on which nothing answers', hostile.openWayToNothing, /no answer within 10000 ms/],
  ] as const) {
    void test(`a proxy that ${name} holds nothing up`, async (t) => {
      const proxy = await serveTcp(t, listener);
      assertCause(await judged(t, 'https://api.example.com', { HTTPS_PROXY: proxy }), 'unreachable', says);
    });
  }

  void test('a handshake that never ends holds nothing up', async (t) => {
    const url = (await serveTcp(t, hostile.silent)).replace('http:', 'https:');
    assertCause(await judged(t, url), 'unreachable', /no answer within 10000 ms/);
  });

  void test('another protocol (101) is no answer', async (t) => {
    const { url, env } = await secured(t, {}, hostile.switching);
    assertCause(await judged(t, url, env), 'not the API', /the target switched to another protocol \(101\)/);
  });

  void test('a name that is never resolved holds nothing up', async (t) =>
    assertCause(await judged(t, 'https://api.example.com', { NODE_OPTIONS: `--import @oxc-node/core/register --import ${deafResolver}` }), 'unreachable', /no answer within 10000 ms/));

  void test('a proxy that is not there is named', async (t) => {
    const answer = await judged(t, 'https://api.example.com', { HTTPS_PROXY: await deadUrl() });
    assertCause(answer, 'unreachable', /the proxy 127\.0\.0\.1:\d+: the connection was refused/);
  });
});

void suite('what a conforming server says besides', atOnce, () => {
  void test('members named __proto__ are members like any other', async (t) => {
    const { url, env } = await changed(t, hostile.withProto);
    assert.equal((await judged(t, url, env)).verdict, 'conformant');
  });

  void test('bytes that are not UTF-8 are one violation', async (t) => {
    const { url, env } = await changed(t, hostile.withInvalidUtf8);
    const { verdict, requirements } = await judged(t, url, env);
    assert.deepEqual([verdict, requirements.filter(({ result }) => result === 'violated').map(({ id }) => id)], ['non-conformant', ['X-103']]);
  });

  void test('an answer is complete with its last byte, on a connection that stays open and has more on it', async (t) => {
    const { baseUrl, env } = await reference(t);
    const url = await serve(t, (request, response) => forwardAndStay(baseUrl, request, response, request.method === 'HEAD' ? '' : 'and something behind it'));
    assert.equal((await judged(t, url, env, part)).verdict, 'conformant');
  });

  void test('names of 300 KB are names like any other', async (t) => {
    const { url, env, second } = await changed(t, hostile.withLongNames(300_000));
    assert.equal((await judged(t, url, { ...env, ...second }, ['--grep', 'T[GO]-[1235]|CT-[17]|X-'], 2 * limits.memoryMb)).verdict, 'conformant');
  });

  void test('900 headers are headers like any other', async (t) => {
    const { url, env } = await changed(t, hostile.withHeaders(900));
    assert.equal((await judged(t, url, env, part)).verdict, 'conformant');
  });

  void test('1,900 headers are not read', async (t) => {
    const { url, env } = await changed(t, hostile.withHeaders(1900));
    assertCause(await judged(t, url, env), 'not the API', /the answer has more than 1000 headers/);
  });

  void test('answers of 60 KB each are answers like any other, which take the memory that they take', async (t) => {
    const { url, env } = await changed(t, hostile.withLargeMember(60_000));
    assert.equal((await judged(t, url, env, [], 2 * limits.memoryMb)).verdict, 'conformant');
  });

  void test('answers that are more than can be kept end the run', async (t) => {
    const { url, env } = await changed(t, hostile.withLargeMember(30_000));
    const small = { OAUTH_MAX_RESPONSE_BYTES: '65536' };
    assertEnded(await judged(t, url, { ...env, ...small }, [], 2 * limits.memoryMb), 'budget spent', /the answers of the target, headers included, add up to more than 2097152 bytes/);
  });

  void test('links to another host are not followed', async (t) => {
    let asked = 0;
    const other = await serve(t, (_, response) => void (asked++, response.end()));
    const { url, env } = await changed(t, (passed) => {
      passed.body = Buffer.from(passed.body.toString().replaceAll(/"https?:[^"]*?(\/oauth\/token\/)/g, `"${other}$1`));
      passed.body = Buffer.from(passed.body.toString().replace(/^\{/, `{"links":{"next":"${other}/oauth/token/1/groups?page=2"},`));
    });
    const { verdict } = await judged(t, url, env);
    assert.deepEqual([verdict, asked], ['conformant', 0]);
  });
});

void suite('a host that turns hostile in mid-run is inconclusive, for one cause', atOnce, () => {
  /** A conforming server but for some requests, and for how long those were sent, in milliseconds. */
  async function partly(t: TestContext, isHostile: (path: string, number: number) => boolean, listener: RequestListener) {
    const { baseUrl, env } = await reference(t);
    const times: number[] = [];
    let asked = 0;
    const url = await serve(t, (request, response) => {
      if (!isHostile(request.url ?? '', ++asked)) {
        forward(baseUrl, request, response);
        return;
      }
      times.push(performance.now());
      listener(request, response);
    });
    return { url, env, patience: () => (times.at(-1) ?? 0) - (times[0] ?? 0) };
  }

  for (const [name, listener, kind, says] of [
    ['a black hole', hostile.blackHole, 'unreachable', /timed out: no answer within 10000 ms/],
    ['a captive portal', hostile.captivePortal, 'not the API', /the target changed in mid-run: .*a web page \(status 200\)/],
    ['an endless body', hostile.endlessBody, 'not the API', /the target changed in mid-run: .*larger than the 4194304 bytes/],
  ] as const) {
    void test(name, async (t) => {
      const { url, env, patience } = await partly(t, (_, number) => number > 40, listener);
      assertEnded(await judged(t, url, env), kind, says);
      assert.ok(patience() < limits.durationMs, `${patience()} ms`);
    });
  }

  void test('one operation that hangs while the others answer', async (t) => {
    const { url, env, patience } = await partly(t, (path) => path.includes('/groups'), hostile.blackHole);
    assertEnded(await judged(t, url, env), 'unreachable', /2 requests in a row to oauth\/token\/\{id\}\/groups timed out/);
    assert.ok(patience() < limits.durationMs, `${patience()} ms`);
  });
});

/** A server in front of another, which may change each answer. */
const to =
  (baseUrl: string, change: (passed: Passed, asked: string) => void = () => {}): RequestListener =>
  (request, response) => forwardChanged(baseUrl, request, response, (passed) => change(passed, request.url ?? ''));

void suite('a host that takes its time ends the run with its own time', atOnce, () => {
  const maxDurationS = 12;

  for (const [name, listener] of [
    ['every answer after 9 s', (baseUrl: string) => hostile.after(9000, to(baseUrl))],
    ['429 with Retry-After: 10, each first time', (baseUrl: string) => hostile.notAtFirst(to(baseUrl))],
    ['pages of groups without end, each after half a second', (baseUrl: string) => hostile.after(500, to(baseUrl, hostile.withEndlessPages))],
  ] as const) {
    void test(name, async (t) => {
      const { baseUrl, env } = await reference(t);
      const url = await serve(t, listener(baseUrl));
      const answer = await judged(t, url, { ...env, OAUTH_MAX_DURATION_S: String(maxDurationS) });
      assertEnded(answer, 'budget spent', new RegExp(`^the ${maxDurationS} s that OAUTH_MAX_DURATION_S allows are over$`));
      assert.ok(answer.processMs < maxDurationS * 1000 + limits.processMs, `${answer.processMs} ms`);
    });
  }
});
