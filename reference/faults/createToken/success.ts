import type { App } from '../../app.ts';
import { conforming, type Behaviour } from '../../behaviour.ts';
import type { BodyShape } from '../../body-shape.ts';
import type { OperationName } from '../../context.ts';
import type { Fault, Faults } from '../../deviation.ts';
import { omit, operationOf, type JsonObject } from '../../edits.ts';
import { invalidBody, Refusal, unauthorized } from '../../refusals.ts';
import type { Token } from '../../state.ts';
import {
  both,
  editAttributes,
  editGranted,
  editRelationship,
  editResource,
  everywhere,
  flat,
  hasBearer,
  isWithoutType,
  isFlat,
  isNested,
  nested,
  not,
  notStoring,
  refreshed,
  refusal,
  refusing,
} from './granted.ts';

/** What every grant in either body shape violates where its document does not satisfy the schema. */
const everySchema = ['CT-302', 'CT-601', 'CT-606'] as const;

/** Steps by which an access token is worth nothing until a second after it was issued. */
function acceptedLater(refuse: () => Refusal, operations: readonly OperationName[]): () => Partial<Behaviour> {
  return () => ({
    authenticateBearer: (context) => {
      const token = conforming.authenticateBearer(context);
      const { operation, state } = context;
      const issuedAt = token.expiresAt - state.tokenLifetimeS * 1000;
      if (operation && operations.includes(operation) && state.now() < issuedAt + 1000) throw refuse();
      return token;
    },
  });
}

/** Steps that give a token another value for its refresh token, by which it can be refreshed. */
function withRefreshToken(value: (token: Token) => string, where: (shape: BodyShape) => boolean): () => Partial<Behaviour> {
  return () => ({
    grant: (request, client, shape, context) => {
      const token = conforming.grant(request, client, shape, context);
      if (request.grantType === 'refresh_token' || !where(shape)) return token;
      const { byId, byAccessToken, byRefreshToken } = context.state;
      const changed = { ...token, refreshToken: value(token) };
      byRefreshToken.delete(token.refreshToken);
      for (const [map, key] of [[byId, changed.id], [byAccessToken, changed.accessToken], [byRefreshToken, changed.refreshToken]] as const) {
        map.set(key, changed);
      }
      return changed;
    },
  });
}

/** A wrapper that writes another id into `links.related` of the relationships. */
function relatedLinks(edit: (link: string, id: string, relationship: 'groups' | 'organization') => string): (app: App) => App {
  return editResource(everywhere, (resource) => {
    const relationships = Object.entries(resource['relationships'] as Readonly<Record<'groups' | 'organization', JsonObject>>);
    return {
      ...resource,
      relationships: Object.fromEntries(
        relationships.map(([name, relationship]) => {
          const { related } = relationship['links'] as { readonly related: string };
          return [name, { ...relationship, links: { related: edit(related, resource['id'] as string, name as 'groups' | 'organization') } }];
        }),
      ),
    };
  });
}

/** Steps that refuse a client_credentials request by what its attributes are. */
function refusingCredentialsWith(reason: Refusal, where: (attributes: JsonObject, shape: BodyShape) => boolean): () => Partial<Behaviour> {
  return () => ({
    validate: (attributes, shape, context) => {
      if (attributes['grant_type'] === 'client_credentials' && where(attributes, shape)) throw reason;
      return conforming.validate(attributes, shape, context);
    },
  });
}

const hasRefreshToken = (attributes: JsonObject): boolean => 'refresh_token' in attributes;

/** Steps that refuse a nested document without `data.type`, by what its attributes are. */
function typeNeeded(reason: Refusal, where: (attributes: JsonObject) => boolean = () => true): () => Partial<Behaviour> {
  return () => ({
    readAttributes: (document, shape, context) => {
      const attributes = conforming.readAttributes(document, shape, context);
      if (shape === 'nested' && isWithoutType(document) && where(attributes)) throw reason;
      return attributes;
    },
  });
}

/** A wrapper that sets `Cache-Control` of the answers that grant a token, or removes it. */
function cacheControl(value: string | null, where = everywhere, more: Readonly<Record<string, string>> = {}): (app: App) => App {
  return editGranted(where, () => ({ headers: { 'cache-control': value, ...more } }));
}

