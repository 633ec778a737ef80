import { isUtf8 } from 'node:buffer';
import { randomInt } from 'node:crypto';
import type { Attributes } from '../../attributes.ts';
import { conforming, type Behaviour } from '../../behaviour.ts';
import type { Context } from '../../context.ts';
import type { Faults } from '../../deviation.ts';
import { isObject, omit } from '../../edits.ts';
import { issue } from '../../granting.ts';
import type { Refusal } from '../../refusals.ts';
import { changing, instead, isFlat, refusal, refusing } from './changed.ts';

const names = ['grant_type', 'client_id', 'client_secret', 'refresh_token'] as const;

/** The attributes with every documented one replaced that is there. */
function each(attributes: Attributes, replace: (value: unknown) => unknown): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, names.some((known) => known === name) ? replace(value) : value]),
  );
}

/** Whether a documented attribute is there and no string. */
function hasWrongType(attributes: Attributes): boolean {
  return names.some((name) => Object.hasOwn(attributes, name) && typeof attributes[name] !== 'string');
}

function isRefresh(attributes: Attributes): boolean {
  return attributes['grant_type'] === 'refresh_token';
}

/** Whether the value is one that a document database takes for a condition. */
function isOperator(value: unknown): boolean {
  return isObject(value) && '$ne' in value;
}

/** The secret of the client that the attributes name. */
function secretOf(attributes: Attributes, { state }: Context): string | undefined {
  return state.clients.find(({ id }) => id === attributes['client_id'])?.secret;
}

/** Steps that take the client's own secret where the one that came is of some kind. */
function withoutComparing(when: (attributes: Attributes, context: Context) => boolean): () => Partial<Behaviour> {
  return changing((attributes, context) =>
    when(attributes, context) ? { ...attributes, client_secret: secretOf(attributes, context) } : attributes,
  );
}

/** The latest refresh token of the client that the attributes name. */
function latestRefreshToken(attributes: Attributes, { state }: Context): string | undefined {
  return [...state.byRefreshToken.values()].findLast(({ client }) => client.id === attributes['client_id'])?.refreshToken;
}

/** Steps that read once more, and otherwise, what is no JSON. */
function readingOtherwise(read: (text: string, context: Context) => unknown): () => Partial<Behaviour> {
  return () => ({
    parseBody: (bytes, context) => {
      try {
        return conforming.parseBody(bytes, context);
      } catch (error) {
        const document = isUtf8(bytes) ? read(new TextDecoder('utf-8').decode(bytes), context) : undefined;
        if (document === undefined) throw error;
        return document;
      }
    },
  });
}

