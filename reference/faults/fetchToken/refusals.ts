import type { Faults } from '../../deviation.ts';
import { isObject, operationOf, type JsonObject } from '../../edits.ts';
import { editRefusals, ofBoth, type Fetch } from './fetch.ts';

/** A wrapper that changes the error objects in the refusals of a fetch. */
function editErrors(fetch: Fetch, statuses: readonly number[], edit: (error: JsonObject, status: number) => readonly unknown[]) {
  return editRefusals(fetch, statuses, ({ document, status }) =>
    isObject(document) ? { document: { ...document, errors: (document['errors'] as JsonObject[]).flatMap((error) => edit(error, status)) } } : {},
  );
}

/** A wrapper that changes each error object. */
function editError(fetch: Fetch, statuses: readonly number[], change: JsonObject) {
  return editErrors(fetch, statuses, (error) => [{ ...error, ...change }]);
}

/** A page as a web server has it for errors. */
function page(title: string): string {
  return `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center></body></html>`;
}

const documents = ofBoth((fetch) => {
  const { resource } = fetch;
  return [
    {
      name: `${resource}-refused-with-one-object`,
      summary: `In the refusals of ${resource}, errors is one object.`,
      wrap: editRefusals(fetch, [401, 403], ({ document }) => ({ document: { errors: ((document as JsonObject)['errors'] as unknown[])[0] } })),
    },
    {
      name: `${resource}-refused-without-an-error`,
      summary: `In a 403 for ${resource}, errors is an empty list.`,
      wrap: editErrors(fetch, [403], () => []),
    },
    {
      name: `${resource}-refused-as-oauth-has-it`,
      summary: `A 401 for ${resource} holds error and error_description, as OAuth has it.`,
      wrap: editRefusals(fetch, [401], () => ({ document: { error: 'invalid_token', error_description: 'The access token is not valid.' } })),
    },
    {
      name: `${resource}-refused-with-a-message`,
      summary: `A request for ${resource} without credentials gets a 401 that holds a message, as from an API gateway.`,
      wrap: editRefusals(fetch, [401], ({ request }) => (request.headers.has('authorization') ? {} : { document: { message: 'Unauthorized' } })),
    },
    {
      name: `${resource}-refused-with-problem-details`,
      summary: `A 403 for ${resource} holds problem details in place of errors.`,
      wrap: editRefusals(fetch, [403], () => ({ document: { type: 'about:blank', title: 'Forbidden', status: 403 } })),
    },
    {
      name: `${resource}-refused-with-a-numeric-status`,
      summary: `In the refusals of ${resource}, an error's status is a number.`,
      wrap: editErrors(fetch, [401, 403], (error, status) => [{ ...error, status }]),
    },
    {
      name: `${resource}-refused-with-an-undocumented-code`,
      summary: `A 401 for ${resource} has a code that is not documented.`,
      wrap: editError(fetch, [401], { code: 'TokenExpired' }),
    },
    {
      name: `${resource}-refused-with-null-members`,
      summary: `In a 403 for ${resource}, what an error does not have is null.`,
      wrap: editError(fetch, [403], { source: null, detail: null }),
    },
    {
      name: `${resource}-refused-with-a-list-of-texts`,
      summary: `In the refusals of ${resource}, errors is a list of texts.`,
      wrap: editErrors(fetch, [401, 403], ({ detail }) => [detail]),
    },
  ];
});

const statuses = ofBoth((fetch) => {
  const { resource } = fetch;
  return [
    {
      name: `${resource}-refused-with-a-constant-status`,
      summary: `In the refusals of ${resource}, an error's status is always 400.`,
      wrap: editError(fetch, [401, 403], { status: '400' }),
    },
    {
      name: `${resource}-refused-with-the-status-behind-a-proxy`,
      summary: `A 401 for ${resource} was a 403 before a proxy changed it, and says so in its error.`,
      wrap: editError(fetch, [401], { status: '403' }),
    },
    {
      name: `${resource}-refused-with-a-reason-phrase`,
      summary: `In a 403 for ${resource}, an error's status has the reason phrase as well.`,
      wrap: editError(fetch, [403], { status: '403 Forbidden' }),
    },
    {
      name: `${resource}-refused-with-a-server-error`,
      summary: `A 401 for ${resource} has a second error, of the status 500.`,
      wrap: editErrors(fetch, [401], (error) => [error, { status: '500', title: 'Internal Server Error' }]),
    },
    {
      name: `${resource}-by-another-method-with-the-status-of-an-unknown-path`,
      summary: `A 405 on the path of ${resource} has an error of the status 404.`,
      wrap: editError(fetch, [405], { status: '404' }),
    },
  ];
});

