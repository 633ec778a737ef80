import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { lockFolder, lockName, unlockFolder } from '../kit/reports/lock.ts';
import { command, conformanceIn, playwrightCli, project, run, temporaryFolder } from './support/command.ts';
import { amid, linux } from './support/processes.ts';
import { serve } from './support/servers.ts';
import { reference, target } from './support/targets.ts';

/** A process that takes the lock of a folder, says so, and keeps it until it is told to go. */
async function holder(t: TestContext, dir: string) {
  const script = `const { lockFolder } = await import(${JSON.stringify(new URL('../kit/reports/lock.ts', import.meta.url).href)});
    try { await lockFolder(${JSON.stringify(dir)}); console.log('held'); process.stdin.resume().on('end', () => process.exit()); } catch ({ message }) { console.log(message); }`;
  const child = spawn(process.execPath, ['--import', '@oxc-node/core/register', '--input-type=module', '--eval', script], { cwd: project, stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close');
  const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const end = async (signal?: NodeJS.Signals) => {
    if (signal) child.kill(signal);
    else child.stdin.end();
    await ended;
  };
  return { pid: child.pid, said: said.trim(), end };
}

const lockOf = (dir: string) => join(dir, lockName);

test('a second process is told which one holds the folder, and gets it when that has ended', async (t) => {
  const dir = temporaryFolder(t);
  const { pid, said, end } = await holder(t, dir);
  assert.equal(said, 'held');
  assert.equal(statSync(lockOf(dir)).mode & 0o777, 0o600);
  await assert.rejects(lockFolder(dir), {
    name: 'SettingsError',
    message: new RegExp(`^OAUTH_REPORTS_DIR names a folder that another run is writing to \\(process ${pid}, since 20[^)]*Z\\): wait until that has ended, or name another folder$`),
  });
  await end();
  assert.deepEqual(readdirSync(dir), []);
  await lockFolder(dir);
  await lockFolder(dir);
  unlockFolder(dir);
  assert.deepEqual(readdirSync(dir), []);
});

test('the lock of a process that was killed is taken over', async (t) => {
  const dir = temporaryFolder(t);
  const { end } = await holder(t, dir);
  await end('SIGKILL');
  assert.ok(existsSync(lockOf(dir)));
  await lockFolder(dir);
  assert.equal((JSON.parse(readFileSync(lockOf(dir), 'utf8')) as { pid: number }).pid, process.pid);
  unlockFolder(dir);
});

test('the lock of a process whose id another one has by now is taken over', linux, async (t) => {
  const dir = temporaryFolder(t);
  await lockFolder(dir);
  const own = JSON.parse(readFileSync(lockOf(dir), 'utf8')) as object;
  unlockFolder(dir);
  writeFileSync(lockOf(dir), JSON.stringify({ ...own, pid: process.ppid, started: '1' }));
  await lockFolder(dir);
  unlockFolder(dir);
});

test('the lock of another machine holds for as long as it is touched, and a damaged one, too', async (t) => {
  const dir = temporaryFolder(t);
  const elsewhere = JSON.stringify({ pid: 1, machine: `not-${hostname()} pid:[1]`, started: null, since: '2026-11-26T15:00:00.000Z' });
  for (const [text, says] of [[elsewhere, /\(process 1 on not-.*, since 2026-11-26T15:00:00\.000Z\)/], ['', /\(it has just begun\)/], ['\u001b[31m', /\(it has just begun\)/]] as const) {
    writeFileSync(lockOf(dir), text);
    await assert.rejects(lockFolder(dir), { name: 'SettingsError', message: says });
    const old = new Date(Date.now() - 120_000);
    utimesSync(lockOf(dir), old, old);
    await lockFolder(dir);
    unlockFolder(dir);
  }
});

test('of many processes that find a lock left behind, one gets it', async (t) => {
  const dir = temporaryFolder(t);
  const { end } = await holder(t, dir);
  await end('SIGKILL');
  const all = await Promise.all(Array.from({ length: 4 }, () => holder(t, dir)));
  assert.equal(all.filter(({ said }) => said === 'held').length, 1, all.map(({ said }) => said).join('\n'));
});

test('a second run in a folder exits with 2, sends nothing and changes nothing, by whichever command', async (t) => {
  let seconds: Promise<{ exitCode: number | null; stderr: string }[]> | undefined;
  let requests = 0;
  const url = await serve(t, (_, response) => void (requests++, response.end()));
  const { env, reportsDir } = await amid(t, (dir) => {
    const one = { ...target(t, url).env, OAUTH_REPORTS_DIR: dir };
    writeFileSync(join(dir, 'targets.yaml'), JSON.stringify([{ name: 'one', baseUrl: url, clientId: 'OAUTH_CLIENT_ID', clientSecret: 'OAUTH_CLIENT_SECRET' }]));
    seconds = Promise.all([
      run(command('run'), one),
      run(command('demo'), one),
      run(command('certify'), { ...one, OAUTH_OTHER_CLIENT_ID: 'other', OAUTH_OTHER_CLIENT_SECRET: 'canary-of-the-other' }),
      run([playwrightCli, 'test'], one),
      run(command('run', '--targets', join(dir, 'targets.yaml')), one),
    ]);
  });
  const first = await run(command('run'), env);
  assert.equal(first.exitCode, 0, first.stdout + first.stderr);
  const ended = (await seconds) ?? assert.fail();
  for (const { stderr } of ended) assert.match(stderr, /^OAUTH_REPORTS_DIR names a folder that another run is writing to \(process \d+, since /m);
  // Under Playwright itself, wrong settings are its own 1.
  assert.deepEqual(ended.map(({ exitCode }) => exitCode), [2, 2, 2, 1, 2]);
  assert.equal(conformanceIn(reportsDir).verdict, 'conformant');
  assert.deepEqual(readdirSync(reportsDir).filter((name) => name.includes('lock') || name.includes('unfinished')), []);
  assert.equal(requests, 0);
});

test('a run that was killed keeps the next one from nothing', async (t) => {
  let pid = 0;
  const { env, reportsDir } = await amid(t, () => process.kill(pid, 'SIGKILL'));
  await run(command('run'), env, (id) => (pid = id));
  assert.ok(existsSync(lockOf(reportsDir)));
  const { env: again } = await reference(t);
  const { exitCode, stderr } = await run(command('run', '--grep', 'CT-101'), { ...again, OAUTH_REPORTS_DIR: reportsDir });
  assert.equal(exitCode, 0, stderr);
});
