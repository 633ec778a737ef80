import { randomBytes } from 'node:crypto';
import type { Answer } from '../../answer.ts';
import { conforming, type Behaviour } from '../../behaviour.ts';
import type { BodyShape } from '../../body-shape.ts';
import type { Context } from '../../context.ts';
import type { RegisteredClient } from '../../directory.ts';
import type { Fault, Faults } from '../../deviation.ts';
import { omit, type JsonObject } from '../../edits.ts';
import { issue } from '../../granting.ts';
import { invalidGrantType } from '../../refusals.ts';
import type { State, Token } from '../../state.ts';
import type { TokenRequest } from '../../validation.ts';
import { admitting, instead, isFlat, namedClient, refusal, refusingLogins } from './changed.ts';

/** Steps that change the answers to refreshes in one body shape. */
function answering(shape: BodyShape, edit: (answer: Answer) => Answer): () => Partial<Behaviour> {
  return () => {
    const refreshes = new WeakSet<Context>();
    return {
      grant: (request, client, given, context) => {
        const token = conforming.grant(request, client, given, context);
        if (request.grantType === 'refresh_token' && given === shape) refreshes.add(context);
        return token;
      },
      send: (answer, context) => conforming.send(refreshes.has(context) ? edit(answer) : answer, context),
    };
  };
}

/** An answer whose token has other attributes. */
function withAttributes(answer: Answer, change: (attributes: JsonObject) => JsonObject): Answer {
  const data = answer.document['data'] as JsonObject;
  return { ...answer, document: { ...answer.document, data: { ...data, attributes: change(data['attributes'] as JsonObject) } } };
}

/** Ways in which a refresh in one body shape is not answered as documented. */
function unanswered(shape: BodyShape): readonly [Fault, ...Fault[]] {
  const inWords = shape === 'nested' ? 'A nested refresh' : 'A flat refresh';
  return [
    {
      name: `${shape}-refresh-as-200`,
      summary: `${inWords} is answered 200, since nothing new is created.`,
      steps: answering(shape, (answer) => ({ ...answer, status: 200 })),
    },
    {
      name: `${shape}-refresh-not-supported`,
      summary: `${inWords} is refused as a grant that is not supported.`,
      steps: () => ({
        validate: (attributes, given, context) => {
          const request = conforming.validate(attributes, given, context);
          if (given === shape && request.grantType === 'refresh_token') throw invalidGrantType('/grant_type');
          return request;
        },
      }),
    },
    {
      name: `${shape}-refresh-without-refresh-token`,
      summary: `${inWords} gives a token without a refresh token, as OAuth permits.`,
      steps: answering(shape, (answer) => withAttributes(answer, (attributes) => omit(attributes, 'refresh_token'))),
    },
    {
      name: `${shape}-refresh-expires-in-text`,
      summary: `${inWords} gives a token whose expires_in is a text.`,
      steps: answering(shape, (answer) =>
        withAttributes(answer, (attributes) => ({ ...attributes, expires_in: String(attributes['expires_in']) })),
      ),
    },
    {
      name: `${shape}-refresh-answered-as-plain-oauth`,
      summary: `${inWords} is answered with the attributes at the top level, as in OAuth.`,
      steps: answering(shape, (answer) => ({
        ...answer,
        document: (answer.document['data'] as { readonly attributes: JsonObject }).attributes,
      })),
    },
    {
      name: `${shape}-refresh-gives-a-refresh-token-not-stored`,
      summary: `${inWords} gives another refresh token, which is not stored.`,
      steps: answering(shape, (answer) =>
        withAttributes(answer, (attributes) => ({ ...attributes, refresh_token: randomBytes(32).toString('base64url') })),
      ),
    },
    {
      name: `${shape}-refresh-answered-as-json`,
      summary: `${inWords} is answered as application/json.`,
      steps: answering(shape, (answer) => ({ ...answer, headers: { ...answer.headers, 'content-type': 'application/json' } })),
    },
  ];
}

/** Steps that change a token that was refreshed, and what the state knows of it. */
function refreshed(
  change: (token: Token, context: Context) => Partial<Token>,
  forget: (token: Token, state: State) => void = () => undefined,
): () => Partial<Behaviour> {
  return () => ({
    grant: (request, client, shape, context) => {
      const token = conforming.grant(request, client, shape, context);
      if (request.grantType !== 'refresh_token') return token;
      const { state } = context;
      const changed = { ...token, ...change(token, context) };
      state.byId.set(changed.id, changed);
      state.byAccessToken.set(changed.accessToken, changed);
      forget(changed, state);
      return changed;
    },
  });
}

