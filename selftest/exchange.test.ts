import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, header, isNoVerdict, mediaType, rawHeaders } from '../kit/target/exchange.ts';
import { deepestNesting, isNestedTooDeep } from '../kit/target/nesting.ts';

test('a body is its bytes; none is empty', () => {
  assert.deepEqual(bytes({ body: 'AP8=' }), Buffer.from([0, 255]));
  assert.deepEqual(bytes({}), Buffer.alloc(0));
});

test('a header is found in any case, and repeated ones are joined', () => {
  const message = { headers: [['Allow', 'GET'], ['X-Other', 'b'], ['ALLOW', 'HEAD'], ['X-Empty', '']] as const };
  assert.equal(header(message, 'allow'), 'GET, HEAD');
  assert.equal(header(message, 'X-OTHER'), 'b');
  assert.equal(header(message, 'x-empty'), '');
  assert.equal(header(message, 'x-none'), undefined);
});

test('headers keep their order and their case, and a name without a value is none', () => {
  assert.deepEqual(rawHeaders({ rawHeaders: ['B', '1', 'a', '2', 'B', '3'] }), [['B', '1'], ['a', '2'], ['B', '3']]);
  assert.deepEqual(rawHeaders({ rawHeaders: ['B', '1', 'a'] }), [['B', '1']]);
});

test('a media type is told without its parameters, in lower case', () => {
  const typed = (...values: string[]) => mediaType({ headers: values.map((value) => ['content-type', value]) });
  assert.equal(typed('Application/JSON ; charset=utf-8'), 'application/json');
  assert.equal(typed(''), '');
  assert.equal(typed(), undefined);
});

test('too many requests, and what stands in front of an API, are no verdict', () => {
  const statuses = Array.from({ length: 600 }, (_, status) => status).filter(isNoVerdict);
  assert.deepEqual(statuses, [429, 502, 503, 504, 511, 520, 521, 522, 523, 524, 525, 526, 527, 528, 529]);
});

/** Arrays and objects in each other, so many levels deep. */
function nested(levels: number): string {
  return `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`;
}

test('JSON may be nested as deep as is read, and no deeper, wherever it is', () => {
  for (const before of ['', ' \n', '[{}, [], "", ']) {
    const after = before.startsWith('[') ? ']' : '';
    const levels = deepestNesting - after.length;
    assert.equal(isNestedTooDeep(Buffer.from(`${before}${nested(levels - (levels % 2))}${after}`)), false);
    assert.equal(isNestedTooDeep(Buffer.from(`${before}${nested(deepestNesting + 2)}${after}`)), true);
  }
  assert.equal(isNestedTooDeep(Buffer.from('['.repeat(deepestNesting))), false);
  assert.equal(isNestedTooDeep(Buffer.from('['.repeat(deepestNesting + 1))), true);
  assert.equal(isNestedTooDeep(Buffer.from('{"":'.repeat(deepestNesting + 1))), true);
});

test('brackets that nest nothing are not counted', () => {
  for (const body of [
    `["${'['.repeat(2 * deepestNesting)}"]`,
    `["\\"${'{'.repeat(2 * deepestNesting)}"]`,
    `[${'[],{},'.repeat(2 * deepestNesting)}1]`,
    `<p>${'['.repeat(2 * deepestNesting)}`,
  ]) {
    assert.equal(isNestedTooDeep(Buffer.from(body)), false, body.slice(0, 20));
  }
  assert.equal(isNestedTooDeep(Buffer.from(`["\\\\",${'['.repeat(deepestNesting)}`)), true);
});
