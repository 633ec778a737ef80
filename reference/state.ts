import type { Group, Organization, RegisteredClient } from './directory.ts';

/** An issued token: what it is called, and what it gives access to. */
export interface Token {
  readonly id: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Milliseconds since 1970; from then on the access token is worth nothing. */
  readonly expiresAt: number;
  /** The only client that can use the refresh token (RFC 6749 6). */
  readonly client: RegisteredClient;
  readonly organization: Organization;
  readonly groups: readonly Group[];
}

/** What one app knows: the clients, and the tokens it has issued, by each of their three names. */
export interface State {
  readonly clients: readonly RegisteredClient[];
  readonly tokenLifetimeS: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly byId: Map<string, Token>;
  readonly byAccessToken: Map<string, Token>;
  /** The latest token of each refresh token: these are static, and so shared by all tokens of a chain of refreshes. */
  readonly byRefreshToken: Map<string, Token>;
}

/** The state of a new app, which has not issued any token yet. */
export function createState(
  clients: readonly RegisteredClient[],
  tokenLifetimeS: number,
  now: () => number,
): State {
  return { clients, tokenLifetimeS, now, byId: new Map(), byAccessToken: new Map(), byRefreshToken: new Map() };
}
