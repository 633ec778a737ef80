import type { Attributes } from '../../attributes.ts';
import { conforming, type Behaviour } from '../../behaviour.ts';
import type { Context } from '../../context.ts';
import type { Fault, Faults } from '../../deviation.ts';
import { Refusal, type ErrorObject } from '../../refusals.ts';
import type { Token } from '../../state.ts';
import type { TokenRequest } from '../../validation.ts';
import { admitting, changing, instead, isFlat, namedClient, refusal, refusingLogins, repeating, withDetail } from './changed.ts';
import { hasInclude } from './granted.ts';

const eachByte = (text: string, written: (byte: number) => string): string => [...new TextEncoder().encode(text)].map(written).join('');
const inHex = (byte: number): string => byte.toString(16).padStart(2, '0');

/** Ways in which a server repeats a text without saying it in clear. */
const encodings: Readonly<Record<string, { readonly summary: string; readonly of: (text: string) => string }>> = {
  'percent-encoding': { summary: 'percent-encoded in full', of: (text) => eachByte(text, (byte) => `%${inHex(byte)}`) },
  'percent-encoding-twice': { summary: 'percent-encoded twice', of: (text) => eachByte(text, (byte) => `%25${inHex(byte)}`) },
  'html-references': { summary: 'in numeric references of HTML', of: (text) => Array.from(text, (character) => `&#${character.codePointAt(0)};`).join('') },
  'json-escapes': {
    summary: 'in JSON inside of JSON, each character escaped',
    of: (text) => `{"value":"${Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"}`,
  },
  'hex': { summary: 'in hexadecimal digits', of: (text) => eachByte(text, inHex) },
  'bytes': { summary: 'as a list of bytes', of: (text) => JSON.stringify({ type: 'Buffer', data: [...new TextEncoder().encode(text)] }) },
  'base64-of-base64': { summary: 'in Base64, twice', of: (text) => Buffer.from(Buffer.from(`secret=${text}`).toString('base64')).toString('base64') },
  'upper-case': { summary: 'in upper case', of: (text) => text.toUpperCase() },
};

/** Steps that let a client in whose secret is like the right one. */
function comparing(like: (sent: string, secret: string, context: Context) => boolean): () => Partial<Behaviour> {
  return admitting((request, context) => {
    const client = namedClient(request, context);
    return client && like(request.clientSecret, client.secret, context) ? client : undefined;
  });
}

/** Steps that answer wrong credentials with another status, in some cases. */
function loginsRefusedWith(
  status: number,
  when: (known: boolean, request: TokenRequest, context: Context) => boolean,
): () => Partial<Behaviour> {
  return refusingLogins((refused, request, client, context) => (when(client !== undefined, request, context) ? refusal(status) : refused));
}

/** Steps that tell an unknown client from a wrong secret by parts of the error object. */
function tellingApart(parts: Partial<ErrorObject>, when: (context: Context) => boolean = () => true): () => Partial<Behaviour> {
  return refusingLogins((refused, _, client, context) =>
    client || !when(context) ? refused : new Refusal(refused.status, { ...refused.error, ...parts }, refused.headers),
  );
}

/** Whether a request carries a bearer token that the fetches accept. */
function hasValidBearer(context: Context): boolean {
  try {
    return conforming.authenticateBearer(context) !== undefined;
  } catch {
    return false;
  }
}

/** The attributes with those that stand in the query. */
function merged(attributes: Attributes, { request }: Context, names: readonly string[]): Attributes {
  const query = [...new URL(request.url).searchParams].filter(([name]) => names.includes(name));
  return { ...Object.fromEntries(query), ...attributes };
}

function textIn(attributes: Attributes, name: string): string {
  const value = attributes[name];
  return typeof value === 'string' ? value : '';
}

