import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseXml } from '@rgrove/parse-xml';
import { requirements } from '../contracts/requirements/index.ts';
import { conformanceOf, type Conformance } from '../kit/reports/conformance.ts';
import { outputs } from '../kit/reports/folder.ts';
import { placeholder } from '../kit/reports/placeholders.ts';
import { unwrittenLines } from '../kit/reports/unwritten.ts';
import { writeReports } from '../kit/reports/write.ts';
import { Run } from '../kit/target/run.ts';
import { temporaryFolder } from './support/command.ts';
import { settingsFor } from './support/servers.ts';
import { assertConformance } from './support/validate.ts';

/** A run in which all holds, and its result with some members changed. */
function ended(t: TestContext, changes: Partial<Conformance> = {}): { run: Run; conformance: Conformance; read: (name: string) => string; has: (name: string) => boolean } {
  const reportsDir = temporaryFolder(t);
  const run = new Run(settingsFor('https://api.example.com', { reportsDir }));
  for (const { id } of requirements) run.report({ requirement: id, result: 'passed', findings: [], durationMs: 1 });
  run.close();
  return {
    run,
    conformance: { ...conformanceOf(run, false), ...changes },
    read: (name) => readFileSync(join(reportsDir, name), 'utf8'),
    has: (name) => existsSync(join(reportsDir, name)),
  };
}

/** A leap second is a date-time to JSON Schema and to RFC 3339, and none to JavaScript, whose formatter throws. */
const leapSecond = '2016-12-31T23:59:60Z';

test('a report whose writer fails leaves a placeholder, and all others are written, the result last', async (t) => {
  const { run, conformance, read, has } = ended(t, { startedAt: leapSecond });
  const { exposures, unwritten } = await writeReports(conformance, run);
  assert.deepEqual([exposures, unwritten.map(({ name }) => name)], [[], ['statement.html']]);
  assert.match(unwrittenLines(unwritten, 'reports', (text) => text).join('\n'), /^the reports could not be written to reports: Invalid time value \(statement\.html\)$/);
  assert.match(read('statement.html'), /<p>This report could not be written: the kit itself failed \(RangeError\)\. The output of the run says more; the verdict is in conformance\.json and in the exit code\.<\/p>/);
  for (const name of Object.values(outputs)) assert.ok(has(name), name);
  assertConformance(JSON.parse(read('conformance.json')));
  assert.match(read('summary.md'), /^# OAuth conformance: conformant$/m);
  assert.match(read('allure-report/index.html'), /allure/i);
});

test('without results there is no Allure report in which nothing is wrong', async (t) => {
  // Results that cannot be made into JSON.
  const { run, conformance, read } = ended(t);
  run.report({ requirement: 'CT-101', result: 'passed', findings: [], durationMs: 1, cases: [{ name: 'nested', result: 'passed', exchanges: [1], startedAt: '', durationMs: 1n as unknown as number }] });
  const { unwritten } = await writeReports(conformance, run);
  assert.deepEqual(unwritten.map(({ name }) => name), ['allure-results', 'allure-report']);
  assert.match(read('allure-report/index.html'), /could not be written: the kit itself failed \(TypeError\)/);
  assert.match(read('allure-results/unwritten.txt'), /^This report could not be written/);
  assertConformance(JSON.parse(read('conformance.json')));
});

test('where the system does not let a report be written, there is no verdict, and the others are there', async (t) => {
  const { run, conformance, read, has } = ended(t);
  // No file can take the place of a folder.
  mkdirSync(join(run.settings.reportsDir, 'summary.md'));
  const { unwritten } = await writeReports(conformance, run);
  assert.deepEqual(unwritten.map(({ name }) => name), ['summary.md']);
  assert.deepEqual([has('conformance.json'), has('statement.html')], [false, true]);
  parseXml(read('junit.xml'));
});

test('every placeholder says so in its own format, in no words but the kit\'s own', () => {
  const error = Object.assign(new Error('<b>&nbsp;\u202e##[error] said the target'), { name: 'Bad\nname' });
  for (const name of Object.values(outputs)) {
    const { file, content } = placeholder(name, error);
    assert.ok(file.startsWith(name));
    assert.match(content, /could not be written: the kit itself failed \(an error\)/, name);
    assert.doesNotMatch(content, /said the target|\u202e/, name);
  }
  const { root } = parseXml(placeholder(outputs.junit, error).content);
  assert.equal(root?.attributes.errors, '1');
  parseXml(placeholder(outputs.badge, error).content);
  assert.match(placeholder(outputs.summary, Object.assign(new Error(), { code: 'ENOSPC' })).content, /: the system did not allow it \(ENOSPC\)\./);
});
