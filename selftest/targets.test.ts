import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import type { Conformance } from '../kit/reports/conformance.ts';
import { overviewPage } from '../kit/reports/overview.ts';
import { environment, readSettings } from '../kit/settings/settings.ts';
import { environmentFor } from '../kit/settings/targets.ts';
import { startReference } from '../reference/server.ts';
import { command, conformanceIn, run, temporaryFolder } from './support/command.ts';
import { deadUrl, serve } from './support/servers.ts';

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
  assert.equal(targets[1]?.problem, 'it was not judged: its run ended with exit code 2, for the reason that its output gives');
  assert.match(stdout, /^== conforming\nTo send requests of its reports again: export OAUTH_CLIENT_ID="\$A_CLIENT_ID" OAUTH_CLIENT_SECRET="\$A_CLIENT_SECRET" OAUTH_OTHER_CLIENT_ID="\$B_CLIENT_ID"/m);
  assert.deepEqual(
    ['conforming', 'faulty', 'at-night'].map((name) => [conformanceIn(join(reportsDir, name)).profile, conformanceIn(join(reportsDir, name)).requirements.find(({ id }) => id === 'TG-301')?.result]),
    [['gate', 'passed'], ['gate', 'skipped'], ['nightly', 'skipped']],
    'a target without a second client does not get that of another',
  );
  const page = readFileSync(join(reportsDir, 'index.html'), 'utf8');
  for (const text of ['2 conformant, 1 non-conformant, 1 inconclusive, 1 without a result', 'href="faulty/statement.html"', '<p>CT-201 CT-202</p>']) assert.ok(page.includes(text), text);

  const one = temporaryFolder(t);
  const alone = await run([...command('run'), '--targets', file, '--target', 'down'], { ...env, OAUTH_REPORTS_DIR: one });
  assert.equal(alone.exitCode, 3);
  assert.deepEqual((JSON.parse(readFileSync(join(one, 'index.json'), 'utf8')) as Index).targets.map(({ name }) => name), ['down']);
  mkdirSync(join(one, 'nothing'));
  const index = await run([...command('index'), join(one, 'down'), join(one, 'nothing'), join(reportsDir, 'faulty')], { OAUTH_REPORTS_DIR: one });
  assert.equal(index.exitCode, 0, index.stderr);
  assert.match(index.stderr, /nothing\/conformance\.json cannot be read \(ENOENT\)/);
  const none = await run([...command('index'), join(one, 'nothing')], { OAUTH_REPORTS_DIR: one });
  assert.deepEqual([none.exitCode, none.stderr.split('\n').length], [2, 2]);
  const alike = await run([...command('index'), join(one, 'down'), join(reportsDir, 'down')], { OAUTH_REPORTS_DIR: one });
  assert.equal(alike.exitCode, 0);
  assert.deepEqual((JSON.parse(readFileSync(join(one, 'index.json'), 'utf8')) as Index).targets.map(({ name }) => name), ['down', relative(one, join(reportsDir, 'down'))]);
  await run([...command('index'), join(one, 'down'), join(one, 'nothing'), join(reportsDir, 'faulty')], { OAUTH_REPORTS_DIR: one });
  assert.deepEqual((JSON.parse(readFileSync(join(one, 'index.json'), 'utf8')) as Index).targets.map(({ verdict }) => verdict), ['inconclusive', undefined, 'non-conformant']);
});

test('what a run before has left is not told as what this one came to', async (t) => {
  const { baseUrl, clients, close } = await startReference();
  t.after(close);
  const [client] = clients;
  const reportsDir = temporaryFolder(t);
  const env = { A_CLIENT_ID: client.id, A_CLIENT_SECRET: client.secret, OAUTH_REPORTS_DIR: reportsDir };
  const file = fileOf(t, [target('eu', baseUrl)]);
  const indexed = () => (JSON.parse(readFileSync(join(reportsDir, 'index.json'), 'utf8')) as Index).targets[0];
  assert.equal((await run([...command('run'), '--targets', file, '--grep', 'CT-101'], env)).exitCode, 0);
  assert.equal(indexed()?.verdict, 'conformant');

  const unset = await run([...command('run'), '--targets', file], { ...env, A_CLIENT_SECRET: '' });
  assert.deepEqual([unset.exitCode, unset.stderr], [2, 'eu: clientSecret names the variable A_CLIENT_SECRET, which is not set\n']);
  assert.deepEqual(indexed(), { name: 'eu', folder: 'eu', problem: 'clientSecret names the variable A_CLIENT_SECRET, which is not set' });
  assert.equal(conformanceIn(join(reportsDir, 'eu')).verdict, 'conformant', 'nothing is lost by a setting that is wrong');

  const refused = await run([...command('run'), '--targets', file], { ...env, OAUTH_STRICT: 'maybe' });
  assert.equal(refused.exitCode, 2);
  assert.equal(indexed()?.verdict, undefined);
});

