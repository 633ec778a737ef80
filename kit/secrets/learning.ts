import { wellFormedJson } from '../judging/premises.ts';
import { bytes, type Answer, type Exchange, type Header, type Request } from '../target/exchange.ts';
import { namedValuesIn } from './named.ts';
import { namesCredential, namesCredentialHeader, namesIdentifier } from './names.ts';
import { credentialRuns, looksLikeCredential } from './shape.ts';

/** Takes a value that is not to be shown, and what it is, for its placeholder. */
export type Learn = (value: string, name: string) => void;

/** What an exchange says of values. */
export interface Lessons {
  /** A secret in what the kit sent, by the name of its member, parameter, header or cookie. */
  readonly sent: Learn;
  /** The same in what the target answered. */
  readonly secret: Learn;
  /** A value that looks like a credential, in an answer. */
  readonly suspect: (value: string) => void;
  /** An id, a link or a type, or what the kit sent itself: no credential, whatever it looks like. */
  readonly known: (value: string) => void;
}

/** JSON in a string of JSON is read so many times. */
const deepestText = 3;

/** Learns from all that an exchange holds, by the parser that the checks use, and by the names that are known in any spelling. */
export function learnFrom({ request, answer }: Exchange, lessons: Lessons): void {
  const ofRequest = { ...lessons, secret: lessons.sent, suspect: lessons.known };
  inText(request.path, lessons.sent);
  for (const part of partsOf(request.path)) lessons.known(part);
  inHeaders(request.headers, ofRequest);
  inBody(request, ofRequest);
  if (!answer) return;
  inBody(answer, lessons);
  inHeaders(answer.headers, lessons);
}

function inBody(message: Request | Answer, lessons: Lessons): void {
  if (message.body === undefined || message.body === '') return;
  // An answer is parsed once: the checks look at it, too.
  const json = wellFormedJson('status' in message ? message : { status: 0, headers: message.headers, body: message.body });
  if (json) inValue(json.value, lessons);
  else inPlainText(bytes(message).toString(), lessons);
}

function inPlainText(text: string, { secret, suspect }: Lessons): void {
  inText(text, secret);
  for (const run of runsIn(text)) if (looksLikeCredential(run)) suspect(run);
}

function inText(text: string, secret: Learn): void {
  for (const { name, value } of namedValuesIn(text)) {
    secret(unescaped(value), name);
    secret(decoded(value), name);
  }
}

/** Everything in a JSON value, its strings included where they hold JSON themselves. */
function inValue(document: unknown, lessons: Lessons): void {
  const waiting: (readonly [value: unknown, name: string, depth: number])[] = [[document, '', 0]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [value, name, depth] = next;
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        // An element of an array is called as the array is, and what is inside of a credential is one.
        const isElement = Array.isArray(value) || namesCredential(name);
        if (!Array.isArray(value) && looksLikeCredential(key)) lessons.suspect(key);
        waiting.push([inner, isElement ? name : key, depth]);
      }
    } else if (namesCredential(name)) {
      if (typeof value === 'string' || typeof value === 'number') lessons.secret(String(value), name);
    } else if (typeof value === 'string') {
      const inner = depth < deepestText ? jsonIn(value) : undefined;
      if (inner) waiting.push([inner, name, depth + 1]);
      else if (namesIdentifier(name) || /^(?:https?:\/)?\//.test(value)) {
        inText(value, lessons.secret);
        for (const part of partsOf(value)) lessons.known(part);
      } else inPlainText(value, lessons);
    }
  }
}

function jsonIn(text: string): object | undefined {
  if (!/^\s{0,64}[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

function inHeaders(headers: readonly Header[], lessons: Lessons): void {
  for (const [name, value] of headers) {
    inText(value, lessons.secret);
    if (/cookie/i.test(name)) for (const cookie of cookiesIn(name, value)) lessons.secret(cookie, 'cookie');
    else if (/^authorization$/i.test(name)) lessons.secret(value.split(/\s/).at(-1) ?? '', 'authorization');
    else if (namesCredentialHeader(name)) lessons.secret(value.split(/\s/).at(-1) ?? '', name);
    else if (namesIdentifier(name)) for (const part of partsOf(value)) lessons.known(part);
    else for (const run of runsIn(value)) if (looksLikeCredential(run)) lessons.suspect(run);
  }
}

/** The values of cookies; of `Set-Cookie`, what comes behind the first is an attribute (RFC 6265, section 4.1). */
export function cookiesIn(header: string, value: string): readonly string[] {
  const pairs = value.split(';').slice(0, /^set-/i.test(header) ? 1 : undefined);
  return pairs.flatMap((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [] : [pair.slice(at + 1).trim().replace(/^"(.*)"$/s, '$1')];
  });
}

/** An id or a link, and what it is made of. */
function partsOf(value: string): readonly string[] {
  return [value, ...value.split(/[^\w.~-]+/)];
}

function runsIn(text: string): readonly string[] {
  return text.match(credentialRuns) ?? [];
}

function unescaped(value: string): string {
  try {
    return String(JSON.parse(`"${value}"`));
  } catch {
    return value;
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}
