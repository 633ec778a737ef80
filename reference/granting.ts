import { randomBytes } from 'node:crypto';
import type { BodyShape } from './body-shape.ts';
import type { Context } from './context.ts';
import type { RegisteredClient } from './directory.ts';
import { invalidBody } from './refusals.ts';
import type { State, Token } from './state.ts';
import type { TokenRequest } from './validation.ts';

/**
 * Issues the token that an authenticated client asks for. A refresh gives a token with an id and an access token of its
 * own and the access of the old one; the refresh token stays the same and stays usable (RFC 6749 6 allows both).
 *
 * @throws {Refusal} 409 where the refresh token is not one of this client's, be it unknown or another client's.
 */
export function grant(
  { grantType, refreshToken }: TokenRequest,
  client: RegisteredClient,
  shape: BodyShape,
  { state }: Context,
): Token {
  if (grantType === 'client_credentials') {
    const { organization } = client;
    return issue({ client, organization, groups: organization.groups, refreshToken: newOpaqueToken() }, state);
  }
  const refreshed = state.byRefreshToken.get(refreshToken);
  if (refreshed?.client.id !== client.id) {
    const pointer = shape === 'nested' ? '/data/attributes/refresh_token' : '/refresh_token';
    throw invalidBody(pointer, '"refresh_token" must be a refresh token of this client.');
  }
  return issue(refreshed, state);
}

/** Issues a token with the access and the refresh token given, and records it. */
export function issue(
  { client, organization, groups, refreshToken }: Omit<Token, 'id' | 'accessToken' | 'expiresAt'>,
  state: State,
): Token {
  const token: Token = {
    id: randomBytes(12).toString('hex'),
    accessToken: newOpaqueToken(),
    refreshToken,
    expiresAt: state.now() + state.tokenLifetimeS * 1000,
    client,
    organization,
    groups,
  };
  state.byId.set(token.id, token);
  state.byAccessToken.set(token.accessToken, token);
  state.byRefreshToken.set(token.refreshToken, token);
  return token;
}

/** 43 characters of the b64token syntax (RFC 6750 2.1), which say nothing. */
function newOpaqueToken(): string {
  return randomBytes(32).toString('base64url');
}
