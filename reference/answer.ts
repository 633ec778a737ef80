import { randomUUID } from 'node:crypto';
import type { Refusal } from './refusals.ts';

/** A resource object (JSON:API 1.0, resource objects), as plain data. */
export type Resource = Readonly<Record<string, unknown>>;

/** A top-level document (JSON:API 1.0, document structure), as plain data. */
export interface Document {
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

/** An answer before it is written out. */
export interface Answer {
  readonly status: number;
  /** In addition to those that every answer has; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly document: Document;
}

/** The error document of a refusal: an array, as JSON:API 1.0 has it. */
export function renderRefusal({ status, headers, error }: Refusal): Answer {
  return { status, headers, document: { errors: [error] } };
}

/**
 * Writes an answer out. Every answer has the one media type without parameters (JSON:API 1.0, content negotiation), a
 * request id of its own, and may not be stored: it holds a token (RFC 6749 5.1), or what one is needed for.
 */
export function send({ status, headers, document }: Answer): Response {
  const body = JSON.stringify({ ...document, meta: { req_id: randomUUID(), ...document.meta } });
  return new Response(body, {
    status,
    headers: { 'content-type': 'application/vnd.api+json', 'cache-control': 'no-store', ...headers },
  });
}
