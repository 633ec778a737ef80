import type { App } from '../../app.ts';
import type { BodyShape } from '../../body-shape.ts';
import { conforming, type Behaviour } from '../../behaviour.ts';
import type { Context } from '../../context.ts';
import { editAnswer, isObject, type Edit, type JsonObject } from '../../edits.ts';
import { Refusal } from '../../refusals.ts';
import type { GrantType, TokenRequest } from '../../validation.ts';

/** What the faults of createToken share: edits of the answers that grant a token, and refusals of what is granted. */

/** An answer that grants a token, and what was asked. */
export interface Granted {
  readonly request: Request;
  readonly shape: BodyShape;
  readonly grantType: GrantType;
  /** The body of the request, as a text. */
  readonly asked: string;
  readonly include: string | null;
  readonly document: JsonObject;
}

export type Where = (granted: Granted) => boolean;

export const everywhere: Where = () => true;
export const nested: Where = ({ shape }) => shape === 'nested';
export const flat: Where = ({ shape }) => shape === 'flat';
export const refreshed: Where = ({ grantType }) => grantType === 'refresh_token';

/** Whether all of these hold. */
export function both(...all: readonly Where[]): Where {
  return (granted) => all.every((each) => each(granted));
}

export function not(where: Where): Where {
  return (granted) => !where(granted);
}

/** A wrapper that changes the answers that grant a token. */
export function editGranted(where: Where, edit: (granted: Granted) => Edit): (app: App) => App {
  return (app) => async (request) => {
    const asked = await request.clone().text();
    const wrapped = editAnswer(({ operation, status, document }) => {
      if (operation !== 'createToken' || status !== 201 || !isObject(document)) return {};
      const granted: Granted = {
        request,
        shape: isNested({ request }) ? 'nested' : 'flat',
        grantType: /"grant_type"\s*:\s*"refresh_token"/.test(asked) ? 'refresh_token' : 'client_credentials',
        asked,
        include: new URL(request.url).searchParams.get('include'),
        document,
      };
      return where(granted) ? edit(granted) : {};
    });
    return wrapped(app)(request);
  };
}

/** A wrapper that changes the token resource of an answer. */
export function editResource(where: Where, edit: (resource: JsonObject, granted: Granted) => unknown): (app: App) => App {
  return editGranted(where, (granted) => ({
    document: { ...granted.document, data: edit(granted.document['data'] as JsonObject, granted) },
  }));
}

/** A wrapper that changes the attributes of a token. */
export function editAttributes(where: Where, edit: (attributes: JsonObject) => JsonObject): (app: App) => App {
  return editResource(where, (resource) => ({ ...resource, attributes: edit(resource['attributes'] as JsonObject) }));
}

/** A wrapper that changes one relationship of a token. */
export function editRelationship(
  name: 'groups' | 'organization',
  where: Where,
  edit: (relationship: JsonObject) => JsonObject,
): (app: App) => App {
  return editResource(where, (resource) => {
    const relationships = resource['relationships'] as JsonObject;
    return { ...resource, relationships: { ...relationships, [name]: edit(relationships[name] as JsonObject) } };
  });
}

/** A wrapper that changes what is included, where something is. */
export function editIncluded(where: Where, edit: (included: readonly JsonObject[], granted: Granted) => unknown): (app: App) => App {
  return editGranted(where, (granted) => {
    const included = granted.document['included'] as readonly JsonObject[] | undefined;
    return included ? { document: { ...granted.document, included: edit(included, granted) } } : {};
  });
}

/** A refusal whose error object has no code, as none that is documented fits. */
export function refusal(status: number, title: string, headers: Readonly<Record<string, string>> = {}): Refusal {
  return new Refusal(status, { title, detail: `The request is refused: ${title.toLowerCase()}.` }, headers);
}

/** Steps that refuse some createToken requests by their headers, before anything else is judged. */
export function refusing(reason: Refusal, where: (request: Request) => boolean): () => Pick<Behaviour, 'bodyShape'> {
  return () => ({
    bodyShape: (context) => {
      if (where(context.request)) throw reason;
      return conforming.bodyShape(context);
    },
  });
}

/** Steps that do not store the access tokens of some grants, so that the fetches refuse them. */
export function notStoring(where: (request: TokenRequest, context: Context) => boolean): () => Pick<Behaviour, 'grant'> {
  return () => ({
    grant: (request, client, shape, context) => {
      const token = conforming.grant(request, client, shape, context);
      if (where(request, context)) context.state.byAccessToken.delete(token.accessToken);
      return token;
    },
  });
}

/** The media type of a request, without parameters and in the case it was written in; empty where there is none. */
export function contentTypeOf({ headers }: Request): string {
  return (headers.get('content-type') ?? '').split(';', 1).join('').trim();
}

/** Whether a request has the media type of nested bodies. */
export function isNested({ request }: Pick<Context, 'request'>): boolean {
  return contentTypeOf(request).toLowerCase() === 'application/vnd.api+json';
}

/** Whether a request carries a bearer token, be it valid or not. */
export function hasBearer({ headers }: Request): boolean {
  return /^bearer /i.test(headers.get('authorization') ?? '');
}

/** Whether a document, of whatever structure, asks for a refresh. */
export function isRefresh(document: unknown): boolean {
  return JSON.stringify(document).includes('"grant_type":"refresh_token"');
}

/** Whether a document is nested, and does not say of what type it is. */
export function isWithoutType(document: unknown): boolean {
  return isObject(document) && isObject(document['data']) && !('type' in document['data']);
}

/** Whether a request asks to include something, whatever it is. */
export function hasInclude({ url }: Request): boolean {
  return new URL(url).searchParams.has('include');
}

/** Whether a request has the media type of flat bodies. */
export function isFlat({ request }: Pick<Context, 'request'>): boolean {
  return contentTypeOf(request).toLowerCase() === 'application/json';
}
