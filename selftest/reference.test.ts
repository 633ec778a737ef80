import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { after, test } from 'node:test';
import { createApp } from '../reference/app.ts';
import { conforming } from '../reference/behaviour.ts';
import type { Behaviour } from '../reference/behaviour.ts';
import { createClients } from '../reference/directory.ts';
import { startReference } from '../reference/server.ts';
import { createState } from '../reference/state.ts';

const MEDIA_TYPE = 'application/vnd.api+json';
const LIFETIME_S = 60;

let clock = Date.UTC(2030, 0, 1);
const reference = await startReference({ tokenLifetimeS: LIFETIME_S, now: () => clock });
after(() => reference.close());
const [one, two] = reference.clients;

type Attributes = Record<string, unknown>;
type Shape = 'nested' | 'flat';
interface Identifier {
  type: string;
  id: string;
}
interface TokenDocument {
  data: Identifier & {
    attributes: { access_token: string; refresh_token: string; token_type: string; expires_in: number };
    relationships: {
      groups: { data: Identifier[]; links: { related: string } };
      organization: { data: Identifier; links: { related: string } };
    };
  };
  included?: Identifier[];
  meta: { ignored: string[] };
}
interface ErrorDocument {
  errors: { status: string; code?: string; source?: { pointer?: string; parameter?: string } }[];
}
interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

const shapes = [
  { shape: 'nested', prefix: '/data/attributes' },
  { shape: 'flat', prefix: '' },
] as const;

const seenRequestIds = new Set<string>();

/** Sends exactly what it is given, and checks what holds for every answer. */
async function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Uint8Array,
): Promise<Reply> {
  const reply = await new Promise<Reply>((resolve, reject) => {
    const { hostname, port } = new URL(reference.baseUrl);
    const request = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.on('error', reject);
    request.end(body);
  });

  assert.ok(reply.status < 500, `${method} ${path} is answered ${reply.status}`);
  assert.equal(reply.headers['content-type'], MEDIA_TYPE);
  assert.equal(reply.headers['cache-control'], 'no-store');
  for (const { secret } of reference.clients) assert.ok(!reply.text.includes(secret));
  if (reply.status === 401) assert.ok(reply.headers['www-authenticate']);
  if (method === 'HEAD') return reply;

  const document = JSON.parse(reply.text) as Partial<ErrorDocument> & { meta: { req_id: string } };
  assert.ok(!seenRequestIds.has(document.meta.req_id));
  seenRequestIds.add(document.meta.req_id);
  if (reply.status < 400) return reply;
  assert.ok(!('data' in document));
  assert.deepEqual(document.errors?.map(({ status }) => status), [String(reply.status)]);
  return reply;
}

const typeOf = (shape: Shape): string => (shape === 'nested' ? MEDIA_TYPE : 'application/json');

const inShape = (shape: Shape, attributes: Attributes): unknown =>
  shape === 'nested' ? { data: { type: 'token', attributes } } : attributes;

const post = (body: unknown, contentType: string, query = '', headers: Record<string, string> = {}): Promise<Reply> =>
  send('POST', `/oauth/token${query}`, { 'content-type': contentType, ...headers }, JSON.stringify(body));

const createToken = (attributes: Attributes, shape: Shape = 'nested', query = ''): Promise<Reply> =>
  post(inShape(shape, attributes), typeOf(shape), query);

const credentials = ({ id, secret } = one): Attributes => ({
  grant_type: 'client_credentials',
  client_id: id,
  client_secret: secret,
});

const refresh = (refreshToken: string, client = one): Attributes => ({
  ...credentials(client),
  grant_type: 'refresh_token',
  refresh_token: refreshToken,
});

function tokenOf(reply: Reply): TokenDocument {
  assert.equal(reply.status, 201, reply.text);
  return JSON.parse(reply.text) as TokenDocument;
}

function errorOf(reply: Reply): ErrorDocument['errors'][number] {
  const [error] = (JSON.parse(reply.text) as ErrorDocument).errors;
  assert.ok(error);
  return error;
}

const newToken = async (client = one): Promise<TokenDocument['data']> =>
  tokenOf(await createToken(credentials(client))).data;

const bearer = ({ attributes }: TokenDocument['data']): Record<string, string> => ({
  authorization: `Bearer ${attributes.access_token}`,
});

