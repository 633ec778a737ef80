import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { clearReports } from '../kit/reports/folder.ts';
import { command, conformanceIn, playwrightCli, project, run, temporaryFolder } from './support/command.ts';
import { amid, childrenOf, linux } from './support/processes.ts';
import { serve } from './support/servers.ts';
import { reference, secret, target } from './support/targets.ts';
import { assertConformance } from './support/validate.ts';

/** No run that could not do its work says anything else than this. */
function assertInconclusive(reportsDir: string, kind: string, message: RegExp): void {
  const conformance = conformanceIn(reportsDir);
  assertConformance(conformance);
  assert.deepEqual([conformance.verdict, conformance.cause?.kind], ['inconclusive', kind]);
  assert.match(conformance.cause?.message ?? '', message);
}

test('a filter that selects nothing is told as such', async (t) => {
  const { env, reportsDir } = await reference(t);
  const { exitCode, stdout } = await run([...command('run'), '--grep', 'no such requirement'], env);
  assert.equal(exitCode, 3);
  assertInconclusive(reportsDir, 'nothing selected', /^no requirement is selected by --grep no such requirement$/);
  assert.match(stdout, /Verdict: {2}inconclusive: no requirement is selected/);
});

test('checks that cannot be loaded are told as such, with what the runner says', async (t) => {
  const { env, reportsDir } = await reference(t);
  const copy = temporaryFolder(t);
  for (const part of ['cli.ts', 'package.json', 'playwright.config.ts', 'tsconfig.json', 'commands', 'contracts', 'kit', 'reference', 'tests']) {
    cpSync(join(project, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  appendFileSync(join(copy, 'playwright.config.ts'), "throw new Error('the kit is damaged');\n");
  const [, , , ...args] = command('run');
  const { exitCode, stderr } = await run(['--import', '@oxc-node/core/register', join(copy, 'cli.ts'), ...args], env);
  assert.equal(exitCode, 3, stderr);
  assertInconclusive(reportsDir, 'checks failed to run', /runner ended with exit code 1$/);
  assert.match(stderr, /the kit is damaged/);
});

test('a runner that is killed ends the run, and what was judged until then stays', linux, async (t) => {
  let pid = 0;
  const { env, reportsDir } = await amid(t, () => childrenOf(pid).forEach((child) => process.kill(child, 'SIGKILL')));
  const { exitCode, stdout, stderr } = await run(command('run'), env, (id) => (pid = id));
  assert.equal(exitCode, 3, stdout + stderr);
  assertInconclusive(reportsDir, 'checks failed to run', /runner ended with SIGKILL$/);
  assert.ok(conformanceIn(reportsDir).counts.passed > 0);
  assert.doesNotMatch(stdout + stderr, /^\s+at /m);
});

for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
  test(`${signal} ends the run: its reports are written, it is inconclusive, and exits with ${code}`, linux, async (t) => {
    let pid = 0;
    let started: number[] = [];
    const { env, reportsDir } = await amid(t, () => {
      started = childrenOf(pid);
      process.kill(pid, signal);
    });
    const { exitCode, stdout, stderr } = await run(command('run'), env, (id) => (pid = id));
    assert.equal(exitCode, code, stdout + stderr);
    assertInconclusive(reportsDir, 'interrupted', new RegExp(signal));
    assert.ok(started.length > 0);
    assert.deepEqual(started.filter((child) => existsSync(`/proc/${child}`)), []);
  });
}

test('a signal during the preflight is heeded at once', async (t) => {
  let [pid, requests] = [0, 0];
  const url = await serve(t, () => {
    // Two requests come at once, and a second signal would be one too many.
    if (requests++ === 0) process.kill(pid, 'SIGTERM');
  });
  const { env, reportsDir } = target(t, url);
  const { exitCode } = await run(command('run'), env, (id) => (pid = id));
  assert.equal(exitCode, 143);
  assertInconclusive(reportsDir, 'interrupted', /SIGTERM/);
  assert.ok(conformanceIn(reportsDir).durationMs < 9000, 'it waited for the time-out of its requests');
});

test('where the process that started the run is killed, the run ends, and its reports say so', linux, async (t) => {
  let parent = 0;
  const { env, reportsDir } = await amid(t, () => process.kill(parent, 'SIGKILL'));
  const child = spawn('sh', ['-c', `"${process.execPath}" "$@"; true`, 'sh', ...command('run')], {
    cwd: project,
    env: { PATH: process.env.PATH, ...env },
    stdio: 'ignore',
  });
  parent = child.pid ?? 0;
  for (const file = join(reportsDir, 'conformance.json'); !existsSync(file); ) await pause(50);
  assertInconclusive(reportsDir, 'interrupted', /the process that started it is gone/);
});

test('a disk that is full is told as such, leaves no verdict behind, and is never exit 0', async (t) => {
  const { env, reportsDir } = await reference(t);
  // A limit to the size of files stands in for the disk: the Allure report is the only one that is larger.
  const limited = spawn('sh', ['-c', 'ulimit -f 2048; exec "$@"', 'sh', process.execPath, ...command('run', '--grep', 'CT-101')], { cwd: project, env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  limited.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [exitCode] = (await once(limited, 'close')) as [number];
  assert.equal(exitCode, 3, stderr);
  assert.match(stderr, /^the reports could not be written to .*: the Allure report could not be written to its end \(allure-report\)$/m);
  assert.ok(!existsSync(join(reportsDir, 'conformance.json')));
});

test('a folder that is made ready never holds an empty verdict, not even for a moment', async (t) => {
  const dir = temporaryFolder(t);
  const seen: (string | null)[] = [];
  const sentinel = new Promise<void>((resolve) => {
    const watcher = watch(dir, (_, name) => {
      seen.push(name);
      if (name === 'sentinel') resolve();
    });
    t.after(() => watcher.close());
  });
  await clearReports(dir);
  writeFileSync(join(dir, 'sentinel'), '');
  await sentinel;
  assert.ok(seen.includes('.writable'));
  assert.deepEqual(seen.filter((name) => name?.startsWith('conformance.json')), []);
});

test('a reports folder that cannot be made is wrong settings, and nothing is sent', async (t) => {
  let requests = 0;
  const { env, reportsDir } = target(t, await serve(t, (_, response) => void (requests++, response.end())));
  writeFileSync(join(reportsDir, 'file'), '');
  const { exitCode, stderr } = await run(command('run'), { ...env, OAUTH_REPORTS_DIR: join(reportsDir, 'file/reports') });
  assert.equal(exitCode, 2);
  assert.match(stderr, /^OAUTH_REPORTS_DIR names a folder that cannot be written to \(ENOTDIR\)[^\n]*\n$/);
  assert.equal(requests, 0);
});

test('a report in which a secret stands is withheld, the place is named, and the exit code is 4', async (t) => {
  const { env, reportsDir } = await amid(t, (dir) => {
    const pair = Buffer.from(`x:${env.OAUTH_CLIENT_SECRET}`).toString('base64');
    mkdirSync(join(dir, 'allure-results'), { recursive: true });
    writeFileSync(join(dir, 'allure-results/planted-attachment.txt'), `a trace: ${pair}`);
  });
  const { exitCode, stderr } = await run(command('run'), env);
  assert.equal(exitCode, 4);
  assert.match(stderr, /^secret exposed: \[client_secret [0-9a-f]{6}\] stands in .*planted-attachment\.txt at byte 1\d; the file was withheld$/m);
  assert.ok(!existsSync(join(reportsDir, 'allure-results/planted-attachment.txt')));
  assert.equal(conformanceIn(reportsDir).verdict, 'conformant');
});

test('NODE_DEBUG, which would print what is sent, is refused', async (t) => {
  const { env } = target(t, 'http://127.0.0.1:1');
  const { exitCode, stderr } = await run(command('run'), { ...env, NODE_DEBUG: 'http' });
  assert.deepEqual([exitCode, stderr.includes(secret)], [2, false]);
  assert.match(stderr, /NODE_DEBUG is set/);
});

test('under the runner alone, wrong settings are told, and nothing else', async () => {
  const { exitCode, stdout, stderr } = await run([playwrightCli, 'test'], { OAUTH_CLIENT_ID: 'client' });
  assert.notEqual(exitCode, 0);
  assert.equal(stdout, '');
  assert.deepEqual(stderr.trim().split('\n').map((line) => line.split(' ')[0]), ['OAUTH_BASE_URL', 'OAUTH_CLIENT_SECRET']);
});

test('under the runner alone, a trace is refused before anything is sent', async (t) => {
  let requests = 0;
  const { env, reportsDir } = target(t, await serve(t, (_, response) => void (requests++, response.end())));
  const { exitCode, stdout, stderr } = await run([playwrightCli, 'test', '--trace', 'on'], env);
  assert.notEqual(exitCode, 0);
  assert.equal(stdout, '');
  assert.match(stderr, /^--trace is not taken: [^\n]*\n$/);
  assert.equal(requests, 0);
  assert.deepEqual(readdirSync(reportsDir).filter((name) => name.endsWith('.json')), []);
});
