import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { transformCache } from '../kit/runner/cache.ts';
import { command, playwrightCli, run, temporaryFolder } from './support/command.ts';
import { amid, descendantsOf, linux } from './support/processes.ts';
import { reference } from './support/targets.ts';

test('compiled code is kept in a folder that only the user can write to', (t) => {
  const clone = temporaryFolder(t);
  const kept = join(clone, 'node_modules/.cache/oauth-conformance-kit');
  assert.equal(transformCache('scratch', clone), kept);
  assert.equal(statSync(kept).mode & 0o777, 0o700);
  assert.equal(transformCache('scratch', clone), kept, 'the next run finds it');
});

test('a folder that others can write to, or that is none, is not used', (t) => {
  for (const plant of [
    (kept: string) => (mkdirSync(kept), chmodSync(kept, 0o777)),
    (kept: string) => (mkdirSync(kept), chmodSync(kept, 0o720)),
    (kept: string) => symlinkSync(temporaryFolder(t), kept),
    (kept: string) => symlinkSync('nowhere', kept),
  ]) {
    const clone = temporaryFolder(t);
    mkdirSync(join(clone, 'node_modules/.cache'), { recursive: true });
    plant(join(clone, 'node_modules/.cache/oauth-conformance-kit'));
    assert.equal(transformCache('scratch', clone), join('scratch', 'cache'));
  }
});

test('a run and a list of the checks read and write no code below the temporary folder of the system', async (t) => {
  const temporary = temporaryFolder(t);
  const { env } = await reference(t);
  for (const args of [command('run', '--grep', 'CT-101'), command('run', '--list')]) {
    const { exitCode, stderr } = await run(args, { ...env, TMPDIR: temporary });
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(readdirSync(temporary).filter((name) => !name.startsWith('node-compile-cache')), []);
  }
});

test('under the runner alone, its worker reads no code from there either', linux, async (t) => {
  let [pid, given]: [number, string] = [0, ''];
  const { env } = await amid(t, () => {
    given = descendantsOf(pid).map((child) => readFileSync(`/proc/${child}/environ`, 'utf8')).join('\0');
  });
  await run([playwrightCli, 'test'], env, (id) => (pid = id));
  assert.match(given, /(^|\0)PLAYWRIGHT_TRANSFORM_CACHE_DIR=[^\0]*oauth-conformance-kit/);
});