/** The body without its request id, which is all that may differ between two answers alike. */
const withoutRequestId = ({ text }: Reply): string => text.replace(/"req_id":"[^"]+"/, '');

const fetches = ['groups', 'organization'] as const;

for (const { shape, prefix } of shapes) {
  test(`a ${shape} client_credentials request is answered with a token`, async () => {
    const { data, included, meta } = tokenOf(await createToken(credentials(), shape));
    const { attributes, relationships } = data;
    assert.equal(data.type, 'token');
    assert.match(data.id, /^[0-9a-z]+$/);
    assert.match(attributes.access_token, /^[\w.~+/-]{40,}=*$/);
    assert.match(attributes.refresh_token, /^[\w.~+/-]{40,}=*$/);
    assert.notEqual(attributes.access_token, attributes.refresh_token);
    assert.equal(attributes.token_type, 'bearer');
    assert.equal(attributes.expires_in, LIFETIME_S);
    assert.equal(relationships.groups.links.related, `/oauth/token/${data.id}/groups`);
    assert.equal(relationships.organization.links.related, `/oauth/token/${data.id}/organization`);
    assert.equal(relationships.groups.data.length, 3);
    assert.equal(included, undefined);
    assert.deepEqual(meta.ignored, []);
  });

  test(`a ${shape} refresh gives a new token with the same access and refresh token`, async () => {
    const old = await newToken();
    const { data } = tokenOf(await createToken(refresh(old.attributes.refresh_token), shape));
    assert.notEqual(data.id, old.id);
    assert.notEqual(data.attributes.access_token, old.attributes.access_token);
    assert.equal(data.attributes.refresh_token, old.attributes.refresh_token);
    assert.deepEqual(data.relationships.groups.data, old.relationships.groups.data);
    assert.deepEqual(data.relationships.organization.data, old.relationships.organization.data);
    assert.equal((await send('GET', `/oauth/token/${data.id}/groups`, bearer(data))).status, 200);
    tokenOf(await createToken(refresh(old.attributes.refresh_token), shape));
  });

  for (const [query, expected] of [
    ['?include=groups', ['group', 'group', 'group']],
    ['?include=organization', ['organization']],
    ['?include=groups,organization', ['group', 'group', 'group', 'organization']],
    ['?include=groups&include=groups', ['group', 'group', 'group']],
    ['?include=', undefined],
  ] as const) {
    test(`a ${shape} request with ${query} includes what it names, for both grants`, async () => {
      const created = tokenOf(await createToken(credentials(), shape, query));
      const refreshed = await createToken(refresh(created.data.attributes.refresh_token), shape, query);
      for (const { data, included } of [created, tokenOf(refreshed)]) {
        const { groups, organization } = data.relationships;
        const linked = new Set([...groups.data, organization.data].map(({ id }) => id));
        assert.deepEqual(included?.map(({ type }) => type), expected);
        for (const { id } of included ?? []) assert.ok(linked.has(id));
      }
    });
  }

  for (const name of ['grant_type', 'client_id', 'client_secret', 'refresh_token'] as const) {
    test(`a ${shape} request whose "${name}" is missing, empty or no string is answered 409`, async () => {
      const valid = refresh((await newToken()).attributes.refresh_token);
      for (const value of [undefined, '', 1, 0, true, false, null, [], [valid[name]], {}, { $ne: '' }]) {
        const reply = await createToken({ ...valid, [name]: value }, shape);
        assert.equal(reply.status, 409, JSON.stringify(value));
        assert.equal(errorOf(reply).code, 'InvalidBodyParameter');
        assert.equal(errorOf(reply).source?.pointer, `${prefix}/${name}`);
      }
    });
  }

  test(`a ${shape} request with another grant is answered 409 InvalidGrantType`, async () => {
    for (const grant of ['password', 'authorization_code', 'Client_Credentials', ' client_credentials']) {
      const reply = await createToken({ ...credentials(), grant_type: grant }, shape);
      assert.equal(reply.status, 409, grant);
      assert.equal(errorOf(reply).code, 'InvalidGrantType');
    }
  });

  test(`a ${shape} request with an unknown attribute is answered 201 and lists it as ignored`, async () => {
    const { meta } = tokenOf(await createToken({ ...credentials(), scope: 'all', n: 1 }, shape));
    assert.deepEqual(meta.ignored, ['scope', 'n']);
  });

  test(`a ${shape} body in the other media type is answered 409`, async () => {
    const other = shape === 'nested' ? 'flat' : 'nested';
    assert.equal((await post(inShape(shape, credentials()), typeOf(other))).status, 409);
  });

  test(`a ${shape} body that is not well-formed JSON in UTF-8 is answered 409`, async () => {
    const valid = JSON.stringify(inShape(shape, credentials()));
    const badUtf8 = Buffer.from(valid.replace('{', '{"x":"\u00ff",'), 'latin1');
    for (const body of ['', valid.slice(0, -1), valid.replace(/}$/, ',}'), 'grant_type=x', '\0', badUtf8]) {
      assert.equal((await send('POST', '/oauth/token', { 'content-type': typeOf(shape) }, body)).status, 409);
    }
  });
}