/** CT-501 to CT-506. */
export const credentials = {
  'CT-501': [
    {
      name: 'wrong-secret-as-403',
      summary: 'A wrong secret of a client that exists is answered 403.',
      steps: loginsRefusedWith(403, (known) => known),
      also: ['CT-505'],
    },
    {
      name: 'wrong-secret-as-409-when-flat',
      summary: 'A wrong secret in a flat request is answered 409, as an invalid value.',
      steps: loginsRefusedWith(409, (known, _, context) => known && isFlat(context)),
      also: ['CT-505'],
    },
    {
      name: 'wrong-credentials-as-400',
      summary: 'Wrong credentials are answered 400, as OAuth has an invalid client.',
      steps: loginsRefusedWith(400, () => true),
      also: ['CT-502', 'CT-610'],
    },
    {
      name: 'wrong-credentials-as-403-when-nested',
      summary: 'Wrong credentials are answered 403 in nested requests.',
      steps: loginsRefusedWith(403, (_, __, context) => !isFlat(context)),
      also: ['CT-502'],
    },
    {
      name: 'secret-compared-by-length',
      summary: 'Of the secret, nothing but the length is compared.',
      steps: comparing((sent, secret) => sent.length === secret.length),
      // One in the other case is as long, and a refresh compares it in the same way.
      also: ['CT-503', 'CT-609'],
    },
    {
      name: 'logins-remembered-by-client-id',
      summary: 'A client that has logged in once is let in again by its id alone.',
      steps: () => {
        const known = new Set<string>();
        return {
          authenticateClient: (request, context) => {
            const remembered = known.has(request.clientId) ? namedClient(request, context) : undefined;
            const client = remembered ?? conforming.authenticateClient(request, context);
            known.add(client.id);
            return client;
          },
        };
      },
      also: ['CT-503', 'CT-609'],
    },
    {
      name: 'secret-not-compared-with-bearer',
      summary: 'A client that sends a valid bearer token is let in whatever its secret.',
      steps: comparing((_sent, _secret, context) => hasValidBearer(context)),
    },
    {
      name: 'secret-not-compared-with-include',
      summary: 'A client that asks to include something is let in whatever its secret.',
      steps: comparing((_sent, _secret, context) => hasInclude(context.request)),
    },
    {
      name: 'wrong-secret-as-403-with-include',
      summary: 'A wrong secret next to include is answered 403.',
      steps: loginsRefusedWith(403, (known, _, context) => known && hasInclude(context.request)),
    },
  ],
  'CT-502': [
    {
      name: 'unknown-client-as-404',
      summary: 'A client that does not exist is answered 404.',
      steps: loginsRefusedWith(404, (known) => !known),
      also: ['CT-505', 'CT-610'],
    },
    {
      name: 'unknown-client-as-409',
      summary: 'A client that does not exist is answered 409, as an invalid value.',
      steps: loginsRefusedWith(409, (known) => !known),
      also: ['CT-505'],
    },
    {
      name: 'unknown-client-as-400-when-flat',
      summary: 'A client that does not exist is answered 400 in flat requests for client_credentials.',
      steps: loginsRefusedWith(400, (known, { grantType }, context) => !known && isFlat(context) && grantType === 'client_credentials'),
      also: ['CT-505'],
    },
    {
      name: 'unknown-client-found-by-secret',
      summary: 'Where no client has the id, the one that has the secret is let in, except for a refresh.',
      steps: admitting((request, context) =>
        namedClient(request, context) || request.grantType === 'refresh_token'
          ? undefined
          : context.state.clients.find(({ secret }) => secret === request.clientSecret),
      ),
    },
    {
      name: 'client-id-compared-by-prefix',
      summary: 'As much of the client_id is compared as was sent.',
      steps: admitting(({ clientId, clientSecret }, { state }) =>
        state.clients.find(({ id, secret }) => id.startsWith(clientId) && secret === clientSecret),
      ),
    },
  ],
  'CT-503': [
    {
      name: 'secret-compared-by-prefix',
      summary: 'As much of the secret is compared as was sent.',
      steps: comparing((sent, secret) => secret.startsWith(sent)),
    },
    {
      name: 'secret-cut-before-comparison',
      summary: 'Secrets are cut to the length of the stored one, as bcrypt cuts them after 72 bytes.',
      steps: comparing((sent, secret) => sent.startsWith(secret)),
    },
    {
      name: 'first-eight-characters-of-secret-enough',
      summary: 'The first eight characters of the secret are compared, as by crypt, in flat requests.',
      steps: comparing((sent, secret, context) => isFlat(context) && sent.slice(0, 8) === secret.slice(0, 8)),
    },
    {
      name: 'secret-in-any-case',
      summary: 'The secret is compared by a collation that knows no case.',
      steps: comparing((sent, secret) => sent.toLowerCase() === secret.toLowerCase()),
    },
    {
      name: 'secret-trimmed',
      summary: 'White space around the secret is ignored.',
      steps: comparing((sent, secret) => sent.trim() === secret),
    },
    {
      name: 'secret-padded-with-space',
      summary: 'Spaces after the secret are ignored, as by a database that pads texts.',
      steps: comparing((sent, secret) => sent.trimEnd() === secret),
    },
    {
      name: 'empty-secret-as-anonymous-login',
      summary: 'An empty secret is an anonymous login to the directory, which succeeds.',
      steps: changing((attributes, { state }) =>
        attributes['client_secret'] === ''
          ? { ...attributes, client_secret: state.clients.find(({ id }) => id === attributes['client_id'])?.secret }
          : attributes,
      ),
    },
    {
      name: 'secret-of-any-client',
      summary: 'The secret is looked up among those of all clients.',
      steps: admitting((request, context) =>
        context.state.clients.some(({ secret }) => secret === request.clientSecret) ? namedClient(request, context) : undefined,
      ),
    },
    {
      name: 'client-of-the-secret-let-in',
      summary: 'The secret alone decides who the client is, as long as the id is that of some client.',
      steps: admitting((request, context) =>
        namedClient(request, context) ? context.state.clients.find(({ secret }) => secret === request.clientSecret) : undefined,
      ),
    },
  ],
  'CT-504': [
    {
      name: 'wrong-secret-quoted',
      summary: 'The refusal of wrong credentials quotes the secret.',
      steps: refusingLogins(
        ({ status, error, headers }, { clientSecret }) => new Refusal(status, { ...error, detail: `"${clientSecret}" is wrong.` }, headers),
      ),
      also: ['X-105'],
    },
    {
      name: 'request-repeated-in-refusals',
      summary: 'A refusal holds all attributes of its request, for whoever debugs it.',
      steps: repeating((answer, attributes) => ({ ...answer, document: { ...answer.document, meta: { request: attributes } } })),
      also: ['X-105'],
    },
    {
      name: 'invalid-values-listed',
      summary: 'The refusal of an invalid request lists every attribute with its value, as text.',
      steps: repeating((answer, attributes) => (answer.status === 409 ? withDetail(answer, `Invalid: ${JSON.stringify(attributes)}`) : answer)),
      also: ['X-105'],
    },
    {
      name: 'secret-in-a-header',
      summary: 'A 401 has the secret that was sent in a header.',
      steps: repeating((answer, attributes) =>
        answer.status === 401 ? { ...answer, headers: { ...answer.headers, 'x-rejected': textIn(attributes, 'client_secret').trim() } } : answer,
      ),
      also: ['X-105'],
    },
    {
      name: 'secret-in-base64-in-a-challenge',
      summary: 'A challenge has the secret that was sent, in Base64.',
      steps: repeating((answer, attributes) =>
        answer.status === 401
          ? { ...answer, headers: { 'www-authenticate': `Basic realm="${Buffer.from(textIn(attributes, 'client_secret')).toString('base64')}"` } }
          : answer,
      ),
      also: ['X-105'],
    },
    ...Object.entries(encodings).map(([name, { summary, of }]): Fault => ({
      name: `secret-in-${name}`,
      summary: `A 401 repeats the secret that was sent, ${summary}.`,
      steps: repeating((answer, attributes) => (answer.status === 401 ? { ...answer, document: { ...answer.document, meta: { rejected: of(textIn(attributes, 'client_secret')) } } } : answer)),
      also: ['X-105'],
    })),
    {
      name: 'secret-in-the-name-of-a-header',
      summary: 'A 401 has the secret that was sent in the name of a header.',
      steps: repeating((answer, attributes) =>
        answer.status === 401 ? { ...answer, headers: { ...answer.headers, [`x-${textIn(attributes, 'client_secret').trim() || 'none'}`]: 'rejected' } } : answer,
      ),
      also: ['X-105'],
    },
    {
      name: 'body-quoted-by-the-parser',
      summary: 'The refusal of a body that is no JSON quotes it.',
      steps: () => ({
        parseBody: (bytes, context) =>
          instead(
            () => conforming.parseBody(bytes, context),
            ({ status, error }) => new Refusal(status, { ...error, detail: `Unexpected token in ${new TextDecoder().decode(bytes)}` }),
          ),
      }),
      also: ['X-105'],
    },
    {
      name: 'refused-refresh-token-quoted',
      summary: 'The refusal of a refresh token quotes it, be it an access token or another client\'s.',
      steps: () => ({
        grant: (request, client, shape, context) =>
          instead(
            () => conforming.grant(request, client, shape, context),
            ({ status, error }) => new Refusal(status, { ...error, detail: `The refresh token ${request.refreshToken} is not valid.` }),
          ),
      }),
    },
    {
      name: 'conflict-holds-the-token',
      summary: 'A 409 to the type of another resource holds the latest token, as the one that is in conflict.',
      steps: () => {
        let latest: Token | undefined;
        return {
          renderToken: (token, context) => {
            latest = token;
            return conforming.renderToken(token, context);
          },
          renderRefusal: (refused, context) => {
            const answer = conforming.renderRefusal(refused, context);
            const isConflict = refused.error.detail.includes('"type"');
            return isConflict && latest
              ? { ...answer, document: { ...answer.document, meta: { existing: { access_token: latest.accessToken } } } }
              : answer;
          },
        };
      },
    },
  ],
  'CT-505': [
    {
      name: 'unknown-client-told-by-detail',
      summary: 'The refusal of an unknown client says so in its detail.',
      steps: tellingApart({ detail: 'There is no such client.' }),
    },
    {
      name: 'unknown-client-told-by-code',
      summary: 'The refusal of an unknown client has a code of its own.',
      steps: tellingApart({ code: 'Unauthorized' }),
    },
    {
      name: 'unknown-client-told-by-title-when-flat',
      summary: 'The refusal of an unknown client in a flat request has a title of its own.',
      steps: tellingApart({ title: 'Unknown Client' }, isFlat),
    },
    {
      name: 'attempts-left-told',
      summary: 'The refusal of a wrong secret says how many more are allowed.',
      steps: () => {
        let left = 1000;
        return refusingLogins(({ status, error, headers }, _, client) =>
          client ? new Refusal(status, { ...error, detail: `${error.detail} ${--left} attempts are left.` }, headers) : new Refusal(status, error, headers),
        )();
      },
    },
  ],
  'CT-506': [
    {
      name: 'query-merged-into-attributes',
      summary: 'Attributes are looked for in the query, too.',
      steps: changing((attributes, context) => merged(attributes, context, ['grant_type', 'client_id', 'client_secret', 'refresh_token'])),
    },
    {
      name: 'secret-read-from-the-query',
      summary: 'A secret that is missing in the body is looked for in the query.',
      steps: changing((attributes, context) => merged(attributes, context, ['client_secret'])),
    },
    {
      name: 'query-in-place-of-empty-attributes',
      summary: 'Where a flat request has no attribute at all, the query is taken for them.',
      steps: changing((attributes, context, shape) =>
        shape === 'flat' && Object.keys(attributes).length === 0
          ? merged(attributes, context, ['grant_type', 'client_id', 'client_secret', 'refresh_token'])
          : attributes,
      ),
    },
    {
      name: 'query-in-place-of-no-body',
      summary: 'Where a request has no body at all, the query is taken for it.',
      steps: () => ({
        parseBody: (bytes, context) => {
          if (bytes.byteLength > 0) return conforming.parseBody(bytes, context);
          const attributes = Object.fromEntries(new URL(context.request.url).searchParams);
          return isFlat(context) ? attributes : { data: { attributes } };
        },
      }),
    },
  ],
} satisfies Partial<Faults>;
