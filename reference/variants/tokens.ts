import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { conforming, type Behaviour } from '../behaviour.ts';
import type { Context } from '../context.ts';
import type { Variant } from '../deviation.ts';
import type { RegisteredClient } from '../directory.ts';
import { forbidden, Refusal } from '../refusals.ts';
import type { State, Token } from '../state.ts';
import { editLinks } from '../edits.ts';

type Grant = Behaviour['grant'];

/** Takes the place of a token in the state: whatever of it has another name now is no longer known by the old one. */
function replaced(old: Token, token: Token, state: State): Token {
  if (state.byId.get(old.id) === old) state.byId.delete(old.id);
  state.byAccessToken.delete(old.accessToken);
  if (state.byRefreshToken.get(old.refreshToken) === old) state.byRefreshToken.delete(old.refreshToken);
  return recorded(token, state);
}

function recorded(token: Token, state: State): Token {
  state.byId.set(token.id, token);
  state.byAccessToken.set(token.accessToken, token);
  state.byRefreshToken.set(token.refreshToken, token);
  return token;
}

/** A grant that issues the conforming token with some of its parts made otherwise. */
function issuing(parts: (token: Token, isRefresh: boolean) => Partial<Token>): () => { readonly grant: Grant } {
  return () => ({
    grant: (request, client, shape, context) => {
      const isRefresh = request.grantType === 'refresh_token';
      const before = context.state.byRefreshToken.get(request.refreshToken);
      const token = conforming.grant(request, client, shape, context);
      const named = replaced(token, { ...token, ...parts(token, isRefresh) }, context.state);
      // A refresh token that stays in use belongs to the latest token.
      if (isRefresh && before && named.refreshToken !== before.refreshToken) context.state.byRefreshToken.set(before.refreshToken, before);
      return named;
    },
  });
}

/** A grant after which something of the token that was refreshed is no longer valid. */
function onRefresh(revoke: (old: Token, token: Token, state: State) => Token): () => { readonly grant: Grant } {
  return () => ({
    grant: (request, client, shape, context) => {
      const old = context.state.byRefreshToken.get(request.refreshToken);
      const token = conforming.grant(request, client, shape, context);
      return request.grantType === 'refresh_token' && old ? revoke(old, token, context.state) : token;
    },
  });
}

/** A token with a new refresh token, which alone works from then on. */
function rotated(old: Token, token: Token, state: State): Token {
  state.byRefreshToken.delete(old.refreshToken);
  return recorded({ ...token, refreshToken: opaque() }, state);
}

/** A grant that gives a client the token it already has, for as long as that is valid. */
function same(grant: Grant): Grant {
  const current = new Map<RegisteredClient, Token>();
  return (request, client, shape, context) => {
    const before = current.get(client);
    const valid = before && context.state.byAccessToken.get(before.accessToken) === before && context.state.now() < before.expiresAt;
    if (valid && request.grantType === 'client_credentials') return before;
    const token = grant(request, client, shape, context);
    current.set(client, token);
    return token;
  };
}

function opaque(): string {
  return randomBytes(32).toString('base64url');
}

const key = randomBytes(32);

/** Of version 4 (RFC 9562, section 5.4). */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** A JSON Web Token (RFC 7519) that says what it is for, with so many bytes of other claims. */
function jwt(use: string, { client, organization }: Token, bytes = 0): string {
  const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { jti: randomUUID(), use, sub: client.id, org: organization.id, iat: now, exp: now + 3600 };
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ ...claims, scope: 'read '.repeat(bytes / 5) })}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

/** Links in which the ids of tokens and resources are percent-encoded. */
const encodedLinks = editLinks((link) => {
  const [, before = '', id = '', after = ''] = /^(.*?\/(?:oauth\/token|group|organization)\/)(.*?)(\/(?:groups|organization))?$/s.exec(link) ?? [];
  return id ? before + encodeURIComponent(id) + after : link;
});