test('a document of the wrong structure is answered 409', async () => {
  const nested = [null, 'x', 1, [], {}, { data: null }, { data: [] }, { data: {} }, { data: { attributes: null } }];
  for (const body of nested) assert.equal((await post(body, MEDIA_TYPE)).status, 409, JSON.stringify(body));
  for (const body of [null, 'x', 1, [], {}]) assert.equal((await post(body, 'application/json')).status, 409);
});

test('data.type may be left out or be a token type, and nothing else', async () => {
  for (const [type, status] of [
    [undefined, 201],
    ['token', 201],
    ['oauth/token', 201],
    ['group', 409],
    ['', 409],
    [null, 409],
  ] as const) {
    assert.equal((await post({ data: { type, attributes: credentials() } }, MEDIA_TYPE)).status, status, String(type));
  }
});

test('client_credentials with a superfluous refresh token is answered 201', async () => {
  tokenOf(await createToken({ ...credentials(), refresh_token: 'x' }, 'nested', '?include=organization'));
});

test('any other Content-Type, or none, is answered 403 whatever the body', async () => {
  const types = [
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'text/json',
    'application/xml',
    'application/octet-stream',
    'application/hal+json',
    'application/jsonx',
    'application/vnd.api+json-seq',
    'application/json, application/json',
    '',
    undefined,
  ];
  const bodies = [inShape('nested', credentials()), credentials()].map((body) => JSON.stringify(body));
  for (const type of types) {
    for (const body of [...bodies, 'grant_type=client_credentials', '{', undefined]) {
      const reply = await send('POST', '/oauth/token', type === undefined ? {} : { 'content-type': type }, body);
      assert.equal(reply.status, 403, type);
      assert.equal(errorOf(reply).code, 'Forbidden');
    }
  }
});

test('media types are compared without case and without parameters', async () => {
  for (const type of ['Application/Vnd.API+JSON', `${MEDIA_TYPE}; ext=x`, `${MEDIA_TYPE} ;a=b`]) {
    tokenOf(await post(inShape('nested', credentials()), type));
  }
  for (const type of ['APPLICATION/JSON', 'application/json; charset=utf-8', 'application/json;charset=UTF-8']) {
    tokenOf(await post(credentials(), type));
  }
});

test('Accept and a bearer token change nothing in createToken', async () => {
  for (const headers of [
    { accept: '*/*' },
    { accept: 'application/json' },
    { authorization: 'Bearer unknown' },
    bearer(await newToken()),
  ]) {
    tokenOf(await post(credentials(), 'application/json', '', headers));
  }
});

test('an undocumented include is answered 400', async () => {
  for (const value of ['x', 'Groups', 'groups,x', ',groups', 'groups.organization', '%zz']) {
    const reply = await createToken(credentials(), 'nested', `?include=${value}`);
    assert.equal(reply.status, 400, value);
    assert.deepEqual(errorOf(reply).source, { parameter: 'include' });
  }
});