test('what is in production is asked for no more than a nightly run, by a file of targets either', async (t) => {
  const asked: string[] = [];
  const url = await serve(t, (incoming, response) => void (asked.push(incoming.url ?? ''), response.writeHead(404).end()));
  const env = { A_CLIENT_ID: 'client', A_CLIENT_SECRET: 'canary-of-a-secret', OAUTH_ALLOW_PRODUCTION: new URL(url).host, OAUTH_REPORTS_DIR: temporaryFolder(t) };
  const { exitCode, stderr } = await run([...command('run'), '--targets', fileOf(t, [target('eu', url)])], env);
  assert.deepEqual([exitCode, asked], [2, []]);
  assert.match(stderr, /^OAUTH_ALLOW_PRODUCTION says that the target is in production/);
});

test('a target has its own waivers, baseline and history, and nothing of the credentials of others, whatever they are called', () => {
  const credentialsOf = (name: string) => ({ clientId: `OAUTH_CLIENT_ID_${name}`, clientSecret: `OAUTH_CLIENT_SECRET_${name}` });
  const [eu, us] = [target('eu', 'https://eu.example.com', { ...credentialsOf('1'), waivers: 'eu.yaml', baseline: 'eu.json', history: 'eu.jsonl' }), target('us', 'https://us.example.com', credentialsOf('2'))];
  const env = { OAUTH_CLIENT_ID_1: 'one', OAUTH_CLIENT_SECRET_1: 'canary-1', OAUTH_CLIENT_ID_2: 'two', OAUTH_CLIENT_SECRET_2: 'canary-2', OAUTH_WAIVERS_FILE: 'all.yaml', OAUTH_TIMEOUT_MS: '50' };
  const of = (each: typeof eu) => readSettings(environment(environmentFor(each, [eu, us], { ...env, KIT_PARENT: String(process.ppid) }, 'reports')));
  const told = ({ client, waiversFile, baselineFile, historyFile, timeoutMs }: ReturnType<typeof of>) => [client.id, client.secret, waiversFile, baselineFile, historyFile, timeoutMs];
  assert.deepEqual(told(of(eu)), ['one', 'canary-1', 'eu.yaml', 'eu.json', 'eu.jsonl', 50]);
  assert.deepEqual(told(of(us)), ['two', 'canary-2', 'all.yaml', undefined, undefined, 50]);
  assert.ok(!JSON.stringify(environmentFor(us, [eu, us], env, 'reports')).includes('canary-1'));
});

test('a signal ends the run that is under way, begins no other, and leaves an index that says so', async (t) => {
  let [pid, requests] = [0, 0];
  const url = await serve(t, () => {
    // A second signal would be one too many.
    if (requests++ === 0) process.kill(pid, 'SIGTERM');
  });
  const reportsDir = temporaryFolder(t);
  const env = { A_CLIENT_ID: 'client', A_CLIENT_SECRET: 'canary-of-a-secret', OAUTH_CONCURRENCY: '1', OAUTH_REPORTS_DIR: reportsDir };
  const { exitCode } = await run([...command('run'), '--targets', fileOf(t, [target('eu', url), target('us', url)])], env, (id) => (pid = id));
  assert.equal(exitCode, 143);
  const { targets } = JSON.parse(readFileSync(join(reportsDir, 'index.json'), 'utf8')) as Index;
  assert.deepEqual(targets.map(({ name, verdict, problem }) => [name, verdict, problem]), [['eu', 'inconclusive', undefined], ['us', undefined, 'it was not judged: the run was interrupted']]);
});

test('--target without --targets is wrong usage', async () => {
  const { exitCode, stderr } = await run([...command('run'), '--target', 'eu'], { OAUTH_BASE_URL: 'https://api.example.com' });
  assert.deepEqual([exitCode, stderr], [2, '--target takes a target of --targets, which is not given\n']);
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
  const [longest, tooLong] = ['a'.repeat(39), 'a'.repeat(40)];
  for (const [names, problem] of [
    [['end_', longest], undefined],
    [[tooLong], /^--targets has a{40}, whose Job would be called oauth-conformance-a{40}: it takes names of 39 characters at most for Kubernetes$/m],
    [['A_b', 'a-b'], /^--targets has A_b and a-b, whose Jobs would both be called oauth-conformance-a-b: /m],
  ] as const) {
    const { exitCode, stderr, stdout } = await run([...command('matrix'), '--for', 'kubernetes', '--targets', fileOf(t, names.map((name) => target(name)))], {});
    assert.equal(exitCode, problem ? 2 : 0, stderr);
    if (problem) assert.match(stderr, problem);
    else assert.match(stdout, /^ {2}name: oauth-conformance-end$/m);
  }
  const spaced = join(temporaryFolder(t), "my team's targets.yaml");
  writeFileSync(spaced, JSON.stringify([target('eu')]));
  const job = parse((await run([...command('matrix'), '--for', 'gitlab', '--targets', spaced], {})).stdout) as typeof gitlab;
  assert.match(job['oauth-conformance']?.script[0] ?? '', /--targets '\/.*\/my team'\\''s targets\.yaml' --target/);
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
  assert.equal(environment({ KIT_PARENT: String(process.ppid) }, file).OAUTH_OTHER_CLIENT_ID, undefined);
});
