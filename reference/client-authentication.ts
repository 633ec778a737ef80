import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from './context.ts';
import type { RegisteredClient } from './directory.ts';
import { invalidCredentials } from './refusals.ts';
import type { TokenRequest } from './validation.ts';

/**
 * The client whose credentials stand in the request (RFC 6749 2.3.1).
 *
 * @throws {Refusal} 401, the same for an unknown client as for a wrong secret.
 */
export function authenticateClient({ clientId, clientSecret }: TokenRequest, { state }: Context): RegisteredClient {
  const client = state.clients.find(({ id }) => id === clientId);
  // An unknown client costs a comparison too, so that the time taken does not tell the two cases apart.
  const secretMatches = equalInConstantTime(clientSecret, client?.secret ?? '');
  if (!client || !secretMatches) throw invalidCredentials();
  return client;
}

/** Compares digests, which are of one length whatever was sent. */
function equalInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
