import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Level } from '../contracts/requirements/index.ts';
import { requirements } from '../contracts/requirements/index.ts';
import type { Outcome, Result } from '../kit/judging/outcome.ts';
import { conclude, verdictLine, type Evidence } from '../kit/judging/verdict.ts';

/** Outcomes of the whole register: all hold, but for those that are given. */
function outcomes(given: Readonly<Record<string, Result | undefined>> = {}): ReadonlyMap<string, Outcome> {
  const entries = requirements.flatMap(({ id, level }) => {
    const usual = level === 'INFO' ? 'observed' : 'passed';
    const result = id in given ? given[id] : usual;
    const finding = { case: 'nested', expected: 'a', actual: 'b', exchange: 'POST oauth/token', exchanges: [1] };
    const outcome = (ended: Result): Outcome => ({
      requirement: id,
      result: ended,
      findings: ended === 'violated' ? [finding] : [],
      durationMs: 1,
      ...(ended === 'skipped' && { reason: 'no second client' }),
    });
    return result === undefined ? [] : ([[id, outcome(result)]] as const);
  });
  return new Map(entries);
}

function judge(given: Readonly<Record<string, Result | undefined>>, more: Partial<Evidence> = {}) {
  const all = requirements.map(({ id }) => id);
  return conclude(requirements, { outcomes: outcomes(given), selected: all, strict: false, ...more });
}

/** A requirement of each level, and a second MUST. */
const [must, otherMust, should, info] = ['CT-101', 'CT-102', 'CT-109', 'CT-110'];

for (const [name, given, verdict, strictVerdict] of [
  ['everything holds', {}, 'conformant', 'conformant'],
  ['a MUST is violated', { [must]: 'violated' }, 'non-conformant', 'non-conformant'],
  ['a MUST is blocked', { [must]: 'blocked' }, 'inconclusive', 'inconclusive'],
  ['a MUST is violated and another blocked', { [must]: 'violated', [otherMust]: 'blocked' }, 'non-conformant', 'non-conformant'],
  ['a MUST has no outcome', { [must]: undefined }, 'inconclusive', 'inconclusive'],
  ['a MUST is skipped', { [must]: 'skipped' }, 'conformant', 'conformant'],
  ['a SHOULD is violated', { [should]: 'violated' }, 'conformant', 'non-conformant'],
  ['a SHOULD is blocked', { [should]: 'blocked' }, 'conformant', 'inconclusive'],
  ['an INFO is blocked', { [info]: 'blocked' }, 'conformant', 'conformant'],
] as const) {
  test(`where ${name}, the verdict is ${verdict}, and strictly ${strictVerdict}`, () => {
    assert.equal(judge(given).verdict, verdict);
    assert.equal(judge(given, { strict: true }).verdict, strictVerdict);
    assert.deepEqual(judge(given).counts, judge(given, { strict: true }).counts);
  });
}

test('nothing judged is never conformant', () => {
  const none = Object.fromEntries(requirements.map(({ id }) => [id, 'skipped' as const]));
  assert.equal(judge(none).verdict, 'inconclusive');
  assert.equal(judge({}, { outcomes: new Map() }).verdict, 'inconclusive');
  assert.match(verdictLine(judge(none)), /^inconclusive: nothing was judged$/);
});

test('a target of which one MUST holds and one SHOULD does not has been judged', () => {
  const none = Object.fromEntries(requirements.map(({ id }) => [id, 'skipped' as const]));
  assert.equal(judge({ ...none, [must]: 'passed', [should]: 'violated' }).verdict, 'conformant');
  assert.equal(judge({ ...none, [should]: 'violated' }).verdict, 'conformant');
});

