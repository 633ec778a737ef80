import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import type { Conformance } from '../kit/reports/conformance.ts';
import { overviewPage } from '../kit/reports/overview.ts';
import { environment } from '../kit/settings.ts';
import { startReference } from '../reference/server.ts';
import { command, conformanceIn, run, temporaryFolder } from './support/command.ts';
import { deadUrl } from './support/servers.ts';

interface Index {
  readonly targets: readonly { readonly name: string; readonly verdict?: string; readonly violated?: readonly string[]; readonly problem?: string }[];
}

function fileOf(t: TestContext, targets: unknown): string {
  const file = join(temporaryFolder(t), 'targets.yaml');
  writeFileSync(file, typeof targets === 'string' ? targets : JSON.stringify(targets));
  return file;
}

const credentials = { clientId: 'A_CLIENT_ID', clientSecret: 'A_CLIENT_SECRET' };
const target = (name: string, baseUrl = 'https://api.example.com', more: object = {}) => ({ name, baseUrl, ...credentials, ...more });

test('several targets are judged into a folder each, none stops the rest, and the worst decides', async (t) => {
  const { baseUrl, clients, close } = await startReference();
  t.after(close);
  const [client, other] = clients;
  const reportsDir = temporaryFolder(t);
  const file = fileOf(t, [
    target('conforming', baseUrl, { otherClientId: 'B_CLIENT_ID', otherClientSecret: 'B_CLIENT_SECRET' }),
    target('misconfigured', 'not a url'),
    target('down', await deadUrl()),
    target('faulty', `${baseUrl}/fault/every-wrong-content-type-as-415`),
    target('at-night', baseUrl, { profile: 'nightly', allowProduction: new URL(baseUrl).host }),
  ]);
  const env = { A_CLIENT_ID: client.id, A_CLIENT_SECRET: client.secret, B_CLIENT_ID: other.id, B_CLIENT_SECRET: other.secret, OAUTH_REPORTS_DIR: reportsDir };
  const { exitCode, stdout, stderr } = await run([...command('run'), '--targets', file], env);
  assert.equal(exitCode, 1, stdout + stderr);
  assert.match(stderr, /^OAUTH_BASE_URL is not valid/m);
  const { targets } = JSON.parse(readFileSync(join(reportsDir, 'index.json'), 'utf8')) as Index;
  assert.deepEqual(
    targets.map(({ name, verdict, violated }) => [name, verdict, violated?.length]),
    [['conforming', 'conformant', 0], ['misconfigured', undefined, undefined], ['down', 'inconclusive', 0], ['faulty', 'non-conformant', 2], ['at-night', 'conformant', 0]],
  );
  assert.match(targets[1]?.problem ?? '', /cannot be read \(ENOENT\)/);
  assert.deepEqual(
    ['conforming', 'faulty', 'at-night'].map((name) => [conformanceIn(join(reportsDir, name)).profile, conformanceIn(join(reportsDir, name)).requirements.find(({ id }) => id === 'TG-301')?.result]),
    [['gate', 'passed'], ['gate', 'skipped'], ['nightly', 'skipped']],
    'a target without a second client does not get that of another',
  );
  const page = readFileSync(join(reportsDir, 'index.html'), 'utf8');
  for (const text of ['2 conformant, 1 non-conformant, 1 inconclusive, 1 without a result', 'href="faulty/statement.html"']) assert.ok(page.includes(text), text);

  const one = temporaryFolder(t);
  const alone = await run([...command('run'), '--targets', file, '--target', 'down'], { ...env, OAUTH_REPORTS_DIR: one });
  assert.equal(alone.exitCode, 3);
  assert.deepEqual((JSON.parse(readFileSync(join(one, 'index.json'), 'utf8')) as Index).targets.map(({ name }) => name), ['down']);
  mkdirSync(join(one, 'nothing'));
  const index = await run([...command('index'), join(one, 'down'), join(one, 'nothing'), join(reportsDir, 'faulty')], { OAUTH_REPORTS_DIR: one });
  assert.equal(index.exitCode, 0, index.stderr);
  assert.deepEqual((JSON.parse(readFileSync(join(one, 'index.json'), 'utf8')) as Index).targets.map(({ verdict }) => verdict), ['inconclusive', undefined, 'non-conformant']);
});

