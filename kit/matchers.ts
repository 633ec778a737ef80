import { expect as base } from '@playwright/test';
import { jsonApiMediaType } from '../contracts/documented.ts';
import type { SchemaName } from '../contracts/schemas/index.ts';
import { redact } from './door.ts';
import { bytes, mediaType, type Exchange } from './exchange.ts';
import { answered, documentOf, elements, member, nameOf, objectsIn, readable, tokenOf, wellFormedJson } from './premises.ts';
import { violationsOf } from './schema.ts';

/** How many violations of a schema are told of one answer. */
const longestList = 5;

/**
 * Assertions on an exchange. Each judges one fact and throws `Blocked` where an earlier one in the order of blame
 * (transport, 5xx, well-formed JSON, media type, schema) leaves nothing to judge.
 */
export const expect = base.extend({
  /** The answer's status is one of these. */
  toHaveStatus(exchange: Exchange, ...statuses: number[]) {
    const { status } = answered(exchange);
    return matched(statuses.includes(status), exchange, `status ${statuses.join(' or ')}`, `status ${status}`);
  },

  /** The answer's media type is that of JSON:API; parameters are judged elsewhere. */
  toHaveJsonApiMediaType(exchange: Exchange) {
    const type = mediaType(answered(exchange));
    return matched(type === jsonApiMediaType, exchange, `media type ${jsonApiMediaType}`, `media type ${type ?? 'missing'}`);
  },

  /** The document in the answer satisfies a schema of the contract, where a JSON pointer is given in that part of it. */
  toSatisfy(exchange: Exchange, schema: SchemaName, part = '') {
    const violations = violationsOf(schema, documentOf(exchange)).filter(({ pointer }) => `${pointer}/`.startsWith(`${part}/`));
    const told = violations
      .slice(0, longestList)
      .map(({ pointer, rule, value }) => `at "${pointer}" the value ${value} ${rule}`);
    const more = violations.length > longestList ? `; and ${violations.length - longestList} more` : '';
    return matched(violations.length === 0, exchange, `a document that satisfies ${schema}`, `${told.join('; ')}${more}`);
  },

  /** A token is issued, with the status that the same request gets without the one thing that is varied. */
  toBeGranted(exchange: Exchange, status: number) {
    const answer = answered(exchange);
    if (answer.status === status) readable(exchange);
    const actual = `status ${answer.status}${tokenOf(exchange) ? '' : ' without an access token'}`;
    const pass = answer.status === status && tokenOf(exchange) !== undefined;
    return matched(pass, exchange, `status ${status} and an access token`, actual);
  },

  /** A 4xx, one of these statuses where some are given, that holds neither a token nor resource data. */
  toBeRefused(exchange: Exchange, statuses?: readonly number[]) {
    const answer = answered(exchange);
    const given = whatIsGiven(exchange);
    // A 5xx does not come so far.
    const refused = statuses ? statuses.includes(answer.status) : answer.status >= 400;
    const expected = statuses ? `status ${statuses.join(' or ')}` : 'a 4xx status';
    const actual = `status ${answer.status}${given ? ` with ${given} in the body` : ''}`;
    return matched(refused && !given, exchange, `${expected}, and neither a token nor resource data`, actual);
  },

  /** A fact that the check found out by itself. Both texts are shown as they are, redacted. */
  toHold(exchange: Exchange, fact: { pass: boolean; expected: string; actual: string }) {
    return matched(fact.pass, exchange, fact.expected, fact.actual);
  },
});

/** What a failed expectation says of an exchange. */
export interface Violation {
  readonly expected: string;
  readonly actual: string;
  readonly exchange: string;
  readonly exchanges: readonly number[];
}

function matched(pass: boolean, exchange: Exchange, expected: string, told: string) {
  if (pass) return { pass, message: () => expected };
  const actual = redact(told);
  const where = redact(inShort(exchange));
  const violation: Violation = { expected, actual, exchange: where, exchanges: [exchange.id] };
  return {
    pass,
    expected: violation,
    message: () => `${where}\n  expected: ${expected}\n  actual:   ${actual}`,
  };
}

/** The violation that an expectation of this file failed with; undefined for any other error. */
export function violationIn(error: unknown): Violation | undefined {
  const expected = (error as { matcherResult?: { expected?: unknown } } | null)?.matcherResult?.expected;
  return typeof expected === 'object' && expected !== null && 'exchanges' in expected ? (expected as Violation) : undefined;
}

/** `POST oauth/token (text/plain) -> 415 application/json`. */
function inShort(exchange: Exchange): string {
  const { answer, failure } = exchange;
  return `${nameOf(exchange)} -> ${answer ? [answer.status, mediaType(answer)].filter(Boolean).join(' ') : (failure?.message ?? 'no answer')}`;
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
      if (/^(access|refresh)_?token$/i.test(key) && typeof value === 'string' && !sent.includes(value)) return true;
    }
  }
  return false;
}
