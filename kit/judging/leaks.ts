import { bytes, header, type Answer, type Exchange, type Request } from '../target/exchange.ts';
import { member, objectsIn, pointerTo } from './premises.ts';
import { isSearched, Secrets } from '../secrets/redaction.ts';

/** The secrets that a request carried: client secrets and bearer tokens, wherever they stood. */
export function secretsSent(request: Request): readonly string[] {
  return [...clientSecretsSent(request), ...bearerTokensSent(request)].filter(isSearched);
}

/** The client secrets that a request carried, in its body, its query, or as Basic credentials. */
export function clientSecretsSent(request: Request): readonly string[] {
  return [...new Set([...inBody(request), ...inQuery(request, 'client_secret'), ...inBasic(request)])].filter(isSearched);
}

function bearerTokensSent(request: Request): readonly string[] {
  const credentials = header(request, 'authorization')?.replace(/^(bearer|basic)\s*/i, '');
  return [...(credentials ? [credentials] : []), ...inQuery(request, 'access_token')];
}

function inBody(request: Request): string[] {
  const body = bytes(request).toString();
  try {
    return [...objectsIn(JSON.parse(body))].flatMap((object) => textsWithin(member(object, 'client_secret')));
  } catch {
    // A form, or what was made to be no JSON: broken in places, with other quotes, or a part of a multipart body.
    const members = body.matchAll(/client_secret["']?(?:\s*:\s*["']|\r\n\r\n)([^"'\\\s]+)/g);
    return [...new URLSearchParams(body).getAll('client_secret'), ...[...members].map(([, secret = '']) => secret)];
  }
}

/** The texts in a value: a secret is also sent inside of an array, or of an object. */
function textsWithin(value: unknown): string[] {
  return [...objectsIn([value])].flatMap((object): unknown[] => Object.values(object)).filter((each) => typeof each === 'string');
}

function inQuery({ path }: Request, name: string): string[] {
  return new URLSearchParams(path.split('?')[1] ?? '').getAll(name);
}

function inBasic(request: Request): string[] {
  const [, pair] = /^basic\s+(\S+)$/i.exec(header(request, 'authorization') ?? '') ?? [];
  const secret = Buffer.from(pair ?? '', 'base64').toString().split(':').slice(1).join(':');
  return [secret];
}

/** Where one of these secrets stands in an answer, in whatever way it is encoded; undefined where none does. */
export function leakIn({ answer, request }: Exchange, secrets: readonly string[]): string | undefined {
  if (!answer || secrets.length === 0) return undefined;
  const searched = new Secrets();
  for (const secret of secrets) searched.add(secret, secret);
  const holds = (text: string, encoding: BufferEncoding = 'utf8') => searched.standIn(Buffer.from(text, encoding));
  for (const [name, value] of answer.headers) {
    if (holds(name)) return 'the name of a header';
    // Node reads headers as Latin-1.
    if (holds(value, 'latin1')) return `the header ${name}`;
  }
  const body = withoutIssuedTokens(request, answer);
  return holds(body) ? placeIn(body, holds) : undefined;
}

/** Where in a body something stands: in a document, by the JSON Pointer of its text (RFC 6901). */
function placeIn(body: string, holds: (text: string) => boolean): string {
  try {
    for (const [pointer, text] of textsIn(JSON.parse(body))) if (holds(text)) return `the body, at ${pointer}`;
  } catch {
    // No document, in which a text would have a place.
  }
  return 'the body';
}

/** Every text inside a JSON value, with its pointer. */
function* textsIn(document: unknown): Generator<readonly [pointer: string, text: string]> {
  const waiting: [pointer: string, value: unknown][] = [['', document]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [pointer, value] = next;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      const place = pointerTo(pointer, name);
      if (typeof inner === 'string') yield [place, inner];
      else waiting.push([place, inner]);
    }
  }
}

// A target may give the same token again, also to a request that carries it.
function withoutIssuedTokens({ path }: Request, answer: Answer): string {
  const body = bytes(answer).toString();
  const issues = /^oauth\/token(\?|$)/.test(path) && answer.status >= 200 && answer.status <= 299;
  return issues ? body.replace(/"(access|refresh)_token"\s*:\s*"[^"]*"/g, '"":""') : body;
}
