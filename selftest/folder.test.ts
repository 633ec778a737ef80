import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { clearReports, holdFolder, makeInside, releaseFolder, unfinishedOf, writeWhole } from '../kit/reports/folder.ts';
import { command, run, temporaryFolder } from './support/command.ts';
import { amid } from './support/processes.ts';
import { reference } from './support/targets.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('links that stand in the place of what a run writes are replaced, not followed', async (t) => {
  const elsewhere = temporaryFolder(t);
  const names = ['conformance.json', 'junit.xml', 'summary.md', 'statement.html', 'badge.svg'];
  for (const name of names) writeFileSync(join(elsewhere, name), 'kept');
  mkdirSync(join(elsewhere, 'folder'));
  const { env, reportsDir } = await amid(t, (dir) => {
    for (const name of names) {
      symlinkSync(join(elsewhere, name), join(dir, name));
      symlinkSync(join(elsewhere, name), join(dir, `${name}.unfinished`));
    }
    symlinkSync(join(elsewhere, 'folder'), join(dir, 'allure-report'));
  });
  const { exitCode, stdout, stderr } = await run(command('run'), env);
  assert.equal(exitCode, 0, stdout + stderr);
  for (const name of names) {
    assert.equal(readFileSync(join(elsewhere, name), 'utf8'), 'kept');
    assert.ok(lstatSync(join(reportsDir, name)).isFile(), name);
  }
  assert.ok(lstatSync(join(reportsDir, 'allure-report')).isDirectory());
  assert.deepEqual(readdirSync(join(elsewhere, 'folder')), []);
});

test('a link in the place of the Allure results, or in them, keeps the reports from being written', async (t) => {
  const elsewhere = temporaryFolder(t);
  for (const plant of [
    (dir: string) => symlinkSync(elsewhere, join(dir, 'allure-results')),
    (dir: string) => {
      mkdirSync(join(dir, 'allure-results'));
      symlinkSync(join(elsewhere, 'file'), join(dir, 'allure-results/0-attachment.httpexchange'));
      symlinkSync(join(elsewhere, 'file'), join(dir, 'allure-results/environment.properties'));
    },
  ]) {
    const { env, reportsDir } = await amid(t, plant);
    const { exitCode, stderr } = await run(command('run'), env);
    assert.equal(exitCode, 3);
    assert.match(stderr, /^the reports could not be written to .*: EEXIST/m);
    assert.deepEqual(readdirSync(elsewhere), []);
    assert.ok(!existsSync(join(reportsDir, 'conformance.json')));
  }
});

test('a reports folder that a link takes the place of during the run is not written through', async (t) => {
  const elsewhere = temporaryFolder(t);
  const { env, reportsDir } = await amid(t, (dir) => {
    renameSync(dir, `${dir}-aside`);
    symlinkSync(elsewhere, dir);
  });
  t.after(() => renameSync(`${reportsDir}-aside`, join(temporaryFolder(t), 'aside')));
  const { exitCode, stderr } = await run(command('run'), env);
  assert.equal(exitCode, 3);
  assert.match(stderr, /^the reports could not be written to .*: .* was replaced by another folder while the run was under way \(junit.xml, .*conformance.json\)$/m);
  assert.deepEqual(readdirSync(elsewhere), []);
});

test('what a run that was killed left unfinished is removed', async (t) => {
  const dir = temporaryFolder(t);
  mkdirSync(unfinishedOf(join(dir, 'allure-report')));
  writeFileSync(unfinishedOf(join(dir, 'conformance.json')), '{');
  writeFileSync(join(dir, 'my.unfinished'), '');
  await clearReports(dir);
  assert.deepEqual(readdirSync(dir), ['my.unfinished']);
});

test('a folder that is a link from the start is the user\'s choice', async (t) => {
  const [dir, there] = [temporaryFolder(t), temporaryFolder(t)];
  symlinkSync(there, join(dir, 'reports'));
  await holdFolder(join(dir, 'reports'));
  await writeWhole(join(dir, 'reports/file'), 'text');
  await assert.rejects(makeInside(join(dir, 'reports/file')), { code: 'EEXIST' });
  releaseFolder(join(dir, 'reports'));
  assert.deepEqual(readdirSync(there), ['file']);
});

test('the reports folder that the kit makes, the history and the bundles are the user\'s alone', async (t) => {
  const dir = temporaryFolder(t);
  const { env } = await reference(t, { OAUTH_REPORTS_DIR: join(dir, 'a/reports'), OAUTH_HISTORY_FILE: join(dir, 'b/history.jsonl') });
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const { exitCode, stdout, stderr } = await run(command('certify'), env);
  assert.equal(exitCode, 0, stdout + stderr);
  const [, bundle = ''] = /^Certificate: (\S+)/m.exec(stdout) ?? [];
  const modes = Object.fromEntries([join(dir, 'a'), join(dir, 'a/reports'), join(dir, 'b/history.jsonl'), bundle].map((path) => [path, modeOf(path)]));
  assert.deepEqual(Object.values(modes), ['700', '700', '600', '600']);
  await run(command('certify'), { ...env, OAUTH_BASE_URL: `${env.OAUTH_BASE_URL}/fault/every-wrong-content-type-as-415` });
  const records = readdirSync(join(dir, 'a/reports')).filter((name) => name.startsWith('record-'));
  assert.deepEqual(records.map((name) => modeOf(join(dir, 'a/reports', name))), ['600']);
});