test('a wrong secret and an unknown client are answered alike with 401', async () => {
  const { secret } = one;
  const swapped = secret.replace(/[a-z]/gi, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()));
  const replies = await Promise.all([
    ...[secret.slice(0, -1), `${secret}x`, swapped, ` ${secret}`, `${secret} `, two.secret, 'x'].map((client_secret) =>
      createToken({ ...credentials(), client_secret }),
    ),
    ...[two.id, 'unknown', '__proto__', one.id.toUpperCase()].map((client_id) =>
      createToken({ ...credentials(), client_id }),
    ),
    createToken({ ...refresh((await newToken()).attributes.refresh_token), client_secret: 'x' }),
    createToken({ ...refresh((await newToken()).attributes.refresh_token), client_id: 'unknown' }),
  ]);
  for (const reply of replies) {
    assert.equal(reply.status, 401);
    assert.equal(errorOf(reply).code, 'InvalidCredentials');
    assert.equal(withoutRequestId(reply), withoutRequestId(replies[0]));
  }
});

test('credentials in the URL or in HTTP Basic are not honoured', async () => {
  const query = `?client_id=${one.id}&client_secret=${one.secret}&grant_type=client_credentials`;
  assert.equal((await createToken({}, 'flat', query)).status, 409);
  assert.equal((await createToken({ ...credentials(), client_secret: 'x' }, 'flat', query)).status, 401);
  const authorization = `Basic ${Buffer.from(`${one.id}:${one.secret}`).toString('base64')}`;
  const body = { grant_type: 'client_credentials' };
  assert.equal((await post(body, 'application/json', '', { authorization })).status, 409);
});

test('a refresh token that is unknown, another client\'s or an access token is answered 409 alike', async () => {
  const own = await newToken();
  const foreign = await newToken(two);
  const unknown = await createToken(refresh('unknown'));
  for (const token of [foreign.attributes.refresh_token, own.attributes.access_token, one.secret]) {
    const reply = await createToken(refresh(token));
    assert.equal(reply.status, 409);
    assert.equal(withoutRequestId(reply), withoutRequestId(unknown));
  }
});

test('fetchTokenGroups lists the groups of the token', async () => {
  const token = await newToken();
  const reply = await send('GET', `/oauth/token/${token.id}/groups`, bearer(token));
  assert.equal(reply.status, 200);
  const { data, meta, links } = JSON.parse(reply.text) as {
    data: (Identifier & { attributes: { name: string; bio?: string }; links: { self: string } })[];
    meta: { count: number };
    links: { self: string };
  };
  assert.deepEqual(data.map(({ type, id }) => ({ type, id })), token.relationships.groups.data);
  assert.equal(meta.count, data.length);
  assert.equal(links.self, `/oauth/token/${token.id}/groups`);
  assert.ok(data.some(({ attributes }) => attributes.bio !== undefined));
  for (const { id, attributes, links: own } of data) {
    assert.match(id, /^[0-9a-z]+$/);
    assert.ok(attributes.name);
    assert.equal(own.self, `/group/${id}`);
  }
});

test('fetchTokenOrganization shows the organization of the token', async () => {
  const token = await newToken();
  const reply = await send('GET', `/oauth/token/${token.id}/organization`, bearer(token));
  assert.equal(reply.status, 200);
  const { data, links } = JSON.parse(reply.text) as {
    data: Identifier & { attributes: { name: string }; links: { self: string } };
    links: { self: string };
  };
  assert.deepEqual({ type: data.type, id: data.id }, token.relationships.organization.data);
  assert.ok(data.attributes.name);
  assert.equal(data.links.self, `/organization/${data.id}`);
  assert.equal(links.self, `/oauth/token/${token.id}/organization`);
});

test('the two clients have no organization and no group in common', async () => {
  const [a, b] = [(await newToken(one)).relationships, (await newToken(two)).relationships];
  assert.notEqual(a.organization.data.id, b.organization.data.id);
  assert.ok(!a.groups.data.some(({ id }) => b.groups.data.some((other) => other.id === id)));
});

test('tokens created at once by both clients each work for their own organization', async () => {
  const organizations = new Map<string, Set<string>>();
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const client = i % 2 === 0 ? one : two;
      const token = await newToken(client);
      const { text } = await send('GET', `/oauth/token/${token.id}/organization`, bearer(token));
      const { id } = (JSON.parse(text) as TokenDocument).data;
      organizations.set(client.id, (organizations.get(client.id) ?? new Set()).add(id));
    }),
  );
  const [ofOne, ofTwo] = [organizations.get(one.id)!, organizations.get(two.id)!];
  assert.deepEqual([ofOne.size, ofTwo.size], [1, 1]);
  assert.notDeepEqual(ofOne, ofTwo);
});

