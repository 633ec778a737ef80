import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Ajv2020 } from 'ajv/dist/2020.js';

import { schemaFiles, schemas, type SchemaName } from '../contracts/schemas/index.ts';

type Json = string | number | boolean | null | Json[] | JsonObject;
interface JsonObject {
  [name: string]: Json;
}

/** A document with every documented member, and the places (JSON pointers) of those that may be left out. */
interface Sample {
  full: JsonObject;
  optional: string[];
}

const group = (id: string): JsonObject => ({
  type: 'group',
  id,
  attributes: { name: 'Cardiology', bio: 'Third floor' },
  links: { self: `/pub/group/${id}` },
});

const organization: JsonObject = {
  type: 'organization',
  id: 'o1',
  attributes: { name: 'General Hospital' },
  links: { self: 'https://api.example.com/pub/organization/o1' },
};

const errorDocument: Sample = {
  full: {
    errors: [
      {
        status: '403',
        code: 'InvalidBodyParameter',
        title: 'Invalid body',
        detail: 'grant_type is missing',
        source: { pointer: '/data/attributes/grant_type', parameter: 'include' },
      },
      { code: 'Forbidden' },
    ],
    meta: { req_id: 'r4' },
  },
  optional: [
    '/errors/0/status', '/errors/0/code', '/errors/0/title', '/errors/0/detail', '/errors/0/source',
    '/errors/0/source/pointer', '/errors/0/source/parameter', '/errors/1/code', '/meta', '/meta/req_id',
  ],
};

const samples: Record<SchemaName, Sample> = {
  CreateTokenResponse: {
    full: {
      data: {
        type: 'token',
        id: 't1',
        attributes: { access_token: 'a', refresh_token: 'r', token_type: 'bearer', expires_in: 3600 },
        relationships: {
          groups: {
            data: [{ type: 'group', id: 'g1' }],
            links: { related: 'https://api.example.com/pub/oauth/token/t1/groups' },
          },
          organization: {
            data: { type: 'organization', id: 'o1' },
            links: { related: '/oauth/token/t1/organization' },
          },
        },
      },
      included: [group('g1'), organization],
      meta: { req_id: 'r1', ignored: ['scope'] },
    },
    optional: [
      '/data/relationships', '/data/relationships/groups', '/data/relationships/organization', '/included',
      '/included/0/attributes/bio', '/included/0/links', '/included/1/links', '/meta', '/meta/req_id', '/meta/ignored',
    ],
  },
  FetchGroupsResponse: {
    full: {
      data: [group('g1'), group('3f2b9c1e-6f0a-4f57-9a39-0d5b6f1f7a11')],
      links: { self: '/oauth/token/t1/groups', next: '/n?page=2', prev: '/p', last: '/l' },
      meta: { req_id: 'r2', count: 2 },
    },
    optional: [
      '/data/0/attributes/bio', '/data/0/links', '/data/1/attributes/bio', '/data/1/links', '/links', '/links/self',
      '/links/next', '/links/prev', '/links/last', '/meta', '/meta/req_id', '/meta/count',
    ],
  },
  FetchOrganizationResponse: {
    full: { data: organization, meta: { req_id: 'r3' } },
    optional: ['/data/links', '/meta', '/meta/req_id'],
  },
  ErrorDocument: errorDocument,
  AnyErrorDocument: errorDocument,
};

const ajv = new Ajv2020({ strict: true, allErrors: true });
ajv.addSchema([...schemaFiles]);

function errorsOf(name: SchemaName, document: Json) {
  const validate = ajv.getSchema(schemas[name].$id);
  assert.ok(validate);
  return validate(document) ? [] : (validate.errors ?? []);
}

function assertAccepted(name: SchemaName, document: Json): void {
  const errors = errorsOf(name, document);
  const found = errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
  assert.deepEqual(found, [], JSON.stringify(document));
}

/** Refused, with an error at the place itself and, but for failed conditions around it, none beside it. */
function assertRefusedAt(name: SchemaName, document: Json, place: string): void {
  const places = errorsOf(name, document).filter(({ keyword }) => keyword !== 'if').map((each) => each.instancePath);
  assert.ok(places.includes(place), `nothing at ${place}: ${JSON.stringify(places)}`);
  assert.ok(places.every((each) => `${each}/`.startsWith(`${place}/`)), `beside ${place}: ${JSON.stringify(places)}`);
}

const parentOf = (place: string) => place.slice(0, place.lastIndexOf('/'));
const nameOf = (place: string) => place.slice(place.lastIndexOf('/') + 1);

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a place of the document, undefined where there is none. */
function valueAt(document: Json, place: string): Json | undefined {
  const step = (value: Json | undefined, name: string) =>
    typeof value === 'object' && value !== null ? (value as JsonObject)[name] : undefined;
  return place.split('/').slice(1).reduce<Json | undefined>(step, document);
}

