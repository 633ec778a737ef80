import { shownMediaType } from '../secrets/shown.ts';
import { bytes, isNoVerdict, mediaType, type Answer, type Exchange } from '../target/exchange.ts';

/**
 * What a check takes for granted does not hold, so that its own fact cannot be judged. `by` is the requirement that
 * takes the blame, where one does: a check that has other cases is then judged by those.
 */
export class Blocked extends Error {
  override readonly name = 'Blocked';
  readonly by: string | undefined;

  constructor(reason: string, by?: string) {
    super(reason);
    this.by = by;
  }
}

/** What this target is not asked, and why. */
export class Skipped extends Error {
  override readonly name: string = 'Skipped';
}

/** Why a requirement, or a case of one, has no result in a run that sends no more than its profile has it send. */
export const notAsked = 'not asked in production';

/** What the profile of the run leaves out. */
export class NotAsked extends Skipped {
  override readonly name = 'NotAsked';

  constructor() {
    super(notAsked);
  }
}

/** What comes of asking; undefined where the profile of the run leaves it out, for what a check can do without. */
export async function ifAsked<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof NotAsked) return undefined;
    throw error;
  }
}

/**
 * The first steps in the order of blame: there is an answer, it is a verdict, and it is no server error.
 *
 * @throws {Blocked} where there is none to judge
 */
export function answered(exchange: Exchange): Answer {
  const { answer, failure } = exchange;
  if (failure?.kind === 'not sent') throw new Blocked(failure.message);
  if (!answer) throw new Blocked(`${nameOf(exchange)}: ${failure?.message ?? 'no answer'}`);
  const times = exchange.earlier.length > 0 ? `, as it did ${exchange.earlier.length} times before` : '';
  if (isNoVerdict(answer.status)) throw new Blocked(`${nameOf(exchange)} got ${answer.status}${times}, which is no verdict`);
  if (answer.status >= 500) throw new Blocked(`${nameOf(exchange)} got ${answer.status}: see X-101`, 'X-101');
  return answer;
}

type Json = { readonly value: unknown } | undefined;

// Some twenty requirements look at every answer of a run. What a large one is parsed to takes many times its size.
const largestRemembered = 64 * 1024;
const parsed = new WeakMap<Answer, { readonly json: Json }>();

/** The JSON text of a body that is declared as JSON, decoded as UTF-8; undefined where it is not well-formed. */
export function wellFormedJson(answer: Answer): Json {
  const known = parsed.get(answer) ?? { json: parse(answer) };
  if (answer.body.length <= largestRemembered) parsed.set(answer, known);
  return known.json;
}

function parse(answer: Answer): Json {
  try {
    // A byte order mark is not part of a JSON text (RFC 8259, section 8.1).
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { value: JSON.parse(decoder.decode(bytes(answer))) as unknown };
  } catch {
    return undefined;
  }
}

/** Whether an answer says that its body is JSON: `application/json`, or any type with the suffix `+json`. */
export function isDeclaredJson(answer: Answer): boolean {
  return /^application\/json$|\+json$/.test(mediaType(answer) ?? '');
}

/**
 * The next step: where the body is declared as JSON, it is well-formed.
 *
 * @throws {Blocked} where it is not, or where there is no answer to judge
 */
export function readable(exchange: Exchange): Answer {
  const answer = answered(exchange);
  if (!isDeclaredJson(answer) || wellFormedJson(answer)) return answer;
  throw new Blocked(`${nameOf(exchange)} got a body that is not well-formed JSON: see X-103`, 'X-103');
}

/**
 * The document in an answer, whatever its media type and status.
 *
 * @throws {Blocked} where the body is no JSON; the blame is X-103's where it is declared as JSON
 */
export function documentOf(exchange: Exchange): unknown {
  const answer = readable(exchange);
  const json = wellFormedJson(answer);
  if (json) return json.value;
  throw new Blocked(`${nameOf(exchange)} got ${shownMediaType(answer) ?? 'a body of no media type'} in place of a document`);
}

/** What a token answer holds that later requests need. */
export interface Token {
  readonly id: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** In seconds; undefined where the answer has none that is a number. */
  readonly expiresIn: number | undefined;
  /** The exchange that created it. */
  readonly exchange: Exchange;
}

/** Reads the token out of a 2xx answer; members that are missing are empty. Undefined where no access token is there. */
export function tokenOf(exchange: Exchange): Token | undefined {
  const { answer } = exchange;
  if (!answer || answer.status < 200 || answer.status > 299) return undefined;
  const data = member(wellFormedJson(answer)?.value, 'data');
  const attributes = member(data, 'attributes');
  const accessToken = text(member(attributes, 'access_token'));
  if (!accessToken) return undefined;
  const expiresIn = member(attributes, 'expires_in');
  return {
    id: text(member(data, 'id')),
    accessToken,
    refreshToken: text(member(attributes, 'refresh_token')),
    expiresIn: typeof expiresIn === 'number' ? expiresIn : undefined,
    exchange,
  };
}

/** An own member of an object; undefined for anything else. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** The elements of an array; none for anything else. */
export function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Every object and array in a JSON value, the value itself included, however deep they are nested. */
export function* objectsIn(value: unknown): Generator<object> {
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    yield next;
    // One by one: as arguments of a call, a hundred thousand elements would not fit on the stack.
    for (const each of Object.values(next)) waiting.push(each);
  }
}

/** The JSON pointer (RFC 6901) of a member of what a pointer leads to. */
export function pointerTo(parent: string, name: string): string {
  return `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** A string as it is; empty for anything else. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A request in a few words: `POST oauth/token (application/json)`. */
export function nameOf({ request }: Exchange): string {
  const type = request.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return `${request.method} ${request.path}${type === undefined ? '' : ` (${type})`}`;
}
