import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestResult } from 'allure-js-commons';
import { parseXml } from '@rgrove/parse-xml';
import { requirements } from '../contracts/requirements/index.ts';
import { alike } from '../kit/judging/card.ts';
import type { Finding, Outcome, Result } from '../kit/judging/outcome.ts';
import { lineOf } from '../kit/progress.ts';
import { conformanceOf, type Conformance } from '../kit/reports/conformance.ts';
import { consoleText } from '../kit/reports/console.ts';
import { allureResults } from '../kit/reports/allure/report.ts';
import { clearReports, outputs, writeWhole } from '../kit/reports/folder.ts';
import { openHistory } from '../kit/reports/history.ts';
import { addStepSummary, annotations } from '../kit/reports/github.ts';
import { junit } from '../kit/reports/junit.ts';
import { summary } from '../kit/reports/summary.ts';
import { violations } from '../kit/reports/text.ts';
import { Run } from '../kit/target/run.ts';
import { shown as asShown } from './support/exchanges.ts';
import { temporaryFolder } from './support/command.ts';
import { settingsFor } from './support/servers.ts';
import { assertConformance } from './support/validate.ts';

const actions = { GITHUB_ACTIONS: 'true' };
const hostile = '<script>alert(1)</script> **bold** [x](javascript:1) `code` @everyone \u001b[31mred\u0000\ud800\r\n# heading | cell';

function finding(more: Partial<Finding> = {}): Finding {
  return { case: 'nested', expected: 'status 403', actual: 'status 415', exchange: 'POST oauth/token -> 415', exchanges: [1], ...more };
}

/** The result of a run in which all holds but what is given. */
function conformance(given: Readonly<Record<string, readonly [Result, Partial<Outcome>]>> = {}, secret = 'canary-of-a-secret'): Conformance {
  const run = new Run(settingsFor('https://api.example.com/pub', { client: { id: 'client', secret } }));
  run.selection = { requirements: requirements.map(({ id }) => id), filter: null };
  for (const { id, level } of requirements) {
    const [result, more] = given[id] ?? [level === 'INFO' ? 'observed' : 'passed', level === 'INFO' ? { observation: 'seen' } : {}];
    run.report({ requirement: id, result, findings: [], durationMs: 3, ...more });
  }
  run.close();
  return conformanceOf(run, false);
}

const mixed = () =>
  conformance({
    'CT-201': ['violated', { findings: [finding({ actual: hostile }), finding({ case: 'flat', actual: hostile })] }],
    'CT-109': ['violated', { findings: [finding({ inconsistent: true })] }],
    'TG-301': ['skipped', { reason: 'no second client' }],
    'CT-301': ['blocked', { reason: hostile }],
    'CT-409': ['blocked', { reason: 'see CT-101' }],
  });

test('conformance.json satisfies its schema, whatever the results', () => {
  assertConformance(conformance());
  assertConformance(mixed());
});

test('no secret of the run reaches the result, wherever a check has put it', () => {
  const leaked = conformance({ 'CT-201': ['violated', { findings: [finding({ actual: 'it said canary-of-a-secret' })] }] });
  assert.doesNotMatch(JSON.stringify(leaked), /canary/);
});

