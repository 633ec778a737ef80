import { createToken } from './createToken.ts';
import { everyExchange } from './everyExchange.ts';
import { fetchTokenGroups, fetchTokenOrganization } from './fetchToken.ts';
import type { Entry } from './types.ts';

export type { Level, Operation, RequirementOperation, Subject } from './types.ts';

const entries = [...createToken, ...fetchTokenGroups, ...fetchTokenOrganization, ...everyExchange] as const;

/** The id of a requirement that exists, such as "CT-101"; a mistyped id does not compile. */
export type RequirementId = (typeof entries)[number]['id'];

/** The id of a requirement of the level MUST or SHOULD: one that can be violated. */
export type BindingId = Extract<(typeof entries)[number], { readonly level: 'MUST' | 'SHOULD' }>['id'];

/** One promise of the contract. */
export interface Requirement extends Entry {
  id: RequirementId;
}

/** The register: every requirement, in the contract's order (CT, TG, TO, X; ascending inside). */
export const requirements: readonly Requirement[] = entries;

const byId: ReadonlyMap<string, Requirement> = new Map(requirements.map((each) => [each.id, each]));

/** The requirement with the given id. */
export function requirement(id: RequirementId): Requirement {
  const found = byId.get(id);
  if (!found) throw new Error(`"${id}" is not the id of a requirement`);
  return found;
}
