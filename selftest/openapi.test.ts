import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createLogger } from '@stoplight/prism-core';
import { getHttpOperationsFromSpec } from '@stoplight/prism-http';
import { createServer } from '@stoplight/prism-http-server';
import { parse } from 'yaml';
import { documented, jsonApiMediaType, requestMediaTypes, type BodyShape } from '../contracts/documented.ts';
import type { Operation } from '../contracts/requirements/index.ts';
import { contractVersion } from '../contracts/version.ts';
import { bearer, bodyShapes, clientCredentials, refreshToken, shaped, type Attributes } from '../kit/judging/requests.ts';
import { startReference } from '../reference/server.ts';
import { project } from './support/command.ts';
import { bodyOf, serve } from './support/servers.ts';

const file = join(project, 'contracts/openapi.yaml');

type Contents = Record<string, { schema: { $ref: string } }>;
interface Described {
  readonly operationId: Operation;
  readonly requestBody?: { readonly content: Contents };
  readonly responses: Record<string, { readonly $ref?: string; readonly content?: Contents }>;
}
const document = parse(readFileSync(file, 'utf8')) as {
  info: { version: string };
  paths: Record<string, { get?: Described; post?: Described }>;
  components: { responses: Record<string, { content: Contents }> };
};
const described = Object.values(document.paths).map(({ get, post }) => (get ?? post) as Described);

