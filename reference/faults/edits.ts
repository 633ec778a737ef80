import type { App } from '../app.ts';
import type { OperationName } from '../context.ts';

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
