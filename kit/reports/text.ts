import { requirement } from '../../contracts/requirements/index.ts';
import { card } from '../judging/card.ts';
import { groupBy } from '../group.ts';
import type { JudgedRequirement } from '../judging/verdict.ts';
import { waiverText } from '../settings/waivers.ts';

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

/** Violated requirements that show the same thing: the first of them, and those that it speaks for. */
export interface Violation {
  readonly shown: JudgedRequirement;
  readonly also: readonly JudgedRequirement[];
}

/**
 * The violations of a level in the order in which to mend them: first what keeps most of the others from being judged, then
 * as the register has them. Several that came to the same, such as one for each operation, are one.
 */
export function violations(requirements: readonly JudgedRequirement[], level: JudgedRequirement['level']): readonly Violation[] {
  const blockedBy = (id: string) => requirements.filter(({ result, reason }) => result === 'blocked' && reason?.includes(`see ${id}`)).length;
  const open = ended(requirements, 'violated', level).filter(({ waiver }) => !waiver);
  return [...groupBy(open, sameness).values()]
    .map(([shown, ...also]) => ({ shown, also, weight: blockedBy(shown.id) }))
    .toSorted((a, b) => b.weight - a.weight);
}

/** The ids of requirements whose violation is accepted, by the words of their waiver. */
export function byWaiver(requirements: readonly JudgedRequirement[]): readonly (readonly [waiver: string, ids: readonly string[]])[] {
  const waived = requirements.flatMap(({ id, waiver }) => (waiver ? [{ id, told: waiverText(waiver) }] : []));
  return [...groupBy(waived, ({ told }) => told)].map(([told, group]) => [told, group.map(({ id }) => id)]);
}

/** What a violation came to, wherever it was found: an exchange that stands for others differs from operation to operation. */
function sameness({ findings }: JudgedRequirement): string {
  const facts = findings.map(({ expected, actual }) => `${expected}\n${actual.replace(/, at [A-Z]+ oauth\/token.*/s, '')}`);
  return [...new Set(facts)].toSorted().join('\n');
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
