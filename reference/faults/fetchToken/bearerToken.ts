import type { App } from '../../app.ts';
import { conforming, type Behaviour } from '../../behaviour.ts';
import type { Context } from '../../context.ts';
import type { Faults } from '../../deviation.ts';
import { operationOf } from '../../edits.ts';
import { Refusal, forbidden, unauthorized } from '../../refusals.ts';
import type { Token } from '../../state.ts';
import { accepting, authenticating, edit401, ofBoth, refusing, render, tokenInPath, type Fetch } from './both.ts';

/** What follows the scheme in an Authorization; empty where there is nothing. */
function credentials(authorization: string | null, scheme = /^bearer +/i): string {
  return authorization !== null && scheme.test(authorization) ? authorization.replace(scheme, '') : '';
}

/** An issued token for which a bearer token is taken, by some likeness to its access token. */
function alike(
  authorization: string | null,
  { state }: Context,
  isAlike: (sent: string, issued: string) => boolean,
): Token | undefined {
  const sent = credentials(authorization);
  return sent === '' ? undefined : [...state.byAccessToken.values()].find(({ accessToken }) => isAlike(sent, accessToken));
}

/** A wrapper that keeps the answers of a fetch by their URL, and gives them to whoever sends no credentials. */
function sharedCache({ operation }: Fetch): (app: App) => App {
  return (app) => {
    const stored = new Map<string, Response>();
    return async (request) => {
      if (operationOf(request) !== operation || request.method !== 'GET') return app(request);
      const found = request.headers.has('authorization') ? undefined : stored.get(request.url);
      if (found) return found.clone();
      const response = await app(request);
      if (response.status === 200) stored.set(request.url, response.clone());
      return response;
    };
  };
}

/** The answer of a fetch that has found nothing. */
function nothing({ resource }: Fetch) {
  return { status: 200, document: { data: resource === 'groups' ? [] : null }, headers: { 'www-authenticate': null } };
}

/** The token of the path, for its own client's credentials by HTTP Basic. */
function byBasic(authorization: string | null, context: Context): Token | undefined {
  const pair = Buffer.from(credentials(authorization, /^basic +/i), 'base64').toString();
  const token = tokenInPath(context);
  return token && pair === `${token.client.id}:${token.client.secret}` ? token : undefined;
}

/** Steps by which a fetch takes the scheme in some cases only. */
function comparing(fetch: Fetch, scheme: RegExp): () => Partial<Behaviour> {
  return authenticating(fetch, (context) => {
    const token = conforming.authenticateBearer(context);
    if (!scheme.test(context.request.headers.get('authorization') ?? '')) throw unauthorized('invalid_token');
    return token;
  });
}

/** Steps by which a fetch takes expiry by another clock. */
function clocked(fetch: Fetch, now: (context: Context) => number): () => Partial<Behaviour> {
  return authenticating(fetch, (context) =>
    conforming.authenticateBearer({ ...context, state: { ...context.state, now: () => now(context) } }),
  );
}

/** Steps that keep, by its Authorization, until when a token is taken for valid; each use may move that. */
function remembering(
  fetch: Fetch,
  until: (now: number, before: number | undefined, lifetimeMs: number) => number,
): () => Partial<Behaviour> {
  return () => {
    const valid = new Map<string, number>();
    return authenticating(fetch, (context) => {
      const { request, state } = context;
      const authorization = request.headers.get('authorization') ?? '';
      const [now, before] = [state.now(), valid.get(authorization)];
      const isValid = before !== undefined && now < before;
      const token = conforming.authenticateBearer({ ...context, state: { ...state, now: () => (isValid ? 0 : now) } });
      valid.set(authorization, until(now, before, state.tokenLifetimeS * 1000));
      return token;
    })();
  };
}