test('the counts tell a violated MUST from a violated SHOULD', () => {
  const { counts } = judge({ [must]: 'violated', [should]: 'violated', [otherMust]: 'blocked', [info]: 'skipped' });
  const of = (...levels: Level[]) => requirements.filter(({ level }) => levels.includes(level)).length;
  assert.deepEqual(counts, {
    passed: of('MUST', 'SHOULD') - 3,
    violated: 1,
    warnings: 1, waived: 0,
    observed: of('INFO') - 1,
    skipped: 1,
    blocked: 1,
  });
  assert.equal(Object.values(counts).reduce((sum, count) => sum + count, 0), requirements.length);
});

test('a requirement without an outcome is blocked, with the cause of the run where there is one', () => {
  const reasonOf = (more: Partial<Evidence>) => judge({ [must]: undefined }, more).requirements.find(({ id }) => id === must);
  assert.equal(reasonOf({})?.result, 'blocked');
  assert.equal(reasonOf({})?.reason, 'the check did not run to its end');
  assert.deepEqual(reasonOf({})?.findings, []);
  assert.equal(reasonOf({ cause: { kind: 'unreachable', message: 'it is down' } })?.reason, 'it is down');
  assert.equal(reasonOf({ selected: undefined })?.result, 'blocked');
});

test('what a filter leaves out is skipped, and the result is not complete', () => {
  const conclusion = conclude(requirements, { outcomes: outcomes(), selected: [must], strict: false });
  const filtered = conclude(requirements, {
    outcomes: new Map([...outcomes()].filter(([id]) => id === must)),
    selected: [must],
    strict: false,
  });
  assert.equal(conclusion.complete, false);
  assert.equal(filtered.verdict, 'conformant');
  assert.equal(filtered.counts.skipped, requirements.length - 1);
  assert.match(verdictLine(filtered), /^conformant in what was asked \(\d+ MUST skipped: left out by the filter\)$/);
});

test('a skipped MUST makes the result incomplete and is told in the verdict line; a skipped SHOULD does not', () => {
  assert.equal(judge({ 'TG-301': 'skipped' }).complete, false);
  assert.equal(verdictLine(judge({ 'TG-301': 'skipped' })), 'conformant in what was asked (1 MUST skipped: no second client)');
  assert.equal(judge({ [should]: 'skipped' }).complete, true);
  assert.deepEqual([judge({ [must]: 'blocked' }).complete, judge({ [should]: 'blocked' }).complete], [false, true]);
  assert.equal(judge({ [must]: 'blocked', [otherMust]: 'skipped' }).complete, false);
  assert.match(verdictLine(judge({ [must]: 'blocked' })), /^inconclusive: 1 requirement could not be judged$/);
  assert.match(verdictLine(judge({ [should]: 'skipped' })), /^conformant \(\d+ passed, 0 warnings\)$/);
});

test('the verdict line gives each reason for what was skipped once, and the number of what was violated or blocked', () => {
  const given = outcomes({ [must]: 'skipped', [otherMust]: 'skipped', 'CT-104': 'skipped', [should]: 'skipped' });
  const reasons = new Map([...given].map(([id, { reason: _reason, ...outcome }]) => [id, id === otherMust ? { ...outcome, reason: 'no time' } : outcome]));
  assert.equal(
    verdictLine(judge({}, { outcomes: reasons })),
    'conformant in what was asked (3 MUST skipped: no reason given; no time)',
  );
  assert.equal(
    verdictLine(judge({ [must]: 'violated', [otherMust]: 'violated', [should]: 'violated' })),
    'non-conformant: 2 MUST violated, 1 SHOULD violated',
  );
  assert.equal(verdictLine(judge({ [must]: 'blocked', [info]: 'blocked' })), 'inconclusive: 2 requirements could not be judged');
});

test('the verdict line of a run that was ended says the cause', () => {
  const cause = { kind: 'unreachable', message: 'the target is down' } as const;
  assert.equal(verdictLine(judge({ [must]: 'blocked' }, { cause }), cause), 'inconclusive: the target is down');
});