/** Drops the media type of the answers to nested requests, which a `Response` with a text in it cannot do without. */
const withoutMediaType: NonNullable<Fault['socket']> = (request, response) => {
  if (request.headers['content-type'] !== 'application/vnd.api+json') return;
  const writeHead = response.writeHead.bind(response) as (status: number, headers: object) => typeof response;
  response.writeHead = ((status: number, headers: JsonObject = {}) =>
    writeHead(status, status === 201 ? omit(headers, 'content-type', 'Content-Type') : headers)) as typeof response.writeHead;
};

/** CT-101 to CT-112. */
export const success = {
  'CT-101': [
    {
      name: 'nested-created-as-200',
      summary: 'A token that is created by a nested request is answered 200.',
      wrap: editGranted(nested, () => ({ status: 200 })),
      also: ['CT-601'],
    },
    {
      name: 'created-as-200',
      summary: 'Every token is answered 200, the default of the framework.',
      wrap: editGranted(everywhere, () => ({ status: 200 })),
      also: ['CT-301', 'CT-601', 'CT-606'],
    },
    {
      name: 'nested-credentials-answered-202',
      summary: 'A token for nested client credentials is answered 202.',
      wrap: editGranted(both(nested, not(refreshed)), () => ({ status: 202 })),
    },
    {
      name: 'nested-refused-by-content-type',
      summary: 'application/vnd.api+json is refused with 403, as only application/json is implemented.',
      steps: refusing(refusal(403, 'Forbidden'), (request) => isNested({ request })),
    },
    {
      name: 'nested-redirected-to-a-trailing-slash',
      summary: 'A nested POST is redirected with 308 to the same path with a slash at its end.',
      wrap: (app) => (request) =>
        isNested({ request }) && request.method === 'POST'
          ? new Response(null, { status: 308, headers: { location: `${new URL(request.url).pathname}/` } })
          : app(request),
    },
    {
      name: 'json-api-not-acceptable',
      summary: 'createToken answers 406 to Accept: application/vnd.api+json.',
      steps: refusing(refusal(406, 'Not Acceptable'), ({ headers }) => headers.get('accept') === 'application/vnd.api+json'),
      also: ['CT-301'],
    },
    {
      name: 'first-nested-request-refused',
      summary: 'The first nested request after a start is refused with 409, as if its body were missing.',
      steps: () => {
        let isFirst = true;
        return {
          readAttributes: (document, shape, context) => {
            const refused = shape === 'nested' && isFirst;
            if (shape === 'nested') isFirst = false;
            return conforming.readAttributes(refused ? undefined : document, shape, context);
          },
        };
      },
    },
  ],
  'CT-102': [
    {
      name: 'token-without-expires-in',
      summary: 'A token has no expires_in.',
      wrap: editAttributes(everywhere, (attributes) => omit(attributes, 'expires_in')),
      also: everySchema,
    },
    {
      name: 'token-without-token-type',
      summary: 'A token has no token_type.',
      wrap: editAttributes(everywhere, (attributes) => omit(attributes, 'token_type')),
      also: everySchema,
    },
    {
      name: 'token-type-mac',
      summary: 'A token is of the token_type mac.',
      wrap: editAttributes(everywhere, (attributes) => ({ ...attributes, token_type: 'mac' })),
      also: everySchema,
    },
    {
      name: 'expires-in-as-text',
      summary: 'expires_in is a number in quotes.',
      wrap: editAttributes(everywhere, (attributes) => ({ ...attributes, expires_in: String(attributes['expires_in']) })),
      also: everySchema,
    },
    {
      name: 'expires-in-with-a-fraction',
      summary: 'expires_in is not rounded to whole seconds.',
      wrap: editAttributes(everywhere, (attributes) => ({ ...attributes, expires_in: (attributes['expires_in'] as number) - 0.25 })),
      also: everySchema,
    },
    {
      name: 'nested-token-id-as-number',
      summary: 'The id of a token for nested client credentials is a number.',
      wrap: editResource(both(nested, not(refreshed)), (resource) => ({ ...resource, id: 4711 })),
    },
    {
      name: 'attributes-in-camel-case',
      summary: 'The attributes of a token are named accessToken, refreshToken, tokenType and expiresIn.',
      wrap: editAttributes(everywhere, (attributes) =>
        Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), value]),
        ),
      ),
      // A refresh cannot be asked for.
      also: ['CT-302'],
    },
    {
      name: 'refresh-token-null',
      summary: 'The refresh_token of a token is null.',
      wrap: editAttributes(everywhere, (attributes) => ({ ...attributes, refresh_token: null })),
      also: ['CT-302'],
    },
    {
      name: 'token-in-a-list',
      summary: 'data is a list of one token.',
      wrap: editResource(everywhere, (resource) => [resource]),
      also: ['CT-302'],
    },
    {
      name: 'token-of-the-type-tokens',
      summary: 'A token resource is of the type tokens.',
      wrap: editResource(everywhere, (resource) => ({ ...resource, type: 'tokens' })),
      also: everySchema,
    },
    {
      name: 'relationships-without-links',
      summary: 'The relationships of a token have data only.',
      wrap: editRelationship('groups', everywhere, (relationship) => omit(relationship, 'links')),
      also: everySchema,
    },
    {
      name: 'relationships-without-data',
      summary: 'The groups of a token are linked, but not identified.',
      wrap: editRelationship('groups', everywhere, (relationship) => omit(relationship, 'data')),
      also: everySchema,
    },
    {
      name: 'related-groups-of-the-type-groups',
      summary: 'The relationships of a token identify its groups by the type groups.',
      wrap: editRelationship('groups', everywhere, (relationship) => ({
        ...relationship,
        data: (relationship['data'] as readonly JsonObject[]).map((identifier) => ({ ...identifier, type: 'groups' })),
      })),
      also: everySchema,
    },
    {
      name: 'request-id-of-a-token-as-number',
      summary: 'meta.req_id is a number where a token is created.',
      wrap: editGranted(everywhere, ({ document }) => ({ document: { ...document, meta: { ...(document['meta'] as JsonObject), req_id: 7 } } })),
      also: everySchema,
    },
    {
      name: 'ignored-as-text',
      summary: 'meta.ignored is a text with commas.',
      wrap: editGranted(everywhere, ({ document }) => {
        const meta = document['meta'] as { readonly ignored: readonly string[] };
        return { document: { ...document, meta: { ...meta, ignored: meta.ignored.join(',') } } };
      }),
      also: everySchema,
    },
  ],
  'CT-103': [
    {
      name: 'nested-answered-as-json',
      summary: 'A nested request is answered as application/json.',
      wrap: editGranted(nested, () => ({ headers: { 'content-type': 'application/json' } })),
    },
    {
      name: 'tokens-answered-as-json',
      summary: 'Every token is answered as application/json with a charset, the default of the framework.',
      wrap: editGranted(everywhere, () => ({ headers: { 'content-type': 'application/json; charset=utf-8' } })),
      also: ['CT-302'],
    },
    {
      name: 'nested-answered-as-text',
      summary: 'A nested request is answered as text/plain.',
      wrap: editGranted(nested, () => ({ headers: { 'content-type': 'text/plain' } })),
    },
    {
      name: 'nested-answered-without-a-media-type',
      summary: 'The answer to a nested request has no Content-Type.',
      socket: withoutMediaType,
    },
  ],
  'CT-104': [
    {
      name: 'nested-without-type-refused',
      summary: 'A nested request without data.type is refused with 409.',
      steps: typeNeeded(invalidBody('/data/type', '"type" must be given.')),
    },
    {
      name: 'nested-without-type-unprocessable',
      summary: 'A nested request without data.type is answered 422 by a validator of JSON:API.',
      steps: typeNeeded(refusal(422, 'Unprocessable Entity')),
    },
    {
      name: 'nested-without-type-created-without-data',
      summary: 'A nested request without data.type is answered 201 with data that is null.',
      wrap: editResource(({ shape, asked }) => shape === 'nested' && !asked.includes('"type"'), () => null),
    },
    {
      name: 'nested-refresh-without-type-refused',
      summary: 'A nested refresh_token request without data.type is refused with 409.',
      steps: typeNeeded(invalidBody('/data/type', '"type" must be given.'), (attributes) => attributes['grant_type'] === 'refresh_token'),
    },
  ],
  'CT-105': [
    {
      name: 'token-accepted-a-second-later',
      summary: 'An access token is refused with 401 within a second of its issue.',
      steps: acceptedLater(() => unauthorized('invalid_token'), ['fetchTokenGroups', 'fetchTokenOrganization']),
    },
    {
      name: 'groups-of-a-new-token-not-found',
      summary: 'The groups of a token are answered 404 within a second of its issue, by a replica that lags behind.',
      steps: acceptedLater(() => refusal(404, 'Not Found'), ['fetchTokenGroups']),
    },
  ],
  'CT-106': [
    {
      name: 'refresh-token-is-the-access-token',
      summary: 'The refresh token of a new token is its access token.',
      steps: withRefreshToken(({ accessToken }) => accessToken, () => true),
    },
    {
      name: 'flat-refresh-token-is-the-access-token',
      summary: 'The refresh token is the access token where a flat request asks.',
      steps: withRefreshToken(({ accessToken }) => accessToken, (shape) => shape === 'flat'),
    },
    {
      name: 'refresh-token-empty',
      summary: 'The refresh_token of a token is empty.',
      wrap: editAttributes(everywhere, (attributes) => ({ ...attributes, refresh_token: '' })),
    },
    {
      name: 'refreshed-refresh-token-empty',
      summary: 'The refresh_token of a token that was refreshed is empty.',
      wrap: editAttributes(refreshed, (attributes) => ({ ...attributes, refresh_token: '' })),
    },
    {
      name: 'refreshed-refresh-token-is-the-access-token',
      summary: 'The refresh_token of a token that was refreshed is its access token.',
      wrap: editAttributes(refreshed, (attributes) => ({ ...attributes, refresh_token: attributes['access_token'] })),
    },
    {
      name: 'access-token-empty',
      summary: 'The access_token of a token is empty.',
      wrap: editAttributes(everywhere, (attributes) => ({ ...attributes, access_token: '' })),
    },
    {
      name: 'access-token-with-a-pipe',
      summary: 'An access token has its number and a pipe in front, and is accepted with them.',
      wrap: editAttributes(everywhere, (attributes) => ({ ...attributes, access_token: `1|${String(attributes['access_token'])}` })),
      steps: () => ({
        authenticateBearer: (context) => {
          const headers = new Headers(context.request.headers);
          const authorization = headers.get('authorization');
          if (authorization !== null) headers.set('authorization', authorization.replace(/^(bearer) 1\|/i, '$1 '));
          return conforming.authenticateBearer({ ...context, request: new Request(context.request, { headers }) });
        },
      }),
    },
    {
      name: 'access-token-with-a-space',
      summary: 'An access token has a space in it, so that it is not understood in a header.',
      wrap: editAttributes(everywhere, (attributes) => ({ ...attributes, access_token: `at ${String(attributes['access_token'])}` })),
    },
    {
      name: 'access-token-with-a-line-break',
      summary: 'An access token ends in a line break, as some encoders of Base64 have it.',
      wrap: editAttributes(everywhere, (attributes) => ({ ...attributes, access_token: `${String(attributes['access_token'])}\n` })),
    },
    {
      name: 'access-token-beyond-ascii',
      summary: 'An access token holds a character that no header can carry.',
      wrap: editAttributes(everywhere, (attributes) => ({ ...attributes, access_token: `${String(attributes['access_token'])}…` })),
    },
  ],
  'CT-107': [
    {
      name: 'expires-in-zero',
      summary: 'expires_in is 0, as a lifetime was never configured.',
      wrap: editAttributes(everywhere, (attributes) => ({ ...attributes, expires_in: 0 })),
    },
    {
      name: 'expires-in-negative',
      summary: 'expires_in is counted from the wrong end, and negative.',
      wrap: editAttributes(everywhere, (attributes) => ({ ...attributes, expires_in: -(attributes['expires_in'] as number) })),
    },
    {
      name: 'refreshed-expires-in-zero',
      summary: 'expires_in of a token that was refreshed is 0, as the old token is over.',
      wrap: editAttributes(refreshed, (attributes) => ({ ...attributes, expires_in: 0 })),
    },
    {
      name: 'flat-expires-in-minus-one',
      summary: 'expires_in is -1 where a flat request asks, which is to say that the token does not expire.',
      wrap: editAttributes(flat, (attributes) => ({ ...attributes, expires_in: -1 })),
    },
  ],
  'CT-108': [
    {
      name: 'related-links-of-undefined',
      summary: 'The relationship links name the id undefined.',
      wrap: relatedLinks((link, id) => link.replace(id, 'undefined')),
    },
    {
      name: 'related-links-in-capitals',
      summary: 'The relationship links name the id of the token in capitals.',
      wrap: relatedLinks((link, id) => link.replace(id, `T${id.toUpperCase()}`)),
    },
    {
      name: 'related-links-of-the-client',
      summary: 'The relationship links name the client in place of the token.',
      steps: () => ({
        renderToken: (token, context) => {
          const { relationships } = conforming.renderToken({ ...token, id: token.client.id }, context);
          return { ...conforming.renderToken(token, context), relationships };
        },
      }),
    },
    {
      name: 'related-links-of-the-first-token',
      summary: 'The relationship links of every token name the first one that was issued.',
      steps: () => {
        let first: Token | undefined;
        return {
          renderToken: (token, context) => {
            first ??= token;
            const { relationships } = conforming.renderToken({ ...token, id: first.id }, context);
            return { ...conforming.renderToken(token, context), relationships };
          },
        };
      },
    },
    {
      name: 'related-links-of-the-refreshed-token',
      summary: 'The relationship links of a token that was refreshed name the old one.',
      steps: () => {
        const before = new WeakMap<Token, string>();
        return {
          grant: (request, client, shape, context) => {
            const old = context.state.byRefreshToken.get(request.refreshToken);
            const token = conforming.grant(request, client, shape, context);
            if (old) before.set(token, old.id);
            return token;
          },
          renderToken: (token, context) => {
            const { relationships } = conforming.renderToken({ ...token, id: before.get(token) ?? token.id }, context);
            return { ...conforming.renderToken(token, context), relationships };
          },
        };
      },
    },
    {
      name: 'related-links-mixed-up',
      summary: 'The relationship link of the groups leads to the organization, and that of the organization to the groups.',
      wrap: relatedLinks((link, _, name) => link.replace(/\w+$/, name === 'groups' ? 'organization' : 'groups')),
      // The schema has the end of each path, too.
      also: ['CT-102', ...everySchema],
    },
  ],
  'CT-109': [
    {
      name: 'tokens-without-cache-control',
      summary: 'Token answers have no Cache-Control.',
      wrap: cacheControl(null),
    },
    {
      name: 'tokens-cached-for-an-hour',
      summary: 'Token answers may be cached for an hour.',
      wrap: cacheControl('private, max-age=3600'),
    },
    {
      name: 'tokens-stored-and-revalidated',
      summary: 'Token answers have no-cache, which lets them be stored.',
      wrap: cacheControl('no-cache, must-revalidate'),
    },
    {
      name: 'tokens-with-pragma-alone',
      summary: 'Token answers have Pragma: no-cache, and no Cache-Control.',
      wrap: cacheControl(null, everywhere, { pragma: 'no-cache, no-store' }),
    },
    {
      name: 'tokens-with-no-store-misspelled',
      summary: 'Token answers have no_store in Cache-Control.',
      wrap: cacheControl('no-cache, no_store'),
    },
    {
      name: 'flat-tokens-without-cache-control',
      summary: 'The answers to flat requests have no Cache-Control.',
      wrap: cacheControl(null, flat),
    },
    {
      name: 'refreshed-tokens-without-cache-control',
      summary: 'The answers to refresh_token requests have no Cache-Control.',
      wrap: cacheControl(null, refreshed),
    },
    {
      name: 'tokens-with-include-without-cache-control',
      summary: 'The answers to requests with include have no Cache-Control.',
      wrap: cacheControl(null, ({ include }) => include !== null),
    },
  ],
  'CT-111': [
    {
      name: 'superfluous-refresh-token-refused',
      summary: 'A refresh_token next to client_credentials is refused with 409.',
      steps: refusingCredentialsWith(invalidBody('', '"refresh_token" must not be given.'), hasRefreshToken),
    },
    {
      name: 'flat-superfluous-refresh-token-refused',
      summary: 'A refresh_token next to client_credentials is refused with 422 in a flat request.',
      steps: refusingCredentialsWith(
        refusal(422, 'Unprocessable Entity'),
        (attributes, shape) => shape === 'flat' && hasRefreshToken(attributes),
      ),
    },
    {
      name: 'superfluous-refresh-token-acted-upon',
      summary: 'A request with a refresh_token is a refresh, whatever its grant_type.',
      steps: () => ({
        validate: (attributes, shape, context) => {
          const request = conforming.validate(attributes, shape, context);
          return request.refreshToken ? { ...request, grantType: 'refresh_token' } : request;
        },
      }),
    },
    {
      name: 'superfluous-refresh-token-gives-another-organization',
      summary: 'With a superfluous refresh_token the token is for the organization of the last client in the table.',
      steps: () => ({
        grant: (request, client, shape, context) => {
          const last = context.state.clients.at(-1);
          const lost = request.grantType === 'client_credentials' && request.refreshToken && last;
          return conforming.grant(request, lost ? { ...client, organization: last.organization } : client, shape, context);
        },
      }),
    },
    {
      name: 'superfluous-refresh-token-answered-200',
      summary: 'client_credentials with a superfluous refresh_token is answered 200, as if nothing was created.',
      wrap: editGranted(both(not(refreshed), ({ asked }) => asked.includes('"refresh_token":')), () => ({ status: 200 })),
    },
    {
      name: 'token-of-the-providers-example-not-stored',
      summary: 'The access token for include=organization and a superfluous refresh_token is not stored.',
      steps: notStoring(
        ({ grantType, refreshToken }, context) =>
          grantType === 'client_credentials' && refreshToken !== '' && conforming.readInclude(context).includes('organization'),
      ),
    },
  ],
  'CT-112': [
    {
      name: 'create-with-bearer-unauthorized',
      summary: 'createToken takes Authorization for the authentication of the client, and refuses the scheme Bearer with 401.',
      steps: refusing(unauthorized(), hasBearer),
    },
    {
      name: 'create-with-bearer-conflicts',
      summary: 'createToken with a bearer token is refused with 409, as the client authenticates twice.',
      steps: refusing(invalidBody('', 'The client must authenticate in one way only.'), hasBearer),
    },
    {
      name: 'create-with-bearer-answered-400',
      summary: 'createToken with a bearer token is answered 400.',
      steps: refusing(refusal(400, 'Bad Request'), hasBearer),
    },
    {
      name: 'flat-create-with-bearer-refused',
      summary: 'createToken with a bearer token and a flat body is refused with 403.',
      steps: refusing(refusal(403, 'Forbidden'), (request) => hasBearer(request) && isFlat({ request })),
    },
    {
      name: 'create-with-bearer-answered-as-json',
      summary: 'createToken with a bearer token is answered as application/json.',
      wrap: editGranted(({ request }) => hasBearer(request), () => ({ headers: { 'content-type': 'application/json' } })),
    },
    {
      name: 'create-with-bearer-gives-the-same-token',
      summary: 'createToken with a valid bearer token is answered 200 with that very token.',
      steps: () => ({
        grant: (request, client, shape, context) => {
          const [, bearer = ''] = context.request.headers.get('authorization')?.split(' ') ?? [];
          return context.state.byAccessToken.get(bearer) ?? conforming.grant(request, client, shape, context);
        },
      }),
      wrap: (app) => async (request) => {
        const response = await app(request);
        const isSame = operationOf(request) === 'createToken' && hasBearer(request) && response.status === 201;
        return isSame ? new Response(response.body, { status: 200, headers: response.headers }) : response;
      },
    },
  ],
} satisfies Partial<Faults>;
