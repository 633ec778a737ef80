import assert from 'node:assert/strict';
import { test } from 'node:test';

import { allowedStatuses, documented } from '../contracts/documented.ts';
import { notTestable } from '../contracts/notTestable.ts';
import { requirement, requirements, type Requirement, type RequirementId } from '../contracts/requirements/index.ts';
import { contractDigest, contractVersion } from '../contracts/version.ts';

const operations: Record<string, Requirement['operation']> = {
  CT: 'createToken',
  TG: 'fetchTokenGroups',
  TO: 'fetchTokenOrganization',
  X: 'all',
};

const fetchSubjects: Record<string, Requirement['subject']> = {
  1: 'success', 2: 'bearer token', 3: 'isolation', 4: 'methods', 5: 'refusals',
};

/** The subject that an id promises by its number, as the first digits after the prefix; the longest match counts. */
const subjects: Record<string, Record<string, Requirement['subject']>> = {
  CT: {
    10: 'success', 11: 'success', 15: 'include', 2: 'content type', 3: 'body shape', 4: 'validation', 5: 'credentials',
    6: 'refresh', 7: 'refusals',
  },
  TG: fetchSubjects,
  TO: fetchSubjects,
  X: { 1: 'every exchange' },
};

const prefixOf = ({ id }: Requirement) => id.slice(0, id.indexOf('-'));
const numberOf = ({ id }: Requirement) => id.slice(id.indexOf('-') + 1);
const countBy = (key: (each: Requirement) => string) => {
  const counts: Record<string, number> = {};
  for (const each of requirements) counts[key(each)] = (counts[key(each)] ?? 0) + 1;
  return counts;
};
const assertUnique = (values: readonly string[]) =>
  assert.deepEqual(values.filter((value, index) => values.indexOf(value) !== index), []);

test('the register is complete', () => {
  assert.equal(requirements.length, 136);
  assert.deepEqual(countBy((each) => each.level), { MUST: 77, SHOULD: 45, INFO: 14 });
  assert.deepEqual(countBy(prefixOf), { CT: 69, TG: 30, TO: 27, X: 10 });
});

test('ids are well-formed and unique', () => {
  for (const { id } of requirements) assert.match(id, /^(CT|TG|TO|X)-\d{3}$/);
  assertUnique(requirements.map((each) => each.id));
});

test('ids stand in the order of the contract', () => {
  const places = requirements.map((each) => Object.keys(operations).indexOf(prefixOf(each)) * 1000 + +numberOf(each));
  assert.deepEqual(places, places.toSorted((a, b) => a - b));
});

test('an id tells the operation and the subject', () => {
  for (const each of requirements) {
    const digits = Object.keys(subjects[prefixOf(each)] ?? {}).find((start) => numberOf(each).startsWith(start)) ?? '';
    assert.equal(each.operation, operations[prefixOf(each)], each.id);
    assert.equal(each.subject, subjects[prefixOf(each)]?.[digits], each.id);
  }
});

test('titles are short and unique facts in the present tense', () => {
  assertUnique(requirements.map((each) => each.title));
  for (const { id, title } of requirements) {
    assert.ok(title.length <= 80, `${id}: ${title.length} characters`);
    assert.doesNotMatch(title, /\b(should|must|shall|will)\b|[.\n]$/i, id);
  }
});

test('statements, sources and causes are one line each, and sentences end with a full stop', () => {
  assertUnique(requirements.map((each) => each.statement));
  for (const { id, statement, source, cause } of requirements) {
    for (const text of [statement, cause]) assert.match(text, /^\S.*[^.]\.$/, id);
    assert.match(source, /^\S.*[^.\s]$/, id);
    for (const text of [statement, source, cause]) assert.doesNotMatch(text, / {2}|undefined|\$\{/, id);
  }
});

test('a statement that asks for a refusal says what that is', () => {
  for (const { id, statement } of requirements.filter((each) => / (is|are) refused/.test(each.title))) {
    assert.match(statement, /refused (as documented \(status [\d, or]+|\(any 4xx status), and neither a token nor/, id);
  }
});

test('the two fetch operations share what they have under the same number', () => {
  const facts = ({ level, subject, source, secondClient }: Requirement) => ({ level, subject, source, secondClient });
  const groups = new Map(requirements.filter((each) => prefixOf(each) === 'TG').map((each) => [numberOf(each), each]));
  for (const organization of requirements.filter((each) => prefixOf(each) === 'TO')) {
    const sibling = groups.get(numberOf(organization));
    assert.ok(sibling, organization.id);
    assert.deepEqual(facts(sibling), facts(organization), organization.id);
    groups.delete(numberOf(organization));
  }
  assert.deepEqual([...groups.keys()], ['105', '108', '109']);
});

test('the requirements that need a second client are marked', () => {
  const marked = requirements.filter((each) => each.secondClient).map((each) => each.id);
  assert.deepEqual(marked, ['CT-604', 'TG-301', 'TG-305', 'TO-301', 'TO-305']);
});

test('a requirement is found by its id', () => {
  for (const each of requirements) assert.equal(requirement(each.id), each);
  assert.throws(() => requirement('CT-999' as RequirementId), /"CT-999" is not the id of a requirement/);
});

test('statuses are allowed by requirements that exist, beyond the documented ones only', () => {
  for (const [id, statuses] of Object.entries(allowedStatuses)) {
    const { operation } = requirement(id as RequirementId);
    assert.ok(operation !== 'all', id);
    for (const status of statuses) {
      assert.ok(status >= 400 && status < 500, `${id}: ${status}`);
      assert.ok(!documented[operation].refusals.includes(status), `${id}: ${status}`);
    }
  }
  assert.equal(Object.keys(allowedStatuses).length, 14);
});

test('what is not testable has a reason', () => {
  assert.ok(notTestable.length > 0);
  for (const { promise, reason } of notTestable) for (const text of [promise, reason]) assert.match(text, /^\S.*\.$/);
});

test('the contract has a version and a digest', () => {
  assert.match(contractVersion, /^\d+\.\d+\.\d+$/);
  assert.match(contractDigest(), /^[0-9a-f]{64}$/);
  assert.equal(contractDigest(), contractDigest());
});
