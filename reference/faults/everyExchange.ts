import { createHash } from 'node:crypto';
import type { App } from '../app.ts';
import { conforming, type Behaviour } from '../behaviour.ts';
import type { BodyShape } from '../body-shape.ts';
import type { Fault, Faults } from '../deviation.ts';
import { editAnswer, editDocument, editLinks, isObject, operationOf, withHeaders, type JsonObject, type Seen } from '../edits.ts';
import { Refusal } from '../refusals.ts';
import { repeating, withDetail } from './createToken/changed.ts';
import type { State, Token } from '../state.ts';

type Wrap = NonNullable<Fault['wrap']>;

const isFetch = ({ operation }: Pick<Seen, 'operation'>) => operation === 'fetchTokenGroups' || operation === 'fetchTokenOrganization';
const isRefusal = ({ status }: Pick<Seen, 'status'>) => status >= 400 && status <= 499;

/** An error that no step expects, as from a mistake in the code: the server answers it 500. */
function crash(): never {
  throw new TypeError('This step is broken.');
}

/** Steps of both fetches that crash where the request is of some kind. */
function fetchCrashing(when: (request: Request) => boolean): () => Partial<Behaviour> {
  return () => ({
    authenticateBearer: (context) => (when(context.request) ? crash() : conforming.authenticateBearer(context)),
  });
}

/** How many of the latest tokens of a client make it busy, among twice as many of all clients. */
const busy = 6;

/**
 * Steps whose grant goes wrong while two clients both ask for many tokens, as state does that is shared by requests. What
 * tells is the order of requests alone, so that each run shows it. Where one body shape alone goes wrong, half as many of
 * its requests are enough.
 */
function whileClientsMeet(
  goWrong: (token: Token, other: Token, state: State) => Token,
  only?: BodyShape,
): () => Partial<Behaviour> {
  const most = only ? busy / 2 : busy;
  return () => {
    const issued: Token[] = [];
    return {
      grant: (request, client, shape, context) => {
        const token = conforming.grant(request, client, shape, context);
        if (only && shape !== only) return token;
        issued.push(token);
        if (issued.length > 2 * most) issued.shift();
        const others = issued.filter((each) => each.client !== client);
        const other = others.at(-1);
        const meet = others.length >= most && issued.length - others.length >= most;
        return other && meet ? goWrong(token, other, context.state) : token;
      },
    };
  };
}

const serverErrors: readonly [Fault, ...Fault[]] = [
  {
    name: 'each-fifth-request-crashes',
    summary: 'Each fifth request is answered 500.',
    wrap: (app) => {
      let count = 0;
      return (request) => (++count % 5 === 0 ? new Response('Internal Server Error', { status: 500 }) : app(request));
    },
  },
  {
    name: 'malformed-percent-encoding-crashes',
    summary: 'An id whose percent-encoding is not UTF-8 is answered 500.',
    steps: fetchCrashing(({ url }) => /%c0/i.test(url)),
  },
  {
    name: 'nul-in-an-id-crashes',
    summary: 'An id with a NUL character is answered 500, as by a database that takes none.',
    steps: fetchCrashing(({ url }) => url.includes('%00')),
  },
  {
    name: 'fetch-without-authorization-crashes',
    summary: 'A fetch without an Authorization header is answered 500.',
    steps: fetchCrashing(({ headers }) => !headers.has('authorization')),
  },
  {
    name: 'scheme-without-a-token-crashes',
    summary: 'A fetch whose Authorization is a scheme without a token is answered 500.',
    steps: fetchCrashing(({ headers }) => /^bearer *$/i.test(headers.get('authorization') ?? '')),
  },
  {
    name: 'head-crashes',
    summary: 'A HEAD request is answered 500.',
    steps: fetchCrashing(({ method }) => method === 'HEAD'),
  },
  {
    name: 'unknown-id-crashes',
    summary: 'A fetch for an id that no token has is answered 500.',
    steps: () => ({ findToken: (id, caller, context) => (context.state.byId.has(id) ? conforming.findToken(id, caller, context) : crash()) }),
  },
  {
    name: 'attribute-of-another-type-crashes',
    summary: 'A client_secret that is no string is answered 500, since it is trimmed before it is looked at.',
    steps: () => ({
      validate: (attributes, shape, context) => {
        const secret = attributes['client_secret'];
        return secret !== undefined && typeof secret !== 'string' ? crash() : conforming.validate(attributes, shape, context);
      },
    }),
  },
  {
    name: 'null-document-crashes',
    summary: 'A createToken request whose body is null is answered 500.',
    steps: () => ({
      readAttributes: (document, shape, context) => (document === null ? crash() : conforming.readAttributes(document, shape, context)),
    }),
  },
  {
    name: 'patch-not-implemented',
    summary: 'PATCH is answered 501.',
    wrap: (app) => (request) => (request.method === 'PATCH' ? new Response('Not Implemented', { status: 501 }) : app(request)),
  },
  {
    name: 'token-creation-crashes-while-clients-meet',
    summary: 'While two clients ask for many tokens, some requests are answered 500.',
    steps: whileClientsMeet(crash),
  },
];

