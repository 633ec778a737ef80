import type { Context } from './context.ts';
import { forbidden, unauthorized } from './refusals.ts';
import type { Token } from './state.ts';

/** One `Authorization` of the Bearer scheme, whose name has no case (RFC 6750 2.1, RFC 9110 11.1). */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;

/**
 * The token that the request's bearer token belongs to. Only the header counts, never the query (RFC 9700 4.3.2).
 *
 * @throws {Refusal} 401 where there is none, or it is malformed, unknown, no access token, or expired.
 */
export function authenticateBearer({ request, state }: Context): Token {
  const authorization = request.headers.get('authorization');
  if (authorization === null) throw unauthorized();
  const [, accessToken = ''] = BEARER.exec(authorization) ?? [];
  const token = state.byAccessToken.get(accessToken);
  if (!token || state.now() >= token.expiresAt) throw unauthorized('invalid_token');
  return token;
}

/**
 * The token named by the path, which may be any of the caller's own organization.
 *
 * @param id - As in the path, after one percent-decoding.
 * @throws {Refusal} 403, the same for another organization's token as for an unknown one.
 */
export function findToken(id: string, caller: Token, { state }: Context): Token {
  const token = state.byId.get(id);
  if (token?.organization.id !== caller.organization.id) {
    throw forbidden('The id must be that of a token of your organization.');
  }
  return token;
}
