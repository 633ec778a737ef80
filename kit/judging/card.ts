import type { Requirement } from '../../contracts/requirements/index.ts';
import { groupBy } from '../group.ts';
import type { Finding } from './outcome.ts';

/** A finding as far as it can be told without the record of the run. */
export type ToldFinding = Omit<Finding, 'exchanges'>;

/** What a violation says, the same wherever it is shown. Plain text of several lines. */
export function card({ id, level, title, statement, source, cause }: Requirement, findings: readonly ToldFinding[]): string {
  return [
    `${id} (${level}) ${title}`,
    `  requirement: ${statement}`,
    `  source:      ${source}`,
    `  look at:     ${cause}`,
    ...alike(findings).map(findingText),
  ].join('\n');
}

/** How many cases that came to the same are named. */
const mostNames = 3;

/** Findings that came to the same, told once: the first of them, and the cases of all in words. */
export function alike(findings: readonly ToldFinding[]): readonly { readonly finding: ToldFinding; readonly cases: string }[] {
  const groups = groupBy(findings, ({ expected, actual, inconsistent }) => JSON.stringify([expected, actual, inconsistent]));
  return [...groups.values()].map((group) => {
    const names = group.slice(0, mostNames).map((each) => `"${each.case}"`).join(', ');
    const more = group.length > mostNames ? ` and ${group.length - mostNames} more` : '';
    return { finding: group[0], cases: `${group.length === 1 ? 'case' : `${group.length} cases:`} ${names}${more}` };
  });
}

function findingText({ finding, cases }: ReturnType<typeof alike>[number]): string {
  const { expected, actual, exchange, inconsistent, reproduce } = finding;
  return [
    `  ${cases}`,
    `    expected: ${expected}`,
    `    actual:   ${actual}`,
    `    exchange: ${exchange}`,
    ...(reproduce === undefined ? [] : ['    reproduce:', ...reproduce.split('\n').map((line) => `      ${line}`)]),
    ...(inconsistent ? ['    inconsistent: the same request, sent once more, was answered as expected'] : []),
  ].join('\n');
}