/** Steps that judge a createToken request's credentials after a look at them. */
function beforeAuthentication(look: (...args: Parameters<Behaviour['authenticateClient']>) => void): () => Partial<Behaviour> {
  return () => ({
    authenticateClient: (request, context) => {
      look(request, context);
      return conforming.authenticateClient(request, context);
    },
  });
}

/** A refusal of a status that no operation documents. */
function undocumented(status: number): Refusal {
  return new Refusal(status, { title: 'Refused', detail: 'The request cannot be processed.' });
}

const statuses: readonly [Fault, ...Fault[]] = [
  {
    name: 'other-methods-not-found',
    summary: 'Methods that an operation does not have are answered 404.',
    steps: () => ({
      otherMethod: () => {
        throw undocumented(404);
      },
    }),
  },
  {
    name: 'malformed-authorization-as-400',
    summary: 'A fetch whose Authorization is no bearer token is answered 400.',
    steps: () => ({
      authenticateBearer: (context) => {
        const authorization = context.request.headers.get('authorization') ?? 'Bearer none';
        if (!/^bearer +\S+$/i.test(authorization)) throw undocumented(400);
        return conforming.authenticateBearer(context);
      },
    }),
  },
  {
    name: 'token-in-the-query-as-400',
    summary: 'A fetch with access_token in its query is answered 400.',
    steps: () => ({
      authenticateBearer: (context) => {
        if (new URL(context.request.url).searchParams.has('access_token')) throw undocumented(400);
        return conforming.authenticateBearer(context);
      },
    }),
  },
  {
    name: 'hostile-ids-as-422',
    summary: 'An id of other characters than lower-case letters and digits is answered 422.',
    steps: () => ({
      findToken: (id, caller, context) => {
        if (!/^[0-9a-z]+$/.test(id)) throw undocumented(422);
        return conforming.findToken(id, caller, context);
      },
    }),
  },
  {
    name: 'unknown-ids-gone',
    summary: 'An id that is no token of the caller\'s organization is answered 410.',
    wrap: editAnswer((seen) => {
      if (!isFetch(seen) || seen.status !== 403 || !isObject(seen.document)) return {};
      return { status: 410, document: { errors: [{ status: '410', title: 'Gone' }] } };
    }),
  },
  {
    name: 'padded-secret-as-400',
    summary: 'A client_secret with a space before or after it is answered 400.',
    steps: beforeAuthentication(({ clientSecret }) => {
      if (clientSecret !== clientSecret.trim()) throw undocumented(400);
    }),
  },
  {
    name: 'refresh-with-a-wrong-secret-as-400',
    summary: 'A refresh by a known client with a wrong secret is answered 400.',
    steps: beforeAuthentication(({ grantType, clientId, clientSecret }, { state }) => {
      const client = state.clients.find(({ id }) => id === clientId);
      if (grantType === 'refresh_token' && client && client.secret !== clientSecret) throw undocumented(400);
    }),
  },
  {
    name: 'credentials-in-the-query-as-400',
    summary: 'A createToken request with credentials in its query is answered 400.',
    steps: () => ({
      readInclude: (context) => {
        if (new URL(context.request.url).searchParams.has('client_secret')) throw undocumented(400);
        return conforming.readInclude(context);
      },
    }),
  },
  {
    name: 'broken-json-as-422',
    summary: 'A body that is not well-formed JSON is answered 422.',
    steps: () => ({
      parseBody: (bytes, context) => {
        try {
          return conforming.parseBody(bytes, context);
        } catch (error) {
          throw bytes.byteLength === 0 ? error : undocumented(422);
        }
      },
    }),
  },
  {
    name: 'unknown-include-not-found',
    summary: 'An include that is not documented is answered 404.',
    wrap: editAnswer(({ operation, status, document }) =>
      operation === 'createToken' && status === 400 && isObject(document) ? { status: 404, document: { errors: [{ status: '404' }] } } : {},
    ),
  },
];