test('JUnit is well-formed whatever a target says, with a failure, an error, a skip and a warning each in its place', () => {
  const xml = junit(mixed());
  // A parser that would not take a control character or half a surrogate pair.
  const { attributes } = parseXml(xml).root ?? assert.fail();
  assert.equal(attributes.tests, String(requirements.length));
  assert.deepEqual([attributes.failures, attributes.errors, attributes.skipped], ['1', '1', '2']);
  assert.doesNotMatch(xml, /[\u0000\u001b\ud800]/);
  assert.match(xml, /<testcase name="CT-109 [^>]*>\s*<properties>\s*<property name="requirement" value="CT-109"\/>[^]*?<\/properties>\s*<system-out>warning/);
  assert.match(xml, /<testcase name="CT-201 [^]*?<failure [^]*?<system-out># /);
});

test('the summary takes what a target says as data', () => {
  const markdown = summary(mixed());
  const outsideCode = markdown.replace(/(`+) .*? \1/g, '');
  assert.doesNotMatch(outsideCode, /<script|[\u0000\u001b]|@everyone/);
  assert.doesNotMatch(outsideCode, /(?<!\\)\*\*bold|(?<!\\)\[x\]|^# heading/m);
  assert.match(markdown, /^# OAuth conformance: non-conformant$/m);
  assert.match(markdown, /^- CT-409 could not be judged: see CT-101\.$/m);
  assert.match(markdown, /^- TG-301 was not asked: no second client\.$/m);
  assert.match(summary(conformance({ 'TG-301': ['skipped', { reason: 'no second client' }] })), /^\*\*conformant\*\* in what was asked \(1 MUST/m);
  for (const heading of ['Violations', 'Warnings', 'Skipped', 'Blocked', 'Observations']) {
    assert.match(markdown, new RegExp(`^## ${heading}$`, 'm'));
  }
});

test('what a target says stays in its line: it forges no verdict, and no command to a CI system', () => {
  const forged = 'x\n::stop-commands::y\r\nVerdict:  conformant';
  const told = conformance({
    'CT-201': ['violated', { findings: [finding({ actual: forged, exchange: forged, case: forged })] }],
    'CT-301': ['blocked', { reason: forged }],
  });
  for (const text of [consoleText(told, { reportsDir: 'reports' }), annotations(told, actions), summary(told)]) {
    assert.doesNotMatch(text, /^\s*(::stop-commands|Verdict: {2}conformant)/m);
  }
  assert.match(consoleText(told, { reportsDir: 'reports' }), /x\\n::stop-commands::y\\r\\nVerdict/);
});

test('GitHub Actions gets an annotation for each violation and warning, and nobody else does', () => {
  const lines = annotations(mixed(), actions).trimEnd().split('\n');
  assert.deepEqual(lines.map((line) => /^::(error|warning) title=(\S+)/.exec(line)?.slice(1)), [['error', 'CT-201'], ['warning', 'CT-109']]);
  assert.doesNotMatch(lines.join(''), /\p{Cc}/u);
  assert.equal(annotations(mixed(), {}), '');
  const blocked = annotations(conformance({ 'CT-301': ['blocked', { reason: 'down' }] }), actions);
  assert.match(blocked, /^::error title=OAuth conformance::inconclusive: 1 requirement could not be judged\n$/);
});

test('the summary that was written is added to what the page of the step has already', async (t) => {
  const dir = temporaryFolder(t);
  const [file, page] = [join(dir, 'summary.md'), join(dir, 'page.md')];
  await Promise.all([writeFile(file, 'ours\n'), writeFile(page, 'theirs\n')]);
  await addStepSummary(file, { GITHUB_STEP_SUMMARY: page });
  await addStepSummary(file, { ...actions, GITHUB_STEP_SUMMARY: page });
  assert.equal(await readFile(page, 'utf8'), 'theirs\nours\n');
});

test('of a summary that is too large for the page of the step, the beginning is added, and where the rest is', async (t) => {
  const dir = temporaryFolder(t);
  const [file, page] = [join(dir, 'summary.md'), join(dir, 'page.md')];
  const large = summary(conformance({ 'CT-201': ['violated', { findings: [finding({ actual: 'x'.repeat(600_000) })] }] }));
  await writeFile(file, large);
  await addStepSummary(file, { ...actions, GITHUB_STEP_SUMMARY: page });
  const added = await readFile(page, 'utf8');
  assert.match(added, /^# OAuth conformance: non-conformant\n[^]*\nThe rest has 6\d{5} bytes, more than this page takes: see summary\.md in the reports\.\n$/);
  assert.ok(added.length < 2000);
});

test('violations that came to the same are one, and what keeps others from being judged comes first', () => {
  const at = (path: string) => ({ findings: [finding({ actual: `no media type, at GET oauth/token/${path}, sent for X` })] });
  const told = conformance({
    'CT-103': ['violated', { findings: [finding({ actual: 'media type text/html' })] }],
    'TG-504': ['violated', at('a/groups')],
    'TO-504': ['violated', at('b/organization')],
    'TG-101': ['violated', { findings: [finding({ actual: 'status 500' })] }],
    'TG-102': ['blocked', { reason: 'the fetch got 500: see TG-101' }],
  });
  const ranked = violations(told.requirements, 'MUST').map(({ shown, also }) => [shown.id, ...also.map(({ id }) => id)]);
  assert.deepEqual(ranked, [['TG-101'], ['CT-103'], ['TG-504', 'TO-504']]);
  assert.match(consoleText(told, { reportsDir: 'reports' }), /^  the same: {4}TO-504 /m);
});

test('progress tells time, requirements, requests and the subject', () => {
  const run = new Run(settingsFor('https://api.example.com'));
  run.close();
  run.lastAskedBy = 'CT-401';
  assert.match(lineOf(run), /^\[0 s\] judged 0 of 136 requirements, 0 requests sent, now createToken: validation$/);
});

test('the console shows no control character of a target, and ends with the verdict', () => {
  const text = consoleText(mixed(), { reportsDir: 'reports' });
  assert.doesNotMatch(text, /(?!\n)\p{Cc}/u);
  assert.match(text, /\nVerdict: {2}non-conformant: 1 MUST violated, 1 SHOULD violated\n$/);
  assert.match(text, /2 cases: "nested", "flat"/);
  assert.match(text, /inconsistent: the same request, sent once more, was answered as expected/);
});

test('findings that came to the same are told once, with the first few cases', () => {
  const findings = ['a', 'b', 'c', 'd', 'e'].map((name) => finding({ case: name }));
  assert.deepEqual(
    alike([...findings, finding({ case: 'f', actual: 'status 200' })]).map(({ cases }) => cases),
    ['5 cases: "a", "b", "c" and 2 more', 'case "f"'],
  );
});

test('what an earlier run has left is removed, and nothing else', async (t) => {
  const dir = temporaryFolder(t);
  await Promise.all([...Object.values(outputs), 'README.md'].map((name) => writeFile(join(dir, name), '')));
  await clearReports(dir);
  assert.deepEqual(readdirSync(dir), ['README.md']);
});

test('a file is there whole or not at all', async (t) => {
  const dir = temporaryFolder(t);
  await writeWhole(join(dir, 'a.json'), '{}');
  assert.deepEqual(readdirSync(dir), ['a.json']);
});

test('the history of Allure is a file of lines of JSON, or one that can be made; anything else is wrong settings', async (t) => {
  const dir = temporaryFolder(t);
  const made = join(dir, 'a/b/history.jsonl');
  await openHistory(made);
  await writeFile(made, '{"uuid":"1"}\n{"uuid":"2"}\n');
  await openHistory(made);
  assert.equal(await readFile(made, 'utf8'), '{"uuid":"1"}\n{"uuid":"2"}\n');
  for (const [content, line] of [['{}\n{"cut', 2], ['[]', 1], ['null', 1], ['\u0000', 1]] as const) {
    await writeFile(made, content);
    await assert.rejects(openHistory(made), new RegExp(`^SettingsError: OAUTH_HISTORY_FILE .* \\(line ${line}\\): it takes`), content);
    assert.equal(await readFile(made, 'utf8'), content);
  }
  await assert.rejects(openHistory(dir), /^SettingsError: OAUTH_HISTORY_FILE names a file that cannot be written to \(EISDIR\)/);
});

test('Allure gets a test for each requirement, sorted by what there is to do about it, also where none was judged', async (t) => {
  const resultsOf = async (told: Conformance, run: Run) => {
    const dir = join(run.settings.reportsDir, outputs.allureResults);
    // A run makes the folder ready once, and writes each file once.
    rmSync(dir, { recursive: true, force: true });
    await allureResults(told, run);
    const files = readdirSync(dir).filter((name) => name.endsWith('-result.json'));
    const results = await Promise.all(files.map(async (name) => JSON.parse(await readFile(join(dir, name), 'utf8')) as TestResult));
    const categoryOf = ({ labels }: TestResult) => labels.find(({ name }) => name === 'category')?.value;
    return new Map(results.map((result) => [result.fullName?.split('#')[1], { ...result, category: categoryOf(result) }]));
  };
  const settings = settingsFor('https://api.example.com', { reportsDir: temporaryFolder(t) });
  const run = new Run(settings);
  run.close();

  const results = await resultsOf(mixed(), run);
  assert.deepEqual([...results.keys()].map(String).toSorted(), requirements.map(({ id }) => id as string).toSorted());
  const told = (id: string) => [results.get(id)?.status, results.get(id)?.category];
  assert.deepEqual(told('CT-201'), ['failed', 'Contract violation']);
  assert.deepEqual(told('CT-109'), ['passed', 'Recommendation not followed']);
  assert.match(results.get('CT-109')?.name ?? '', /^WARNING CT-109 /);
  assert.deepEqual(told('TG-301'), ['skipped', undefined]);
  assert.deepEqual(told('CT-301'), ['broken', 'Could not be judged']);
  assert.deepEqual(told('CT-101'), ['passed', undefined]);
  assert.deepEqual(results.get('CT-101')?.parameters, [], 'a parameter that varies would break the history');

  const down = { ...mixed(), cause: { kind: 'unreachable', message: asShown('down') } as const };
  assert.equal((await resultsOf(down, run)).get('CT-301')?.category, 'Target unavailable');
  const historyIds = async () => [...(await resultsOf(mixed(), run)).values()].map(({ historyId }) => String(historyId)).toSorted();
  assert.deepEqual(await historyIds(), await historyIds());
});

test('a folder that cannot be made is refused, wherever it would be, and one of several levels is made', async (t) => {
  const dir = temporaryFolder(t);
  await clearReports(join(dir, 'a/b/c'));
  assert.deepEqual(readdirSync(join(dir, 'a/b/c')), []);
  // Where Linux has no such folder, the test's own file stands in its way as well.
  await writeFile(join(dir, 'file'), '');
  for (const place of ['/proc/no/such', join(dir, 'file'), join(dir, 'file/below')]) {
    await assert.rejects(clearReports(place), /^SettingsError: OAUTH_REPORTS_DIR names a folder that cannot be written to \(\w+\)/, place);
  }
});
