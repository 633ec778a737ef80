import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Conformance } from '../kit/reports/conformance.ts';
import { shown } from './support/exchanges.ts';
import { command, conformanceIn, run, temporaryFolder } from './support/command.ts';
import { deadUrl } from './support/servers.ts';
import { reference } from './support/targets.ts';

/** A result as a file, changed as a run before might have had it. */
function fileOf(t: TestContext, result: Conformance, change: (result: Conformance) => Conformance = (same) => same): string {
  const file = join(temporaryFolder(t), 'last.json');
  writeFileSync(file, JSON.stringify(change(result)));
  return file;
}

/** As if these requirements had passed. */
const passing = (...ids: readonly string[]) => (result: Conformance): Conformance => ({
  ...result,
  requirements: result.requirements.map((each) => (ids.includes(each.id) ? { ...each, result: 'passed', findings: [] } : each)),
});

test('a run is compared with its baseline, and with OAUTH_ALERT_ON=change only what got worse fails it', async (t) => {
  const { env, reportsDir } = await reference(t);
  // A target with two violations. What is left out by the filter is so in both.
  const faulty = { ...env, OAUTH_BASE_URL: `${env.OAUTH_BASE_URL}/fault/every-wrong-content-type-as-415` };
  const judge = async (more: Record<string, string>) => {
    const { exitCode, stdout } = await run([...command('run', '--profile', 'gate'), '--grep', 'CT-20[12]'], { ...faulty, ...more });
    return { exitCode, stdout, summary: readFileSync(join(reportsDir, 'summary.md'), 'utf8'), result: conformanceIn(reportsDir) };
  };

  const first = await judge({ OAUTH_ALERT_ON: 'change', OAUTH_BASELINE: join(reportsDir, 'conformance.json') });
  assert.equal(first.exitCode, 1);
  assert.match(first.stdout, /^The run is compared with none, and OAUTH_ALERT_ON=change is as if not set: OAUTH_BASELINE: \S+ cannot be read \(ENOENT\)/m);
  assert.match(first.summary, /^The run is compared with none: OAUTH\\_BASELINE: /m);

  // The file is about to be removed with the other reports.
  const same = await judge({ OAUTH_ALERT_ON: 'change', OAUTH_BASELINE: join(reportsDir, 'conformance.json') });
  assert.deepEqual([same.exitCode, same.result.verdict], [0, 'non-conformant']);
  assert.match(same.stdout, /^Since the run of \S+, which was non-conformant, nothing has changed\n {2}Still violated: CT-201 CT-202\n\nNothing got worse: with OAUTH_ALERT_ON=change, that is exit code 0\.$/m);
  assert.match(same.summary, /^- Still violated: CT-201 CT-202$/m);

  const worse = await judge({ OAUTH_ALERT_ON: 'change', OAUTH_BASELINE: fileOf(t, same.result, passing('CT-202')) });
  assert.equal(worse.exitCode, 1);
  assert.match(worse.stdout, /^ {2}Newly violated\n {4}CT-202 \(MUST\) .*: passed, then violated$/m);

  const without = await judge({ OAUTH_ALERT_ON: 'change' });
  assert.equal(without.exitCode, 1);
  assert.match(without.stdout, /^note: OAUTH_ALERT_ON=change does nothing without OAUTH_BASELINE$/m);

  const unasked = await judge({ OAUTH_BASELINE: fileOf(t, same.result) });
  assert.deepEqual([unasked.exitCode, /Nothing got worse/.test(unasked.stdout)], [1, false]);

  const other = await judge({ OAUTH_ALERT_ON: 'change', OAUTH_BASELINE: fileOf(t, same.result, (result) => ({ ...result, target: { ...result.target, baseUrl: shown('https://other.example.com') } })) });
  assert.equal(other.exitCode, 1);
  assert.match(other.stdout, /as if not set: OAUTH_BASELINE is a run of another target, https:\/\/other\.example\.com$/m);

  for (const [change, says] of [
    [{ profile: 'nightly' }, /as if not set: OAUTH_BASELINE is a run of another profile, nightly$/m],
    [{ filter: null }, /as if not set: OAUTH_BASELINE is a run of another part: all$/m],
  ] as const) {
    const unlike = await judge({ OAUTH_ALERT_ON: 'change', OAUTH_BASELINE: fileOf(t, same.result, (result) => ({ ...result, ...change })) });
    assert.equal(unlike.exitCode, 1);
    assert.match(unlike.stdout, says);
  }

  const members = await judge({
    OAUTH_BASELINE: fileOf(t, same.result, (result) => ({
      ...result,
      shapes: { ...result.shapes, createToken: { ...result.shapes.createToken, '/data/attributes/scope': ['string'], '/data/id': ['number'] } },
    })),
  });
  assert.match(members.stdout, /^ {2}Members of answers\n {4}createToken \/data\/attributes\/scope: vanished \(string\)\n {4}createToken \/data\/id: was number, is string$/m);
});

test('a target that is down is as inconclusive as ever, whatever was before', async (t) => {
  const { env, reportsDir } = await reference(t);
  await run([...command('run', '--profile', 'gate'), '--grep', 'CT-202'], { ...env, OAUTH_BASE_URL: `${env.OAUTH_BASE_URL}/fault/every-wrong-content-type-as-415` });
  const url = await deadUrl();
  const before = fileOf(t, conformanceIn(reportsDir), (result) => ({ ...result, filter: null, target: { ...result.target, baseUrl: shown(url) } }));
  const { exitCode, stdout } = await run(command('run', '--profile', 'gate'), { ...env, OAUTH_BASE_URL: url, OAUTH_BASELINE: before, OAUTH_ALERT_ON: 'change' });
  assert.equal(exitCode, 3);
  assert.match(stdout, /^Since the run of \S+, which was non-conformant:\n {2}Newly blocked$/m);
});
