import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import { nightlyLimits } from '../kit/settings/profiles.ts';
import { openSession } from '../kit/session.ts';
import { startReference } from '../reference/server.ts';
import { command, conformanceIn, run, type Ended } from './support/command.ts';
import { counting, type Arrived, type Instead } from './support/counting.ts';
import { deadUrl, settingsFor } from './support/servers.ts';
import { reference } from './support/targets.ts';
import { assertConformance } from './support/validate.ts';

/** Targets that answer in ways that could lead a run into asking for more. */
const targets = [
  '',
  '/variant/a-thousand-groups-paged',
  '/variant/minimal-documents',
  '/fault/nested-refresh-as-200',
  '/fault/json-sniffed-under-text-plain',
  '/fault/secret-compared-by-length',
  '/fault/unknown-client-found-by-secret',
  '/fault/unknown-refresh-token-granted',
  '/fault/foreign-refresh-token-granted',
  '/fault/access-token-refreshes',
  '/fault/refresh-ignores-client-id',
  '/fault/nested-refresh-not-supported',
  '/fault/groups-not-found',
  '/fault/each-fifth-request-crashes',
];

/** What the limits are about, as the server has it. */
function assertWithinLimits(arrived: readonly Arrived[], clientIds: readonly string[], target: string): void {
  const names = (id: string) => ({ body }: Arrived) => body.includes(`"${id}"`);
  const permitted = ({ contentType }: Arrived) => contentType === 'application/json' || contentType === 'application/vnd.api+json';
  const refused = arrived.filter((each) => each.method === 'POST' && permitted(each) && each.status >= 400 && each.status <= 499);
  const tokens = arrived.filter(({ answer }) => answer.includes('"access_token"'));
  assert.ok(arrived.length <= nightlyLimits.requests, `${target}: ${arrived.length} requests`);
  assert.ok(tokens.length <= nightlyLimits.tokensCreated, `${target}: ${tokens.length} tokens`);
  for (const id of clientIds) {
    assert.ok(refused.filter(names(id)).length <= nightlyLimits.refusedLogins, `${target}: ${refused.filter(names(id)).length} refused logins`);
  }
  const unknown = refused.filter((each) => !clientIds.some((id) => names(id)(each)));
  assert.ok(unknown.length <= nightlyLimits.refusedLogins, `${target}: ${unknown.length} refused logins of unknown clients`);
  const asked = arrived.map(({ at: _at, status: _status, answer: _answer, ...request }) => JSON.stringify(request));
  assert.deepEqual(asked.filter((each, i) => asked.indexOf(each) !== i), [], `${target}: asked twice`);
}

/** Nothing hostile or malformed, but for one wrong content type. */
function assertHarmless(arrived: readonly Arrived[], target: string): void {
  for (const { method, url, authorization, body } of arrived) {
    assert.match(`${method} ${url}`, /^(POST \S*\/oauth\/token(\?include=organization)?|GET \S*\/oauth\/token\/[0-9a-f]+\/(groups|organization)(\?[\w[\]=&]+)?)$/, target);
    assert.match(authorization ?? '', /^(Bearer [\w.-]+)?$/, target);
    if (method === 'POST') {
      const { attributes } = ((JSON.parse(body) as { data?: object }).data ?? { attributes: JSON.parse(body) as unknown }) as { attributes: object };
      assert.match(Object.keys(attributes).toSorted().join(), /^client_id,client_secret,grant_type(,refresh_token)?$/, target);
    }
  }
  const types = arrived.filter(({ method }) => method === 'POST').map(({ contentType = 'none' }) => contentType);
  assert.ok(types.filter((type) => !['application/json', 'application/vnd.api+json'].includes(type)).length <= 1, target);
}

test('whatever a target answers, it is sent no more than a production may be, and nothing that harms', async (t) => {
  const { baseUrl, clients, close } = await startReference();
  t.after(close);
  const [client, otherClient] = clients;
  await Promise.all(
    targets.map(async (target) => {
      const server = await counting(t, baseUrl + target);
      const session = await openSession(settingsFor(server.baseUrl, { client, otherClient, profile: 'nightly', maxRequests: nightlyLimits.requests }), false);
      await session.begin();
      await session.end();
      assertWithinLimits(server.arrived, [client.id, otherClient.id], target);
      assertHarmless(server.arrived, target);
      assert.ok(server.arrived.length > 10, `${target}: it was asked ${server.arrived.length} times`);
    }),
  );
});

/** Runs a profile against the reference server, and counts what arrives there. */
async function judged(t: TestContext, profile: 'gate' | 'nightly', path: string, more: Record<string, string> = {}, instead?: Instead) {
  const { env, reportsDir } = await reference(t);
  const { baseUrl, arrived } = await counting(t, `${env.OAUTH_BASE_URL}${path}`, instead);
  const ended = await run(command('run', '--profile', profile), { ...env, OAUTH_BASE_URL: baseUrl, ...(profile === 'nightly' && { OAUTH_ALLOW_PRODUCTION: new URL(baseUrl).host }), ...more });
  const { OAUTH_CLIENT_ID, OAUTH_OTHER_CLIENT_ID } = env as Record<string, string>;
  return { ...ended, arrived, clientIds: [OAUTH_CLIENT_ID ?? '', OAUTH_OTHER_CLIENT_ID ?? ''], conformance: conformanceIn(reportsDir) };
}

