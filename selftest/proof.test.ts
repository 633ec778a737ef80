import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { subjects, type Proof, type Subject } from '../proof/prove.ts';
import { tableOf } from '../proof/table.ts';
import { run } from './support/command.ts';

const [variant] = subjects().filter(({ kind, violates }) => kind === 'variant' && violates.length === 0);
const [fault] = subjects().filter(({ violates }) => violates.includes('CT-201'));
assert.ok(variant && fault);
const table = tableOf([variant, fault]);

function proofOf({ kind, deviation, violates }: Subject, more: Partial<Proof> = {}): Proof {
  return { kind, name: deviation.name, violates, missed: [], accused: [], blocked: [], verdict: 'conformant', durationMs: 1, ...more };
}

const cellsOf = (line: string) => line.split(' | ').map((cell) => cell.trim());

test('the columns of the table stand below each other', () => {
  const lines = [table.header, table.row(proofOf(fault), false), table.row(proofOf(variant), false)];
  const bars = lines.map((line) => [...line.matchAll(/\|/g)].map(({ index }) => index));
  assert.deepEqual(cellsOf(table.header), ['fault', 'requirement', 'caught', 'blamed exactly', 'collateral']);
  assert.deepEqual(bars[1], bars[0]);
  assert.deepEqual(bars[2], bars[0]);
});

test('a fault that is caught alone is one line, with what could not be judged for it counted, and told where asked', () => {
  const proof = proofOf(fault, { blocked: ['CT-202: a reason'] });
  assert.deepEqual(cellsOf(table.row(proof, false)), [`ok   ${fault.deviation.name}`, fault.violates.join(' '), 'yes', 'yes', '1']);
  assert.match(table.row(proof, true), /\n +blocked +CT-202: a reason$/);
});

test('a row that fails says so at its beginning, and below it why', () => {
  assert.match(table.row(proofOf(fault, { missed: ['CT-201'] }), false), /^FAIL .* \| NO .*\| yes .*\n +missed +CT-201$/);
  assert.match(table.row(proofOf(fault, { accused: ['CT-101: a: expected b; got c'] }), false), /^FAIL .*\| NO .*\n +accused +CT-101: a: expected b; got c$/);
});

test('a variant is called one, and fails by what could not be judged of it', () => {
  assert.deepEqual(cellsOf(table.row(proofOf(variant), false)), [`ok   ${variant.deviation.name} (variant)`, '-', '-', 'yes', '0']);
  assert.match(table.row(proofOf(variant, { blocked: ['CT-101: why'] }), false), /^FAIL .*\n +blocked +CT-101: why$/);
});

for (const [args, says] of [
  [['--only', 'CT-999'], /^--only CT-999 selects nothing: it takes the name of a fault or a variant, or the id of a requirement\n$/],
  [['--only'], /--only/],
  [['--olny', 'CT-201'], /--olny/],
] as const) {
  test(`the proof does not begin with ${args.join(' ')}`, async () => {
    const ended = await run(['--import', '@oxc-node/core/register', join('proof', 'main.ts'), ...args], {});
    assert.equal(ended.exitCode, 2);
    assert.match(ended.stderr, says);
    assert.equal(ended.stdout, '');
  });
}