for (const what of fetches) {
  const pathOf = (id: string): string => `/oauth/token/${id}/${what}`;

  test(`fetching the ${what} without a valid bearer token is answered 401 Bearer`, async () => {
    const token = await newToken();
    const { access_token, refresh_token } = token.attributes;
    assert.equal((await send('GET', pathOf(token.id), bearer(token))).status, 200);
    for (const authorization of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      access_token,
      `Basic ${access_token}`,
      `Bearer${access_token}`,
      `Bearer ${access_token.slice(0, -1)}`,
      `Bearer ${access_token}x`,
      `Bearer ${access_token}=`,
      `Bearer ${access_token}, Bearer ${access_token}`,
      `Bearer ${refresh_token}`,
      `Bearer ${one.secret}`,
      `Bearer ${token.id}`,
      'Bearer __proto__',
    ]) {
      const query = `?access_token=${access_token}`;
      const reply = await send('GET', pathOf(token.id) + query, authorization === undefined ? {} : { authorization });
      assert.equal(reply.status, 401, authorization);
      assert.equal(errorOf(reply).code, 'Unauthorized');
      assert.match(reply.headers['www-authenticate'] ?? '', /^Bearer realm=/);
    }
  });

  test(`fetching the ${what} works whatever the case of the scheme and the Accept`, async () => {
    const token = await newToken();
    const { access_token } = token.attributes;
    const first = await send('GET', pathOf(token.id), bearer(token));
    for (const headers of [
      { authorization: `bearer ${access_token}` },
      { authorization: `BEARER  ${access_token}` },
      { ...bearer(token), accept: '*/*' },
      { ...bearer(token), accept: 'application/json' },
    ]) {
      const reply = await send('GET', pathOf(token.id), headers);
      assert.equal(reply.status, 200);
      assert.equal(withoutRequestId(reply), withoutRequestId(first));
    }
  });

  test(`an expired access token fetches no ${what}, and its refresh token still refreshes`, async () => {
    const token = await newToken();
    clock += LIFETIME_S * 1000 - 1;
    assert.equal((await send('GET', pathOf(token.id), bearer(token))).status, 200);
    clock += 1;
    assert.equal((await send('GET', pathOf(token.id), bearer(token))).status, 401);
    const { data } = tokenOf(await createToken(refresh(token.attributes.refresh_token)));
    assert.equal((await send('GET', pathOf(data.id), bearer(data))).status, 200);
  });

  test(`the ${what} of a token can be fetched with another token of the same organization only`, async () => {
    const [token, sibling, stranger] = [await newToken(), await newToken(), await newToken(two)];
    assert.equal((await send('GET', pathOf(token.id), bearer(sibling))).status, 200);
    const foreign = await send('GET', pathOf(token.id), bearer(stranger));
    const unknown = await send('GET', pathOf('0'.repeat(token.id.length)), bearer(stranger));
    assert.deepEqual([foreign.status, unknown.status], [403, 403]);
    assert.equal(withoutRequestId(foreign), withoutRequestId(unknown));
    assert.equal(errorOf(foreign).code, 'Forbidden');
  });

  test(`an id in the path of the ${what} is percent-decoded once`, async () => {
    const token = await newToken();
    const hex = token.id.charCodeAt(0).toString(16);
    const rest = token.id.slice(1);
    assert.equal((await send('GET', pathOf(`%${hex}${rest}`), bearer(token))).status, 200);
    assert.equal((await send('GET', pathOf(`%25${hex}${rest}`), bearer(token))).status, 403);
  });

  test(`a hostile id in the path of the ${what} is answered 4xx without data`, async () => {
    const token = await newToken();
    const { id: own } = token;
    for (const id of [
      '..',
      '../..',
      '..%2f..',
      '%2e%2e',
      '..\\..',
      '..%5c',
      `x/../../${own}`,
      `${own}%2f..`,
      `${own}%00`,
      `${own}%20`,
      `A${own}`,
      '%00',
      '%',
      '%zz',
      '%ff',
      "'",
      '%27%20or%201=1--',
      '%22',
      '<x>',
      '%F0%9F%92%A9',
      ':id',
      '*',
      '__proto__',
      '#',
      '',
      'a'.repeat(1000),
    ]) {
      const reply = await send('GET', pathOf(id), bearer(token));
      assert.ok([400, 403, 404].includes(reply.status), `${id} is answered ${reply.status}`);
    }
  });

  test(`other methods on the ${what} are answered 405 with Allow`, async () => {
    const token = await newToken();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const reply = await send(method, pathOf(token.id), bearer(token));
      assert.equal(reply.status, 405, method);
      assert.equal(reply.headers.allow, 'GET, HEAD');
    }
    assert.equal((await send('GET', pathOf(token.id), bearer(token))).status, 200);
  });

  test(`HEAD on the ${what} gets the status of GET and no body`, async () => {
    const token = await newToken();
    for (const [id, headers] of [
      [token.id, bearer(token)],
      [token.id, {}],
      ['unknown', bearer(token)],
    ] as const) {
      const [head, get] = [await send('HEAD', pathOf(id), headers), await send('GET', pathOf(id), headers)];
      assert.equal(head.status, get.status);
      assert.equal(head.text, '');
    }
  });
}

