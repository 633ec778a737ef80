import type { App } from '../../app.ts';
import type { Answer } from '../../answer.ts';
import { conforming, type Behaviour } from '../../behaviour.ts';
import type { Context } from '../../context.ts';
import type { Faults } from '../../deviation.ts';
import { editAnswer, operationOf } from '../../edits.ts';
import { ofBoth, render, tokenInPath, type Fetch } from './both.ts';

/** Steps that answer some methods other than GET and HEAD, and no longer refuse them. */
function answering(fetch: Fetch, methods: readonly string[], answer: (context: Context) => Answer): () => Partial<Behaviour> {
  return () => ({
    otherMethod: (allow, context) =>
      context.operation === fetch.operation && methods.includes(context.request.method)
        ? answer(context)
        : conforming.otherMethod(allow, context),
  });
}

/** A wrapper that answers one method of a fetch by itself, without a body. */
function bare(fetch: Fetch, method: string, status: number, headers: Readonly<Record<string, string>> = {}): (app: App) => App {
  return (app) => (request) =>
    operationOf(request) === fetch.operation && request.method === method ? new Response(null, { status, headers }) : app(request);
}

/** The answer of a fetch, by whatever method. */
function read(fetch: Fetch, status: number): (context: Context) => Answer {
  return (context) => ({ status, document: render(fetch, conforming.authenticateBearer(context), context) });
}

/** TG-401, TG-402, TO-401, TO-402. */
export const methods = {
  ...ofBoth('401', (fetch) => [
    {
      name: `${fetch.resource}-read-by-every-method`,
      summary: 'The route is registered for every method, so that each of them reads.',
      steps: answering(fetch, ['POST', 'PUT', 'PATCH', 'DELETE'], read(fetch, 200)),
    },
    {
      name: `${fetch.resource}-read-by-post`,
      summary: 'A POST reads as a GET does, for clients that cannot send GET.',
      steps: answering(fetch, ['POST'], read(fetch, 200)),
    },
    {
      name: `${fetch.resource}-patch-accepted`,
      summary: 'A PATCH is answered 202 with a document that has nothing but a meta.',
      steps: answering(fetch, ['PATCH'], () => ({ status: 202, document: {} })),
    },
    {
      name: `${fetch.resource}-delete-without-content`,
      summary: 'A DELETE is answered 204.',
      wrap: bare(fetch, 'DELETE', 204),
    },
    {
      name: `${fetch.resource}-delete-revokes-the-token`,
      summary: 'A DELETE is answered 200, and the token is worth nothing from then on.',
      steps: answering(fetch, ['DELETE'], (context) => {
        const { id, accessToken } = conforming.authenticateBearer(context);
        context.state.byId.delete(id);
        context.state.byAccessToken.delete(accessToken);
        return { status: 200, document: {} };
      }),
    },
    {
      name: `${fetch.resource}-put-redirected`,
      summary: 'A PUT is answered 303 with the path of the GET.',
      wrap: bare(fetch, 'PUT', 303, { location: fetch.resource }),
    },
    {
      name: `${fetch.resource}-405-without-allow`,
      summary: 'A 405 does not say which methods are allowed.',
      wrap: editAnswer(({ operation, status }) =>
        operation === fetch.operation && status === 405 ? { headers: { allow: null } } : {},
      ),
    },
    {
      name: `${fetch.resource}-405-that-allows-post`,
      summary: 'A 405 says that POST is allowed, and no other method.',
      wrap: editAnswer(({ operation, status }) =>
        operation === fetch.operation && status === 405 ? { headers: { allow: 'POST' } } : {},
      ),
    },
    {
      name: `${fetch.resource}-405-with-data`,
      summary: 'A POST is answered 405, in a document that has what a GET would read.',
      steps: () => ({
        renderRefusal: (refusal, context) => {
          const answer = conforming.renderRefusal(refusal, context);
          const token = context.operation === fetch.operation && context.request.method === 'POST' && tokenInPath(context);
          return token ? { ...answer, document: { ...render(fetch, token, context), ...answer.document } } : answer;
        },
      }),
    },
  ]),
  ...ofBoth('402', (fetch) => [
    {
      name: `${fetch.resource}-head-not-allowed`,
      summary: 'A HEAD is answered 405.',
      wrap: bare(fetch, 'HEAD', 405, { allow: 'GET' }),
    },
    {
      name: `${fetch.resource}-head-not-found`,
      summary: 'A HEAD is answered 404, since only GET is routed.',
      wrap: bare(fetch, 'HEAD', 404),
    },
    {
      name: `${fetch.resource}-head-without-content`,
      summary: 'A HEAD is answered 204, since it has no body.',
      wrap: bare(fetch, 'HEAD', 204),
    },
  ]),
} satisfies Partial<Faults>;
