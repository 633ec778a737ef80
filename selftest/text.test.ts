import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requirement, type RequirementId } from '../contracts/requirements/index.ts';
import { byReason, cardOf, ended, listed, targetName, violations } from '../kit/reports/text.ts';
import type { JudgedRequirement } from '../kit/judging/verdict.ts';

function judged(id: RequirementId, given: Partial<JudgedRequirement>): JudgedRequirement {
  const { level, operation, title, statement, source } = requirement(id);
  return { id, level, operation, title, statement, source, result: 'passed', durationMs: 1, findings: [], ...given };
}

function violated(id: RequirementId, ...facts: readonly (readonly [expected: string, actual: string])[]): JudgedRequirement {
  const findings = facts.map(([expected, actual], i) => ({ case: `case ${i}`, expected, actual, exchange: 'POST oauth/token -> 415' }));
  return judged(id, { result: 'violated', findings });
}

const shown = (all: readonly JudgedRequirement[]) => violations(all, 'MUST').map((each) => [each.shown.id, ...each.also.map(({ id }) => id)]);

test('requirements are chosen by how they ended, and by their level where one is given', () => {
  const all = [judged('CT-101', {}), violated('CT-102'), violated('CT-109'), judged('CT-110', { result: 'observed' })];
  assert.deepEqual(ended(all, 'violated').map(({ id }) => id), ['CT-102', 'CT-109']);
  assert.deepEqual(ended(all, 'violated', 'SHOULD').map(({ id }) => id), ['CT-109']);
  assert.deepEqual(ended(all, 'violated', 'INFO'), []);
});

test('a card is of the requirement and what was found', () => {
  const card = cardOf(violated('CT-201', ['status 403', 'status 415']));
  assert.match(card, /^CT-201 /);
  assert.match(card, /expected: status 403\n *actual: {3}status 415/);
});

test('what keeps most of the others from being judged comes first, else the order of the register holds', () => {
  const blocked = (id: RequirementId, by: string) => judged(id, { result: 'blocked', reason: `it got 500: see ${by}` });
  const all = [violated('CT-101', ['a', 'b']), violated('CT-102', ['a', 'c']), violated('X-101', ['a', 'd'])];
  assert.deepEqual(shown(all), [['CT-101'], ['CT-102'], ['X-101']]);
  assert.deepEqual(shown([...all, judged('CT-103', { result: 'blocked' })])[0], ['CT-101']);
  assert.deepEqual(shown([...all, blocked('CT-103', 'X-101')]), [['X-101'], ['CT-101'], ['CT-102']]);
  assert.deepEqual(shown([...all, blocked('CT-103', 'X-101'), blocked('CT-104', 'CT-102'), blocked('CT-105', 'CT-102')]), [['CT-102'], ['X-101'], ['CT-101']]);
  // One that is violated says what it saw of another, and keeps nothing from being judged.
  assert.deepEqual(shown([...all, { ...violated('CT-103', ['a', 'e']), reason: 'see X-101' }])[0], ['CT-101']);
});

test('requirements that came to the same are one violation, whatever the order of their cases and where an exchange was', () => {
  const facts = [['a', 'b'], ['c', 'd, at POST oauth/token/1/groups and 3 more']] as const;
  const others = [['c', 'd, at GET oauth/token -> 200\nmore'], ['a', 'b'], ['a', 'b']] as const;
  assert.deepEqual(shown([violated('CT-101', ...facts), violated('CT-102', ...others)]), [['CT-101', 'CT-102']]);
  assert.deepEqual(shown([violated('CT-101', ...facts), violated('CT-102', ['a', 'b'], ['c', 'd'])]), [['CT-101', 'CT-102']]);
  for (const other of [[['a', 'b']], [['a', 'bc\nd']], [['a', 'b'], ['c', 'e']], [['a', 'b'], ['e', 'd']], [['c', 'd at GET elsewhere'], ['a', 'b']]] as const) {
    assert.deepEqual(shown([violated('CT-101', ...facts), violated('CT-102', ...other)]), [['CT-101'], ['CT-102']]);
  }
});

test('ids are told by their reason', () => {
  const all = [judged('CT-101', { reason: 'a' }), judged('CT-102', {}), judged('CT-103', { reason: 'a' })];
  assert.deepEqual(byReason(all), [['a', ['CT-101', 'CT-103']], ['no reason was given', ['CT-102']]]);
});

test('twenty ids are listed, and of more the first ten', () => {
  const ids = Array.from({ length: 21 }, (_, i) => `X-${i}`);
  assert.equal(listed(ids.slice(0, 20), ' '), ids.slice(0, 20).join(' '));
  assert.equal(listed(ids, ', '), `${ids.slice(0, 10).join(', ')} and 11 more`);
});

test('the reference server is called what it is', () => {
  const baseUrl = 'http://127.0.0.1:80';
  assert.equal(targetName({ baseUrl, reference: true }), "the kit's own reference server at http://127.0.0.1:80");
  assert.equal(targetName({ baseUrl, reference: false }), baseUrl);
});
