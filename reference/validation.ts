import type { Attributes } from './attributes.ts';
import type { BodyShape } from './body-shape.ts';
import { invalidBody, invalidGrantType } from './refusals.ts';

/** The grants that the provider supports (RFC 6749 4.4 and 6). */
export type GrantType = 'client_credentials' | 'refresh_token';

/** A createToken request that is complete and well-typed; whether its credentials are right is another matter. */
export interface TokenRequest {
  readonly grantType: GrantType;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Never empty with `refresh_token`; superfluous with `client_credentials`. */
  readonly refreshToken: string;
  /** Names of the attributes that mean nothing here (RFC 6749 3.2 has them ignored). */
  readonly ignored: readonly string[];
}

const NAMES = ['grant_type', 'client_id', 'client_secret', 'refresh_token'] as const;
type Name = (typeof NAMES)[number];

/**
 * Checks that every documented attribute is a string, and that those which the grant needs are there and not empty.
 * A refresh needs the client's secret too: clients authenticate (RFC 6749 6).
 *
 * @throws {Refusal} 409, pointing at the first attribute that breaks the rule.
 */
export function validate(attributes: Attributes, shape: BodyShape): TokenRequest {
  const pointer = (name: Name): string => (shape === 'nested' ? `/data/attributes/${name}` : `/${name}`);

  const optional = (name: Name): string => {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : '';
    if (typeof value === 'string') return value;
    throw invalidBody(pointer(name), `"${name}" must be a string.`);
  };

  const required = (name: Name): string => {
    const value = optional(name);
    if (value !== '') return value;
    throw invalidBody(pointer(name), `"${name}" must be given, and must not be empty.`);
  };

  const grantType = required('grant_type');
  if (!isGrantType(grantType)) throw invalidGrantType(pointer('grant_type'));
  return {
    grantType,
    clientId: required('client_id'),
    clientSecret: required('client_secret'),
    refreshToken: grantType === 'refresh_token' ? required('refresh_token') : optional('refresh_token'),
    ignored: Object.keys(attributes).filter((name) => !NAMES.some((known) => known === name)),
  };
}

function isGrantType(value: string): value is GrantType {
  return value === 'client_credentials' || value === 'refresh_token';
}