/** TG-201 to TG-208, TO-201 to TO-208. */
export const bearerToken = {
  ...ofBoth('201', (fetch) => [
    {
      name: `${fetch.resource}-open-to-anyone`,
      summary: 'A request without credentials is answered as one with the token of the path.',
      steps: accepting(fetch, (authorization, context) => (authorization === null ? tokenInPath(context) : undefined)),
    },
    {
      name: `${fetch.resource}-cached-for-anyone`,
      summary: 'A shared cache answers a request without credentials by what it has stored for the URL.',
      wrap: sharedCache(fetch),
      // What is stored has the request id of the answer that it was.
      also: ['X-107'],
    },
    {
      name: `${fetch.resource}-anonymous-forbidden`,
      summary: 'A request without credentials is answered 403.',
      steps: refusing(fetch, (authorization, refusal) =>
        authorization === null ? forbidden('Anonymous users must log in first.') : refusal,
      ),
    },
    {
      name: `${fetch.resource}-anonymous-as-bad-request`,
      summary: 'A request without credentials is answered 400, as a required header is missing.',
      steps: refusing(fetch, (authorization, refusal) =>
        authorization === null ? new Refusal(400, { title: 'Bad Request', detail: '"Authorization" must be given.' }) : refusal,
      ),
    },
    {
      name: `${fetch.resource}-anonymous-sent-to-login`,
      summary: 'A request without credentials is redirected to the page where users log in.',
      wrap: edit401(fetch, (authorization) =>
        authorization === null ? { status: 302, document: '', headers: { 'location': '/login', 'content-type': 'text/html' } } : {},
      ),
    },
    {
      name: `${fetch.resource}-nothing-for-anonymous`,
      summary: 'A request without credentials is answered 200 with nothing in it.',
      wrap: edit401(fetch, (authorization) => (authorization === null ? nothing(fetch) : {})),
    },
    {
      name: `${fetch.resource}-in-the-401-of-anonymous`,
      summary: 'The 401 to a request without credentials has the errors, and the data as well.',
      steps: () => ({
        renderRefusal: (refusal, context) => {
          const answer = conforming.renderRefusal(refusal, context);
          const isAnonymous = context.operation === fetch.operation && !context.request.headers.has('authorization');
          const token = isAnonymous && refusal.status === 401 ? tokenInPath(context) : undefined;
          return token ? { ...answer, document: { ...render(fetch, token, context), ...answer.document } } : answer;
        },
      }),
    },
  ]),
  ...ofBoth('202', (fetch) => [
    {
      name: `${fetch.resource}-with-any-token`,
      summary: 'Whether a bearer token was ever issued is not looked at, and the token of the path is taken.',
      steps: accepting(fetch, (authorization, context) => (credentials(authorization) ? tokenInPath(context) : undefined)),
      also: fetch.ids('203', '204'),
    },
    {
      name: `${fetch.resource}-with-the-token-in-any-case`,
      summary: 'Tokens are looked up in a column that is compared without case.',
      steps: accepting(fetch, (authorization, context) =>
        alike(authorization, context, (sent, issued) => sent.toLowerCase() === issued.toLowerCase()),
      ),
    },
    {
      name: `${fetch.resource}-unknown-token-forbidden`,
      summary: 'A bearer token that is not known is answered 403.',
      steps: refusing(fetch, (authorization, refusal) =>
        credentials(authorization) ? forbidden('The bearer token must be valid.') : refusal,
      ),
      also: fetch.ids('204'),
    },
    {
      name: `${fetch.resource}-unknown-token-not-found`,
      summary: 'A bearer token that is not known is answered 404.',
      steps: refusing(fetch, (authorization, refusal) =>
        credentials(authorization)
          ? new Refusal(404, { code: 'ResourceNotFound', title: 'Not Found', detail: 'There is no such token.' })
          : refusal,
      ),
      also: fetch.ids('204'),
    },
    {
      name: `${fetch.resource}-nothing-for-an-unknown-token`,
      summary: 'A bearer token that is not known is answered 200 with nothing in it.',
      wrap: edit401(fetch, (authorization) => (credentials(authorization) ? nothing(fetch) : {})),
      also: fetch.ids('203', '204'),
    },
  ]),
  ...ofBoth('203', (fetch) => [
    {
      name: `${fetch.resource}-by-basic-credentials`,
      summary: 'The client id and secret by HTTP Basic are as good as a token of that client.',
      steps: accepting(fetch, byBasic),
    },
    {
      name: `${fetch.resource}-with-any-scheme`,
      summary: 'An access token is accepted after any scheme.',
      steps: accepting(fetch, (authorization, { state }) => state.byAccessToken.get(credentials(authorization, /^\S+ +/))),
    },
    {
      name: `${fetch.resource}-without-a-scheme`,
      summary: 'An access token is accepted without a scheme.',
      steps: accepting(fetch, (authorization, { state }) => state.byAccessToken.get(authorization ?? '')),
    },
    {
      name: `${fetch.resource}-with-an-extended-token`,
      summary: 'Whatever follows an access token is cut off.',
      steps: accepting(fetch, (authorization, context) =>
        alike(authorization, context, (sent, issued) => sent.startsWith(issued)),
      ),
    },
    {
      name: `${fetch.resource}-with-the-beginning-of-a-token`,
      summary: 'The beginning of an access token is as good as all of it.',
      steps: accepting(fetch, (authorization, context) =>
        alike(authorization, context, (sent, issued) => sent.length >= 8 && issued.startsWith(sent)),
      ),
    },
    {
      name: `${fetch.resource}-with-the-end-of-a-token`,
      summary: 'The end of an access token is as good as all of it.',
      steps: accepting(fetch, (authorization, context) =>
        alike(authorization, context, (sent, issued) => sent.length >= 8 && issued.endsWith(sent)),
      ),
    },
    {
      name: `${fetch.resource}-with-an-empty-header`,
      summary: 'An Authorization that is empty passes for one that was checked before.',
      steps: accepting(fetch, (authorization, context) => (authorization === '' ? tokenInPath(context) : undefined)),
    },
    {
      name: `${fetch.resource}-with-the-scheme-alone`,
      summary: 'A scheme without a token is enough.',
      steps: accepting(fetch, (authorization, context) => (/^bearer *$/i.test(authorization ?? '') ? tokenInPath(context) : undefined)),
    },
  ]),
  ...ofBoth('204', (fetch) => [
    {
      name: `${fetch.resource}-with-the-refresh-token`,
      summary: 'A refresh token is accepted as bearer token.',
      steps: accepting(fetch, (authorization, { state }) => state.byRefreshToken.get(credentials(authorization))),
    },
    {
      name: `${fetch.resource}-with-the-client-secret`,
      summary: 'The secret of a client is accepted as bearer token for all tokens of that client.',
      steps: accepting(fetch, (authorization, context) => {
        const token = tokenInPath(context);
        return token?.client.secret === credentials(authorization) ? token : undefined;
      }),
    },
    {
      name: `${fetch.resource}-refresh-token-forbidden`,
      summary: 'A refresh token as bearer token is answered 403, for it is known and the wrong one.',
      steps: refusing(fetch, (authorization, refusal, { state }) =>
        state.byRefreshToken.has(credentials(authorization)) ? forbidden('The token must be an access token.') : refusal,
      ),
    },
  ]),
  ...ofBoth('205', (fetch) => [
    {
      name: `${fetch.resource}-401-without-a-challenge`,
      summary: 'A 401 has no WWW-Authenticate.',
      wrap: edit401(fetch, () => ({ headers: { 'www-authenticate': null } })),
    },
    {
      name: `${fetch.resource}-401-for-basic`,
      summary: 'A 401 asks for Basic, as that of createToken does.',
      wrap: edit401(fetch, () => ({ headers: { 'www-authenticate': 'Basic realm="oauth"' } })),
    },
    {
      name: `${fetch.resource}-401-without-a-scheme`,
      summary: 'A 401 has the error of a Bearer challenge, but not its scheme.',
      wrap: edit401(fetch, () => ({ headers: { 'www-authenticate': 'realm="bearer", error="invalid_token"' } })),
    },
    {
      name: `${fetch.resource}-no-challenge-for-an-unknown-token`,
      summary: 'The 401 to a bearer token that is not known has no WWW-Authenticate.',
      wrap: edit401(fetch, (authorization) => (credentials(authorization) ? { headers: { 'www-authenticate': null } } : {})),
    },
    {
      name: `${fetch.resource}-no-challenge-for-another-scheme`,
      summary: 'The 401 to an Authorization of another scheme has no WWW-Authenticate.',
      wrap: edit401(fetch, (authorization) =>
        /^bearer\b/i.test(authorization ?? 'bearer') ? {} : { headers: { 'www-authenticate': null } },
      ),
    },
  ]),
  ...ofBoth('206', (fetch) => [
    {
      name: `${fetch.resource}-scheme-with-a-capital`,
      summary: 'The scheme must be written Bearer.',
      steps: comparing(fetch, /^Bearer /),
    },
    {
      name: `${fetch.resource}-scheme-in-two-cases`,
      summary: 'The scheme must be written Bearer or bearer.',
      steps: comparing(fetch, /^[Bb]earer /),
    },
  ]),
  ...ofBoth('207', (fetch) => [
    {
      name: `${fetch.resource}-with-a-token-in-the-query`,
      summary: 'Where there is no Authorization, the access_token of the query is taken.',
      steps: accepting(fetch, (authorization, { request, state }) =>
        authorization === null ? state.byAccessToken.get(new URL(request.url).searchParams.get('access_token') ?? '') : undefined,
      ),
    },
  ]),
  ...ofBoth('208', (fetch) => [
    {
      name: `${fetch.resource}-with-an-expired-token`,
      summary: 'An access token is never checked for its expiry.',
      tokenLifetimeS: 2,
      steps: clocked(fetch, () => 0),
    },
    {
      name: `${fetch.resource}-expiry-with-leeway`,
      summary: 'An access token is good for five minutes more, lest clocks differ.',
      tokenLifetimeS: 2,
      steps: clocked(fetch, ({ state }) => state.now() - 300_000),
    },
    {
      name: `${fetch.resource}-checked-tokens-remembered`,
      summary: 'An access token that was once found valid is taken for valid for a minute.',
      tokenLifetimeS: 2,
      steps: remembering(fetch, (now, before) => before ?? now + 60_000),
    },
    {
      name: `${fetch.resource}-expiry-put-off-by-use`,
      summary: 'Each use of an access token puts off its expiry.',
      tokenLifetimeS: 2,
      steps: remembering(fetch, (now, _, lifetimeMs) => now + lifetimeMs),
    },
    {
      name: `${fetch.resource}-expired-token-forbidden`,
      summary: 'An expired access token is answered 403.',
      tokenLifetimeS: 2,
      steps: refusing(fetch, (authorization, refusal, { state }) =>
        state.byAccessToken.has(credentials(authorization)) ? forbidden('The token must not be expired.') : refusal,
      ),
    },
  ]),
} satisfies Partial<Faults>;