/** Steps that grant some refreshes whose refresh token the reference refuses. */
function granting(
  find: (request: TokenRequest, client: RegisteredClient, context: Context) => Token | 'by credentials' | undefined,
): () => Partial<Behaviour> {
  return () => ({
    grant: (request, client, shape, context) => {
      const found = request.grantType === 'refresh_token' ? find(request, client, context) : undefined;
      if (found === 'by credentials') return conforming.grant({ ...request, grantType: 'client_credentials' }, client, shape, context);
      return found ? issue(found, context.state) : conforming.grant(request, client, shape, context);
    },
  });
}

/** Steps that refuse some refresh tokens with a status of their own. */
function refusingTokens(status: number, when: (refreshToken: string, context: Context) => boolean): () => Partial<Behaviour> {
  return () => ({
    grant: (request, client, shape, context) =>
      instead(
        () => conforming.grant(request, client, shape, context),
        (refused) => (when(request.refreshToken, context) ? refusal(status) : refused),
      ),
  });
}

/** Whether a refresh token was never issued, nor an access token of this value. */
function isUnknown(token: string, { state }: Context): boolean {
  return !state.byRefreshToken.has(token) && !state.byAccessToken.has(token);
}

/** Steps that answer refreshes of unknown clients with a status of their own. */
function refusingUnknownClients(status: number, when: (context: Context) => boolean): () => Partial<Behaviour> {
  return refusingLogins((refused, { grantType }, client, context) =>
    grantType === 'refresh_token' && !client && when(context) ? refusal(status) : refused,
  );
}

