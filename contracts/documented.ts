import type { Operation, RequirementId } from './requirements/index.ts';
import type { SchemaName } from './schemas/index.ts';

/** The media type of every answer, and of a nested request. */
export const jsonApiMediaType = 'application/vnd.api+json';

/** The request media type that belongs to each body shape; any other is refused with 403. */
export const requestMediaTypes = { nested: jsonApiMediaType, flat: 'application/json' } as const;

/** The two shapes of a createToken body: attributes under data.attributes, or at the top level. */
export type BodyShape = keyof typeof requestMediaTypes;

/** What the provider documents of an operation's answers. */
export interface DocumentedAnswers {
  success: number;
  /** The schema of the success answer. */
  schema: SchemaName;
  refusals: readonly number[];
}

/** The documented answers by operation. */
export const documented: Readonly<Record<Operation, DocumentedAnswers>> = {
  createToken: { success: 201, schema: 'CreateTokenResponse', refusals: [401, 403, 409] },
  fetchTokenGroups: { success: 200, schema: 'FetchGroupsResponse', refusals: [401, 403] },
  fetchTokenOrganization: { success: 200, schema: 'FetchOrganizationResponse', refusals: [401, 403] },
};

// Each line counts for both fetch operations; an unknown number does not compile.
const fetches = <Number extends string>(...numbers: Number[]) =>
  numbers.flatMap((number) => [`TG-${number}`, `TO-${number}`] as const);

/** The statuses that requirements allow beyond the documented ones, each with those requirements. */
export const allowances: readonly { statuses: readonly number[]; at: readonly RequirementId[] }[] = [
  { statuses: [400], at: ['CT-153', 'CT-155', 'CT-407', 'CT-412'] },
  { statuses: [415], at: ['CT-206'] },
  { statuses: [404], at: fetches('301', '302') },
  { statuses: [400, 404, 414, 431], at: fetches('303') },
  { statuses: [405], at: ['CT-708', ...fetches('401')] },
];

/**
 * The same by requirement: what its requests may be answered with beyond the documented statuses, such as 405 where a
 * method is tried that the operation does not have. A requirement that is not listed allows nothing more.
 */
export const allowedStatuses: Readonly<Partial<Record<RequirementId, readonly number[]>>> = Object.fromEntries(
  allowances.flatMap(({ statuses, at }) => at.map((id) => [id, statuses])),
);