test('the description is valid OpenAPI, and good by the rules that Redocly recommends', async () => {
  const child = spawn(process.execPath, [join(project, 'node_modules/@redocly/cli/bin/cli.js'), 'lint', file, '--extends=recommended', '--format=json'], {
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  for await (const chunk of child.stdout) stdout += String(chunk);
  const { problems } = JSON.parse(stdout) as { problems: { ruleId: string; message: string }[] };
  assert.deepEqual(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`), []);
});

test('the description has the operations, statuses, media types and schemas that the checks judge by', () => {
  assert.equal(document.info.version, contractVersion);
  assert.deepEqual(described.map(({ operationId }) => operationId), Object.keys(documented));
  for (const { operationId, requestBody, responses } of described) {
    const { success, schema, refusals } = documented[operationId];
    const schemas = Object.entries(responses).map(([status, { $ref, content }]) => {
      const contents = content ?? document.components.responses[$ref?.split('/').at(-1) ?? '']?.content ?? {};
      return [status, ...Object.entries(contents).flatMap(([mediaType, each]) => [mediaType, each.schema.$ref])];
    });
    const row = (status: number | string, name: string) => [`${status}`, jsonApiMediaType, `schemas/${name}.schema.json`];
    assert.deepEqual(schemas, [row(success, schema), ...refusals.map((each) => row(each, 'ErrorDocument')), row('4XX', 'AnyErrorDocument')]);
    if (requestBody) assert.deepEqual(Object.keys(requestBody.content), Object.values(requestMediaTypes));
  }
});

/** What came back through Prism, and what the server behind it had said; the latter is undefined where it was not asked. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly violations: string | null;
  readonly said: { readonly status: number; readonly body: unknown } | undefined;
}

/**
 * The reference server, as the fault or variant that a path such as `/variant/no-meta` selects, behind Prism, which refuses
 * each request and each answer that the description does not allow.
 *
 * @param shape is the one of requests to createToken: Prism takes application/vnd.api+json for application/json, and would
 *   judge both by the schema that is named first
 */
async function behindPrism(t: TestContext, shape: BodyShape, path = '') {
  const { baseUrl, clients, close } = await startReference();
  t.after(close);
  let said: Answer['said'];
  const recorder = await serve(t, (request, response) => {
    void (async () => {
      const { method = 'GET', url = '', headers } = request;
      const init = { method, headers: headers as Record<string, string>, ...(method === 'POST' && { body: await bodyOf(request) }) };
      const answer = await fetch(baseUrl + url, init);
      const text = await answer.text();
      said = { status: answer.status, body: JSON.parse(text) };
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(text);
    })();
  });

  const operations = await getHttpOperationsFromSpec(file);
  for (const { request, responses } of operations) {
    const body = request?.body;
    if (body?.contents) body.contents = body.contents.filter(({ mediaType }) => mediaType === requestMediaTypes[shape]);
    // Prism takes a second schema of the same $id for one that it cannot use, and then allows any body.
    for (const { schema } of responses.flatMap(({ contents = [] }) => contents)) delete schema?.$id;
  }
  const prism = createServer(operations, {
    cors: false,
    components: { logger: createLogger('prism', { enabled: false }) },
    config: {
      isProxy: true,
      upstream: new URL(recorder + path),
      upstreamProxy: undefined,
      checkSecurity: true,
      validateRequest: true,
      validateResponse: true,
      errors: true,
      mock: { dynamic: false },
    },
  });
  const url = await prism.listen(0, '127.0.0.1');
  t.after(() => prism.close());

  const ask = async (target: string, init: RequestInit): Promise<Answer> => {
    said = undefined;
    const answer = await fetch(url + target, init);
    return { status: answer.status, body: await answer.json(), violations: answer.headers.get('sl-violations'), said };
  };
  const create = (attributes: Attributes, query = '') =>
    ask(`/oauth/token${query}`, {
      method: 'POST',
      headers: { 'content-type': requestMediaTypes[shape], accept: jsonApiMediaType },
      body: JSON.stringify(shaped(shape, attributes)),
    });
  const read = (id: string, resource: 'groups' | 'organization', token: string, query = '') =>
    ask(`/oauth/token/${id}/${resource}${query}`, { headers: { authorization: bearer(token), accept: jsonApiMediaType } });
  return { client: clients[0], create, read };
}

/** Asserts that the request reached the server, and that its answer came back as it was. */
function assertAllowed({ status, body, violations, said }: Answer, expected: number): void {
  assert.equal(violations, null);
  assert.deepEqual({ status, body }, said);
  assert.equal(status, expected, JSON.stringify(body));
}

/** Asserts that the server answered with the status, and that Prism refused to pass it on for its body. */
function assertRefused({ status, body, said }: Answer, expected: number): void {
  assert.equal(said?.status, expected);
  assert.equal(status, 500, JSON.stringify(body));
  assert.match((body as { type: string }).type, /#VIOLATIONS$/);
}

interface Token {
  readonly id: string;
  readonly attributes: { readonly access_token: string; readonly refresh_token: string };
}
const tokenOf = ({ body }: Answer): Token => (body as { data: Token }).data;

for (const shape of bodyShapes) {
  test(`the description allows what the reference server answers to ${shape} requests, and to reads of its tokens`, async (t) => {
    const { client, create, read } = await behindPrism(t, shape);
    const credentials = clientCredentials(client);
    const created = await create(credentials);
    assertAllowed(created, 201);
    const { id, attributes } = tokenOf(created);
    const refresh = refreshToken(client, attributes.refresh_token);

    assertAllowed(await create(credentials, '?include=groups'), 201);
    assertAllowed(await create({ ...credentials, refresh_token: 'superfluous' }, '?include=organization'), 201);
    assertAllowed(await create({ ...credentials, unknown: 1 }), 201);
    assertAllowed(await create(refresh), 201);
    assertAllowed(await create({ ...credentials, client_secret: 'wrong' }), 401);
    assertAllowed(await create({ ...credentials, client_id: 'unknown' }), 401);
    assertAllowed(await create({ ...refresh, refresh_token: 'unknown' }), 409);
    const { client_secret: _, ...withoutSecret } = refresh;
    assertAllowed(await create(withoutSecret), 409);

    for (const resource of ['groups', 'organization'] as const) {
      assertAllowed(await read(id, resource, attributes.access_token), 200);
      assertAllowed(await read(id, resource, 'unknown'), 401);
      assertAllowed(await read('unknown', resource, attributes.access_token), 403);
    }
  });

  test(`the description does not allow ${shape} requests that the contract has refused`, async (t) => {
    const { client, create } = await behindPrism(t, shape);
    const credentials = clientCredentials(client);
    const { client_secret: _, ...withoutSecret } = credentials;
    const invalid = [withoutSecret, { ...credentials, client_id: '' }, { ...credentials, grant_type: 'password' }, { data: { attributes: credentials } }];
    for (const attributes of invalid) {
      const { status, said } = await create(attributes);
      assert.deepEqual({ status, said }, { status: 422, said: undefined });
    }
  });
}

for (const variant of ['types-as-in-the-examples', 'minimal-documents', 'more-members', 'pages-by-link-objects', 'ids-not-found']) {
  test(`the description allows the variant ${variant}`, async (t) => {
    const { client, create, read } = await behindPrism(t, 'nested', `/variant/${variant}`);
    const created = await create(clientCredentials(client), '?include=groups');
    assertAllowed(created, 201);
    const { id, attributes } = tokenOf(created);
    assertAllowed(await read(id, 'organization', attributes.access_token), 200);
    assertAllowed(await read('unknown', 'groups', attributes.access_token), variant === 'ids-not-found' ? 404 : 403);

    let pages = 0;
    for (let query: string | undefined = ''; query !== undefined; pages++) {
      const page = await read(id, 'groups', attributes.access_token, query);
      assertAllowed(page, 200);
      const { links } = page.body as { links?: { next?: { href: string } } };
      query = links?.next?.href.replace(/^[^?]*/, '');
    }
    assert.equal(pages, variant === 'pages-by-link-objects' ? 3 : 1);
  });
}

/** Faults, and the answers of theirs that the description must not allow. */
const broken: readonly [fault: string, operation: Operation, status: number][] = [
  ['token-without-expires-in', 'createToken', 201],
  ['relationships-without-links', 'createToken', 201],
  ['errors-as-one-object', 'createToken', 401],
  ['errors-as-texts', 'createToken', 409],
  ['groups-without-names', 'fetchTokenGroups', 200],
  ['groups-refused-with-one-object', 'fetchTokenGroups', 401],
  ['groups-refused-with-problem-details', 'fetchTokenGroups', 403],
  ['organization-in-a-list', 'fetchTokenOrganization', 200],
  ['organization-refused-with-one-object', 'fetchTokenOrganization', 401],
];

for (const [fault, operation, status] of broken) {
  test(`the description does not allow a ${status} of ${operation} with the fault ${fault}`, async (t) => {
    const { client, create, read } = await behindPrism(t, 'flat', `/fault/${fault}`);
    const credentials = clientCredentials(client);
    if (operation === 'createToken') {
      const asked = { 201: credentials, 401: { ...credentials, client_secret: 'wrong' }, 409: refreshToken(client, 'unknown') }[status];
      assertRefused(await create(asked ?? {}), status);
      return;
    }
    const resource = operation === 'fetchTokenGroups' ? 'groups' : 'organization';
    const { id, attributes } = tokenOf(await create(credentials));
    assertRefused(await read(status === 403 ? 'unknown' : id, resource, status === 401 ? 'unknown' : attributes.access_token), status);
  });
}