/** A wrapper that writes the text of some answers' bodies in another way. */
function rewrite(when: (seen: Seen) => boolean, write: (text: string) => string): Wrap {
  return editAnswer((seen) => (when(seen) && isObject(seen.document) ? { document: write(JSON.stringify(seen.document)) } : {}));
}

/** A wrapper that encodes the bodies of an operation in another way than UTF-8. */
function encoded(path: string, encoding: 'latin1' | 'utf16le'): Wrap {
  return (app) => async (request) => {
    const response = await app(request);
    if (request.method !== 'GET' || !new URL(request.url).pathname.endsWith(path)) return response;
    return new Response(new Uint8Array(Buffer.from(await response.text(), encoding)), response);
  };
}

const malformedJson: readonly [Fault, ...Fault[]] = [
  {
    name: 'byte-order-mark',
    summary: 'The answers of both fetches begin with a byte order mark.',
    wrap: rewrite(isFetch, (text) => `\uFEFF${text}`),
  },
  {
    name: 'groups-in-latin-1',
    summary: 'Groups are written in ISO 8859-1.',
    clients: (clients) =>
      clients.map((client) => ({
        ...client,
        organization: {
          ...client.organization,
          groups: client.organization.groups.map((group) => ({ ...group, name: `${group.name} für Ältere` })),
        },
      })),
    wrap: encoded('/groups', 'latin1'),
  },
  {
    name: 'organization-in-utf-16',
    summary: 'An organization is written in UTF-16.',
    wrap: encoded('/organization', 'utf16le'),
  },
  {
    name: 'count-that-is-no-number',
    summary: 'The count of groups is written as NaN.',
    wrap: rewrite(({ operation, status }) => operation === 'fetchTokenGroups' && status === 200, (text) => text.replace(/"count":\d+/, '"count":NaN')),
  },
  {
    name: 'notice-ahead-of-the-organization',
    summary: 'A notice of the interpreter stands ahead of an organization.',
    wrap: rewrite(
      ({ operation, status }) => operation === 'fetchTokenOrganization' && status === 200,
      (text) => `<br />\n<b>Notice</b>: Undefined index: parent<br />\n${text}`,
    ),
  },
  {
    name: 'quotes-unescaped-in-refusals',
    summary: 'Refusals are put together by hand, and quotes in their texts are not escaped.',
    wrap: rewrite(isRefusal, (text) => text.replaceAll('\\"', '"')),
  },
  {
    name: 'refusals-written-twice',
    summary: 'The body of a refusal is written twice.',
    wrap: rewrite(isRefusal, (text) => text + text),
  },
  {
    name: 'refusals-in-single-quotes',
    summary: 'The refusals of createToken are written with single quotes.',
    wrap: rewrite((seen) => isRefusal(seen) && seen.operation === 'createToken', (text) => text.replaceAll(/(?<!\\)"/g, "'")),
  },
  {
    name: 'other-methods-with-an-empty-body',
    summary: 'A 405 has an empty body, which is declared as a document.',
    wrap: editAnswer(({ status }) => (status === 405 ? { document: '' } : {})),
  },
  {
    name: 'tokens-behind-a-guard',
    summary: 'A line that keeps scripts from reading it stands ahead of each token.',
    wrap: rewrite(({ operation, status }) => operation === 'createToken' && status === 201, (text) => `)]}',\n${text}`),
  },
  {
    name: 'each-seventh-document-cut-off',
    summary: 'Each seventh answer that is a success loses its last characters.',
    wrap: (app) => {
      let count = 0;
      return rewrite(({ status }) => status < 300 && ++count % 7 === 0, (text) => text.slice(0, -2))(app);
    },
  },
  {
    name: 'flat-tokens-cut-off',
    summary: 'The answer to a flat request loses its last character.',
    wrap: rewrite(({ operation, status, nested }) => operation === 'createToken' && status === 201 && !nested, (text) => text.slice(0, -1)),
  },
];

/** What a request carries in `Authorization`, without the scheme. */
function credentialsOf({ headers }: Request): string {
  return (headers.get('authorization') ?? '').replace(/^\w+ +/, '');
}

/** A wrapper that adds to the meta of some answers. */
function withMeta(when: (seen: Seen) => boolean, meta: (seen: Seen) => JsonObject): Wrap {
  return editDocument((document, seen) =>
    when(seen) ? { ...document, meta: { ...(document['meta'] as JsonObject | undefined), ...meta(seen) } } : document,
  );
}

/** A wrapper that adds to the meta of some answers to createToken, given the text of the request's body. */
function withMetaFromBody(when: (seen: Pick<Seen, 'status'>) => boolean, meta: (body: string) => JsonObject): Wrap {
  return (app) => async (request) => {
    const body = operationOf(request) === 'createToken' ? await request.clone().text() : '';
    return withMeta((seen) => body !== '' && when(seen), () => meta(body))(app)(request);
  };
}

/** A wrapper that adds headers to the answers of both fetches that have a bearer token. */
function echoed(when: (seen: Seen) => boolean, headers: (credentials: string) => Readonly<Record<string, string>>): Wrap {
  return editAnswer((seen) => {
    const credentials = credentialsOf(seen.request);
    return isFetch(seen) && credentials !== '' && when(seen) ? { headers: headers(credentials) } : {};
  });
}

const leaks: readonly [Fault, ...Fault[]] = [
  {
    name: 'bearer-in-the-challenge',
    summary: 'A 401 of a fetch names the bearer token that it refuses in WWW-Authenticate.',
    wrap: echoed(
      ({ status }) => status === 401,
      (token) => ({ 'www-authenticate': `Bearer error="invalid_token", error_description="${token} is not known"` }),
    ),
  },
  {
    name: 'bearer-in-a-detail',
    summary: 'A 403 of a fetch says in its detail which bearer token may not read the id.',
    wrap: editAnswer((seen) =>
      isFetch(seen) && seen.status === 403
        ? { document: { errors: [{ status: '403', title: 'Forbidden', detail: `Not for ${credentialsOf(seen.request)}` }] } }
        : {},
    ),
  },
  {
    name: 'bearer-in-a-debug-header',
    summary: 'The answers of both fetches repeat Authorization in a header.',
    wrap: echoed(() => true, (token) => ({ 'x-debug-authorization': `Bearer ${token}` })),
  },
  {
    name: 'bearer-in-a-cookie',
    summary: 'A successful fetch puts the bearer token into a cookie, in Base64.',
    wrap: echoed(({ status }) => status === 200, (token) => ({ 'set-cookie': `session=${Buffer.from(token).toString('base64')}; HttpOnly` })),
  },
  {
    name: 'bearer-in-links',
    summary: 'The links of an organization have the bearer token in their query.',
    wrap: editLinks((link, { request, operation, status }) =>
      operation === 'fetchTokenOrganization' && status === 200 && link.includes('/oauth/token/') ? `${link}?access_token=${credentialsOf(request)}` : link,
    ),
  },
  {
    name: 'bearer-in-the-meta-of-groups',
    summary: 'The meta of groups names the bearer token.',
    wrap: withMeta(({ operation, status }) => operation === 'fetchTokenGroups' && status === 200, ({ request }) => ({ caller: credentialsOf(request) })),
  },
  {
    name: 'secret-in-the-token',
    summary: 'A token has the client_secret of its request among its attributes.',
    steps: () => ({
      renderToken: (token, context) => {
        const resource = conforming.renderToken(token, context);
        return { ...resource, attributes: { ...(resource['attributes'] as JsonObject), client_secret: token.client.secret } };
      },
    }),
  },
  {
    name: 'request-in-the-meta-of-a-token',
    summary: 'The answer with a token has the body of its request in its meta, as a text.',
    wrap: withMetaFromBody(({ status }) => status === 201, (body) => ({ request: body })),
  },
  {
    name: 'request-in-the-meta-of-a-refusal',
    summary: 'A 401 of createToken has the body of its request in its meta, in Base64.',
    wrap: withMetaFromBody(
      ({ status }) => status === 401,
      (body) => ({ secret: Buffer.from(/"client_secret":"([^"]*)"/.exec(body)?.[1] ?? '').toString('base64') }),
    ),
    also: ['CT-504'],
  },
  {
    name: 'url-in-the-meta-of-a-refusal',
    summary: 'A refusal of createToken has the URL of its request in its meta, with credentials where it had some.',
    wrap: withMeta((seen) => isRefusal(seen) && seen.operation === 'createToken', ({ request }) => ({ url: request.url })),
    also: ['CT-504'],
  },
  {
    name: 'secret-in-an-array-quoted',
    summary: 'The refusal of a client_secret that is an array says what it got.',
    steps: repeating((answer, { client_secret: secret }) =>
      Array.isArray(secret) ? withDetail(answer, `"client_secret" must be a string, got ${JSON.stringify(secret)}.`) : answer,
    ),
    also: ['CT-504'],
  },
];

/** A wrapper that gives some answers another request id. */
function requestIds(id: (seen: Seen) => string | undefined): Wrap {
  return editDocument((document, seen) => {
    const requestId = id(seen);
    return requestId === undefined ? document : { ...document, meta: { ...(document['meta'] as JsonObject | undefined), req_id: requestId } };
  });
}

const requestIdFaults: readonly [Fault, ...Fault[]] = [
  {
    name: 'constant-request-id',
    summary: 'Every answer has the same request id.',
    wrap: requestIds(() => 'unknown'),
  },
  {
    name: 'request-id-of-refusals-constant',
    summary: 'Every refusal of a fetch has the same request id.',
    wrap: requestIds((seen) => (isFetch(seen) && isRefusal(seen) ? '00000000-0000-0000-0000-000000000000' : undefined)),
  },
  {
    name: 'request-id-made-of-the-request',
    summary: 'A request id is made of the URL and the credentials, so that a request that is repeated has it again.',
    wrap: requestIds(({ request, operation }) =>
      operation === 'createToken' ? undefined : createHash('sha256').update(request.url + credentialsOf(request)).digest('hex'),
    ),
  },
  {
    name: 'request-ids-that-begin-again',
    summary: 'Request ids are counted up to a hundred, and begin again.',
    wrap: (app) => {
      let last = 0;
      return requestIds(() => String(++last % 100))(app);
    },
  },
  {
    name: 'answers-from-a-private-cache',
    summary: 'A fetch that is repeated with the same token is answered from a cache, the request id included.',
    wrap: (app) => {
      const stored = new Map<string, string>();
      return editAnswer(({ request, operation, status, document }) => {
        if (operation === 'createToken' || request.method !== 'GET' || status !== 200) return {};
        const key = `${request.url} ${request.headers.get('authorization') ?? ''}`;
        const text = stored.get(key) ?? JSON.stringify(document);
        stored.set(key, text);
        return { document: text };
      })(app);
    },
  },
];

/** Takes a token's place in the state. */
function replace(token: Token, changed: Token, state: State): Token {
  state.byId.set(changed.id, changed);
  state.byAccessToken.set(changed.accessToken, changed);
  state.byRefreshToken.set(changed.refreshToken, changed);
  if (changed.id !== token.id) state.byId.delete(token.id);
  return changed;
}

/** The token with the access of the other. */
function withAccessOf(token: Token, { organization, groups }: Token, state: State): Token {
  return replace(token, { ...token, organization, groups }, state);
}

const races: readonly [Fault, ...Fault[]] = [
  {
    name: 'tokens-swapped-while-clients-meet',
    summary: 'While two clients ask for many tokens, one is answered with the token of the other.',
    steps: whileClientsMeet((_, other) => other),
  },
  {
    name: 'organizations-swapped-while-clients-meet',
    summary: 'While two clients ask for many tokens, a token is issued for the organization of the other client.',
    steps: whileClientsMeet(withAccessOf),
  },
  {
    name: 'organizations-swapped-while-flat-clients-meet',
    summary: 'While two clients send many flat requests, a token is issued for the organization of the other client.',
    steps: whileClientsMeet(withAccessOf, 'flat'),
  },
  {
    name: 'tokens-lost-while-clients-meet',
    summary: 'While two clients ask for many tokens, some of them are not stored.',
    steps: whileClientsMeet((token, _, state) => {
      state.byAccessToken.delete(token.accessToken);
      return token;
    }),
  },
  {
    name: 'ids-shared-while-clients-meet',
    summary: 'While two clients ask for many tokens, two tokens get the same id, which is then that of the latter.',
    steps: whileClientsMeet((token, { id }, state) => replace(token, { ...token, id }, state)),
  },
  {
    name: 'tokens-refused-while-clients-meet',
    summary: 'While two clients ask for many tokens, some requests are refused, as by a lock that another one holds.',
    steps: whileClientsMeet(() => {
      throw new Refusal(409, { title: 'Conflict', detail: 'Another token is being issued.' });
    }),
  },
  {
    name: 'eighth-token-in-a-row-lost',
    summary: 'The eighth of tokens that are created one after another, with no other request between, is not stored.',
    steps: () => {
      let inARow = 0;
      return {
        authenticateBearer: (context) => {
          inARow = 0;
          return conforming.authenticateBearer(context);
        },
        grant: (request, client, shape, context) => {
          const token = conforming.grant(request, client, shape, context);
          inARow = request.grantType === 'client_credentials' ? inARow + 1 : 0;
          if (inARow > 0 && inARow % 8 === 0) context.state.byAccessToken.delete(token.accessToken);
          return token;
        },
      };
    },
  },
];

/** A wrapper that answers requests of some kind as a gateway does whose server is gone; it may be asked again at once. */
function gatewayError(status: 502 | 504, when: (request: Request) => boolean | Promise<boolean>): (app: App) => App {
  return (app) => async (request) =>
    (await when(request.clone()))
      ? new Response('<html><h1>Bad Gateway</h1></html>', { status, headers: { 'content-type': 'text/html', 'retry-after': '0' } })
      : app(request);
}

const gatewayErrors: readonly [Fault, ...Fault[]] = [
  {
    name: 'long-id-brings-the-server-down',
    summary: 'An id of a thousand characters is answered 502, each time.',
    wrap: gatewayError(502, ({ url }) => url.length > 1000),
  },
  {
    name: 'head-hangs-the-server',
    summary: 'A HEAD request is answered 504, each time.',
    wrap: gatewayError(504, ({ method }) => method === 'HEAD'),
  },
  {
    name: 'query-operator-hangs-the-server',
    summary: 'A client_id that is a query operator is answered 504, each time.',
    wrap: gatewayError(504, async (request) => (await request.text()).includes('"client_id":{"$')),
  },
];

/** A wrapper that gives some answers a media type with parameters. */
function typed(when: (seen: Seen) => boolean, contentType: string): Wrap {
  return editAnswer((seen) => (when(seen) ? { headers: { 'content-type': contentType } } : {}));
}

const parameters: readonly [Fault, ...Fault[]] = [
  {
    name: 'charset-everywhere',
    summary: 'Every answer has charset=utf-8 at its media type.',
    wrap: withHeaders({ 'content-type': 'application/vnd.api+json; charset=utf-8' }),
  },
  {
    name: 'charset-of-refusals',
    summary: 'A 401 has charset=UTF-8 at its media type, without a space.',
    wrap: typed(({ status }) => status === 401, 'application/vnd.api+json;charset=UTF-8'),
  },
  {
    name: 'version-of-fetches',
    summary: 'The answers of both fetches have the version of the API at their media type.',
    wrap: typed(isFetch, 'application/vnd.api+json; version=1'),
  },
  {
    name: 'extension-of-other-methods',
    summary: 'A 405 has an extension at its media type.',
    wrap: typed(({ status }) => status === 405, 'application/vnd.api+json; ext="bulk"'),
  },
];

/** */
export const everyExchange = {
  'X-101': serverErrors,
  'X-102': statuses,
  'X-103': malformedJson,
  'X-105': leaks,
  'X-107': requestIdFaults,
  'X-108': races,
  'X-111': gatewayErrors,
  'X-112': parameters,
} satisfies Partial<Faults>;
