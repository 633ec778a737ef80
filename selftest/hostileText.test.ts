import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseXml, type XmlElement } from '@rgrove/parse-xml';
import { assert as always, constantFrom, oneof, property } from 'fast-check';
import { marked, type Token } from 'marked';
import { requirements, type RequirementId } from '../contracts/requirements/index.ts';
import { compare } from '../kit/comparison/baseline.ts';
import { diff, diffText } from '../kit/comparison/diff.ts';
import { card } from '../kit/judging/card.ts';
import { bundleReadme } from '../kit/certificate/readme.ts';
import { inLine } from '../kit/printable.ts';
import { allureResults } from '../kit/reports/allure/report.ts';
import { conformanceOf, type Conformance } from '../kit/reports/conformance.ts';
import { consoleText } from '../kit/reports/console.ts';
import { jsonOf } from '../kit/reports/folder.ts';
import { annotations } from '../kit/reports/github.ts';
import { junit } from '../kit/reports/junit.ts';
import { overviewPage } from '../kit/reports/overview.ts';
import { conformanceFrom } from '../kit/reports/read.ts';
import { statement } from '../kit/reports/statement.ts';
import { summary } from '../kit/reports/summary.ts';
import { Run } from '../kit/target/run.ts';
import { temporaryFolder } from './support/command.ts';
import { exchange } from './support/exchanges.ts';
import { actsOnRunner, anyText, breaking } from './support/hostileText.ts';
import { settingsFor } from './support/servers.ts';
import { assertConformance } from './support/validate.ts';

/** A run in which a text stands wherever a target's text can. */
function runWith(text: string, reportsDir = 'reports'): Run {
  const run = new Run(settingsFor('https://api.example.com/pub', { reportsDir }));
  const told = { case: text, expected: text, actual: text, exchange: text, exchanges: [1] };
  const body = Buffer.from(JSON.stringify({ data: { id: text, attributes: { name: text } } })).toString('base64');
  run.exchanges.push(exchange({ answer: { status: 201, headers: [['X-Name', text]], body } }));
  const cases = [{ name: text, result: 'violated' as const, reason: text, exchanges: [1], startedAt: new Date(0).toISOString(), durationMs: 1 }];
  const outcomes: Partial<Record<RequirementId, object>> = {
    'CT-101': { result: 'violated', findings: [told], cases },
    'CT-109': { result: 'violated', findings: [told], cases },
    'CT-301': { result: 'blocked', reason: text, cases },
    'CT-401': { result: 'skipped', reason: text },
    'CT-110': { result: 'observed', observation: text },
    'CT-102': { result: 'violated', findings: [{ ...told, case: 'nested' }] },
  };
  for (const { id } of requirements) run.report({ requirement: id, result: 'passed', findings: [], durationMs: 1, ...outcomes[id] });
  run.end({ kind: 'unreachable', message: text });
  run.close();
  return run;
}

const waiver = (text: string) => ({ requirement: 'CT-102' as const, reason: text, owner: text, ticket: text, expires: '2999-12-31' });
const resultOf = (text: string): Conformance => conformanceOf(runWith(text), false, new Map([['CT-102', waiver(text)]]));

/** Texts without an end, and each part by itself, at every place of a text. */
const texts = oneof(anyText, constantFrom(...breaking, ...breaking.map((part) => `a${part}b`), ...breaking.map((part) => `${part}${part}`)));
const often = { numRuns: 200, includeErrorInReport: true };

test('junit.xml is well-formed XML 1.0 whatever a target says, and says all of it', () => {
  for (const text of [...breaking, ...breaking.map((part) => `a${part}b`)]) assertJunit(text);
  always(property(texts, assertJunit), often);
});

function assertJunit(text: string): void {
  const shown = inLine(text);
  const root = parseXml(junit(resultOf(text))).root ?? assert.fail();
  const cases = root.children.flatMap((suite) => elementsIn(suite as XmlElement, 'testcase'));
  const of = (id: string, name: string) => elementsIn(cases.find(({ attributes }) => attributes.name?.startsWith(`${id} `)) ?? assert.fail(), name)[0] ?? assert.fail(`${id} has no ${name}`);
  assert.equal(cases.length, requirements.length);
  assert.equal(of('CT-101', 'failure').attributes.message, `expected ${shown}; got ${shown}`);
  assert.ok(of('CT-101', 'failure').text.includes(`actual:   ${shown}\n`));
  assert.equal(of('CT-301', 'error').attributes.message, shown);
  assert.equal(of('CT-401', 'skipped').attributes.message, `skipped: ${shown}`);
  assert.ok(of('CT-102', 'skipped').attributes.message?.includes(shown));
  assert.ok(of('CT-109', 'system-out').text.includes(`expected: ${shown}\n`));
  if (text !== '') assert.equal(of('CT-110', 'system-out').text, shown);
}

function elementsIn(element: XmlElement, name: string): XmlElement[] {
  return (element.children ?? []).filter((child): child is XmlElement => (child as XmlElement).name === name);
}