test('a file of targets that is wrong is told as such, with what it takes: exit 2', async (t) => {
  for (const [targets, says] of [
    ['- name: [', /^--targets is not YAML \(/],
    [[], /^--targets is malformed \(at "" it must NOT have fewer than 1 items\): it takes a YAML list of targets/],
    [[target('../up')], /malformed \(at "\/0\/name" it must match pattern/],
    [[target('a', 'https://a.example.com', { clientSecret: 'canary in place of a name' })], /malformed \(at "\/0\/clientSecret"/],
    [[target('a', 'https://a.example.com', { otherClientId: 'B' })], /malformed \(at "\/0" it must have property otherClientSecret when property otherClientId is present\)/],
    [[target('a'), target('A')], /^--targets has "a" more than once/],
  ] as const) {
    const { exitCode, stderr } = await run([...command('run'), '--targets', fileOf(t, targets)], {});
    assert.equal(exitCode, 2);
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /canary/);
  }
  const { exitCode, stderr } = await run([...command('run'), '--targets', fileOf(t, [target('a'), target('b')]), '--target', 'c'], {});
  assert.deepEqual([exitCode, /^--target c is not in .*: it takes one of a, b$/m.test(stderr)], [2, true], stderr);
});

test('a matrix has a job for each target, for every engine', async (t) => {
  const file = fileOf(t, [target('eu'), target('us_east')]);
  const printed = async (engine: string) => (await run([...command('matrix'), '--targets', file, '--for', engine], {})).stdout;
  assert.deepEqual(JSON.parse(await printed('github')), { target: ['eu', 'us_east'] });
  const gitlab = parse(await printed('gitlab')) as Record<string, { parallel: { matrix: unknown }; script: readonly string[] }>;
  assert.deepEqual(gitlab['oauth-conformance']?.parallel.matrix, [{ TARGET: ['eu', 'us_east'] }]);
  assert.match(gitlab['oauth-conformance']?.script[0] ?? '', /run --targets \S+ --target "\$TARGET"$/);
  const jobs = parseAllDocuments(await printed('kubernetes')).map((document) => document.toJS() as { metadata: { name: string }; spec: { template: { spec: { containers: { args: string[] }[] } } } });
  assert.deepEqual(jobs.map(({ metadata }) => metadata.name), ['oauth-conformance-eu', 'oauth-conformance-us-east']);
  assert.deepEqual(jobs.map(({ spec }) => spec.template.spec.containers[0]?.args.at(-1)), ['eu', 'us_east']);
});

test('an overview shows what a target says as text', () => {
  const hostile = '<script>alert(1)</script>';
  const page = overviewPage([{ name: 'a', folder: 'a"><script>', problem: hostile }, { name: 'b', folder: 'b', conformance: { ...({ requirements: [], counts: { violated: 0, warnings: 0, blocked: 0 }, verdict: 'inconclusive', target: { baseUrl: hostile, reference: false }, cause: { kind: 'unreachable', message: hostile } } as unknown as Conformance) } }]);
  assert.ok(!page.includes('<script>'));
});

test('where the environment is all there is, a .env adds nothing', (t) => {
  const file = join(temporaryFolder(t), '.env');
  writeFileSync(file, 'OAUTH_OTHER_CLIENT_ID=other\n');
  assert.equal(environment({}, file).OAUTH_OTHER_CLIENT_ID, 'other');
  assert.equal(environment({ KIT_SETTINGS_COMPLETE: '1' }, file).OAUTH_OTHER_CLIENT_ID, undefined);
});