test('other methods on /oauth/token are answered 405 with Allow', async () => {
  const body = JSON.stringify(credentials());
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
    const reply = await send(method, '/oauth/token', headers, body);
    assert.equal(reply.status, 405, method);
    assert.equal(reply.headers.allow, 'POST');
  }
});

test('a path of no operation is answered 404', async () => {
  const token = await newToken();
  for (const path of ['/', '/oauth', '/oauth/token/', '//oauth/token', `/oauth/token/${token.id}`, '/x?y', '/%zz']) {
    for (const method of ['GET', 'HEAD', 'POST']) {
      assert.equal((await send(method, path, bearer(token))).status, 404, `${method} ${path}`);
    }
  }
});

test('a malformed host is answered 400', async () => {
  assert.equal((await send('GET', '/oauth/token', { host: 'a b' })).status, 400);
});

test('every start has credentials and tokens of its own', async () => {
  const other = await startReference();
  try {
    const [client] = other.clients;
    assert.ok(client.secret.length >= 24);
    assert.notEqual(client.secret, one.secret);
    assert.equal((await createToken(credentials(client))).status, 401);
  } finally {
    await other.close();
  }
});

test('close ends idle connections and frees the port', async () => {
  const first = await startReference();
  await (await fetch(`${first.baseUrl}/`)).text();
  await first.close();
  const second = await startReference({ port: Number(new URL(first.baseUrl).port) });
  assert.equal(second.baseUrl, first.baseUrl);
  await assert.rejects(startReference({ port: Number(new URL(second.baseUrl).port) }), { code: 'EADDRINUSE' });
  await second.close();
});

/** An app that deviates, at a base path of its own, and how to create a token there. */
function deviating(deviation: Partial<Behaviour>): () => Promise<Response> {
  const clients = createClients();
  const app = createApp({ ...conforming, ...deviation }, createState(clients, LIFETIME_S, () => clock), '/fault/x');
  const request = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const body = JSON.stringify(credentials(clients[0]));
  return async () => await app(new Request('http://127.0.0.1/fault/x/oauth/token', { ...request, body }));
}

test('an app at a base path answers there, and its links start with it', async () => {
  const response = await deviating({})();
  assert.equal(response.status, 201);
  const { data } = (await response.json()) as TokenDocument;
  assert.equal(data.relationships.groups.links.related, `/fault/x/oauth/token/${data.id}/groups`);
});

test('one step can deviate', async () => {
  const create = deviating({ send: (answer, context) => conforming.send({ ...answer, status: 200 }, context) });
  assert.equal((await create()).status, 200);
});

test('an unexpected error is answered 500 without its internals', async () => {
  const response = await deviating({
    grant: () => {
      throw new Error('made-up defect');
    },
  })();
  assert.equal(response.status, 500);
  assert.equal(response.headers.get('content-type'), MEDIA_TYPE);
  const text = await response.text();
  assert.doesNotMatch(text, /made-up|stack|\.ts/);
  assert.equal((JSON.parse(text) as ErrorDocument).errors[0]?.status, '500');
});
