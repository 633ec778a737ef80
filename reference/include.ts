import type { Context } from './context.ts';
import { invalidParameter } from './refusals.ts';

/** A relationship of a token whose resources can be included in the answer. */
export type Include = 'groups' | 'organization';

/**
 * What the query asks to include: comma-separated relationship names, or nothing where the value is empty
 * (JSON:API 1.0, inclusion of related resources). All other parameters are ignored, credentials too (RFC 6749 2.3.1).
 *
 * @throws {Refusal} 400 for any other name.
 */
export function readInclude({ request }: Context): readonly Include[] {
  const names = new URL(request.url).searchParams
    .getAll('include')
    .filter((value) => value !== '')
    .flatMap((value) => value.split(','));
  if (!names.every(isInclude)) throw invalidParameter('include', '"include" must name "groups" or "organization".');
  return [...new Set(names)];
}

function isInclude(name: string): name is Include {
  return name === 'groups' || name === 'organization';
}