/** A copy of the document with another value at the place. */
function withValue(document: JsonObject, place: string, value: Json): JsonObject {
  const copy = structuredClone(document);
  (valueAt(copy, parentOf(place)) as JsonObject)[nameOf(place)] = value;
  return copy;
}

/** A copy of the document without the members at the places; a place that is gone already is passed over. */
function without(document: JsonObject, ...places: string[]): JsonObject {
  const copy = structuredClone(document);
  for (const place of places) {
    const parent = valueAt(copy, parentOf(place));
    if (isObject(parent)) delete parent[nameOf(place)];
  }
  return copy;
}

/** The places of all values in the document, the document's own ('') included. */
function placesIn(value: Json, place = ''): string[] {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [place, ...members.flatMap(([name, member]) => placesIn(member, `${place}/${name}`))];
}

function* subsets<T>(items: readonly T[]): Generator<T[]> {
  for (let bits = 0; bits < 2 ** items.length; bits++) yield items.filter((_, index) => bits & (2 ** index));
}

const typeOf = (value: Json) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** A value of each JSON type but that of the given one; for a number, which stands for an integer, a fraction too. */
function mistyped(value: Json): Json[] {
  const others: Json[] = ['text', 1, true, null, [], {}];
  return [...others.filter((other) => typeOf(other) !== typeOf(value)), ...(typeof value === 'number' ? [1.5] : [])];
}

test('every schema compiles in strict mode', () => {
  for (const { $id } of schemaFiles) assert.ok(ajv.getSchema($id), $id);
});

