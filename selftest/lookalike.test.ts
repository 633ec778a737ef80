import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstHalf, lookalike, otherCase, withoutFirst, withoutLast } from '../kit/judging/lookalike.ts';
import { unknownClient, unknownId } from '../tests/given.ts';

test('a near miss is another value, whatever the value is made of', () => {
  for (const value of ['az09-AZ', '!!-__--!!', 'пароль-из-букв', '秘密', '🔑🔑🔑🔑']) {
    assert.notEqual(lookalike(value), value);
    assert.notEqual(unknownId(value), value);
    assert.notEqual(unknownClient({ id: value, secret: '' }).id, value);
    for (const cut of [firstHalf, withoutFirst, withoutLast]) {
      assert.ok(cut(value).length < value.length, value);
      assert.equal(Buffer.from(cut(value)).toString(), cut(value), 'no character is cut in two');
    }
  }
});

test('letters and digits move by one, and the length stays where there are any', () => {
  assert.deepEqual(['az09-AZ', 'a!', '', '!'].map(lookalike), ['ba10-BA', 'b!', '', '!x']);
  assert.deepEqual(['aB1', 'АБ'].map(otherCase), ['Ab1', 'АБ']);
});
