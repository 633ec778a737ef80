import { STATUS_CODES } from 'node:http';
import type { Answer } from '../../answer.ts';
import type { App } from '../../app.ts';
import type { Attributes } from '../../attributes.ts';
import { conforming, type Behaviour } from '../../behaviour.ts';
import type { BodyShape } from '../../body-shape.ts';
import type { Context } from '../../context.ts';
import type { RegisteredClient } from '../../directory.ts';
import { editAnswer, isObject, type Edit, type JsonObject, type Seen } from '../../edits.ts';
import { Refusal } from '../../refusals.ts';
import type { TokenRequest } from '../../validation.ts';

/** What the faults of validation, credentials, refresh and refusals are made of. */

type Steps = () => Partial<Behaviour>;

/** A refusal that says no more than its status; with 200, an error that is told as a success. */
export function refusal(status: number): Refusal {
  const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="oauth"' } : undefined;
  return new Refusal(status, { title: STATUS_CODES[status] ?? 'Refused', detail: 'The request is refused.' }, challenge);
}

/** Steps that refuse some requests with a status of their own, before the attributes are validated. */
export function refusing(status: number, when: (attributes: Attributes, shape: BodyShape) => boolean): Steps {
  return () => ({
    validate: (attributes, shape, context) => {
      if (when(attributes, shape)) throw refusal(status);
      return conforming.validate(attributes, shape, context);
    },
  });
}

/** Steps that change the attributes before they are validated. */
export function changing(change: (attributes: Attributes, context: Context, shape: BodyShape) => Attributes): Steps {
  return () => ({
    validate: (attributes, shape, context) => conforming.validate(change(attributes, context, shape), shape, context),
  });
}

/** Steps that let in clients whose credentials are wrong. */
export function admitting(find: (request: TokenRequest, context: Context) => RegisteredClient | undefined): Steps {
  return () => ({
    authenticateClient: (request, context) => find(request, context) ?? conforming.authenticateClient(request, context),
  });
}

/** The client that a request names. */
export function namedClient({ clientId }: Pick<TokenRequest, 'clientId'>, { state }: Context): RegisteredClient | undefined {
  return state.clients.find(({ id }) => id === clientId);
}

/** Steps that answer wrong credentials with another refusal; `client` is there where only the secret is wrong. */
export function refusingLogins(
  edit: (refused: Refusal, request: TokenRequest, client: RegisteredClient | undefined, context: Context) => Refusal,
): Steps {
  return () => ({
    authenticateClient: (request, context) =>
      instead(
        () => conforming.authenticateClient(request, context),
        (refused) => edit(refused, request, namedClient(request, context), context),
      ),
  });
}

/** What a step comes to, another refusal in place of its own. */
export function instead<T>(step: () => T, edit: (refused: Refusal) => Refusal): T {
  try {
    return step();
  } catch (error) {
    throw error instanceof Refusal ? edit(error) : error;
  }
}

/** Whether a request's media type is that of flat bodies. */
export function isFlat({ request }: Context): boolean {
  return (request.headers.get('content-type') ?? '').toLowerCase().startsWith('application/json');
}

/** A wrapper that changes the refusals of createToken on their way out. */
export function editRefusal(edit: (seen: Seen) => Edit): (app: App) => App {
  return editAnswer((seen) => (seen.operation === 'createToken' && seen.status >= 400 && seen.status < 500 ? edit(seen) : {}));
}

/** The same for the one error object of those refusals. */
export function editError(edit: (error: JsonObject, seen: Seen) => JsonObject): (app: App) => App {
  return editRefusal((seen) => ({ document: { ...(seen.document as JsonObject), errors: [edit(errorIn(seen), seen)] } }));
}

/** The one error object of a refusal. */
export function errorIn({ document }: Seen): JsonObject {
  const errors = isObject(document) ? (document['errors'] as readonly JsonObject[]) : [];
  return errors[0] ?? {};
}

/** Steps whose refusals can repeat the attributes of the request; there are none where it never came to them. */
export function repeating(edit: (answer: Answer, attributes: Attributes) => Answer): Steps {
  return () => {
    const sent = new WeakMap<Context, Attributes>();
    return {
      validate: (attributes, shape, context) => {
        sent.set(context, attributes);
        return conforming.validate(attributes, shape, context);
      },
      renderRefusal: (refused, context) => {
        const answer = conforming.renderRefusal(refused, context);
        const attributes = sent.get(context);
        return attributes ? edit(answer, attributes) : answer;
      },
    };
  };
}

/** An answer whose one error object says something else in detail. */
export function withDetail(answer: Answer, detail: string): Answer {
  const [error] = answer.document['errors'] as readonly JsonObject[];
  return { ...answer, document: { errors: [{ ...error, detail }] } };
}
