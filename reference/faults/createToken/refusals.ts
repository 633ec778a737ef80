import type { App } from '../../app.ts';
import { conforming, type Behaviour } from '../../behaviour.ts';
import type { Fault, Faults } from '../../deviation.ts';
import { operationOf, type Edit, type JsonObject, type Seen } from '../../edits.ts';
import { Refusal } from '../../refusals.ts';
import { editError, editRefusal, errorIn, instead } from './changed.ts';

/** A wrapper that answers requests to createToken with methods that it does not have. */
function otherMethods(answer: (request: Request, app: App) => Response | undefined | Promise<Response>): (app: App) => App {
  return (app) => (request) =>
    operationOf(request) === 'createToken' && request.method !== 'POST' ? (answer(request, app) ?? app(request)) : app(request);
}

/** The request as a POST. */
async function asPost(request: Request, app: App): Promise<Response> {
  return app(new Request(request.url, { method: 'POST', headers: request.headers, body: await request.arrayBuffer() }));
}

/** A fault by which another method creates a token, as POST does. */
function creating(method: 'PUT' | 'PATCH' | 'DELETE'): Fault {
  return {
    name: `${method.toLowerCase()}-creates-a-token`,
    summary: `The route is registered for ${method} too, which creates a token as POST does.`,
    wrap: otherMethods((request, app) => (request.method === method ? asPost(request, app) : undefined)),
  };
}

/** The attributes of a request for a token that stand in its query; undefined where they are not all there. */
function attributesInQuery({ url }: Request): JsonObject | undefined {
  const attributes = Object.fromEntries(new URL(url).searchParams);
  return ['grant_type', 'client_id', 'client_secret'].every((name) => name in attributes) ? attributes : undefined;
}

/** Steps that show what a parser says of a body that is no JSON. */
function quotingTheParser(detail: string): () => Partial<Behaviour> {
  return () => ({
    parseBody: (bytes, context) =>
      instead(() => conforming.parseBody(bytes, context), ({ status, error, headers }) => new Refusal(status, { ...error, detail }, headers)),
  });
}

/** A wrapper that changes each fifth refusal of a status only. */
function editEachFifth(status: number, edit: (seen: Seen) => Edit): (app: App) => App {
  return (app) => {
    let count = 0;
    return editRefusal((seen) => (seen.status === status && ++count % 5 === 0 ? edit(seen) : {}))(app);
  };
}

/** The refusals of a status that is not documented, with another body. */
function undocumented(document: unknown, contentType?: string): (app: App) => App {
  return editRefusal(({ status }) =>
    [401, 403, 409].includes(status) ? {} : { document, ...(contentType && { headers: { 'content-type': contentType } }) },
  );
}

/** A page as a web server makes it. */
function page(title: string): string {
  return `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center></body></html>`;
}

/** A wrapper that puts another detail into refusals of some statuses. */
function detailed(detail: string, ...statuses: readonly number[]): (app: App) => App {
  return editError((error, { status }) => (statuses.includes(status) ? { ...error, detail } : error));
}

/** A wrapper that puts more members into the meta of some refusals. */
function withMeta(meta: JsonObject, when: (seen: Seen) => boolean): (app: App) => App {
  return editRefusal((seen) => {
    const document = seen.document as JsonObject;
    return when(seen) ? { document: { ...document, meta: { ...(document['meta'] as JsonObject), ...meta } } } : {};
  });
}

const nodeTrace = `TypeError: Cannot read properties of undefined (reading 'attributes')
    at createToken (/srv/oauth/dist/token.js:41:23)
    at Layer.handle (/srv/oauth/node_modules/express/lib/router/layer.js:95:5)`;

