import { jsonApiMediaType } from '../../contracts/documented.ts';
import type { SchemaName } from '../../contracts/schemas/index.ts';
import { redact, shownMediaType } from '../secrets/shown.ts';
import { bytes, mediaType, type Exchange } from '../target/exchange.ts';
import { answered, documentOf, elements, member, nameOf, objectsIn, readable, tokenOf, wellFormedJson } from './premises.ts';
import { violationsOf } from './schema.ts';
import { contains } from './words.ts';

/** How many violations of a schema are told of one answer. */
const longestList = 5;

/** What a failed expectation says of an exchange. */
export interface Violation {
  readonly expected: string;
  readonly actual: string;
  readonly exchange: string;
  readonly exchanges: readonly number[];
}

/** An expectation that failed. */
class Violated extends Error {
  override readonly name = 'Violated';
  readonly violation: Violation;

  constructor(violation: Violation) {
    super(`${violation.exchange}\n  expected: ${violation.expected}\n  actual:   ${violation.actual}`);
    this.violation = violation;
  }
}

/** The violation that an expectation of this file failed with; undefined for any other error. */
export function violationIn(error: unknown): Violation | undefined {
  return error instanceof Violated ? error.violation : undefined;
}

/**
 * Assertions on an exchange. Each judges one fact and throws `Blocked` where an earlier one in the order of blame
 * (transport, 5xx, well-formed JSON, media type, schema) leaves nothing to judge. The runner's own would make a step of each,
 * and take longer over it than over the request.
 */
class Expectation {
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** The answer's status is one of these. */
  toHaveStatus(...statuses: number[]): void {
    const { status } = answered(this.#exchange);
    this.#judge(statuses.includes(status), `status ${statuses.join(' or ')}`, `status ${status}`);
  }

  /** The answer's media type is that of JSON:API; parameters are judged elsewhere. */
  toHaveJsonApiMediaType(): void {
    const type = mediaType(answered(this.#exchange));
    this.#judge(type === jsonApiMediaType, `media type ${jsonApiMediaType}`, `media type ${shownMediaType(answered(this.#exchange)) ?? 'missing'}`);
  }

  /** The document in the answer satisfies a schema of the contract, where a JSON pointer is given in that part of it. */
  toSatisfy(schema: SchemaName, part = ''): void {
    const violations = violationsOf(schema, documentOf(this.#exchange)).filter(({ pointer }) => `${pointer}/`.startsWith(`${part}/`));
    const told = violations
      .slice(0, longestList)
      .map(({ pointer, rule, value }) => `at "${pointer}" the value ${value} ${rule}`);
    const more = violations.length > longestList ? `; and ${violations.length - longestList} more` : '';
    this.#judge(violations.length === 0, `a document that satisfies ${schema}`, `${told.join('; ')}${more}`);
  }

  /** A token is issued, with the status that the same request gets without the one thing that is varied. */
  toBeGranted(status: number): void {
    const answer = answered(this.#exchange);
    if (answer.status === status) readable(this.#exchange);
    const actual = `status ${answer.status}${tokenOf(this.#exchange) ? '' : ' without an access token'}`;
    const pass = answer.status === status && tokenOf(this.#exchange) !== undefined;
    this.#judge(pass, `status ${status} and an access token`, actual);
  }

  /** A 4xx, one of these statuses where some are given, that holds neither a token nor resource data. */
  toBeRefused(statuses?: readonly number[]): void {
    const answer = answered(this.#exchange);
    const given = whatIsGiven(this.#exchange);
    // A 5xx does not come so far.
    const refused = statuses ? statuses.includes(answer.status) : answer.status >= 400;
    const expected = statuses ? `status ${statuses.join(' or ')}` : 'a 4xx status';
    const actual = `status ${answer.status}${given ? ` with ${given} in the body` : ''}`;
    this.#judge(refused && !given, `${expected}, and neither a token nor resource data`, actual);
  }

  /** A fact that the check found out by itself. Both texts are shown as they are, redacted. */
  toHold(fact: { readonly pass: boolean; readonly expected: string; readonly actual: string }): void {
    this.#judge(fact.pass, fact.expected, fact.actual);
  }

  #judge(pass: boolean, expected: string, actual: string): void {
    if (pass) return;
    const exchange = this.#exchange;
    throw new Violated({ expected: redact(expected), actual: redact(actual), exchange: redact(inShort(exchange)), exchanges: [exchange.id] });
  }
}

/** What is expected of an exchange: see `Expectation`. */
export function expect(exchange: Exchange): Expectation {
  return new Expectation(exchange);
}

/** `POST oauth/token (text/plain) -> 415 application/json`. */
function inShort(exchange: Exchange): string {
  const { answer, failure } = exchange;
  return `${nameOf(exchange)} -> ${answer ? [answer.status, shownMediaType(answer)].filter(Boolean).join(' ') : (failure?.message ?? 'no answer')}`;
}

/**
 * What an answer holds that a refusal may not hold; undefined where there is nothing of the kind. A token that came with
 * the request is not given by the answer that repeats it: that is a leak (CT-504).
 */
export function whatIsGiven({ request, answer }: Exchange): 'a token' | 'resource data' | undefined {
  const document = answer && wellFormedJson(answer)?.value;
  if (holdsToken(document, bytes(request).toString())) return 'a token';
  const data = member(document, 'data');
  const hasData = typeof data === 'object' && data !== null && Object.keys(data).length > 0;
  return hasData || elements(member(document, 'included')).length > 0 ? 'resource data' : undefined;
}

function holdsToken(document: unknown, sent: string): boolean {
  for (const object of objectsIn(document)) {
    for (const [key, value] of Object.entries(object)) {
      if (/^(access|refresh)[^a-z0-9]{0,9}token$/i.test(key) && typeof value === 'string' && !contains(sent, value)) return true;
    }
  }
  return false;
}
