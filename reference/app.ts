import { Hono } from 'hono';
import type { Answer } from './answer.ts';
import type { Behaviour } from './behaviour.ts';
import type { Context } from './context.ts';
import { operations } from './operations.ts';
import { Refusal, internalError, notFound } from './refusals.ts';
import type { State } from './state.ts';

/** A server without its sockets: a function from request to response; it rejects only where `Behaviour.send` throws. */
export type App = (request: Request) => Response | Promise<Response>;

/**
 * Makes an app of a behaviour. Two apps share nothing that changes, as long as each is given a state of its own.
 *
 * @param basePath - What precedes `/oauth/token` in the paths of the requests and links, such as `/pub`.
 */
export function createApp(behaviour: Behaviour, state: State, basePath = ''): App {
  const hono = new Hono();

  const answer = async (context: Context, perform: () => Answer | Promise<Answer>): Promise<Response> => {
    try {
      return behaviour.send(await perform(), context);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : internalError();
      return behaviour.send(behaviour.renderRefusal(refusal, context), context);
    }
  };

  for (const { name, method, path, allow, perform } of operations) {
    const contextOf = (request: Request): Context => ({ request, operation: name, state, basePath });
    hono.on(method, basePath + path, ({ req }) => {
      const context = contextOf(req.raw);
      return answer(context, () => perform(behaviour, context, req.param('id') ?? ''));
    });
    hono.all(basePath + path, ({ req }) => {
      const context = contextOf(req.raw);
      return answer(context, () => behaviour.otherMethod(allow, context));
    });
  }
  hono.notFound(({ req }) =>
    answer({ request: req.raw, state, basePath }, () => {
      throw notFound();
    }),
  );

  return (request) => hono.fetch(request);
}