/** CT-701 to CT-709. */
export const refusals = {
  'CT-701': [
    {
      name: 'errors-as-one-object',
      summary: 'The errors of a refusal are one object, as in the schema of the documentation.',
      wrap: editRefusal((seen) => ([401, 403, 409].includes(seen.status) ? { document: { errors: errorIn(seen) } } : {})),
    },
    {
      name: 'errors-empty-for-forbidden',
      summary: 'A 403 has a list of errors that is empty.',
      wrap: editRefusal(({ status }) => (status === 403 ? { document: { errors: [] } } : {})),
    },
    {
      name: 'error-status-numeric',
      summary: 'The status in an error object is a number.',
      wrap: editError((error, { status }) => ([401, 403, 409].includes(status) ? { ...error, status } : error)),
    },
    {
      name: 'error-codes-of-oauth',
      summary: 'The code of a 401 is that of OAuth.',
      wrap: editError((error, { status }) => (status === 401 ? { ...error, code: 'invalid_client' } : error)),
    },
    {
      name: 'error-code-numeric-for-conflicts',
      summary: 'The code of a 409 is a number.',
      wrap: editError((error, { status }) => (status === 409 ? { ...error, code: 4090 } : error)),
    },
    {
      name: 'unauthorized-as-oauth-error',
      summary: 'A 401 has the error of OAuth for a document.',
      wrap: editRefusal(({ status }) =>
        status === 401 ? { document: { error: 'invalid_client', error_description: 'The client is not known.' } } : {},
      ),
    },
    {
      name: 'forbidden-as-a-message',
      summary: 'A 403 to a flat request is a message, as a gateway writes it.',
      wrap: editRefusal(({ status, request }) =>
        status === 403 && request.headers.get('content-type') !== 'application/vnd.api+json' ? { document: { message: 'Forbidden' } } : {},
      ),
    },
    {
      name: 'errors-as-texts',
      summary: 'The errors of a 409 are texts.',
      wrap: editRefusal((seen) => (seen.status === 409 ? { document: { errors: [String(errorIn(seen)['detail'])] } } : {})),
    },
    {
      name: 'error-source-as-text',
      summary: 'The source of an error is the pointer itself.',
      wrap: editError(({ source, ...error }, { status }) =>
        status === 409 && source ? { ...error, source: (source as JsonObject)['pointer'] } : { ...error, ...(source !== undefined && { source }) },
      ),
    },
    {
      name: 'each-fifth-conflict-without-errors',
      summary: 'Each fifth 409 has an empty object for a document.',
      wrap: editEachFifth(409, () => ({ document: {} })),
    },
  ],
  'CT-702': [
    {
      name: 'error-status-always-400',
      summary: 'The status in an error object is 400, whatever that of the answer.',
      wrap: editError((error) => ({ ...error, status: '400' })),
    },
    {
      name: 'error-status-with-its-phrase',
      summary: 'The status in an error object has its phrase after it.',
      wrap: editError((error) => ({ ...error, status: `${String(error['status'])} ${String(error['title'])}` })),
    },
    {
      name: 'conflicts-that-say-422',
      summary: 'The status of a validation error is 422, that of the answer 409.',
      wrap: editError((error, { status }) => (status === 409 ? { ...error, status: '422' } : error)),
    },
    {
      name: 'unauthorized-that-says-403',
      summary: 'The status in the error object of a 401 is 403, in flat requests.',
      wrap: editError((error, { status, nested }) => (status === 401 && !nested ? { ...error, status: '403' } : error)),
    },
    {
      name: 'error-status-of-the-upstream',
      summary: 'A 403 has a second error object, with the 500 of the server behind it.',
      wrap: editRefusal((seen) =>
        seen.status === 403 ? { document: { errors: [errorIn(seen), { status: '500', title: 'Upstream' }] } } : {},
      ),
    },
  ],
  'CT-704': [
    {
      name: 'refusals-as-application-json',
      summary: 'A refusal of a documented status has the media type application/json.',
      wrap: editRefusal(({ status }) => ([401, 403, 409].includes(status) ? { headers: { 'content-type': 'application/json' } } : {})),
    },
    {
      name: 'unauthorized-as-problem-json',
      summary: 'A 401 has the media type application/problem+json.',
      wrap: editRefusal(({ status }) => (status === 401 ? { headers: { 'content-type': 'application/problem+json' } } : {})),
    },
    {
      name: 'refusals-in-the-type-of-the-request',
      summary: 'A 409 has the media type of its request.',
      wrap: editRefusal(({ status, nested }) => (status === 409 && !nested ? { headers: { 'content-type': 'application/json' } } : {})),
    },
    {
      name: 'forbidden-as-a-page',
      summary: 'A 403 is a page of the web server.',
      wrap: editRefusal(({ status }) =>
        status === 403 ? { document: page('403 Forbidden'), headers: { 'content-type': 'text/html' } } : {},
      ),
    },
    {
      name: 'unauthorized-as-words',
      summary: 'A 401 is the word itself, as text.',
      wrap: editRefusal(({ status }) => (status === 401 ? { document: 'Unauthorized', headers: { 'content-type': 'text/plain' } } : {})),
    },
    {
      name: 'conflicts-without-a-body',
      summary: 'A 409 has neither a body nor a media type.',
      wrap: (app) => async (request) => {
        const response = await app(request);
        return operationOf(request) === 'createToken' && response.status === 409 ? new Response(null, { status: 409 }) : response;
      },
    },
    {
      name: 'forbidden-as-problem-details',
      summary: 'A 403 has the problem details of a framework.',
      wrap: editRefusal(({ status }) =>
        status === 403
          ? { document: { type: 'about:blank', title: 'Forbidden', status }, headers: { 'content-type': 'application/problem+json' } }
          : {},
      ),
      // Whatever its media type, the document is not that of errors.
      also: ['CT-701'],
    },
  ],
  'CT-706': [
    {
      name: 'stack-trace-in-meta',
      summary: 'The meta of a 409 has a stack trace.',
      wrap: withMeta({ stack: nodeTrace }, ({ status }) => status === 409),
    },
    {
      name: 'stack-trace-in-lines',
      summary: 'The meta of a 403 has the stack trace of another language, as a list of lines.',
      wrap: withMeta(
        { trace: ['#0 /var/www/html/public/index.php(51): Kernel->handle()', '#1 {main}'] },
        ({ status }) => status === 403,
      ),
    },
    {
      name: 'sql-in-a-detail',
      summary: 'The detail of a 401 is the query that found no client.',
      wrap: detailed('No row for SELECT id, organization_id FROM client WHERE id = ? AND secret = ?', 401),
    },
    {
      name: 'source-path-with-escaped-slashes',
      summary: 'The detail of a 409 has the place in the source, in JSON that escapes slashes.',
      wrap: editRefusal((seen) =>
        seen.status === 409
          ? {
              document: JSON.stringify({ errors: [{ ...errorIn(seen), detail: 'Invalid, see /var/www/app/src/TokenController.php' }] }).replaceAll(
                '/',
                '\\/',
              ),
            }
          : {},
      ),
    },
    {
      name: 'exception-in-a-title',
      summary: 'The title of a 409 is the name of an exception.',
      wrap: editError((error, { status }) =>
        status === 409 ? { ...error, title: 'com.fasterxml.jackson.databind.exc.MismatchedInputException' } : error,
      ),
    },
    {
      name: 'each-fifth-conflict-with-an-exception',
      summary: 'Each fifth 409 has the message of an exception for its detail.',
      wrap: editEachFifth(409, (seen) => ({
        document: { errors: [{ ...errorIn(seen), detail: "NoMethodError: undefined method `fetch' for nil" }] },
      })),
    },
    {
      name: 'go-parser-in-a-detail',
      summary: 'The detail of a refusal of malformed JSON is what the JSON package of Go says.',
      steps: quotingTheParser('json: cannot unmarshal string into Go value of type oauth.TokenRequest'),
    },
    {
      name: 'jackson-in-a-detail',
      summary: 'The detail of a refusal of malformed JSON is what Jackson throws.',
      steps: quotingTheParser("com.fasterxml.jackson.core.JsonParseException: Unexpected character ('}' (code 125)) at line 1, column 2"),
    },
    {
      name: 'page-of-the-framework-for-other-methods',
      summary: 'Another method gets the page of the framework, whose debug mode is on.',
      wrap: otherMethods(({ method }) => new Response(`<!DOCTYPE html><pre>Cannot ${method} /oauth/token</pre>`, {
        status: 405,
        headers: { 'content-type': 'text/html', 'allow': 'POST' },
      })),
      also: ['CT-709'],
    },
  ],
  'CT-707': [
    {
      name: 'no-challenge',
      summary: 'A 401 has no WWW-Authenticate.',
      wrap: editRefusal(() => ({ headers: { 'www-authenticate': null } })),
    },
    {
      name: 'no-challenge-when-flat',
      summary: 'A 401 to a flat request has no WWW-Authenticate, lest a browser asks for a password.',
      wrap: editRefusal(({ nested }) => (nested ? {} : { headers: { 'www-authenticate': null } })),
    },
    {
      name: 'empty-challenge',
      summary: 'The WWW-Authenticate of a 401 is empty.',
      wrap: editRefusal(({ status }) => (status === 401 ? { headers: { 'www-authenticate': '' } } : {})),
    },
    {
      name: 'each-fifth-401-without-challenge',
      summary: 'Each fifth 401 has no WWW-Authenticate.',
      wrap: editEachFifth(401, () => ({ headers: { 'www-authenticate': null } })),
    },
  ],
  'CT-708': [
    creating('PUT'),
    creating('PATCH'),
    creating('DELETE'),
    {
      name: 'get-creates-a-token-by-its-query',
      summary: 'A GET with the attributes of a request in its query creates a token, as POST does.',
      wrap: otherMethods((request, app) => {
        const attributes = request.method === 'GET' ? attributesInQuery(request) : undefined;
        if (!attributes) return undefined;
        const headers = { ...Object.fromEntries(request.headers), 'content-type': 'application/json' };
        return Promise.resolve(app(new Request(request.url, { method: 'POST', headers, body: JSON.stringify(attributes) })));
      }),
    },
    {
      name: 'get-lists-no-tokens',
      summary: 'A GET is answered 200 with an empty list of tokens.',
      wrap: otherMethods(({ method }) =>
        method === 'GET'
          ? new Response(JSON.stringify({ data: [] }), { status: 200, headers: { 'content-type': 'application/vnd.api+json' } })
          : undefined,
      ),
    },
    {
      name: 'delete-answered-204',
      summary: 'A DELETE is answered 204, as if a token were revoked.',
      wrap: otherMethods(({ method }) => (method === 'DELETE' ? new Response(null, { status: 204 }) : undefined)),
    },
  ],
  'CT-709': [
    {
      name: 'other-methods-without-a-body',
      summary: 'Another method is answered 405 without a body.',
      wrap: otherMethods(() => new Response(null, { status: 405, headers: { allow: 'POST' } })),
    },
    {
      name: 'other-refusals-as-a-page',
      summary: 'A refusal whose status is not documented is a page of the web server.',
      wrap: undocumented(page('Not Allowed'), 'text/html'),
    },
    {
      name: 'other-refusals-as-application-json',
      summary: 'A refusal whose status is not documented has the media type application/json.',
      wrap: editRefusal(({ status }) => ([401, 403, 409].includes(status) ? {} : { headers: { 'content-type': 'application/json' } })),
    },
    {
      name: 'other-refusals-as-a-message',
      summary: 'A refusal whose status is not documented has a message for a document.',
      wrap: undocumented({ timestamp: '2024-01-01T00:00:00Z', error: 'Not Allowed', path: '/oauth/token' }),
    },
    {
      name: 'other-refusals-with-one-error-object',
      summary: 'A refusal whose status is not documented has one object for its errors.',
      wrap: undocumented({ errors: { title: 'Not Allowed' } }),
    },
    {
      name: 'other-refusals-with-a-numeric-code',
      summary: 'The code of an error whose status is not documented is a number.',
      wrap: editError((error, { status }) => ([401, 403, 409].includes(status) ? error : { ...error, code: 40500 })),
    },
  ],
} satisfies Partial<Faults>;
