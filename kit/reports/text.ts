import { requirement } from '../../contracts/requirements/index.ts';
import { card } from '../card.ts';
import { groupBy } from '../group.ts';
import type { JudgedRequirement } from '../verdict.ts';

/** The requirements that ended with a result, in the register's order. */
export function ended(
  requirements: readonly JudgedRequirement[],
  result: JudgedRequirement['result'],
  ...levels: readonly JudgedRequirement['level'][]
): readonly JudgedRequirement[] {
  return requirements.filter((each) => each.result === result && (levels.length === 0 || levels.includes(each.level)));
}

/** The failure card of a violated requirement. */
export function cardOf({ id, findings }: JudgedRequirement): string {
  return card(requirement(id), findings);
}

/** The ids of requirements that ended for one and the same reason, by that reason. */
export function byReason(requirements: readonly JudgedRequirement[]): readonly (readonly [reason: string, ids: readonly string[]])[] {
  return [...groupBy(requirements, ({ reason }) => reason ?? 'no reason was given')].map(([reason, group]) => [
    reason,
    group.map(({ id }) => id),
  ]);
}

/** How many ids are listed before the rest is counted. */
const mostIds = 20;

/** Ids in a row, as many as a reader takes in. */
export function listed(ids: readonly string[], separator: string): string {
  const shown = ids.length > mostIds ? ids.slice(0, mostIds / 2) : ids;
  return `${shown.join(separator)}${shown.length < ids.length ? ` and ${ids.length - shown.length} more` : ''}`;
}

/** What the target was, for people. */
export function targetName({ baseUrl, reference }: { readonly baseUrl: string; readonly reference: boolean }): string {
  return reference ? `the kit's own reference server at ${baseUrl}` : baseUrl;
}