type Judged = Awaited<ReturnType<typeof judged>>;

/** Whatever is judged at night stays within the limits. */
function assertNight({ arrived, clientIds }: Judged, what: string): void {
  assertWithinLimits(arrived, clientIds, what);
  assertHarmless(arrived, what);
}

const situations = {
  conforming: { path: '', exitCode: 0, says: /^Verdict: {2}conformant in what was asked \(/m },
  faulty: { path: '/fault/other-content-types-as-415', exitCode: 1, says: /^Verdict: {2}non-conformant: /m },
  slow: { path: '/variant/latency-of-150-ms', exitCode: 0, says: /^Over budget [^]*^ {2}createToken took \d+ ms \(95th percentile of \d+ answers\), over its budget of 100 ms$/m },
  'rate-limited': { path: '/variant/thirty-requests-a-second', exitCode: 0, says: /^Verdict: {2}conformant in what was asked \(/m },
} as const;

for (const profile of ['gate', 'nightly'] as const) {
  test(`the ${profile} run of a target that is conforming, faulty, slow or rate-limited ends with its own exit code`, async (t) => {
    const all = Object.entries(situations);
    const runs = await Promise.all(all.map(([, { path }]) => judged(t, profile, path, { OAUTH_BUDGET_P95_MS: 'createToken=100' })));
    for (const [i, each] of runs.entries()) {
      const [name, { exitCode, says }] = all[i] ?? assert.fail();
      assert.equal(each.exitCode, exitCode, `${name}: ${each.stdout}${each.stderr}`);
      assert.match(each.stdout, says, name);
      assert.equal(each.conformance.profile, profile);
      assertConformance(each.conformance);
      if (profile === 'nightly') assertNight(each, name);
    }
  });

  test(`the ${profile} run of a target that is down has another exit code than a broken contract, and none of its sentences`, async (t) => {
    const url = await deadUrl();
    const { exitCode, stdout, conformance } = await judged(t, profile, '', { OAUTH_BASE_URL: url, ...(profile === 'nightly' && { OAUTH_ALLOW_PRODUCTION: new URL(url).host }) });
    assert.equal(exitCode, 3);
    assert.deepEqual([conformance.verdict, conformance.cause?.kind, conformance.counts.violated], ['inconclusive', 'unreachable', 0]);
    assert.match(stdout, /^Verdict: {2}inconclusive: the target cannot be reached: /m);
    assert.doesNotMatch(stdout, /Violations|non-conformant/);
  });
}

test('a nightly run judges every operation, by its success, refusals, content type, body shapes, schema and isolation', async (t) => {
  const [plan, night] = await Promise.all([planned('nightly'), judged(t, 'nightly', '')]);
  const { conformance, arrived, stdout } = night;
  assertPlanned(plan, night);
  const passed = conformance.requirements.filter(({ level, result }) => level === 'MUST' && result === 'passed').map(({ id }) => id as string);
  const each = ['101', '102', '103', '104', '106', '201', '202', '204', '301', '302', '501', '502', '504'];
  assert.deepEqual(passed, [
    ...['101', '102', '103', '105', '106', '107', '108', '111', '152', '201', '301', '302', '305', '501', '502', '504'].map((number) => `CT-${number}`),
    ...['601', '602', '603', '604', '605', '610', '701', '702', '704'].map((number) => `CT-${number}`),
    ...[...each, '105'].toSorted().map((number) => `TG-${number}`),
    ...each.map((number) => `TO-${number}`),
    ...['101', '103', '105'].map((number) => `X-${number}`),
  ]);
  assert.equal(conformance.requests.total, arrived.length);
  assert.match(stdout, /^Verdict: {2}conformant in what was asked \(\d+ MUST skipped: not asked in production\)$/m);
  const [first, last] = [arrived[0]?.at ?? 0, arrived.at(-1)?.at ?? 0];
  // A little less, for the first may have been slow to arrive.
  assert.ok(last - first > ((arrived.length - 1) / nightlyLimits.perSecond) * 900, `${arrived.length} requests in ${last - first} ms`);
});

test('a target that goes away in a nightly run, refuses to be asked more, or turns into a web page is not broken', async (t) => {
  const after = (count: number, answer: (response: ServerResponse) => void): Instead => (response, position) => {
    if (position < count) return false;
    answer(response);
    return true;
  };
  const [gone, refusing, page] = await Promise.all([
    judged(t, 'nightly', '', {}, after(8, (response) => response.destroy())),
    judged(t, 'nightly', '', {}, after(8, (response) => response.writeHead(429, { 'Retry-After': '1' }).end())),
    judged(t, 'nightly', '', {}, after(8, (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Maintenance</h1>'))),
  ]);
  for (const [name, each] of Object.entries({ gone, refusing, page })) {
    assert.deepEqual([each.exitCode, each.conformance.verdict, each.conformance.counts.violated], [3, 'inconclusive', 0], `${name}: ${each.stdout}`);
    assertNight(each, name);
  }
  assert.match(page.stdout, /^Verdict: {2}inconclusive: the target changed in mid-run: this is not the API: /m);
});

test('without being told by name that production may be asked, nothing is sent', async (t) => {
  for (const [allowed, says] of [
    ['', /^OAUTH_ALLOW_PRODUCTION is not set, which OAUTH_PROFILE=nightly needs: it takes the host of OAUTH_BASE_URL, /],
    ['localhost', /^OAUTH_ALLOW_PRODUCTION names another host: /],
  ] as const) {
    const { env } = await reference(t);
    const { baseUrl, arrived } = await counting(t, env.OAUTH_BASE_URL);
    const { exitCode, stderr } = await run(command('run', '--profile', 'nightly'), { ...env, OAUTH_BASE_URL: baseUrl, OAUTH_ALLOW_PRODUCTION: allowed });
    assert.deepEqual([exitCode, arrived.length], [2, 0]);
    assert.match(stderr, says);
  }
});

test('what was said to be in production is asked nothing but the nightly round, and no part of it', async (t) => {
  const { env } = await reference(t);
  const { baseUrl, arrived } = await counting(t, env.OAUTH_BASE_URL);
  const production = { ...env, OAUTH_BASE_URL: baseUrl, OAUTH_ALLOW_PRODUCTION: new URL(baseUrl).host };
  for (const [args, more, says] of [
    [['run'], {}, /^OAUTH_ALLOW_PRODUCTION says that the target is in production, where OAUTH_PROFILE=gate would send hostile requests/],
    [['run', '--profile', 'gate'], { OAUTH_PROFILE: 'nightly' }, /^OAUTH_PROFILE is nightly, and gate was asked for/],
    [['run', '--profile', 'nightly', '--grep', 'CT-201'], {}, /^--grep CT-201 is not taken: a nightly run is one round of requests/],
  ] as const) {
    const [name, ...args2] = args;
    const { exitCode, stderr } = await run(command(name, ...args2), { ...production, ...more });
    assert.deepEqual([exitCode, arrived.length], [2, 0], stderr);
    assert.match(stderr, says);
  }
});

test('the rate holds after the pause that a target asks for, too', async (t) => {
  const { baseUrl, clients, close } = await startReference();
  t.after(close);
  const [client, otherClient] = clients;
  const server = await counting(t, baseUrl, (response, position) => {
    if (position !== 3) return false;
    response.writeHead(429, { 'Retry-After': '1' }).end();
    return true;
  });
  const session = await openSession(settingsFor(server.baseUrl, { client, otherClient, profile: 'nightly', maxRequests: 8, maxRps: 2 }), false);
  await session.begin();
  await session.end();
  const times = server.arrived.map(({ at }) => at).toSorted((a, b) => a - b);
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
  // Half of a turn is left for what a busy machine does to the arrival of a request.
  assert.ok(gaps.every((gap) => gap > 250), gaps.map(Math.round).join());
  assert.ok((gaps[3] ?? 0) > 900, gaps.map(Math.round).join());
});

test('the plan of a gate run is what the target is sent', async (t) => {
  assertPlanned(...(await Promise.all([planned('gate'), judged(t, 'gate', '')])));
});

function planned(profile: string) {
  return run([...command('plan'), '--profile', profile], {});
}

/** What a plan says is what arrived. */
function assertPlanned({ stdout, stderr, exitCode }: Ended, { arrived, conformance }: Judged): void {
  const rows = [...stdout.matchAll(/^ *(\d+) {2}([A-Z]+) +(oauth\S+) +(\S.*?) +(nested|flat|other|none)$/gm)];
  const times = (some: typeof rows) => some.reduce((sum, [, count]) => sum + Number(count), 0);
  const [, requests, tokens] = /^Requests: +(\d+),[^]*^Tokens created: +(\d+)/m.exec(stdout) ?? [];
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual([times(rows), Number(requests), Number(tokens)], [arrived.length, arrived.length, conformance.requests.tokensCreated]);
  const create = rows.filter(([, , method, path]) => method === 'POST' && path === 'oauth/token');
  assert.equal(times(create), arrived.filter(({ method, url }) => method === 'POST' && url === '/oauth/token').length);
}

test('a plan of another profile than there is exits with 2, and says which there are', async () => {
  const { exitCode, stderr } = await planned('weekly');
  assert.equal(exitCode, 2);
  assert.match(stderr, /Allowed choices are gate, nightly, certification\./);
});