/** CT-601 to CT-610. */
export const refresh = {
  'CT-601': unanswered('nested'),
  'CT-602': [
    {
      name: 'refreshed-token-not-stored',
      summary: 'The access token that a refresh gives is not stored.',
      steps: refreshed(
        () => ({}),
        ({ accessToken }, state) => state.byAccessToken.delete(accessToken),
      ),
    },
    {
      name: 'refreshed-token-not-found-by-id',
      summary: 'The token that a refresh gives is not found by its id.',
      steps: refreshed(
        () => ({}),
        ({ id }, state) => state.byId.delete(id),
      ),
    },
    {
      name: 'refreshed-token-expired',
      summary: 'The access token that a refresh gives has expired already.',
      steps: refreshed((_, { state }) => ({ expiresAt: state.now() })),
    },
    {
      name: 'refreshed-token-without-groups',
      summary: 'The token that a refresh gives has no groups.',
      steps: refreshed(() => ({ groups: [] })),
    },
    {
      name: 'refreshed-token-with-one-group-when-flat',
      summary: 'The token that a flat refresh gives has the first of the groups only.',
      steps: refreshed(({ groups }, context) => (isFlat(context) ? { groups: groups.slice(0, 1) } : {})),
    },
    {
      name: 'refreshed-token-of-another-organization',
      summary: 'The token that a refresh gives is one of the other organization.',
      steps: refreshed(({ client }, { state }) => {
        const other = state.clients.find(({ id }) => id !== client.id) ?? client;
        return { client: other, organization: other.organization, groups: other.organization.groups };
      }),
    },
  ],
  'CT-603': [
    {
      name: 'refresh-token-not-looked-at',
      summary: 'A refresh is granted by the credentials of the client, whatever the refresh token.',
      steps: granting(({ refreshToken }, client, { state }) => (state.byRefreshToken.get(refreshToken)?.client === client ? undefined : 'by credentials')),
      also: ['CT-604', 'CT-605'],
    },
    {
      name: 'unknown-refresh-token-granted',
      summary: 'A refresh token that is not found is passed over, and the credentials of the client are enough.',
      steps: granting(({ refreshToken }, _, context) => (isUnknown(refreshToken, context) ? 'by credentials' : undefined)),
    },
    {
      name: 'refresh-token-compared-by-prefix',
      summary: 'As much of a refresh token is compared as was sent.',
      steps: granting(({ refreshToken: sent }, client, { state }) =>
        [...state.byRefreshToken.values()].find(({ refreshToken, client: { id } }) => id === client.id && refreshToken.startsWith(sent)),
      ),
    },
    {
      name: 'refresh-token-cut-before-comparison',
      summary: 'Refresh tokens are cut to the width of their column, in flat requests.',
      steps: granting(({ refreshToken: sent }, client, context) =>
        isFlat(context)
          ? [...context.state.byRefreshToken.values()].find(({ refreshToken, client: { id } }) => id === client.id && sent.startsWith(refreshToken))
          : undefined,
      ),
    },
    {
      name: 'invalid-refresh-tokens-as-400',
      summary: 'A refresh token that is not one of the client is answered 400, as OAuth has an invalid grant.',
      steps: refusingTokens(400, () => true),
      also: ['CT-604'],
    },
    {
      name: 'unknown-refresh-token-as-404',
      summary: 'A refresh token that is not found is answered 404.',
      steps: refusingTokens(404, isUnknown),
    },
    {
      name: 'unknown-refresh-token-refused-with-200',
      summary: 'A refresh token that is not found is answered 200 with an error document.',
      steps: refusingTokens(200, isUnknown),
    },
  ],
  'CT-604': [
    {
      name: 'foreign-refresh-token-granted',
      summary: 'The refresh token of another client is granted, with the access of that client.',
      steps: granting(({ refreshToken }, _, { state }) => state.byRefreshToken.get(refreshToken)),
    },
    {
      name: 'foreign-refresh-token-for-own-access',
      summary: 'The refresh token of another client is good for a token of the client that sends it.',
      steps: granting(({ refreshToken }, client, { state }) => {
        const found = state.byRefreshToken.get(refreshToken);
        return found && found.client !== client ? 'by credentials' : undefined;
      }),
    },
    {
      name: 'foreign-refresh-token-granted-when-flat',
      summary: 'The refresh token of another client is granted in flat requests.',
      steps: granting(({ refreshToken }, _, context) => (isFlat(context) ? context.state.byRefreshToken.get(refreshToken) : undefined)),
    },
    {
      name: 'foreign-refresh-token-granted-to-one-client',
      summary: 'The client that was registered second can use the refresh token of any client.',
      steps: granting(({ refreshToken }, client, { state }) => (client === state.clients[1] ? state.byRefreshToken.get(refreshToken) : undefined)),
    },
    {
      name: 'foreign-refresh-token-as-404',
      summary: 'The refresh token of another client is answered 404.',
      steps: refusingTokens(404, (refreshToken, { state }) => state.byRefreshToken.has(refreshToken)),
    },
  ],
  'CT-605': [
    {
      name: 'access-token-refreshes',
      summary: 'Both kinds of token are looked up in one table.',
      steps: granting(({ refreshToken }, client, { state }) => {
        const found = state.byAccessToken.get(refreshToken);
        return found?.client === client ? found : undefined;
      }),
    },
    {
      name: 'access-token-passed-over-when-flat',
      summary: 'A flat refresh with an access token in place of a refresh token is granted by the credentials of the client.',
      steps: granting(({ refreshToken }, _, context) =>
        isFlat(context) && context.state.byAccessToken.has(refreshToken) ? 'by credentials' : undefined,
      ),
    },
  ],
  'CT-606': unanswered('flat'),
  'CT-609': [
    {
      name: 'refresh-without-comparing-secrets',
      summary: 'A refresh needs the id of a client, and any secret.',
      steps: admitting((request, context) => (request.grantType === 'refresh_token' ? namedClient(request, context) : undefined)),
    },
    {
      name: 'refresh-without-comparing-secrets-when-flat',
      summary: 'A flat refresh needs the id of a client, and any secret.',
      steps: admitting((request, context) =>
        request.grantType === 'refresh_token' && isFlat(context) ? namedClient(request, context) : undefined,
      ),
    },
    {
      name: 'refresh-with-a-wrong-secret-refused-with-200',
      summary: 'A refresh with a wrong secret is answered 200 with an error document.',
      steps: refusingLogins((refused, { grantType }, client) => (grantType === 'refresh_token' && client ? refusal(200) : refused)),
    },
  ],
  'CT-610': [
    {
      name: 'refresh-ignores-client-id',
      summary: 'The client of a refresh is that of the refresh token, whose secret is compared, whatever the client_id.',
      steps: admitting(({ grantType, refreshToken, clientSecret }, { state }) => {
        const client = grantType === 'refresh_token' ? state.byRefreshToken.get(refreshToken)?.client : undefined;
        return client?.secret === clientSecret ? client : undefined;
      }),
    },
    {
      name: 'refresh-of-unknown-client-as-404',
      summary: 'A refresh with a client_id that does not exist is answered 404.',
      steps: refusingUnknownClients(404, () => true),
    },
    {
      name: 'refresh-of-unknown-client-as-400-when-flat',
      summary: 'A flat refresh with a client_id that does not exist is answered 400.',
      steps: refusingUnknownClients(400, isFlat),
    },
  ],
} satisfies Partial<Faults>;