/** Links in which percent-encoding is in lower case, which means the same (RFC 3986, section 2.1). */
const lowerCaseLinks = editLinks((link) => link.replace(/%[0-9A-F]{2}/g, (encoded) => encoded.toLowerCase()));

/** Clients whose organization and groups have other ids. */
function renumbered(id: (old: string, position: number) => string): NonNullable<Variant['clients']> {
  return (clients) =>
    clients.map((client, i) => ({
      ...client,
      organization: {
        ...client.organization,
        id: id(client.organization.id, i),
        groups: client.organization.groups.map((group, j) => ({ ...group, id: id(group.id, 10 * i + j) })),
      },
    }));
}

/** Steps that let a token be used for itself alone, whatever else its client has. */
const ownTokenOnly: Pick<Behaviour, 'findToken'> = {
  findToken: (id: string, caller: Token, context: Context) => {
    if (id !== caller.id) throw forbidden('The id must be that of the token in use.');
    return conforming.findToken(id, caller, context);
  },
};

/** What ids and tokens look like, and what becomes of them. */
export const tokens: readonly Variant[] = [
  {
    name: 'jwt-tokens',
    summary: 'Access tokens and refresh tokens are JSON Web Tokens, of two kilobytes and less.',
    steps: issuing((token, isRefresh) => ({
      accessToken: jwt('access', token, 1400),
      ...(!isRefresh && { refreshToken: jwt('refresh', token) }),
    })),
  },
  {
    name: 'ids-as-uuids',
    summary: 'Ids are hyphenated UUIDs; what is none is answered 400.',
    clients: renumbered(() => randomUUID()),
    steps: () => ({
      ...issuing(() => ({ id: randomUUID() }))(),
      findToken: (id, caller, context) => {
        if (!uuid.test(id)) throw new Refusal(400, { title: 'Bad Request', detail: 'The id must be a UUID.' });
        return conforming.findToken(id, caller, context);
      },
    }),
  },
  {
    name: 'refusals-that-name-what-they-refuse',
    summary: 'Refusals repeat the id or the client_id that they refuse; the id of a token begins with that of its organization.',
    steps: () => ({
      ...issuing(({ id, organization }) => ({ id: `${organization.id}.${id}` }))(),
      findToken: (id, caller, context) => {
        const token = context.state.byId.get(id);
        if (token?.organization.id !== caller.organization.id) throw forbidden(`"${id}" must be the id of a token of your organization.`);
        return token;
      },
      authenticateClient: (request, context) => {
        try {
          return conforming.authenticateClient(request, context);
        } catch {
          const detail = `The credentials of ${request.clientId} are not valid.`;
          throw new Refusal(401, { code: 'InvalidCredentials', title: 'Invalid Credentials', detail }, { 'www-authenticate': 'Basic' });
        }
      },
    }),
  },
  {
    name: 'ids-in-mixed-case',
    summary: 'Ids have upper case, hyphens and underscores.',
    clients: renumbered((id) => `Res-${id.toUpperCase()}_x`),
    steps: issuing(() => ({ id: `Tok-${randomBytes(6).toString('hex')}_${randomBytes(6).toString('hex').toUpperCase()}` })),
  },
  {
    name: 'ids-to-be-encoded',
    summary: 'Ids must be percent-encoded in a path, and access tokens have every character that b64token permits.',
    clients: renumbered((id) => `res:${id}/ä ?#`),
    steps: issuing(({ accessToken }) => ({
      id: `tok/${randomBytes(8).toString('hex')} +%2F?é`,
      accessToken: `-._~+/${accessToken}==`,
    })),
    wrap: encodedLinks,
  },
  {
    name: 'ids-encoded-in-lower-case',
    summary: 'Ids must be percent-encoded in a path, and links have that in lower case.',
    clients: renumbered((id) => `res:${id}/ä`),
    steps: issuing(() => ({ id: `tok:${randomBytes(8).toString('hex')}` })),
    wrap: (app) => lowerCaseLinks(encodedLinks(app)),
  },
  {
    name: 'ids-counted-up',
    summary: 'Ids are numbers that are counted up.',
    clients: renumbered((_, position) => String(1000 + position)),
    steps: () => {
      let last = 0;
      return issuing(() => ({ id: String(++last) }))();
    },
  },
  {
    name: 'same-token-again',
    summary: 'A client is given the token that it already has, with the seconds that are left of it.',
    steps: () => ({
      grant: same(conforming.grant),
      renderToken: (token, context) =>
        conforming.renderToken(token, {
          ...context,
          state: { ...context.state, tokenLifetimeS: Math.ceil((token.expiresAt - context.state.now()) / 1000) },
        }),
    }),
  },
  {
    name: 'bearer-token-given-back',
    summary: 'A client that sends a valid access token along is given that very token.',
    steps: () => ({
      grant: (request, client, shape, context) => {
        const bearer = context.request.headers.get('authorization')?.replace(/^bearer /i, '') ?? '';
        const own = context.state.byAccessToken.get(bearer);
        const again = request.grantType === 'client_credentials' && own?.client.id === client.id;
        return again ? own : conforming.grant(request, client, shape, context);
      },
    }),
  },
  {
    name: 'same-token-again-until-it-is-refreshed',
    summary: 'A client is given the token that it already has; refreshing it rotates its refresh token.',
    steps: () => ({ grant: same(onRefresh(rotated)().grant) }),
  },
  {
    name: 'rotating-refresh-tokens-that-stay-valid',
    summary: 'A refresh gives another refresh token; the old one stays valid.',
    steps: issuing((_, isRefresh) => (isRefresh ? { refreshToken: opaque() } : {})),
  },
  {
    name: 'reuse-revokes-the-family',
    summary: 'A refresh token that comes for the second time takes with it all tokens that came of it.',
    steps: () => {
      const spent = new Map<string, Token>();
      const heir = new Map<Token, Token>();
      return {
        grant: (request, client, shape, context) => {
          const { state } = context;
          for (let token = spent.get(request.refreshToken); token; token = heir.get(token)) {
            state.byAccessToken.delete(token.accessToken);
            state.byRefreshToken.delete(token.refreshToken);
          }
          return onRefresh((old, token) => {
            spent.set(old.refreshToken, old);
            const next = rotated(old, token, state);
            heir.set(old, next);
            return next;
          })().grant(request, client, shape, context);
        },
      };
    },
  },
  {
    name: 'refresh-without-secret',
    summary: 'A refresh needs no client_secret; one that comes along must be right.',
    steps: () => ({
      validate: (attributes, shape, context) => {
        const isRefresh = attributes['grant_type'] === 'refresh_token' && !('client_secret' in attributes);
        return conforming.validate(isRefresh ? { ...attributes, client_secret: 'none' } : attributes, shape, context);
      },
      authenticateClient: (request, context) => {
        const isPublic = request.grantType === 'refresh_token' && request.clientSecret === 'none';
        const client = context.state.clients.find(({ id }) => id === request.clientId);
        return isPublic && client ? client : conforming.authenticateClient(request, context);
      },
    }),
  },
  {
    name: 'access-token-revoked-by-refresh',
    summary: 'The access token that is refreshed is worth nothing from then on.',
    steps: onRefresh((old, token, state) => {
      state.byAccessToken.delete(old.accessToken);
      return token;
    }),
  },
  {
    name: 'one-id-for-each-client',
    summary: 'All tokens of a client have one id, those that are refreshed as well.',
    steps: issuing(({ client }) => ({ id: createHmac('sha256', key).update(client.id).digest('hex') })),
  },
  {
    name: 'own-token-only',
    summary: 'A token that lives for five seconds cannot be read with another one.',
    tokenLifetimeS: 5,
    steps: () => ownTokenOnly,
  },
  {
    name: 'tokens-for-two-seconds',
    summary: 'An access token lives for two seconds.',
    tokenLifetimeS: 2,
  },
];