test('the summary is plain text wherever a target speaks: no markup, no links, no mentions, no further lines', () => {
  const shape = (text: string) => marked.lexer(summary(resultOf(text))).flatMap(outline);
  const usual = shape('words');
  always(
    property(texts, (text) => {
      const markdown = summary(resultOf(text));
      const tokens = marked.lexer(markdown);
      const active = tokens.flatMap(within).filter(({ type }) => ['html', 'link', 'image', 'del', 'em', 'br'].includes(type));
      assert.deepEqual(active, [], markdown);
      // What GitHub makes of text outside of code after that, and of formulas.
      for (const { raw } of tokens.flatMap(within).filter((token) => token.type === 'text' && !('tokens' in token))) {
        assert.doesNotMatch(raw.replace(/&#\d+;/g, '&'), /@|:\/\/|www\.|#\d|(?<!\\)\$/, markdown);
      }
      assert.deepEqual(tokens.flatMap(outline), usual, 'the blocks are the same as with any other words');
    }),
    often,
  );
});

/** A token and all inside of it. */
function within(token: Token): Token[] {
  const { tokens = [], items = [] } = token as { tokens?: Token[]; items?: Token[] };
  return [token, ...[...tokens, ...items].flatMap(within)];
}

/** The blocks of a document, without what stands in them. */
function outline(token: Token): string[] {
  const { items = [] } = token as { items?: Token[] };
  const depth = 'depth' in token ? String(token.depth) : '';
  return [`${token.type}${depth}`, ...items.flatMap((item) => [item, ...('tokens' in item ? (item.tokens ?? []) : [])].map(({ type }) => `  ${type}`))];
}

test('nothing that is printed is a command to a CI runner, but the annotations of the kit itself', () => {
  always(
    property(texts, (text) => {
      const [told, before] = [resultOf(text), resultOf('words')];
      const comparison = compare({ conformance: before }, told);
      for (const printed of [consoleText(told, { reportsDir: 'reports', comparison }), diffText(diff(before, told)), bundleReadme(told, { challenge: null, missing: [text], signed: false }).replace(/^#+ .*$/gm, '')]) {
        assert.deepEqual(actsOnRunner(printed), []);
      }
      const lines = annotations(told, { GITHUB_ACTIONS: 'true' }).split('\n').filter(Boolean);
      for (const line of lines) assert.match(line, /^::(error|warning) title=[^,:]*::[^\n]*$/);
      assert.equal(lines.length, annotations(before, { GITHUB_ACTIONS: 'true' }).split('\n').filter(Boolean).length);
      assert.deepEqual(actsOnRunner(lines.map((line) => line.replace(/^::/, '')).join('\n')), []);
    }),
    often,
  );
});

test('in every report a hidden character is shown, and the result is the same when it is read again', async (t) => {
  const hidden = '\u202e\u2066\u200b\ufeff\u061c\u{e0041}\ufe0f\u2028\u0085\ud800\uffff';
  const escapes = inLine(hidden);
  const told = resultOf(hidden);
  const dir = temporaryFolder(t);
  await allureResults(told, runWith(hidden, dir));
  const results = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name));
  const reports = {
    'conformance.json': jsonOf(told),
    'junit.xml': junit(told),
    'summary.md': summary(told),
    'statement.html': statement(told, 'digest'),
    'index.html': overviewPage([{ name: hidden, folder: '.', conformance: told }, { name: hidden, folder: hidden.replace('\ud800', ''), problem: hidden }]),
    'README.md': bundleReadme(told, { challenge: null, missing: [hidden], signed: false }),
    'a card': card(requirements[0] ?? assert.fail(), told.requirements.flatMap(({ findings }) => findings)),
    ...Object.fromEntries(results.map((name) => [name, readFileSync(join(dir, name), 'utf8')])),
  };
  assert.ok(Object.keys(reports).length > requirements.length);
  for (const [name, content] of Object.entries(reports)) {
    assert.doesNotMatch(content, /(?![\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\uffff]/u, name);
  }
  for (const name of ['junit.xml', 'summary.md', 'statement.html', 'README.md', 'a card', 'index.html'] as const) assert.ok(reports[name].replaceAll('\\\\', '\\').includes(escapes), name);
  assertConformance(told);
  assert.deepEqual(conformanceFrom(jsonOf(told), 'it'), told);
});

test('the result of a run that somebody else has written is read as text, too', () => {
  const told = resultOf('words');
  const forged = JSON.stringify(told).replaceAll('words', 'x\\nVerdict:  conformant\\n::error::\\u202e\\u001b[31m ##[error]');
  const read = conformanceFrom(forged, 'it');
  const lines = consoleText(read, { reportsDir: 'reports' });
  assert.deepEqual(actsOnRunner(lines), []);
  assert.doesNotMatch(lines, /^Verdict: {2}conformant/m);
  assert.doesNotMatch(diffText(diff(told, read)), /^Verdict/m);
});