/** The first of some texts that is JSON. */
function firstJson(texts: readonly string[]): unknown {
  for (const text of texts) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Steps that decode a body without looking for bytes that are no UTF-8. */
function decoding(encoding: string, when: (context: Context) => boolean): () => Partial<Behaviour> {
  return () => ({
    parseBody: (bytes, context) => {
      const text = new TextEncoder().encode(new TextDecoder(encoding).decode(bytes));
      return conforming.parseBody(when(context) ? new Uint8Array(text).buffer : bytes, context);
    },
  });
}

/** Steps that change the document before it is looked at. */
function restructuring(change: (document: unknown) => unknown): () => Partial<Behaviour> {
  return () => ({ readAttributes: (document, shape, context) => conforming.readAttributes(change(document), shape, context) });
}

/** Steps that change the refusals of documents of the wrong structure, or of another resource's type. */
function refusingStructures(edit: (refused: Refusal, document: unknown) => Refusal): () => Partial<Behaviour> {
  return () => ({
    readAttributes: (document, shape, context) =>
      instead(() => conforming.readAttributes(document, shape, context), (refused) => edit(refused, document)),
  });
}

/** Steps that refuse the type of another resource with a status of their own. */
function refusingTypes(status: number): () => Partial<Behaviour> {
  return refusingStructures((refused) => (isAboutType(refused) ? refusal(status) : refused));
}

function isAboutType({ error: { source } }: Refusal): boolean {
  return source !== undefined && 'pointer' in source && source.pointer === '/data/type';
}

/** Steps that answer a request without a body with a status of their own. */
function refusingNoBody(status: number): () => Partial<Behaviour> {
  return () => ({
    parseBody: (bytes, context) => {
      if (bytes.byteLength === 0) throw refusal(status);
      return conforming.parseBody(bytes, context);
    },
  });
}

/** An array with one element is taken for that element. */
function unwrapped(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

/** A document with other data. */
function withData(document: unknown, change: (data: unknown) => unknown): unknown {
  return isObject(document) && 'data' in document ? { ...document, data: change(document['data']) } : document;
}

/** Whether an attribute is there that is not documented, beside those that are needed. */
function hasUnknown(attributes: Attributes): boolean {
  return 'client_id' in attributes && Object.keys(attributes).some((name) => !names.some((known) => known === name));
}

/** CT-401 to CT-412. */
export const validation = {
  'CT-401': [
    {
      name: 'refresh-without-client-id-granted',
      summary: 'A refresh without client_id is granted to the client of its refresh token.',
      steps: changing((attributes, { state }) =>
        isRefresh(attributes) && !('client_id' in attributes)
          ? { ...attributes, client_id: state.byRefreshToken.get(String(attributes['refresh_token']))?.client.id }
          : attributes,
      ),
    },
    {
      name: 'empty-client-id-found-by-secret',
      summary: 'With an empty client_id, the client is the one that has the secret.',
      steps: changing((attributes, { state }) =>
        attributes['client_id'] === ''
          ? { ...attributes, client_id: state.clients.find(({ secret }) => secret === attributes['client_secret'])?.id }
          : attributes,
      ),
    },
    {
      name: 'missing-client-id-as-400',
      summary: 'A missing client_id is answered 400, as OAuth has an invalid request.',
      steps: refusing(400, (attributes) => !('client_id' in attributes) && !hasWrongType(attributes) && 'client_secret' in attributes),
    },
    {
      name: 'empty-client-id-as-422-when-flat',
      summary: 'An empty client_id in a flat body is answered 422.',
      steps: refusing(422, (attributes, shape) => shape === 'flat' && attributes['client_id'] === ''),
    },
    {
      name: 'missing-client-id-refused-with-200',
      summary: 'A refresh without client_id is answered 200 with an error document.',
      steps: refusing(200, (attributes) => isRefresh(attributes) && !('client_id' in attributes)),
    },
  ],
  'CT-402': [
    {
      name: 'missing-secret-not-compared',
      summary: 'Without client_secret there is nothing to compare, and the token is granted.',
      steps: withoutComparing((attributes) => 'client_id' in attributes && !('client_secret' in attributes) && !isRefresh(attributes)),
    },
    {
      name: 'missing-secret-not-compared-when-flat',
      summary: 'A flat request without client_secret is taken for that of a public client, and granted.',
      steps: withoutComparing((attributes, context) => isFlat(context) && 'client_id' in attributes && !('client_secret' in attributes)),
    },
    {
      name: 'missing-secret-as-400',
      summary: 'A missing client_secret is answered 400, as OAuth has an invalid request.',
      steps: refusing(400, (attributes) => 'client_id' in attributes && !('client_secret' in attributes) && !isRefresh(attributes)),
    },
    {
      name: 'missing-secret-as-404-when-nested',
      summary: 'A client that is looked up without a secret is answered 404 in nested requests.',
      steps: refusing(404, (attributes, shape) => shape === 'nested' && 'client_id' in attributes && !('client_secret' in attributes)),
    },
  ],
  'CT-403': [
    {
      name: 'grant-type-by-default',
      summary: 'Without grant_type, client_credentials is meant.',
      steps: changing((attributes) => ({ grant_type: 'client_credentials', ...attributes })),
    },
    {
      name: 'grant-type-guessed',
      summary: 'Without grant_type, a refresh is meant where a refresh token comes along.',
      steps: changing((attributes) => ('refresh_token' in attributes ? { grant_type: 'refresh_token', ...attributes } : attributes)),
    },
    {
      name: 'grant-type-by-default-when-flat',
      summary: 'Without grant_type, a flat request is one for client_credentials.',
      steps: changing((attributes, _, shape) => (shape === 'flat' ? { grant_type: 'client_credentials', ...attributes } : attributes)),
    },
    {
      name: 'missing-grant-type-as-400',
      summary: 'A missing grant_type is answered 400, as OAuth has an invalid request.',
      steps: refusing(400, (attributes) => 'client_id' in attributes && !('grant_type' in attributes)),
    },
  ],
  'CT-404': [
    {
      name: 'grant-type-trimmed',
      summary: 'White space around grant_type is ignored.',
      steps: changing(({ grant_type: type, ...attributes }) => ({ ...attributes, grant_type: typeof type === 'string' ? type.trim() : type })),
    },
    {
      name: 'grant-type-in-any-case',
      summary: 'The grant_type is compared without regard to case.',
      steps: changing(({ grant_type: type, ...attributes }) => ({
        ...attributes,
        grant_type: typeof type === 'string' ? type.toLowerCase() : type,
      })),
    },
    {
      name: 'password-grant-enabled',
      summary: 'The grant_type password, which the OAuth library has enabled, is granted to a client with its secret.',
      steps: changing((attributes) =>
        attributes['grant_type'] === 'password' ? { ...attributes, grant_type: 'client_credentials' } : attributes,
      ),
    },
    {
      name: 'any-other-grant-type-for-client-credentials',
      summary: 'Whatever grant_type is no refresh_token is taken for client_credentials.',
      steps: changing((attributes) =>
        typeof attributes['grant_type'] === 'string' && !isRefresh(attributes) ? { ...attributes, grant_type: 'client_credentials' } : attributes,
      ),
    },
    {
      name: 'empty-grant-type-by-default',
      summary: 'An empty grant_type in a flat request means client_credentials.',
      steps: changing((attributes, _, shape) =>
        shape === 'flat' && attributes['grant_type'] === '' ? { ...attributes, grant_type: 'client_credentials' } : attributes,
      ),
    },
    {
      name: 'other-grant-types-as-400',
      summary: 'A grant_type that is not supported is answered 400, as OAuth has it.',
      steps: refusing(400, ({ grant_type: type }) => typeof type === 'string' && !['', 'client_credentials', 'refresh_token'].includes(type)),
    },
  ],
  'CT-405': [
    {
      name: 'refresh-without-token-falls-through',
      summary: 'A refresh without refresh_token is granted by the credentials of the client.',
      steps: changing((attributes) =>
        isRefresh(attributes) && !('refresh_token' in attributes) ? { ...attributes, grant_type: 'client_credentials' } : attributes,
      ),
    },
    {
      name: 'empty-refresh-token-finds-the-latest',
      summary: 'An empty refresh_token is left out of the query, which then finds the latest of the client.',
      steps: changing((attributes, context) =>
        isRefresh(attributes) && attributes['refresh_token'] === ''
          ? { ...attributes, refresh_token: latestRefreshToken(attributes, context) }
          : attributes,
      ),
    },
    {
      name: 'missing-refresh-token-as-400',
      summary: 'A refresh without refresh_token is answered 400, as OAuth has an invalid request.',
      steps: refusing(400, (attributes) => isRefresh(attributes) && !('refresh_token' in attributes)),
    },
    {
      name: 'empty-refresh-token-as-404-when-flat',
      summary: 'An empty refresh_token in a flat request is answered 404.',
      steps: refusing(404, (attributes, shape) => shape === 'flat' && isRefresh(attributes) && attributes['refresh_token'] === ''),
    },
  ],
  'CT-406': [
    {
      name: 'array-of-one-unwrapped',
      summary: 'An array with one value is taken for that value, as when it is made a string.',
      steps: changing((attributes) => each(attributes, unwrapped)),
    },
    {
      name: 'grant-type-compared-loosely',
      summary: 'The grant_type is compared as a string, so that an array of the valid one will do.',
      steps: changing((attributes) => ({ ...attributes, grant_type: unwrapped(attributes['grant_type'] ?? '') })),
    },
    {
      name: 'secret-as-query-operator',
      summary: 'The client is looked up by id and secret as they come, so that {"$ne": ""} finds it.',
      steps: withoutComparing((attributes) => isOperator(attributes['client_secret'])),
    },
    {
      name: 'client-id-as-query-operator',
      summary: 'The client is looked up by an id that may be a condition, and its secret is compared.',
      steps: changing((attributes, { state }) =>
        isOperator(attributes['client_id'])
          ? { ...attributes, client_id: state.clients.find(({ secret }) => secret === attributes['client_secret'])?.id }
          : attributes,
      ),
    },
    {
      name: 'refresh-token-as-query-operator',
      summary: 'The refresh token is looked up as it comes, so that {"$ne": ""} finds one of the client.',
      steps: changing((attributes, context) =>
        isOperator(attributes['refresh_token']) ? { ...attributes, refresh_token: latestRefreshToken(attributes, context) } : attributes,
      ),
    },
    {
      name: 'secret-true-equals-any',
      summary: 'The secret is compared loosely, so that true equals every text.',
      steps: withoutComparing((attributes) => attributes['client_secret'] === true),
    },
    {
      name: 'secret-null-not-compared',
      summary: 'Where client_secret is null there is nothing to compare, and the token is granted.',
      steps: withoutComparing((attributes) => attributes['client_secret'] === null),
    },
    {
      name: 'empty-list-of-refresh-tokens-falls-through',
      summary: 'A refresh with an empty array for its refresh token is granted by the credentials of the client.',
      steps: changing((attributes) =>
        Array.isArray(attributes['refresh_token']) && attributes['refresh_token'].length === 0
          ? { ...omit(attributes, 'refresh_token'), grant_type: 'client_credentials' }
          : attributes,
      ),
    },
    {
      name: 'objects-with-a-value-unwrapped',
      summary: 'In flat requests, an object with a value is taken for that value.',
      steps: changing((attributes, _, shape) =>
        shape === 'flat' ? each(attributes, (value) => (isObject(value) && 'value' in value ? value['value'] : value)) : attributes,
      ),
    },
    {
      name: 'numeric-refresh-tokens-coerced',
      summary: 'Refresh tokens consist of digits, and are taken as numbers too.',
      steps: () => ({
        ...changing((attributes) => each(attributes, (value) => (typeof value === 'number' && value > 1 ? String(value) : value)))(),
        grant: (request, client, shape, context) => {
          const token = conforming.grant(request, client, shape, context);
          if (request.grantType === 'refresh_token') return token;
          context.state.byRefreshToken.delete(token.refreshToken);
          return issue({ ...token, refreshToken: String(randomInt(1e13, 1e14)) }, context.state);
        },
      }),
    },
    {
      name: 'wrong-types-as-400',
      summary: 'An attribute of the wrong JSON type is answered 400.',
      steps: refusing(400, hasWrongType),
    },
    {
      name: 'wrong-type-of-secret-as-422-when-flat',
      summary: 'A client_secret of the wrong JSON type in a flat body is answered 422.',
      steps: refusing(422, (attributes, shape) => shape === 'flat' && hasWrongType({ client_secret: attributes['client_secret'] ?? '' })),
    },
  ],
  'CT-407': [
    {
      name: 'first-of-two-documents-read',
      summary: 'What follows the first JSON document in a body is ignored.',
      steps: readingOtherwise((text) => firstJson([...text.matchAll(/\}/g)].map(({ index }) => text.slice(0, index + 1)))),
    },
    {
      name: 'missing-braces-added',
      summary: 'Braces that are missing at the end of a body are added.',
      steps: readingOtherwise((text) => firstJson([1, 2, 3].map((count) => text + '}'.repeat(count)))),
    },
    {
      name: 'single-quotes-read',
      summary: 'Texts in single quotes are read as JSON.',
      steps: readingOtherwise((text) => firstJson([text.replaceAll("'", '"')])),
    },
    {
      name: 'form-read-under-application-json',
      summary: 'A form that is sent as application/json is read as a form.',
      steps: readingOtherwise((text, context) => (isFlat(context) && text.includes('=') ? Object.fromEntries(new URLSearchParams(text)) : undefined)),
    },
    {
      name: 'broken-json-refused-with-200',
      summary: 'A body that ends too early is answered 200 with an error document.',
      steps: () => ({
        parseBody: (bytes, context) => {
          const text = new TextDecoder('utf-8').decode(bytes);
          const isCutOff = text.split('{').length > text.split('}').length;
          return instead(() => conforming.parseBody(bytes, context), (refused) => (isCutOff ? refusal(200) : refused));
        },
      }),
    },
  ],
  'CT-408': [
    {
      name: 'no-body-as-400',
      summary: 'A request without a body is answered 400.',
      steps: refusingNoBody(400),
    },
    {
      name: 'no-body-as-411',
      summary: 'A request without a body is answered 411, as by a proxy.',
      steps: refusingNoBody(411),
    },
    {
      name: 'primitives-as-400',
      summary: 'JSON that is neither an object nor an array is answered 400, as by a strict body parser.',
      steps: refusingStructures((refused, document) => (typeof document === 'object' && document !== null ? refused : refusal(400))),
    },
    {
      name: 'data-of-one-unwrapped',
      summary: 'Data that is an array with one resource is taken for that resource.',
      steps: restructuring((document) => withData(document, unwrapped)),
    },
    {
      name: 'attributes-of-one-unwrapped',
      summary: 'Attributes that are an array with one object are taken for that object.',
      steps: restructuring((document) =>
        withData(document, (data) => (isObject(data) ? { ...data, attributes: unwrapped(data['attributes']) } : data)),
      ),
    },
    {
      name: 'document-of-one-unwrapped',
      summary: 'A body that is an array with one object is taken for that object.',
      steps: restructuring(unwrapped),
    },
    {
      name: 'data-null-as-404',
      summary: 'Data that is null is answered 404.',
      steps: refusingStructures((refused, document) => (isObject(document) && document['data'] === null ? refusal(404) : refused)),
    },
    {
      name: 'empty-object-as-422-when-flat',
      summary: 'An empty flat object is answered 422.',
      steps: refusing(422, (attributes, shape) => shape === 'flat' && Object.keys(attributes).length === 0),
    },
    {
      name: 'empty-array-refused-with-200',
      summary: 'An empty array is answered 200 with an error document.',
      steps: refusingStructures((refused, document) => (Array.isArray(document) && document.length === 0 ? refusal(200) : refused)),
    },
  ],
  'CT-409': [
    {
      name: 'types-ignored',
      summary: 'The type of the resource is not looked at.',
      steps: restructuring((document) => withData(document, (data) => (isObject(data) ? omit(data, 'type') : data))),
    },
    {
      name: 'plural-type-accepted',
      summary: 'The type tokens is taken for token.',
      steps: restructuring((document) =>
        withData(document, (data) => (isObject(data) && data['type'] === 'tokens' ? { ...data, type: 'token' } : data)),
      ),
    },
    {
      name: 'other-types-as-403',
      summary: 'The type of another resource is answered 403.',
      steps: refusingTypes(403),
    },
    {
      name: 'other-types-as-400',
      summary: 'The type of another resource is answered 400.',
      steps: refusingTypes(400),
    },
  ],
  'CT-410': [
    {
      name: 'other-grant-types-as-401',
      summary: 'A grant_type that is not supported is answered 401.',
      steps: refusing(401, ({ grant_type: type }) => typeof type === 'string' && !['client_credentials', 'refresh_token'].includes(type)),
    },
    {
      name: 'missing-grant-type-as-403',
      summary: 'A missing grant_type is answered 403.',
      steps: refusing(403, (attributes) => 'client_id' in attributes && !('grant_type' in attributes)),
    },
    {
      name: 'missing-refresh-token-as-401',
      summary: 'A refresh without refresh_token is answered 401.',
      steps: refusing(401, (attributes) => isRefresh(attributes) && (attributes['refresh_token'] ?? '') === ''),
    },
    {
      name: 'missing-secret-as-403',
      summary: 'A missing client_secret is answered 403.',
      steps: refusing(403, (attributes) => 'client_id' in attributes && !('client_secret' in attributes)),
    },
    {
      name: 'empty-client-id-as-403-when-flat',
      summary: 'An empty client_id in a flat body is answered 403.',
      steps: refusing(403, (attributes, shape) => shape === 'flat' && attributes['client_id'] === ''),
    },
    {
      name: 'numbers-and-booleans-coerced',
      summary: 'Numbers and booleans are made strings, and then are wrong credentials.',
      steps: changing((attributes) =>
        each(attributes, (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value)),
      ),
    },
    {
      name: 'wrong-structures-as-403',
      summary: 'A document of the wrong structure is answered 403.',
      steps: refusingStructures((refused) => (isAboutType(refused) ? refused : refusal(403))),
    },
  ],
  'CT-411': [
    {
      name: 'unknown-attributes-as-409',
      summary: 'An attribute that is not documented is answered 409.',
      steps: refusing(409, hasUnknown),
    },
    {
      name: 'unknown-attributes-as-400-when-flat',
      summary: 'An attribute that is not documented is answered 400 in flat bodies, whose schema is closed.',
      steps: refusing(400, (attributes, shape) => shape === 'flat' && hasUnknown(attributes)),
    },
    {
      name: 'unknown-attributes-as-422-when-nested',
      summary: 'An attribute that is not documented is answered 422 in nested bodies.',
      steps: refusing(422, (attributes, shape) => shape === 'nested' && hasUnknown(attributes)),
    },
  ],
  'CT-412': [
    {
      name: 'trailing-commas-read',
      summary: 'A trailing comma in JSON is ignored.',
      steps: readingOtherwise((text) => firstJson([text.replace(/,\s*([}\]])/g, '$1')])),
    },
    {
      name: 'bad-utf-8-replaced',
      summary: 'Bytes that are no UTF-8 are replaced by the replacement character.',
      steps: decoding('utf-8', () => true),
    },
    {
      name: 'bodies-read-as-latin-1-when-flat',
      summary: 'Flat bodies are decoded as Latin-1, in which every byte is a character.',
      steps: decoding('latin1', isFlat),
    },
  ],
} satisfies Partial<Faults>;
