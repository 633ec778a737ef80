import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memberChanges, shapesOf } from '../kit/comparison/shape.ts';
import { answer, exchange } from './support/exchanges.ts';

const created = (document: unknown, status = 201, path = 'oauth/token') => exchange({ request: { path }, answer: answer(status, document) });
const shapeOf = (...documents: readonly unknown[]) => shapesOf(documents.map((document) => created(document))).createToken;

test('a shape has every member by its pointer, with the types of its values over all answers', () => {
  assert.deepEqual(shapeOf({ data: { id: 'a', 'a/b~c': [1, 'x', { y: null }] } }, { data: { id: 7 } }), {
    '/data': ['object'],
    '/data/a~1b~0c': ['array'],
    '/data/a~1b~0c/*': ['number', 'object', 'string'],
    '/data/a~1b~0c/*/y': ['null'],
    '/data/id': ['number', 'string'],
  });
});

test('the members stand in the order of their pointers, whatever that of the documents is', () => {
  assert.equal(JSON.stringify(shapeOf({ c: 1, a: { z: 'x', b: null } }, { b: [true, 1] })), JSON.stringify({ '/a': ['object'], '/a/b': ['null'], '/a/z': ['string'], '/b': ['array'], '/b/*': ['boolean', 'number'], '/c': ['number'] }));
  assert.deepEqual(shapesOf([created({ a: 1 }, 299), created({ b: 1 }, 300), created({ c: 1 }, 199)]).createToken, { '/a': ['number'] });
});

test('what was asked with a query, was refused or is no JSON has no part in it, and operations are kept apart', () => {
  const shapes = shapesOf([
    created({ a: 1 }),
    created({ b: 1 }, 201, 'oauth/token?include=groups'),
    created({ c: 1 }, 403),
    created('no json'),
    created({ d: 1 }, 200, 'oauth/token/x/groups'),
    exchange({ failure: { kind: 'timeout', message: 'no answer' } }),
  ]);
  assert.deepEqual(shapes, { createToken: { '/a': ['number'] }, fetchTokenGroups: { '/d': ['number'] }, fetchTokenOrganization: {} });
});

test('a document with ids for names does not make a shape without bounds, and a deep one is read to its end', () => {
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`id-${i}`, { name: 'x' }]));
  assert.equal(Object.keys(shapeOf(many)).length, 500);
  let deep: unknown = 1;
  for (let i = 0; i < 400; i++) deep = { a: deep };
  assert.equal(Object.keys(shapeOf(deep)).length, 400);
});

test('members that appear, vanish or change their type are told, where the operation succeeded in both runs', () => {
  const none = shapesOf([]);
  const before = shapesOf([created({ kept: 1, gone: 1, changed: 1 })]);
  const after = shapesOf([created({ kept: 2, changed: null, added: [] })]);
  assert.deepEqual(memberChanges(before, after), [
    { operation: 'createToken', pointer: '/added', before: undefined, after: ['array'] },
    { operation: 'createToken', pointer: '/changed', before: ['number'], after: ['null'] },
    { operation: 'createToken', pointer: '/gone', before: ['number'], after: undefined },
  ]);
  assert.deepEqual([memberChanges(none, after), memberChanges(before, none), memberChanges(after, after)], [[], [], []]);
});
