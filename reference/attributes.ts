import type { BodyShape } from './body-shape.ts';
import { invalidBody } from './refusals.ts';

/** The attributes of a createToken request as they came, not validated. */
export type Attributes = Readonly<Record<string, unknown>>;

/**
 * Reads the bytes of a body as JSON in UTF-8 (RFC 8259 8.1).
 *
 * @throws {Refusal} 409 where they are not.
 */
export function parseBody(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalidBody('', 'The body must be well-formed JSON in UTF-8.');
  }
}

/**
 * Finds the attributes in a document of the given shape.
 *
 * @throws {Refusal} 409 where the document has another structure, or is a resource of another type.
 */
export function readAttributes(document: unknown, shape: BodyShape): Attributes {
  const body = objectAt('', document);
  if (shape === 'flat') return body;
  const data = objectAt('/data', body['data']);
  // The documentation's schema says `token`, its examples say `oauth/token`.
  if (data['type'] !== undefined && data['type'] !== 'token' && data['type'] !== 'oauth/token') {
    throw invalidBody('/data/type', '"type" must be "token" where it is given.');
  }
  return objectAt('/data/attributes', data['attributes']);
}

function objectAt(pointer: string, value: unknown): Record<string, unknown> {
  if (isObject(value)) return value;
  throw invalidBody(pointer, `"${pointer || 'body'}" must be an object.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
