import { documented, requestMediaTypes } from '../documented.ts';
import type { Operation } from './types.ts';

// Sources

export const provider = "Provider's API documentation";
export const kit = 'Conformance kit';
export const rfc = (number: number, section: string) => `RFC ${number}, section ${section}`;
export const jsonApi = (section: string) => `JSON:API 1.0, ${section}`;
export const owasp = (document: string) => `OWASP ${document}`;

/** Several sources as one text. */
export const sources = (...several: string[]) => several.join('; ');

// Words of the statements

/** [401, 403, 409] as "401, 403 or 409". */
export function either(statuses: readonly number[]): string {
  return statuses.join(', ').replace(/, (\d+)$/, ' or $1');
}

const leaksNothing = 'neither a token nor resource data in the body';

/** Completes "… is" or "… are": any 4xx will do. */
export const refused = `refused (any 4xx status, and ${leaksNothing})`;

/** Completes "… is" or "… are": one of the statuses that the operation documents. */
export const refusedAsDocumented = (operation: Operation) =>
  `refused as documented (status ${either(documented[operation].refusals)}, and ${leaksNothing})`;

export const nested = `nested (sent as ${requestMediaTypes.nested}, attributes under data.attributes)`;
export const flat = `flat (sent as ${requestMediaTypes.flat}, attributes at the top level)`;
export const inEitherShape = 'in either body shape (attributes under data.attributes, or at the top level)';

export const errorDocument =
  'the documented error document (errors, a non-empty array of error objects whose code, if any, is a documented one)';

export const internals = 'stack traces, source paths, SQL, or the error page of a framework';
