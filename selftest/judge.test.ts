import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { requirements } from '../contracts/requirements/index.ts';
import { command, conformanceIn, playwrightCli, run, temporaryFolder } from './support/command.ts';
import { deadUrl, serve } from './support/servers.ts';
import { reference, secret, target } from './support/targets.ts';
import { assertConformance } from './support/validate.ts';

const reports = ['allure-report', 'allure-results', 'badge.svg', 'conformance.json', 'junit.xml', 'statement.html', 'summary.md'];

test('every requirement of the register has exactly one test, and every test an id of the register', async () => {
  const { stdout, exitCode } = await run([playwrightCli, 'test', '--list'], {});
  assert.equal(exitCode, 0);
  const ids = [...stdout.matchAll(/ › ((?:CT|TG|TO|X)-\d+) /g)].map(([, id = '']) => id);
  const tests = stdout.split('\n').filter((line) => line.includes(' › '));
  assert.equal(ids.length, tests.length, 'a test without an id');
  assert.deepEqual(ids.toSorted(), requirements.map(({ id }) => id as string).toSorted());
});

test('the demo is conformant, skips only what loopback and the token lifetime rule out, and leaves all reports', async (t) => {
  const reportsDir = temporaryFolder(t);
  const { exitCode, stdout } = await run(command('demo'), {
    OAUTH_REPORTS_DIR: reportsDir,
    // They do not touch the demo.
    OAUTH_BASE_URL: 'http://no-such-host.invalid',
    OAUTH_CLIENT_ID: 'client',
  });
  assert.equal(exitCode, 0, stdout);
  const conformance = conformanceIn(reportsDir);
  assertConformance(conformance);
  const { counts, target: judged, verdict, cause } = conformance;
  assert.deepEqual([verdict, cause, counts.violated, counts.warnings, counts.blocked], ['conformant', undefined, 0, 0, 0]);
  const skipped = conformance.requirements.filter(({ result }) => result === 'skipped').map(({ id }) => id);
  assert.deepEqual(skipped, ['TG-208', 'TO-208', 'X-109']);
  assert.equal(judged.reference, true);
  assert.deepEqual(readdirSync(reportsDir).toSorted(), reports);
  for (const text of [stdout, readFileSync(join(reportsDir, 'summary.md'), 'utf8'), readFileSync(join(reportsDir, 'junit.xml'), 'utf8')]) {
    assert.match(text, /reference server/);
  }
  const html = readFileSync(join(reportsDir, 'allure-report/index.html'), 'utf8');
  assert.match(html, /reference server/);
  assert.doesNotMatch(html, /<script[^>]+src=["']?https?:|googletagmanager/);
});

test('without OAUTH_BASE_URL the command says so in one line, and exits with 2', async () => {
  const { exitCode, stderr, stdout } = await run(command('run'), {});
  assert.equal(exitCode, 2);
  assert.match(stderr, /^OAUTH_BASE_URL [^\n]*npm run demo[^\n]*\n$/);
  assert.equal(stdout, '');
});

test('wrong settings are all listed, nothing is sent, and the command exits with 2', async (t) => {
  let requests = 0;
  const { env } = target(t, await serve(t, (_, response) => void (requests++, response.end())), { OAUTH_STRICT: 'yes', OAUTH_TIMEOUT_MS: '0' });
  const { exitCode, stderr } = await run(command('run'), env);
  assert.equal(exitCode, 2);
  assert.deepEqual(stderr.trim().split('\n').map((line) => line.split(' ')[0]), ['OAUTH_STRICT', 'OAUTH_TIMEOUT_MS']);
  assert.equal(requests, 0);
});

for (const argument of ['--reporter=list', '--workers=4', '--trace', '--retries=2', '-c']) {
  test(`${argument} is refused`, async (t) => {
    const { env } = target(t, 'http://127.0.0.1:1');
    const { exitCode, stderr } = await run([...command('run'), argument, 'on'], env);
    assert.equal(exitCode, 2);
    assert.ok(stderr.startsWith(`error: unknown option '${argument}'`), stderr);
  });
}

for (const [name, start, kind] of [
  ['a dead port', deadUrl, 'unreachable'],
  ['HTML for everything', (t: TestContext) => serve(t, (_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>')), 'not the API'],
  ['wrong credentials', async (t: TestContext) => (await reference(t)).env.OAUTH_BASE_URL, 'credentials refused'],
] as const) {
  test(`${name}: exit 3, one cause, and no findings`, async (t) => {
    const { env, reportsDir } = target(t, await start(t));
    // An old verdict does not outlive the run.
    mkdirSync(reportsDir, { recursive: true });
    writeFileSync(join(reportsDir, 'conformance.json'), '{"verdict":"conformant"}');
    const { exitCode, stdout, stderr } = await run(command('run'), env);
    assert.equal(exitCode, 3, stdout + stderr);
    const conformance = conformanceIn(reportsDir);
    assertConformance(conformance);
    assert.equal(conformance.verdict, 'inconclusive');
    assert.equal(conformance.cause?.kind, kind);
    assert.ok(conformance.requirements.every(({ result, findings }) => ['blocked', 'skipped'].includes(result) && findings.length === 0));
    assert.match(stdout, /Verdict: {2}inconclusive: /);
    assert.deepEqual(readdirSync(reportsDir).toSorted(), reports);
    assert.ok(!(stdout + stderr).includes(secret));
  });
}

test('a filter is passed on to the runner, and makes the result a part of the whole', async (t) => {
  const { env, reportsDir } = await reference(t);
  const { exitCode, stdout } = await run([...command('run'), '--grep', 'CT-101'], env);
  assert.equal(exitCode, 0);
  const { complete, filter, counts } = conformanceIn(reportsDir);
  assert.deepEqual([complete, filter, counts.passed], [false, '--grep CT-101', 1]);
  assert.match(stdout, /Verdict: {2}conformant in what was asked/);
});

test('a violated MUST is exit 1, told with what was expected, what came, and the exchange', async (t) => {
  const { env, reportsDir } = await reference(t);
  const { exitCode, stdout } = await run([...command('run'), '--grep', 'CT-1'], {
    ...env,
    OAUTH_BASE_URL: `${env.OAUTH_BASE_URL}/fault/nested-created-as-200`,
  });
  assert.equal(exitCode, 1);
  const violated = conformanceIn(reportsDir).requirements.filter(({ result }) => result === 'violated');
  assert.deepEqual(violated.map(({ id }) => id), ['CT-101']);
  for (const told of ['CT-101 (MUST)', 'requirement: ', 'source:', 'expected: status 201', 'actual:   status 200', 'POST oauth/token']) {
    assert.ok(stdout.includes(told), told);
  }
  assert.match(readFileSync(join(reportsDir, 'junit.xml'), 'utf8'), /failures="1"/);
});

test('the runner alone runs the same checks, writes the same reports, and exits as the command does', async (t) => {
  const { env, reportsDir } = await reference(t);
  const passed = await run([playwrightCli, 'test', '--grep', 'CT-101'], env);
  assert.equal(passed.exitCode, 0, passed.stdout + passed.stderr);
  assert.equal(conformanceIn(reportsDir).verdict, 'conformant');
  assert.deepEqual(readdirSync(reportsDir).toSorted(), reports);
  const dead = await run([playwrightCli, 'test', '--grep', 'CT-101'], { ...env, OAUTH_BASE_URL: await deadUrl() });
  assert.equal(dead.exitCode, 3);
  assert.equal(conformanceIn(reportsDir).verdict, 'inconclusive');
});
