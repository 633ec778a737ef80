import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetsOf, latencies, overBudget } from '../kit/comparison/latency.ts';
import { answer, exchange } from './support/exchanges.ts';

const took = (durationMs: number, path = 'oauth/token') => exchange({ durationMs, request: { path }, answer: answer(200, {}) });
const hundred = Array.from({ length: 100 }, (_, i) => took(100 - i));

test('the latency of an operation is that of its answers alone', () => {
  const failed = exchange({ durationMs: 9999, failure: { kind: 'timeout', message: 'no answer' } });
  assert.deepEqual(latencies([...hundred, failed, took(7.4, 'oauth/token/x/groups?page=2')]), [
    { operation: 'createToken', answers: 100, medianMs: 50, p95Ms: 95, maxMs: 100 },
    { operation: 'fetchTokenGroups', answers: 1, medianMs: 7, p95Ms: 7, maxMs: 7 },
  ]);
});

test('a budget is kept up to its last millisecond, and one of an operation that gave no answer says nothing', () => {
  assert.deepEqual(overBudget(budgetsOf({ createToken: 95, fetchTokenOrganization: 1 }, hundred)), []);
  assert.deepEqual(overBudget(budgetsOf({ createToken: 94 }, hundred)), [
    'createToken took 95 ms (95th percentile of 100 answers), over its budget of 94 ms',
  ]);
  assert.deepEqual(budgetsOf({ fetchTokenOrganization: 1 }, hundred), [{ operation: 'fetchTokenOrganization', budgetMs: 1, answers: 0 }]);
});
