import { jsonApiMediaType, requestMediaTypes, type BodyShape } from '../../contracts/documented.ts';
import type { Header, Request } from '../target/exchange.ts';
import type { Client } from '../settings/settings.ts';

/** The attributes of a createToken request. Values of other types than string are for requests that must be refused. */
export type Attributes = Readonly<Record<string, unknown>>;

export const bodyShapes: readonly BodyShape[] = ['nested', 'flat'];

/** The attributes of a client_credentials request. */
export function clientCredentials({ id, secret }: Client): Attributes {
  return { grant_type: 'client_credentials', client_id: id, client_secret: secret };
}

/** The attributes of a refresh_token request; the client authenticates itself (RFC 6749, section 6). */
export function refreshToken({ id, secret }: Client, token: string): Attributes {
  return { grant_type: 'refresh_token', client_id: id, client_secret: secret, refresh_token: token };
}

/** The document that carries attributes in a body shape. */
export function shaped(shape: BodyShape, attributes: Attributes): unknown {
  return shape === 'nested' ? { data: { type: 'token', attributes } } : attributes;
}

/** `undefined` in place of a value leaves the header out; a text in place of a document is sent as it is. */
export interface CreateTokenOptions {
  readonly shape: BodyShape;
  readonly attributes?: Attributes;
  /** In place of the shaped attributes; `null` for no body at all. */
  readonly body?: string | Uint8Array | null;
  /** In place of the media type that belongs to the shape; `null` for none. */
  readonly contentType?: string | null;
  /** In place of `application/vnd.api+json`; `null` for none. */
  readonly accept?: string | null;
  /** Without the question mark. */
  readonly query?: string;
  readonly authorization?: string;
}

/** `POST oauth/token`. */
export function createToken(options: CreateTokenOptions): Request {
  const { shape, attributes = {}, query, authorization } = options;
  const { contentType = requestMediaTypes[shape], accept = jsonApiMediaType } = options;
  const body = options.body === undefined ? JSON.stringify(shaped(shape, attributes)) : options.body;
  return {
    method: 'POST',
    path: `oauth/token${query === undefined ? '' : `?${query}`}`,
    headers: headers({ 'Content-Type': contentType, Accept: accept, Authorization: authorization }),
    ...(body !== null && { body: Buffer.from(body as string).toString('base64') }),
  };
}

/** The sub-resources of a token that can be fetched. */
export type SubResource = 'groups' | 'organization';

export interface FetchOptions {
  readonly method?: string;
  /** `null` for none. */
  readonly authorization: string | null;
  readonly accept?: string | null;
  readonly query?: string;
}

/** `GET oauth/token/{id}/groups` or `.../organization`. The id is put into the path as it is, so encode it first. */
export function fetchSubResource(resource: SubResource, id: string, options: FetchOptions): Request {
  const { method = 'GET', authorization, accept = jsonApiMediaType, query } = options;
  return {
    method,
    path: `oauth/token/${id}/${resource}${query === undefined ? '' : `?${query}`}`,
    headers: headers({ Accept: accept, Authorization: authorization }),
  };
}

/** `Authorization` as RFC 6750, section 2.1 has it. */
export function bearer(token: string): string {
  return `Bearer ${token}`;
}

function headers(values: Readonly<Record<string, string | null | undefined>>): Header[] {
  return Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}
