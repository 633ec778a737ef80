import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { environment, noteOnDotenv } from '../kit/settings/environment.ts';
import { command, conformanceIn, playwrightCli, run, temporaryFolder } from './support/command.ts';
import { amid, descendantsOf, linux } from './support/processes.ts';
import { forward, serve } from './support/servers.ts';
import { reference, target } from './support/targets.ts';

/** A `.env` that acts on Node.js, the runner and the kit, if anything reads it; and what it would leave behind. */
function hostileDotenv(t: TestContext) {
  const dir = temporaryFolder(t);
  const trace = join(dir, 'code-has-run');
  const code = join(dir, 'code.cjs');
  const kept = join(dir, 'kept');
  mkdirSync(kept);
  writeFileSync(join(kept, 'file'), '');
  writeFileSync(code, `require('node:fs').writeFileSync(${JSON.stringify(trace)}, '')`);
  const variables = {
    NODE_OPTIONS: `--require ${code}`,
    KIT_OUTPUT_DIR: kept,
    KIT_SCRATCH: kept,
    KIT_GATEWAY: 'http://key@127.0.0.1:1/',
    KIT_PARENT: '1',
    PLAYWRIGHT_TRANSFORM_CACHE_DIR: dir,
    PWDEBUG: '1',
    PATH: dir,
    APPLICATION_SECRET: 'canary-of-the-application',
  };
  writeFileSync(join(dir, '.env'), Object.entries(variables).map(([name, value]) => `${name}=${value}\n`).join(''));
  return { dir, trace, kept, variables };
}

test('.env sets what the kit reads and nothing else, and the rest is named', (t) => {
  const { dir } = hostileDotenv(t);
  const file = join(dir, '.env');
  writeFileSync(file, `${readFileSync(file, 'utf8')}OAUTH_PROFILE=gate\nhttps_proxy=http://127.0.0.1:1\nNO_PROXY=*\nEU_SECRET=canary\n`);
  assert.deepEqual(environment({}, file), { OAUTH_PROFILE: 'gate', https_proxy: 'http://127.0.0.1:1', NO_PROXY: '*' });
  const named = ['EU_SECRET', 'NODE_OPTIONS', 'KIT_GATEWAY', 'PATH'];
  assert.equal(environment({}, file, named).EU_SECRET, 'canary', 'a target names it');
  assert.deepEqual(Object.keys(environment({}, file, named)).filter((name) => named.includes(name)), ['EU_SECRET'], 'others cannot be named');
  assert.match(noteOnDotenv({}, file) ?? '', /also sets NODE_OPTIONS, KIT_OUTPUT_DIR, KIT_SCRATCH, KIT_GATEWAY, KIT_PARENT and 5 more: /);
  assert.doesNotMatch(noteOnDotenv({}, file) ?? '', /canary/);
  assert.equal(noteOnDotenv({}, join(dir, 'none')), undefined);
});

test('nothing in .env runs code, removes a folder or skips the settings', async (t) => {
  const { env, reportsDir } = await reference(t);
  const { dir, trace, kept } = hostileDotenv(t);
  const { exitCode, stdout, stderr } = await run([...command('run'), '--grep', 'CT-101'], env, undefined, dir);
  assert.equal(exitCode, 0, stdout + stderr);
  assert.match(stderr, /^note: \.env also sets NODE_OPTIONS, /m);
  assert.equal(conformanceIn(reportsDir).counts.passed, 1);
  assert.deepEqual([existsSync(trace), readdirSync(kept)], [false, ['file']]);
});

test('the variables of the kit count for nothing if the kit has not set them', async (t) => {
  const { env, reportsDir } = await reference(t);
  const { kept, variables: { KIT_OUTPUT_DIR, KIT_SCRATCH, KIT_GATEWAY } } = hostileDotenv(t);
  const given = { ...env, KIT_OUTPUT_DIR, KIT_SCRATCH, KIT_GATEWAY, KIT_RUNNER_SHOWS_RESULTS: '1', KIT_SETTINGS_COMPLETE: '1' };
  for (const args of [command('run'), [playwrightCli, 'test']]) {
    const { exitCode, stdout, stderr } = await run([...args, '--grep', 'CT-101'], given);
    assert.equal(exitCode, 0, stdout + stderr);
    assert.equal(conformanceIn(reportsDir).counts.passed, 1);
    assert.deepEqual(readdirSync(kept), ['file']);
  }
  for (const args of [command('run'), [playwrightCli, 'test']]) {
    const { exitCode, stderr } = await run(args, { ...given, KIT_PARENT: '1' });
    assert.deepEqual([exitCode === 0, stderr.split('\n').filter((line) => line.startsWith('KIT_PARENT is set, but not to the parent of this process')).length], [false, 1], stderr);
  }
});

test('the runner and its worker get what they need of the environment, and no more', linux, async (t) => {
  const environments: string[][] = [];
  let pid = 0;
  const { env, reportsDir } = await amid(t, () => {
    for (const child of descendantsOf(pid)) environments.push(readFileSync(`/proc/${child}/environ`, 'utf8').split('\0').map((each) => each.split('=')[0] ?? ''));
  });
  const given = { ...env, APPLICATION_SECRET: 'canary', NODE_OPTIONS: '--no-deprecation', DEBUG: 'canary', AWS_SECRET_ACCESS_KEY: 'canary', HTTPS_PROXY: 'http://user:canary@127.0.0.1:1', OAUTH_SIGNING_KEY_FILE: 'none' };
  const { exitCode, stdout, stderr } = await run(command('run'), given, (id) => (pid = id));
  assert.equal(exitCode, 0, stdout + stderr);
  assert.equal(conformanceIn(reportsDir).verdict, 'conformant');
  assert.equal(environments.length, 2, 'the runner and one worker');
  for (const names of environments) {
    assert.ok(names.includes('OAUTH_CLIENT_SECRET') && names.includes('PATH'));
    assert.deepEqual(names.filter((name) => /APPLICATION|NODE_OPTIONS|^DEBUG$|AWS|PROXY|SIGNING/.test(name)), []);
  }
});

test('the run of each of several targets gets no more either, and takes over what concerns Node itself', linux, async (t) => {
  const { env } = await reference(t);
  let names: string[] = [];
  let pid = 0;
  const url = await serve(t, (request, response) => {
    const [child] = descendantsOf(pid);
    if (names.length === 0) names = readFileSync(`/proc/${child}/environ`, 'utf8').split('\0').map((each) => each.split('=')[0] ?? '');
    forward(env.OAUTH_BASE_URL, request, response);
  });
  const dir = temporaryFolder(t);
  const file = join(dir, 'targets.yaml');
  writeFileSync(file, JSON.stringify([{ name: 'one', baseUrl: url, clientId: 'ONE_ID', clientSecret: 'ONE_SECRET' }]));
  writeFileSync(join(dir, '.env'), 'ONE_SECRET=canary-of-the-one-target\nOTHER_SECRET=canary\n');
  const { env: given } = target(t, url, { APPLICATION_SECRET: 'canary', ONE_ID: 'one', NODE_OPTIONS: '--no-deprecation' });
  await run([...command('run'), '--targets', file, '--grep', 'CT-101'], given, (id) => (pid = id), dir);
  assert.ok(names.includes('OAUTH_CLIENT_SECRET') && names.includes('NODE_OPTIONS'), names.join(' '));
  assert.deepEqual(names.filter((name) => /APPLICATION|ONE_|OTHER_SECRET/.test(name)), []);
});
