import { conforming, type Behaviour } from '../../behaviour.ts';
import type { BodyShape } from '../../body-shape.ts';
import type { Context } from '../../context.ts';
import type { RegisteredClient } from '../../directory.ts';
import type { Faults } from '../../deviation.ts';
import { isObject, omit } from '../../edits.ts';
import { forbidden, invalidCredentials, unauthorized, type Refusal } from '../../refusals.ts';
import type { State, Token } from '../../state.ts';
import {
  both,
  editAttributes,
  editGranted,
  editRelationship,
  editResource,
  flat,
  isFlat,
  isRefresh,
  isWithoutType,
  not,
  refreshed,
  refusal,
  refusing,
} from './granted.ts';

/** Whether a document is of the body shape that belongs to the other media type. */
function isCrossed(document: unknown, shape: BodyShape): boolean {
  return isObject(document) && (shape === 'flat' ? isObject(document['data']) : 'client_id' in document);
}

/** Steps that read a document of the other body shape all the same. */
function acceptingIn(crossed: BodyShape, where: (document: unknown) => boolean = () => true): () => Partial<Behaviour> {
  return () => ({
    readAttributes: (document, shape, context) => {
      const other = shape === 'flat' ? 'nested' : 'flat';
      const accepted = shape === crossed && isCrossed(document, shape) && where(document);
      return conforming.readAttributes(document, accepted ? other : shape, context);
    },
  });
}

/** Steps that refuse a document of the other body shape in their own way. */
function refusingIn(crossed: BodyShape, reason: Refusal): () => Partial<Behaviour> {
  return () => ({
    readAttributes: (document, shape, context) => {
      if (shape === crossed && isCrossed(document, shape)) throw reason;
      return conforming.readAttributes(document, shape, context);
    },
  });
}

/** Steps by which the token of a flat request gives other access. */
function flatAccess(edit: (client: RegisteredClient, state: State) => RegisteredClient): () => Partial<Behaviour> {
  return () => ({
    grant: (request, client, shape, context) =>
      conforming.grant(request, shape === 'flat' ? edit(client, context.state) : client, shape, context),
  });
}

/** Steps by which one fetch refuses the tokens of flat requests. */
function flatTokensRefused(fetch: 'renderGroupList' | 'renderTokenOrganization', reason: Refusal): () => Partial<Behaviour> {
  return () => {
    const ofFlat = new WeakSet<Token>();
    return {
      grant: (request, client, shape, context) => {
        const token = conforming.grant(request, client, shape, context);
        if (shape === 'flat') ofFlat.add(token);
        return token;
      },
      [fetch]: (token: Token, context: Context) => {
        if (ofFlat.has(token)) throw reason;
        return conforming[fetch](token, context);
      },
    } satisfies Partial<Behaviour>;
  };
}

