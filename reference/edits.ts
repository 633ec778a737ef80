import type { App } from './app.ts';
import type { OperationName } from './context.ts';

/** What an edit sees of an exchange. */
export interface Seen {
  readonly request: Request;
  readonly operation: OperationName | undefined;
  /** The request's media type is that of nested bodies. */
  readonly nested: boolean;
  readonly status: number;
  /** The document of the answer, or its text where that is no JSON. */
  readonly document: unknown;
  readonly headers: Headers;
}

/** What an edit changes of an answer; `document` may be a text that is written as it is, and `null` removes a header. */
export interface Edit {
  readonly status?: number;
  readonly document?: unknown;
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** A wrapper that changes answers on their way out; an empty edit leaves one as it is. */
export function editAnswer(edit: (seen: Seen) => Edit): (app: App) => App {
  return (app) => async (request) => {
    const response = await app(request.clone());
    const text = await response.text();
    const document = parsed(text);
    const { status, headers } = response;
    const nested = (request.headers.get('content-type') ?? '').toLowerCase().startsWith('application/vnd.api+json');
    const changes = edit({ request, operation: operationOf(request), nested, status, document, headers });
    const outgoing = new Headers(headers);
    for (const [name, value] of Object.entries(changes.headers ?? {})) {
      if (value === null) outgoing.delete(name);
      else outgoing.set(name, value);
    }
    const body = changes.document === undefined ? text : written(changes.document);
    return new Response(request.method === 'HEAD' ? null : body, { status: changes.status ?? status, headers: outgoing });
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function written(document: unknown): string {
  return typeof document === 'string' ? document : JSON.stringify(document);
}

/** The operation that a request is for, by its path. */
export function operationOf({ url }: Request): OperationName | undefined {
  const { pathname } = new URL(url);
  if (pathname.endsWith('/oauth/token')) return 'createToken';
  if (pathname.endsWith('/groups')) return 'fetchTokenGroups';
  return pathname.endsWith('/organization') ? 'fetchTokenOrganization' : undefined;
}
/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A wrapper that changes the document of each answer that has one. */
export function editDocument(edit: (document: JsonObject, seen: Seen) => unknown): (app: App) => App {
  return editAnswer((seen) => (isObject(seen.document) ? { document: edit(seen.document, seen) } : {}));
}

/** A copy of a JSON value in which every object, the innermost first, is replaced. */
export function mapObjects(value: unknown, replace: (object: JsonObject) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => mapObjects(each, replace));
  if (!isObject(value)) return value;
  return replace(Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapObjects(inner, replace)])));
}

/** A wrapper that changes every link that is a string. */
export function editLinks(edit: (link: string, seen: Seen) => unknown): (app: App) => App {
  return editDocument((document, seen) =>
    mapObjects(document, (object) => {
      const links = object['links'];
      if (!isObject(links)) return object;
      const edited = Object.entries(links).map(([name, link]) => [name, typeof link === 'string' ? edit(link, seen) : link]);
      return { ...object, links: Object.fromEntries(edited) as JsonObject };
    }),
  );
}

/** Without some of its members. */
export function omit(object: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** A wrapper that adds to the headers of each answer, or replaces them. */
export function withHeaders(headers: Readonly<Record<string, string>>): (app: App) => App {
  return editAnswer(() => ({ headers }));
}

/** A wrapper that sends every body in chunks of so many bytes, wherever they fall. */
export function chunked(size: number): (app: App) => App {
  return (app) => async (request) => {
    const response = await app(request);
    const body = new Uint8Array(await response.arrayBuffer());
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < body.length; at += size) controller.enqueue(body.subarray(at, at + size));
        controller.close();
      },
    });
    return new Response(request.method === 'HEAD' ? null : chunks, response);
  };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
