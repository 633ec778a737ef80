import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { command, playwrightCli, project, temporaryFolder } from './support/command.ts';
import { amid, childrenOf, descendantsOf, isAlive, linux, until } from './support/processes.ts';
import { reference } from './support/targets.ts';

/** Starts a command with a temporary folder of its own. */
function start(t: TestContext, args: readonly string[], env: Record<string, string>) {
  const temporary = temporaryFolder(t);
  const child = spawn(process.execPath, args, { cwd: project, env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, TMPDIR: temporary }, stdio: 'ignore' });
  t.after(() => void child.kill('SIGKILL'));
  return { pid: child.pid ?? assert.fail(), left: () => readdirSync(temporary).filter((name) => name.startsWith('oauth-conformance-kit-')) };
}

/** Asserts that processes end soon, and leave nothing. `within` is in milliseconds. */
async function assertGone(t: TestContext, pids: readonly number[], left: () => string[], within: number): Promise<void> {
  assert.ok(pids.length > 0);
  const took = await until(() => !pids.some(isAlive), within);
  for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  assert.notEqual(took, undefined, 'they are still there');
  t.diagnostic(`${pids.length} processes ended after ${Math.round(took ?? 0)} ms`);
  assert.deepEqual(left(), []);
}

test('where the main process is killed amid the checks, the runner and its worker end within 2 s, and leave no folder', linux, async (t) => {
  let [pid, children]: [number, number[]] = [0, []];
  const { env } = await amid(t, () => {
    children = descendantsOf(pid);
    process.kill(pid, 'SIGKILL');
  });
  const started = start(t, command('run'), env);
  ({ pid } = started);
  await until(() => children.length > 0);
  assert.equal(children.length, 2, 'the runner and one worker');
  await assertGone(t, children, started.left, 2000);
});

// The later moments are while the runner loads; by the last it has a worker on most machines.
for (const delay of [0, 100, 300, 600, 1000]) {
  test(`where the main process is killed ${delay} ms after it started the runner, that ends, too`, linux, async (t) => {
    const { env } = await reference(t);
    const { pid, left } = start(t, command('run'), env);
    await until(() => childrenOf(pid).length > 0);
    await until(() => false, delay);
    const children = descendantsOf(pid);
    process.kill(pid, 'SIGKILL');
    // It cannot look before Node.js and Playwright are loaded, however slow the machine is.
    await assertGone(t, children, left, 15_000);
  });
}

test('where the process that judges several targets is killed, the run that is under way ends, and what it started', linux, async (t) => {
  let [pid, children]: [number, number[]] = [0, []];
  const { env } = await amid(t, () => {
    children = descendantsOf(pid);
    process.kill(pid, 'SIGKILL');
  });
  const file = join(temporaryFolder(t), 'targets.yaml');
  writeFileSync(file, JSON.stringify([{ name: 'one', baseUrl: env.OAUTH_BASE_URL, clientId: 'OAUTH_CLIENT_ID', clientSecret: 'OAUTH_CLIENT_SECRET' }]));
  const started = start(t, [...command('run'), '--targets', file], env);
  ({ pid } = started);
  await until(() => children.length > 0);
  assert.equal(children.length, 3, 'the run, its runner and one worker');
  // The run writes its reports first.
  await assertGone(t, children, started.left, 15_000);
  assert.ok(existsSync(join(env.OAUTH_REPORTS_DIR, 'one/conformance.json')));
});

test('where the runner alone is killed, its worker ends within 2 s', linux, async (t) => {
  let [pid, children]: [number, number[]] = [0, []];
  const { env } = await amid(t, () => {
    children = descendantsOf(pid);
    process.kill(pid, 'SIGKILL');
  });
  // Nothing is left that could remove the folder.
  ({ pid } = start(t, [playwrightCli, 'test'], env));
  await until(() => children.length > 0);
  await assertGone(t, children, () => [], 2000);
});
