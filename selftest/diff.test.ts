import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { requirements } from '../contracts/requirements/index.ts';
import { diff, worse } from '../kit/comparison/diff.ts';
import type { Result } from '../kit/judging/outcome.ts';
import { conformanceOf, type Conformance } from '../kit/reports/conformance.ts';
import { Run } from '../kit/target/run.ts';
import { shown } from './support/exchanges.ts';
import { command, run, temporaryFolder } from './support/command.ts';
import { settingsFor } from './support/servers.ts';

/** The result of a run in which all holds but what is given. */
function result(given: Readonly<Record<string, Result>> = {}, baseUrl = 'https://api.example.com'): Conformance {
  const judged = new Run(settingsFor(baseUrl));
  judged.selection = { requirements: requirements.map(({ id }) => id), filter: null };
  for (const { id } of requirements) {
    const ended = given[id] ?? 'passed';
    const finding = { case: 'nested', expected: 'a', actual: 'b', exchange: 'POST oauth/token', exchanges: [1] };
    const reason = ended === 'blocked' || ended === 'skipped' ? { reason: 'for a reason' } : {};
    judged.report({ requirement: id, result: ended, findings: ended === 'violated' ? [finding] : [], durationMs: 1, ...reason });
  }
  judged.close();
  return conformanceOf(judged, false);
}

/** Runs the command on results, or on texts that are none. */
async function compared(t: TestContext, ...contents: readonly (Conformance | string)[]) {
  const dir = temporaryFolder(t);
  const files = contents.map((content, i) => {
    const file = join(dir, `${i}.json`);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  });
  const ended = await run(command('diff', ...files), {});
  return { ...ended, stderr: ended.stderr.replaceAll(dir, '') };
}

test('two runs that came to the same: exit 0, whatever they took', async (t) => {
  const { exitCode, stdout } = await compared(t, { ...result({ 'CT-201': 'violated' }), durationMs: 1 }, { ...result({ 'CT-201': 'violated' }), durationMs: 2 });
  assert.equal(stdout, 'Still violated: CT-201\n\nthe same: non-conformant in both\n');
  assert.equal(exitCode, 0);
});

test('two runs that differ: exit 1, what is new first, and each change once', async (t) => {
  const before = result({ 'CT-201': 'violated', 'CT-202': 'violated', 'CT-301': 'blocked', 'TG-301': 'skipped' });
  const { exitCode, stdout } = await compared(t, before, result({ 'CT-201': 'violated', 'CT-101': 'violated', 'TG-101': 'blocked' }, 'https://other.example.com'));
  const lines = stdout.split('\n').map((line) => line.replace(/^( {2}\S+ \(\w+\)).*: (.*)$/, '$1 $2'));
  assert.deepEqual(lines, [
    'Newly violated',
    '  CT-101 (MUST) passed, then violated',
    '',
    'Newly blocked',
    '  TG-101 (MUST) passed, then blocked',
    '',
    'Fixed',
    '  CT-202 (MUST) violated, then passed',
    '',
    'Otherwise',
    '  CT-301 (MUST) blocked, then passed',
    '  TG-301 (MUST) skipped, then passed',
    '',
    'Still violated: CT-201',
    '',
    'The targets differ: https://api.example.com, then https://other.example.com.',
    '',
    'different: non-conformant in both',
    '',
  ]);
  assert.equal(exitCode, 1);
});

test('what is violated in cases in which it was not is a change, and worse', async (t) => {
  const before = result({ 'CT-201': 'violated' });
  const after = { ...before, requirements: before.requirements.map((each) => ({ ...each, findings: each.findings.flatMap((finding) => [finding, { ...finding, case: shown('flat') }]) })) };
  const { exitCode, stdout } = await compared(t, before, after);
  assert.deepEqual([exitCode, stdout], [1, 'Still violated: CT-201\n\nViolated in more cases\n  CT-201: "flat"\n\ndifferent: non-conformant in both\n']);
  assert.deepEqual([worse(diff(before, after)), worse(diff(after, before))], [['CT-201'], []]);
});

test('a requirement that only one of the runs knew is a change, and so is another verdict', async (t) => {
  const older = { ...result(), requirements: result().requirements.filter(({ id }) => id !== 'CT-202') };
  const { exitCode, stdout } = await compared(t, older, { ...result(), contract: { version: '2.0.0', sha256: 'f'.repeat(64) } });
  assert.match(stdout, /CT-202 .*: not known, then passed\n[^]*The contracts differ: version 1\.0\.0, then 2\.0\.0\./);
  assert.equal(exitCode, 1);
  assert.match((await compared(t, result(), { ...result(), verdict: 'inconclusive' })).stdout, /^different: conformant, then inconclusive\n$/);
});

test('a file that is no result is named, with what it should be: exit 2', async (t) => {
  for (const [contents, says] of [
    [[], /^error: missing required argument 'before'$/m],
    [[result()], /^error: missing required argument 'after'$/m],
    [[result(), result(), result()], /^error: too many arguments for 'diff'\. Expected 2 arguments but got 3/m],
    [[result(), '{"cut'], /^\/1\.json is not the result of a run \(it is no JSON\): it takes the conformance\.json of a run\n$/],
    [['{}', result()], /^\/0\.json is not the result of a run \(at "" it must have required property '\w+'\): it takes/],
  ] as const) {
    const { exitCode, stdout, stderr } = await compared(t, ...contents);
    assert.match(stderr, says);
    assert.deepEqual([exitCode, stdout], [2, '']);
  }
  const { exitCode, stderr } = await run(command('diff', '/no/such.json', '/no/such.json'), {});
  assert.deepEqual([exitCode, stderr], [2, '/no/such.json cannot be read (ENOENT): it takes the conformance.json of a run\n']);
});
