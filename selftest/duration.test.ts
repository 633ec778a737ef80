import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import type { RequirementId } from '../contracts/requirements/index.ts';
import { judge } from '../kit/judgeTarget.ts';
import { loadChecks } from '../kit/runner/checks.ts';
import { openDoor } from '../kit/runner/door.ts';
import { gatewayVariable } from '../kit/runner/control.ts';
import { runChecksInProcess } from '../kit/runner/inProcess.ts';
import { openSession } from '../kit/session.ts';
import { Run } from '../kit/target/run.ts';
import type { Settings } from '../kit/settings/settings.ts';
import { startReference } from '../reference/server.ts';
import { command, conformanceIn, run, temporaryFolder } from './support/command.ts';
import * as hostile from './support/hostile.ts';
import { forward, serve, settingsFor } from './support/servers.ts';

const over = (seconds: number) => ({ kind: 'budget spent', message: `the ${seconds} s that OAUTH_MAX_DURATION_S allows are over` });

/** A server that answers as the reference server does, but for some requests, and settings to judge it with. */
async function partly(t: TestContext, listener: RequestListener, isHostile: (url: string) => boolean, more: Partial<Settings> = {}) {
  const { baseUrl, clients, close } = await startReference();
  t.after(close);
  const url = await serve(t, (request, response) => {
    if (isHostile(request.url ?? '')) listener(request, response);
    else forward(baseUrl, request, response);
  });
  const [client, otherClient] = clients;
  return settingsFor(url, { client, otherClient, timeoutMs: 60_000, maxDurationS: 1, ...more });
}

/** Judges by some of the checks, in this process. */
async function judgedBy(settings: Settings, ...ids: RequirementId[]) {
  const session = await openSession(settings, false);
  await session.begin();
  const checks = await loadChecks();
  await runChecksInProcess(session.run, new Map([...checks].filter(([id]) => ids.includes(id))));
  return session.end();
}

test('what is under way when the time is over is abandoned', async (t) => {
  const conformance = await judge(await partly(t, hostile.blackHole, () => true));
  assert.deepEqual([conformance.verdict, conformance.cause], ['inconclusive', over(1)]);
  assert.ok(conformance.durationMs < 30_000, `${conformance.durationMs} ms`);
});

test('a pause that the target asks for ends with the time of the run', async (t) => {
  const conformance = await judge(await partly(t, (_, response) => void response.writeHead(429, { 'Retry-After': '10' }).end(), () => true));
  assert.deepEqual([conformance.verdict, conformance.cause], ['inconclusive', over(1)]);
  assert.ok(conformance.durationMs < 9000, `${conformance.durationMs} ms`);
});

test('a pause for the rate that is allowed ends with the time of the run', async (t) => {
  const conformance = await judge(await partly(t, hostile.blackHole, () => false, { maxRps: 1 }));
  assert.deepEqual(conformance.cause, over(1));
  assert.ok(conformance.requests.total <= 3, `${conformance.requests.total} requests`);
});

test('the wait for a token to expire ends with the time of the run', async (t) => {
  const settings = await partly(t, hostile.blackHole, () => false, { expiryWaitS: 3600, maxDurationS: 3 });
  const { requirements, durationMs } = await judgedBy(settings, 'TG-208');
  const { result, reason } = requirements.find(({ id }) => id === 'TG-208') ?? assert.fail();
  assert.deepEqual([result, reason], ['blocked', over(3).message]);
  assert.ok(durationMs < 30_000, `${durationMs} ms`);
});

test('a violation that was found before the time was over stays, and what is left is blocked by it', async (t) => {
  const stuck = (url: string) => url.includes('/organization');
  const settings = await partly(t, hostile.blackHole, stuck, { maxDurationS: 5 });
  const wrong = { ...settings, baseUrl: `${settings.baseUrl}/fault/other-content-types-as-415` };
  const { verdict, cause, requirements } = await judgedBy(wrong, 'CT-201', 'TO-101', 'TO-102');
  const results = Object.fromEntries(requirements.map(({ id, result, reason }) => [id, reason ?? result]));
  assert.deepEqual([verdict, cause, results['CT-201']], ['non-conformant', over(5), 'violated']);
  assert.deepEqual([results['TO-102'], results['X-101']], [over(5).message, over(5).message]);
});

test('the time of a run starts with its first request, and ends with its last check', async (t) => {
  const settings = await partly(t, hostile.blackHole, () => false, { maxDurationS: 1 });
  const waiting = new Run(settings);
  await waiting.pause(1200);
  assert.equal(waiting.cause, undefined);
  const request = { method: 'GET', path: 'oauth/token', headers: [] };
  const { answer } = await waiting.exchange(request, { sentBy: { requirement: 'CT-101', case: 'nested' } });
  assert.ok(answer);
  waiting.selection = { requirements: [], filter: null };
  await waiting.pause(1200);
  assert.equal(waiting.cause, undefined);
  waiting.close();
});

test('a check behind the gateway does not wait for longer than the run', async (t) => {
  const session = await openSession(await partly(t, hostile.blackHole, () => false), false);
  process.env[gatewayVariable] = session.gatewayUrl;
  const door = await openDoor();
  t.after(async () => {
    delete process.env[gatewayVariable];
    await door.close();
    await session.end();
  });
  await door.pause(1);
  const pause = door.pause(3_600_000);
  session.run.end(over(1) as never);
  await pause;
});

test('each of several targets has the time to itself', async (t) => {
  const reportsDir = temporaryFolder(t);
  const file = join(temporaryFolder(t), 'targets.yaml');
  const urls = await Promise.all(['a', 'b'].map(() => serve(t, hostile.blackHole)));
  writeFileSync(file, urls.map((url, i) => `- { name: target-${i}, baseUrl: "${url}", clientId: ID, clientSecret: SECRET }\n`).join(''));
  const env = { ID: 'client', SECRET: 'canary-of-the-client-secret', OAUTH_MAX_DURATION_S: '1', OAUTH_REPORTS_DIR: reportsDir };
  const { exitCode, stdout, stderr } = await run([...command('run'), '--targets', file], env);
  assert.equal(exitCode, 3, stdout + stderr);
  for (const name of ['target-0', 'target-1']) assert.deepEqual(conformanceIn(join(reportsDir, name)).cause, over(1));
});
