import { requirement } from '../../contracts/requirements/index.ts';
import { card } from '../card.ts';
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

/** Requirements that ended for one and the same reason, told once. */
export function byReason(requirements: readonly JudgedRequirement[]): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const { id, reason = 'no reason was given' } of requirements) reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  return reasons;
}

/** What the target was, for people. */
export function targetName({ baseUrl, reference }: { readonly baseUrl: string; readonly reference: boolean }): string {
  return reference ? `the kit's own reference server at ${baseUrl}` : baseUrl;
}