test('the requirements stand in the order of the register, and tell what was found and seen, but no exchange ids', () => {
  const seen = new Map([...outcomes({ [must]: 'violated' })].map(([id, outcome]) => [id, id === info ? { ...outcome, observation: 'seen' } : outcome]));
  const { requirements: judged } = judge({}, { outcomes: seen });
  assert.deepEqual(judged.map(({ id }) => id), requirements.map(({ id }) => id));
  const { id, level, operation, title, statement, source } = requirements[0] ?? assert.fail();
  assert.deepEqual(judged[0], {
    id,
    level,
    operation,
    title,
    statement,
    source,
    result: 'violated',
    findings: [{ case: 'nested', expected: 'a', actual: 'b', exchange: 'POST oauth/token' }],
    durationMs: 1,
  });
  assert.deepEqual(judged.flatMap(({ observation }) => observation ?? []), ['seen']);
});

test('a violation that is waived is none for the verdict, is counted apart, and says why', () => {
  const terms = { reason: 'known', owner: 'api-team', ticket: 'API-12', expires: '2999-12-31' };
  const waivers = new Map([must, otherMust, should].map((id) => [id, { requirement: id, ...terms }]));
  const told = judge({ [must]: 'violated', [should]: 'violated', [otherMust]: 'passed' }, { waivers, strict: true });
  assert.deepEqual([told.verdict, told.counts.violated, told.counts.warnings, told.counts.waived], ['conformant', 0, 0, 2]);
  const waived = told.requirements.filter(({ waiver }) => waiver);
  assert.deepEqual(waived.map(({ id, result, waiver }) => [id, result, waiver]), [[must, 'violated', terms], [should, 'violated', terms]]);
  assert.match(verdictLine(told), /^conformant, but for 2 waived \(/);
  const open = judge({ [must]: 'violated', [otherMust]: 'violated' }, { waivers: new Map([[must, { requirement: must, ...terms }]]) });
  assert.deepEqual([open.verdict, open.counts.violated, open.counts.waived], ['non-conformant', 1, 1]);
  assert.equal(judge({ [must]: 'blocked' }, { waivers }).verdict, 'inconclusive');
});

test('a case that was left to a requirement which then passed was judged by nobody: the requirement is blocked by it', () => {
  const leftTo = (by: string) => {
    const given = outcomes();
    const outcome = given.get(must) ?? assert.fail();
    const some = { exchanges: [], startedAt: '', durationMs: 0 };
    return new Map([...given, [must, { ...outcome, cases: [{ name: 'nested', result: 'passed', ...some }, { name: 'flat', result: 'blocked', reason: 'got 401', by, ...some }] }]] as const);
  };
  const told = judge({}, { outcomes: leftTo(otherMust) });
  assert.deepEqual([told.verdict, told.complete], ['inconclusive', false]);
  const { result, reason } = told.requirements.find(({ id }) => id === must) ?? assert.fail();
  assert.deepEqual([result, reason], ['blocked', `flat: got 401, and elsewhere ${otherMust} holds`]);
  const both = leftTo(otherMust).get(must) ?? assert.fail();
  const twice = new Map([...leftTo(otherMust), [must, { ...both, cases: (both.cases ?? []).map((each) => ({ ...each, by: otherMust })) }]] as const);
  assert.match(judge({}, { outcomes: twice }).requirements.find(({ id }) => id === must)?.reason ?? '', /^nested: .* holds; flat: got 401, and elsewhere/);
  const violated = new Map([...leftTo(otherMust), [must, { ...both, result: 'violated' as const }]] as const);
  assert.equal(judge({}, { outcomes: violated }).requirements.find(({ id }) => id === must)?.result, 'violated');
  const blamed = new Map([...leftTo(otherMust), ...[...outcomes({ [otherMust]: 'violated' })].filter(([id]) => id === otherMust)]);
  assert.equal(judge({}, { outcomes: blamed }).requirements.find(({ id }) => id === must)?.result, 'passed');
});
