import type { Context } from './context.ts';
import { forbidden } from './refusals.ts';

/** Where the attributes stand: under `data.attributes` (nested), or at the top level (flat). */
export type BodyShape = 'nested' | 'flat';

const SHAPES = new Map<string, BodyShape>([
  ['application/vnd.api+json', 'nested'],
  ['application/json', 'flat'],
]);

/**
 * The body shape that goes with the request's media type, which is compared without case and without its parameters
 * (RFC 9110 8.3.1).
 *
 * @throws {Refusal} 403 for any other media type, or none, whatever the body.
 */
export function bodyShape({ request }: Context): BodyShape {
  const [mediaType = ''] = (request.headers.get('content-type') ?? '').split(';', 1);
  const shape = SHAPES.get(mediaType.trim().toLowerCase());
  if (!shape) throw forbidden(`"Content-Type" must be one of ${[...SHAPES.keys()].join(', ')}.`);
  return shape;
}
