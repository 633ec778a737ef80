import { conforming, type Behaviour } from '../../behaviour.ts';
import type { Context, OperationName } from '../../context.ts';
import type { Fault } from '../../deviation.ts';
import { editAnswer, type Edit, type Seen } from '../../edits.ts';

/** One of the two fetches: what it fetches, what its requirements begin with, and its operation. */
export interface Fetch {
  readonly resource: 'groups' | 'organization';
  readonly prefix: 'TG' | 'TO';
  readonly operation: Exclude<OperationName, 'createToken'>;
}

export type FaultList = readonly [Fault, ...Fault[]];

/** The same faults for each of the fetches. */
export function ofBoth(make: (fetch: Fetch) => FaultList): Readonly<Record<Fetch['resource'], FaultList>> {
  return {
    groups: make({ resource: 'groups', prefix: 'TG', operation: 'fetchTokenGroups' }),
    organization: make({ resource: 'organization', prefix: 'TO', operation: 'fetchTokenOrganization' }),
  };
}

/** Steps by which one of the fetches finds the token of an id in another way. */
export function finding({ operation }: Fetch, make: () => Behaviour['findToken']): () => Partial<Behaviour> {
  return () => {
    const find = make();
    return {
      findToken: (id, caller, context: Context) =>
        (context.operation === operation ? find : conforming.findToken)(id, caller, context),
    };
  };
}

/** A wrapper that changes the refusals of one of the fetches that have one of these statuses. */
export function editRefusals({ operation }: Fetch, statuses: readonly number[], edit: (seen: Seen) => Edit): NonNullable<Fault['wrap']> {
  return editAnswer((seen) => (seen.operation === operation && statuses.includes(seen.status) ? edit(seen) : {}));
}
