import type { App } from '../app.ts';
import { editAnswer, type Seen } from '../faults/edits.ts';

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
