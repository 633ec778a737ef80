import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Search } from '../kit/secrets/search.ts';

function searchFor(...texts: readonly string[]): Search {
  const search = new Search();
  for (const text of texts) search.add(text, `<${text}>`);
  return search;
}

test('what stands in a text is found where it stands, with its meaning, at the beginning and at the end as well', () => {
  const search = searchFor('secret');
  assert.deepEqual(search.first('a secret b'), { index: 2, found: 'secret', meaning: '<secret>' });
  assert.deepEqual(search.all('secretsecret').map(({ index }) => index), [0, 6]);
  for (const text of ['', 'sec', 'secre', 'secr et', 'xecret', 'SECRET']) assert.equal(search.first(text), undefined, text);
});

test('a search from some position on passes over what begins before it', () => {
  const search = searchFor('secret');
  assert.equal(search.first('secret secret', 0)?.index, 0);
  assert.equal(search.first('secret secret', 1)?.index, 7);
  assert.equal(search.first('secret secret', 8), undefined);
});

test('of several that begin alike the longest is found, in whatever order they were added', () => {
  for (const texts of [['abcd', 'abcdef', 'abcde'], ['abcdef', 'abcde', 'abcd']]) {
    const search = searchFor(...texts);
    assert.deepEqual(search.all('abcdef abcdex abcdxx').map(({ found }) => found), ['abcdef', 'abcde', 'abcd']);
  }
});

test('none is found inside another, and the next may begin where one ends', () => {
  assert.deepEqual(searchFor('abcdefgh', 'cdef').all('abcdefghcdef').map(({ index, found }) => [index, found]), [[0, 'abcdefgh'], [8, 'cdef']]);
});

test('characters past Latin-1 are told apart, though the search looks at a half of each first', () => {
  const search = searchFor('\u0161ecret', 'p\u00e4ss');
  assert.equal(search.first('aecret'), undefined);
  assert.equal(search.first('x \u0161ecret')?.index, 2);
  assert.equal(search.replaceIn('a p\u00e4ss, a \u{1f512}'), 'a <p\u00e4ss>, a \u{1f512}');
});

test('all that is found is replaced by its meaning, and the rest stays as it is', () => {
  const search = searchFor('secret', 'token');
  assert.equal(search.replaceIn('secret and token, secrettoken.'), '<secret> and <token>, <secret><token>.');
  for (const text of ['', 'nothing', 'tok en']) assert.equal(search.replaceIn(text), text);
});

test('thousands of texts are found, each by its own meaning', () => {
  const texts = Array.from({ length: 5000 }, (_, i) => `value-${i}-of-many`);
  const search = searchFor(...texts);
  assert.equal(search.replaceIn(texts.join(' ')), texts.map((text) => `<${text}>`).join(' '));
});