test('every schema is identified, and refers to nothing outside', () => {
  for (const schema of schemaFiles) {
    assert.match(schema.$id, /^https:\/\/oauth-conformance-kit\.invalid\/schemas\/\w+\.schema\.json$/);
    for (const [, target = ''] of JSON.stringify(schema).matchAll(/"\$ref":"([^"#]+)/g)) {
      assert.ok(schemaFiles.some(({ $id }) => $id.endsWith(`/${target}`)), target);
    }
  }
});

test('no schema forbids additional members', () => {
  assert.doesNotMatch(JSON.stringify(schemaFiles), /additionalProperties|unevaluated|propertyNames|maxProperties/);
});

for (const name of Object.keys(samples) as SchemaName[]) {
  const { full, optional } = samples[name];
  const members = placesIn(full).filter((place) => isObject(valueAt(full, parentOf(place))) && place !== '');

  test(`${name} accepts every combination of optional members`, () => {
    for (const place of optional) assert.ok(members.includes(place), place);
    for (const places of subsets(optional)) assertAccepted(name, without(full, ...places));
  });

  test(`${name} refuses a document without one of its required members`, () => {
    for (const place of members.filter((each) => !optional.includes(each))) {
      const missing = errorsOf(name, without(full, place)).filter(({ keyword }) => keyword !== 'if');
      const where = missing.map(({ instancePath, params }) => `${instancePath}/${params['missingProperty']}`);
      assert.deepEqual([...new Set(where)], [place]);
    }
  });

  test(`${name} refuses a value of another type, wherever it is`, () => {
    for (const place of placesIn(full)) {
      const mayBeNull = /^\/links\/(next|prev|last)$/.test(place);
      for (const wrong of mistyped(valueAt(full, place) ?? full).filter((each) => !(each === null && mayBeNull))) {
        assertRefusedAt(name, place === '' ? wrong : withValue(full, place, wrong), place);
      }
    }
  });

  test(`${name} accepts unknown members in every object`, () => {
    for (const place of placesIn(full).filter((each) => isObject(valueAt(full, each)))) {
      for (const unknown of ['text', null, [], { more: 1 }]) {
        assertAccepted(name, withValue(full, `${place}/somethingNew`, unknown));
      }
    }
  });
}

/** Values that the contract, RFC 6749 or JSON:API 1.0 permit at a place of the full document. */
const permitted: [SchemaName, place: string, values: Json[]][] = [
  ['CreateTokenResponse', '/data/type', ['token', 'oauth/token']],
  ['CreateTokenResponse', '/data/id', ['3f2b9c1e-6f0a-4f57-9a39-0d5b6f1f7a11', 'T_1']],
  ['CreateTokenResponse', '/data/attributes/token_type', ['Bearer', 'BEARER']],
  ['CreateTokenResponse', '/data/relationships', [{}]],
  ['CreateTokenResponse', '/data/relationships/groups/data', [[]]],
  [
    'CreateTokenResponse',
    '/data/relationships/groups/links/related',
    [
      '/oauth/token/t1/groups',
      '/pub/oauth/token/t1/groups',
      '//api.example.com/oauth/token/T-1/groups',
      'http://127.0.0.1:8080/a/b/oauth/token/%C3%A9/groups',
      { href: '/oauth/token/t1/groups' },
      { href: '/oauth/token/t1/groups', meta: { count: 1 } },
    ],
  ],
  ['CreateTokenResponse', '/data/relationships/organization/links/related', [{ href: '/oauth/token/t1/organization' }]],
  ['CreateTokenResponse', '/included', [[], [organization], [group('g1'), group('g2')]]],
  ['CreateTokenResponse', '/meta', [{}]],
  ['CreateTokenResponse', '/meta/ignored', [[], ['scope', 'type']]],
  ['FetchGroupsResponse', '/data', [[]]],
  ['FetchGroupsResponse', '/data/0/links/self', ['/group/g1', { href: 'https://api.example.com/group/g1' }]],
  ['FetchGroupsResponse', '/links', [{}]],
  ['FetchGroupsResponse', '/links/self', [{ href: '/oauth/token/t1/groups', meta: {} }]],
  ...['next', 'prev', 'last'].map((page): [SchemaName, string, Json[]] =>
    ['FetchGroupsResponse', `/links/${page}`, [null, { href: '/oauth/token/t1/groups?page=2' }]]),
  ['FetchGroupsResponse', '/meta/count', [0]],
  ['FetchOrganizationResponse', '/data/links/self', ['/organization/o1', { href: '/pub/organization/O-1' }]],
  ...['Forbidden', 'InvalidParameter', 'InvalidBodyParameter', 'ResourceNotFound', 'Unauthorized', 'InvalidCredentials',
    'InvalidGrantType'].map((code): [SchemaName, string, Json[]] => ['ErrorDocument', '/errors/0/code', [code]]),
  ['ErrorDocument', '/errors', [[{}]]],
  ['AnyErrorDocument', '/errors/0/code', ['MethodNotAllowed', '']],
];

test('values that the contract or the standards permit are accepted', () => {
  for (const [name, place, values] of permitted) {
    for (const value of values) assertAccepted(name, withValue(samples[name].full, place, value));
  }
});

/** Values of the right type that the contract does not permit; an error points at the place, or at what follows it. */
const forbidden: [SchemaName, place: string, values: Json[], at?: string][] = [
  ['CreateTokenResponse', '/data/type', ['', 'Token', 'tokens', 'group']],
  ['CreateTokenResponse', '/data/attributes/token_type', ['', 'mac', 'bearer ']],
  ['CreateTokenResponse', '/data/relationships/groups/data/0/type', ['groups', 'organization']],
  ['CreateTokenResponse', '/data/relationships/organization/data/type', ['organizations', 'group']],
  [
    'CreateTokenResponse',
    '/data/relationships/groups/links/related',
    [
      '',
      '/oauth/token/groups',
      '/oauth/token//groups',
      '/oauth/token/t1/groups/',
      '/oauth/token/t1/organization',
      '/oauth/token/t1/groups?page=1',
      '/login?next=/oauth/token/t1/groups',
      '/myoauth/token/t1/groups',
    ],
  ],
  [
    'CreateTokenResponse', '/data/relationships/groups/links/related', [{ href: '/groups' }],
    '/data/relationships/groups/links/related/href',
  ],
  ['CreateTokenResponse', '/data/relationships/organization/links/related', ['/oauth/token/t1/groups']],
  [
    'CreateTokenResponse', '/data/relationships/organization/links/related', [{ href: '/organization' }],
    '/data/relationships/organization/links/related/href',
  ],
  ['CreateTokenResponse', '/included/0/type', ['token', 'groups']],
  ['CreateTokenResponse', '/included/0/links/self', ['/organization/g1']],
  ['CreateTokenResponse', '/included/1/links/self', ['/group/o1']],
  ['FetchGroupsResponse', '/data/0/type', ['groups', 'organization']],
  ['FetchGroupsResponse', '/data/0/links/self', ['', '/group/', '/groups/g1', '/group/g1/members', '/subgroup/g1']],
  ['FetchGroupsResponse', '/data/0/links/self', [{ href: '/g' }], '/data/0/links/self/href'],
  ['FetchGroupsResponse', '/links/self', [{ href: 1 }, { href: null }], '/links/self/href'],
  ['FetchOrganizationResponse', '/data/type', ['organizations', 'group']],
  ['FetchOrganizationResponse', '/data/links/self', ['/organization', '/organizations/o1', '/organization/o1/x']],
  ['FetchOrganizationResponse', '/data/links/self', [{ href: '/o' }], '/data/links/self/href'],
  ['ErrorDocument', '/errors', [[]]],
  ['ErrorDocument', '/errors/0/code', ['', 'forbidden', 'MethodNotAllowed']],
  ['AnyErrorDocument', '/errors', [[]]],
];

test('values that the contract does not permit are refused, and the error points at them', () => {
  for (const [name, place, values, at = place] of forbidden) {
    for (const value of values) assertRefusedAt(name, withValue(samples[name].full, place, value), at);
  }
});