/** CT-301 to CT-305. */
export const bodyShape = {
  'CT-301': [
    {
      name: 'flat-refused-by-content-type',
      summary: 'application/json is refused with 403, as only JSON:API is implemented.',
      steps: refusing(forbidden('"Content-Type" must be application/vnd.api+json.'), (request) => isFlat({ request })),
    },
    {
      name: 'json-read-as-nested',
      summary: 'The attributes of application/json are looked for under data.attributes.',
      steps: () => ({ readAttributes: (document, _, context) => conforming.readAttributes(document, 'nested', context) }),
    },
    {
      name: 'flat-created-as-200',
      summary: 'A token that is created by a flat request is answered 200.',
      wrap: editGranted(flat, () => ({ status: 200 })),
      also: ['CT-606'],
    },
    {
      name: 'flat-credentials-answered-200',
      summary: 'A token for flat client credentials is answered 200, as OAuth has it.',
      wrap: editGranted(both(flat, not(refreshed)), () => ({ status: 200 })),
    },
    {
      name: 'flat-needs-basic-credentials',
      summary: 'A flat request without Basic credentials is answered 401, whatever stands in its body.',
      steps: refusing(invalidCredentials(), (request) => isFlat({ request }) && !/^basic /i.test(request.headers.get('authorization') ?? '')),
    },
    {
      name: 'flat-redirected',
      summary: 'A flat request is redirected with 307 to an endpoint for older clients.',
      wrap: (app) => (request) =>
        isFlat({ request }) && request.method === 'POST'
          ? new Response(null, { status: 307, headers: { location: `${new URL(request.url).pathname}/legacy` } })
          : app(request),
    },
  ],
  'CT-302': [
    {
      name: 'flat-answered-as-json',
      summary: 'A flat request is answered in the media type that it came in.',
      wrap: editGranted(flat, () => ({ headers: { 'content-type': 'application/json' } })),
    },
    {
      name: 'flat-answered-in-its-own-shape',
      summary: 'The answer to a flat request has the attributes at its top level.',
      wrap: editGranted(flat, ({ document }) => ({ document: (document['data'] as { readonly attributes: unknown }).attributes })),
    },
    {
      name: 'flat-answered-as-oauth-has-it',
      summary: 'The answer to a flat request is that of an OAuth server, application/json with flat attributes.',
      wrap: editGranted(flat, ({ document }) => ({
        headers: { 'content-type': 'application/json' },
        document: (document['data'] as { readonly attributes: unknown }).attributes,
      })),
    },
    {
      name: 'flat-token-without-refresh-token',
      summary: 'A token for flat client credentials has no refresh_token, which OAuth advises against.',
      wrap: editAttributes(both(flat, not(refreshed)), (attributes) => omit(attributes, 'refresh_token')),
    },
    {
      name: 'flat-token-without-id',
      summary: 'The token resource has no id where a flat request asks.',
      wrap: editResource(flat, (resource) => omit(resource, 'id')),
      also: ['CT-606'],
    },
    {
      name: 'flat-token-without-type',
      summary: 'The token resource has no type where flat client credentials ask.',
      wrap: editResource(both(flat, not(refreshed)), (resource) => omit(resource, 'type')),
    },
    {
      name: 'flat-expires-in-as-text',
      summary: 'expires_in is a text where flat client credentials ask.',
      wrap: editAttributes(both(flat, not(refreshed)), (attributes) => ({ ...attributes, expires_in: String(attributes['expires_in']) })),
    },
    {
      name: 'flat-related-organization-in-a-list',
      summary: 'The related organization is a list of one where flat client credentials ask.',
      wrap: editRelationship('organization', both(flat, not(refreshed)), (relationship) => ({
        ...relationship,
        data: [relationship['data']],
      })),
    },
  ],
  'CT-303': [
    {
      name: 'nested-accepted-as-json',
      summary: 'A nested body is accepted as application/json, too.',
      steps: acceptingIn('flat'),
    },
    {
      name: 'nested-refresh-accepted-as-json',
      summary: 'A nested refresh_token request is accepted as application/json, too.',
      steps: acceptingIn('flat', isRefresh),
    },
    {
      name: 'nested-without-type-accepted-as-json',
      summary: 'A nested body without data.type is accepted as application/json, too.',
      steps: acceptingIn('flat', isWithoutType),
    },
    {
      name: 'nested-as-json-unprocessable',
      summary: 'A nested body as application/json is answered 422.',
      steps: refusingIn('flat', refusal(422, 'Unprocessable Entity')),
    },
    {
      name: 'nested-as-json-answered-400',
      summary: 'A nested body as application/json is answered 400.',
      steps: refusingIn('flat', refusal(400, 'Bad Request')),
    },
  ],
  'CT-304': [
    {
      name: 'flat-accepted-as-json-api',
      summary: 'A flat body is accepted as application/vnd.api+json, too.',
      steps: acceptingIn('nested'),
    },
    {
      name: 'flat-refresh-accepted-as-json-api',
      summary: 'A flat refresh_token request is accepted as application/vnd.api+json, too.',
      steps: acceptingIn('nested', isRefresh),
    },
    {
      name: 'flat-as-json-api-unprocessable',
      summary: 'A flat body as application/vnd.api+json is answered 422.',
      steps: refusingIn('nested', refusal(422, 'Unprocessable Entity')),
    },
    {
      name: 'flat-as-json-api-answered-400',
      summary: 'A flat body as application/vnd.api+json is answered 400.',
      steps: refusingIn('nested', refusal(400, 'Bad Request')),
    },
  ],
  'CT-305': [
    {
      name: 'flat-token-without-groups',
      summary: 'The token of a flat request gives access to no groups.',
      steps: flatAccess((client) => ({ ...client, organization: { ...client.organization, groups: [] } })),
    },
    {
      name: 'flat-token-forgets-a-group',
      summary: 'The token of a flat request gives access to all groups but the last.',
      steps: flatAccess(({ organization, ...client }) => ({
        ...client,
        organization: { ...organization, groups: organization.groups.slice(0, -1) },
      })),
    },
    {
      name: 'flat-token-for-the-last-organization',
      summary: 'The token of a flat request is for the organization of the last client in the table.',
      steps: flatAccess((client, { clients }) => ({ ...client, organization: clients.at(-1)?.organization ?? client.organization })),
    },
    {
      name: 'flat-token-cannot-read-groups',
      summary: 'The token of a flat request is refused with 403 by fetchTokenGroups.',
      steps: flatTokensRefused('renderGroupList', forbidden('The token is not made for this.')),
      also: ['CT-105'],
    },
    {
      name: 'flat-token-cannot-read-the-organization',
      summary: 'The token of a flat request is refused with 401 by fetchTokenOrganization.',
      steps: flatTokensRefused('renderTokenOrganization', unauthorized('invalid_token')),
      also: ['CT-105'],
    },
  ],
} satisfies Partial<Faults>;
