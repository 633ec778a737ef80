import { renderRefusal } from '../answer.ts';
import { conforming, type Behaviour } from '../behaviour.ts';
import type { Variant } from '../deviation.ts';
import { editAnswer, editDocument, operationOf, type JsonObject } from '../edits.ts';
import { invalidParameter, Refusal } from '../refusals.ts';

/** Steps that change refusals before they are written out. */
function refusals(edit: (refusal: Refusal) => Refusal): () => Partial<Behaviour> {
  return () => ({ renderRefusal: (refusal, context) => conforming.renderRefusal(edit(refusal), context) });
}

/** The same refusal with another status. */
function refusedWith(status: 401 | 403, { error: { status: _, ...error } }: Refusal): Refusal {
  return new Refusal(status, error, status === 401 ? { 'www-authenticate': 'Basic realm="oauth"' } : {});
}

/** Steps that change the error objects of every refusal. */
function errorObjects(edit: (error: JsonObject) => readonly JsonObject[]): () => Partial<Behaviour> {
  return () => ({ renderRefusal: (refusal) => ({ ...renderRefusal(refusal), document: { errors: edit({ ...refusal.error }) } }) });
}

const noSuchToken = { code: 'ResourceNotFound', title: 'Not Found', detail: 'There is no such token.' } as const;

/** Steps that answer 404 wherever a token id is not one of the caller's. */
const notFound: Pick<Behaviour, 'findToken'> = {
  findToken: (id, caller, context) => {
    try {
      return conforming.findToken(id, caller, context);
    } catch {
      throw new Refusal(404, noSuchToken);
    }
  },
};

const malformed = new Refusal(400, { title: 'Bad Request', detail: 'The request must be well-formed.' });

/** Refuses as before, and names a value of the request. */
function naming(refused: unknown, value: string): never {
  if (!(refused instanceof Refusal)) throw refused;
  throw new Refusal(refused.status, { ...refused.error, detail: `"${value}" is not accepted. ${refused.error.detail}` }, refused.headers);
}

/** How requests are refused. */
export const refusedOtherwise: readonly Variant[] = [
  {
    name: 'invalid-as-401',
    summary: 'Whatever is not valid is refused with 401.',
    steps: refusals((refusal) => (refusal.status === 409 ? refusedWith(401, refusal) : refusal)),
    warnings: ['CT-409', 'CT-410'],
  },
  {
    name: 'all-but-credentials-as-403',
    summary: 'Whatever is refused for another reason than credentials is refused with 403, other methods as well.',
    steps: refusals((refusal) => (refusal.status === 401 ? refusal : refusedWith(403, refusal))),
    warnings: ['CT-409', 'CT-410'],
  },
  {
    name: 'missing-credentials-as-401',
    summary: 'A missing client_id or client_secret is answered 401, as wrong ones are.',
    steps: refusals((refusal) =>
      /client_(id|secret)" must be given/.test(refusal.message)
        ? new Refusal(401, { code: 'InvalidCredentials', title: 'Invalid Credentials', detail: refusal.message }, { 'www-authenticate': 'Basic' })
        : refusal,
    ),
  },
  {
    name: 'undocumented-statuses-where-allowed',
    summary: 'Broken JSON and malformed ids are answered 400, a parameter of application/vnd.api+json 415.',
    steps: () => ({
      bodyShape: (context) => {
        if (/vnd\.api\+json *;/i.test(context.request.headers.get('content-type') ?? '')) {
          throw new Refusal(415, { title: 'Unsupported Media Type', detail: 'The media type must have no parameters.' });
        }
        return conforming.bodyShape(context);
      },
      parseBody: (bytes, context) => {
        try {
          return conforming.parseBody(bytes, context);
        } catch (error) {
          // No body at all is no document of the right structure, and that is a 409.
          throw bytes.byteLength === 0 ? error : malformed;
        }
      },
      findToken: (id, caller, context) => {
        if (!/^[0-9a-z]{1,64}$/.test(id)) throw malformed;
        return conforming.findToken(id, caller, context);
      },
    }),
  },
  {
    name: 'ids-not-found',
    summary: 'An unknown id and that of another organization are answered 404.',
    steps: () => notFound,
  },
  {
    name: 'bare-answers-of-a-proxy',
    summary: 'A proxy answers other methods 405, and a long request target 414 or 431, without a document.',
    wrap: (app) => (request) => {
      const allow = operationOf(request) === 'createToken' ? 'POST' : 'GET, HEAD';
      if (!allow.includes(request.method)) return new Response(null, { status: 405, headers: { allow } });
      if (request.url.length < 1000) return app(request);
      return new Response(null, { status: operationOf(request) === 'fetchTokenGroups' ? 414 : 431 });
    },
    warnings: ['CT-709', 'TG-507', 'TO-507'],
  },
  {
    name: 'several-error-objects',
    summary: 'Every refusal has several error objects, of several statuses of its class.',
    steps: errorObjects((error) => [error, { status: '422', title: 'Unprocessable' }, { title: 'Another' }]),
  },
  {
    name: 'errors-of-a-title',
    summary: 'An error object has a title only.',
    steps: errorObjects(({ title }) => [{ title }]),
  },
  {
    name: 'errors-with-an-id-of-their-own',
    summary: 'Every error object has an id that no other has, links, and a source that is not documented.',
    steps: () => {
      let last = 0;
      return errorObjects((error) => [
        { ...error, id: `error-${++last}`, links: { about: 'https://example.com/' }, source: { header: 'X' }, meta: { retry: false } },
      ])();
    },
  },
  {
    name: 'several-challenges',
    summary: 'A 401 names several schemes in one header.',
    wrap: editAnswer(({ status }) =>
      status === 401 ? { headers: { 'www-authenticate': 'Basic realm="a, b", DPoP algs="ES256 PS256", Bearer realm="oauth", error="invalid_token"' } } : {},
    ),
  },
  {
    name: 'refusals-that-name-what-was-sent',
    summary: 'A refused login names the client_id that was sent, and a refused fetch the id of the token.',
    steps: () => ({
      authenticateClient: (request, context) => {
        try {
          return conforming.authenticateClient(request, context);
        } catch (refused) {
          return naming(refused, request.clientId);
        }
      },
      findToken: (id, caller, context) => {
        try {
          return conforming.findToken(id, caller, context);
        } catch (refused) {
          return naming(refused, id);
        }
      },
    }),
  },
  {
    name: 'include-list-refused-as-400',
    summary: 'An include of several values, or of an empty one, is answered 400.',
    steps: () => ({
      readInclude: (context) => {
        const [value, ...more] = new URL(context.request.url).searchParams.getAll('include');
        const isOne = value === undefined || (value !== '' && !value.includes(',') && more.length === 0);
        if (!isOne) throw invalidParameter('include', '"include" must be one name.');
        return conforming.readInclude(context);
      },
    }),
  },
  {
    name: 'bearer-refusals-that-carry-a-null-token',
    summary: 'A 405 of createToken has an access_token in its meta, which is null.',
    wrap: editDocument((document, { operation, status }) =>
      operation === 'createToken' && status === 405 ? { ...document, meta: { ...(document['meta'] as JsonObject), access_token: null } } : document,
    ),
  },
  {
    name: 'errors-that-link-to-their-documentation',
    summary: 'Every error object links to a page about it, and so does its detail; their addresses end as source files do.',
    steps: errorObjects((error) => [
      {
        ...error,
        detail: `${String(error['detail'])} See https://docs.example.com/oauth/errors/token.php?lang=en, section "UPDATE".`,
        links: { about: 'https://docs.example.com/oauth/errors/token.php' },
      },
    ]),
  },
];