const mediaTypes = ofBoth((fetch) => {
  const { resource } = fetch;
  const typed = (list: readonly number[], type: string | null) => editRefusals(fetch, list, () => ({ headers: { 'content-type': type } }));
  return [
    {
      name: `${resource}-refused-as-json`,
      summary: `The refusals of ${resource} are application/json.`,
      wrap: typed([401, 403], 'application/json'),
    },
    {
      name: `${resource}-refused-as-a-problem`,
      summary: `A 403 for ${resource} is application/problem+json.`,
      wrap: typed([403], 'application/problem+json'),
    },
    {
      name: `${resource}-refused-as-text`,
      summary: `A 401 for ${resource} is text/plain, though it holds the document.`,
      wrap: typed([401], 'text/plain'),
    },
    {
      name: `${resource}-refused-with-a-page`,
      summary: `A request for ${resource} without credentials gets a 401 with a page of the web server.`,
      wrap: editRefusals(fetch, [401], ({ request }) =>
        request.headers.has('authorization') ? {} : { document: page('401 Authorization Required'), headers: { 'content-type': 'text/html' } },
      ),
    },
    {
      name: `${resource}-refused-without-a-media-type`,
      summary: `A 401 for ${resource} has neither a body nor a media type.`,
      wrap: (app) => async (request) => {
        const response = await app(request);
        if (operationOf(request) !== fetch.operation || response.status !== 401) return response;
        const headers = new Headers(response.headers);
        headers.delete('content-type');
        return new Response(null, { status: 401, headers });
      },
    },
  ];
});

const stackTrace = [
  'No token',
  '\tat com.example.oauth.TokenController.find(TokenController.java:88)',
  '\tat com.example.oauth.Filter.doFilter(Filter.java:31)',
].join('\n');

const internals = ofBoth((fetch) => {
  const { resource } = fetch;
  return [
    {
      name: `${resource}-refused-with-a-stack-trace`,
      summary: `A 401 for ${resource} has a stack trace in the meta of its error.`,
      wrap: editError(fetch, [401], { meta: { trace: stackTrace } }),
    },
    {
      name: `${resource}-refused-with-a-javascript-stack`,
      summary: `A 403 for ${resource} has the stack of an Error of Node.js in its detail.`,
      wrap: editError(fetch, [403], { detail: 'Error: no such token\n    at findToken (/srv/app/dist/tokens.js:17:11)\n    at async handle (/srv/app/dist/app.js:9:5)' }),
    },
    {
      name: `${resource}-refused-with-a-query`,
      summary: `A 403 for ${resource} shows the query that found nothing.`,
      wrap: editError(fetch, [403], { detail: 'No row for: SELECT * FROM tokens WHERE id = $1 AND organization_id = $2' }),
    },
    {
      name: `${resource}-refused-with-an-exception`,
      summary: `A 401 for ${resource} has the name of an exception in its detail.`,
      wrap: editError(fetch, [401], { detail: 'org.springframework.security.oauth2.jwt.BadJwtException: Malformed token' }),
    },
    {
      name: `${resource}-by-another-method-shows-a-source-path`,
      summary: `A 405 on the path of ${resource} says in its meta where in the source it was raised, with every slash escaped.`,
      wrap: editRefusals(fetch, [405], ({ document }) => {
        const told = { ...(document as JsonObject), meta: { raisedAt: '/var/www/app/Http/Controllers/TokenController.php:41' } };
        return { document: JSON.stringify(told).replaceAll('/', '\\/') };
      }),
    },
    {
      name: `${resource}-refused-with-an-exception-in-a-header`,
      summary: `A 401 for ${resource} has an exception in a header of a debug mode.`,
      wrap: editRefusals(fetch, [401], () => ({ headers: { 'x-debug-exception': 'System.Security.AuthenticationException: No token' } })),
    },
  ];
});

const others = ofBoth((fetch) => {
  const { resource, operation } = fetch;
  return [
    {
      name: `${resource}-by-another-method-without-a-document`,
      summary: `A 405 on the path of ${resource} has no body.`,
      wrap: editRefusals(fetch, [405], () => ({ document: '', headers: { 'content-type': 'text/plain' } })),
    },
    {
      name: `${resource}-by-another-method-as-json`,
      summary: `A 405 on the path of ${resource} is application/json.`,
      wrap: editRefusals(fetch, [405], () => ({ headers: { 'content-type': 'application/json' } })),
    },
    {
      name: `${resource}-by-another-method-with-a-message`,
      summary: `A 405 on the path of ${resource} holds a message in place of errors.`,
      wrap: editRefusals(fetch, [405], () => ({ document: { message: 'Method Not Allowed' } })),
    },
    {
      name: `${resource}-not-found-as-a-page`,
      summary: `An id that is not a token of the caller's organization is answered 404 for ${resource}, with a page of the web server.`,
      wrap: editRefusals(fetch, [403], () => ({ status: 404, document: page('404 Not Found'), headers: { 'content-type': 'text/html' } })),
    },
    {
      name: `${resource}-of-a-long-id-refused-by-the-web-server`,
      summary: `An id of ${resource} that is too long for the web server is answered 414, with a page of its own.`,
      wrap: (app) => (request) =>
        operationOf(request) === operation && request.url.length > 900
          ? new Response(page('414 Request-URI Too Large'), { status: 414, headers: { 'content-type': 'text/html' } })
          : app(request),
    },
  ];
});

/** TG-501 to TG-507, TO-501 to TO-507. */
export const refusals = {
  'TG-501': documents.groups,
  'TO-501': documents.organization,
  'TG-502': statuses.groups,
  'TO-502': statuses.organization,
  'TG-504': mediaTypes.groups,
  'TO-504': mediaTypes.organization,
  'TG-506': internals.groups,
  'TO-506': internals.organization,
  'TG-507': others.groups,
  'TO-507': others.organization,
} satisfies Partial<Faults>;
