import { groupBy } from './group.ts';
import type { Result } from './outcome.ts';
import type { Conformance } from './reports/conformance.ts';
import { listed, targetName } from './reports/text.ts';

/** A requirement that ended otherwise in a later run; undefined for one that the other run did not know. */
export interface Change {
  readonly id: string;
  readonly level: string;
  readonly title: string;
  readonly before: Result | undefined;
  readonly after: Result | undefined;
}

/** What changed from one run to another, in the order of the register of the later one. */
export interface Diff {
  readonly before: Conformance;
  readonly after: Conformance;
  readonly changes: readonly Change[];
  /** Violated in both. */
  readonly stillViolated: readonly Change[];
}

/** Compares two runs, requirement by requirement. */
export function diff(before: Conformance, after: Conformance): Diff {
  const earlier = new Map(before.requirements.map((each) => [each.id as string, each]));
  const gone = before.requirements.filter(({ id }) => !after.requirements.some((each) => each.id === id));
  const all: Change[] = [
    ...after.requirements.map(({ id, level, title, result }) => ({ id, level, title, before: earlier.get(id)?.result, after: result })),
    ...gone.map(({ id, level, title, result }) => ({ id, level, title, before: result, after: undefined })),
  ];
  return {
    before,
    after,
    changes: all.filter((each) => each.before !== each.after),
    stillViolated: all.filter((each) => each.before === 'violated' && each.after === 'violated'),
  };
}

/** Whether two runs came to the same, for every requirement and as a whole. */
export function isSame({ before, after, changes }: Diff): boolean {
  return changes.length === 0 && before.verdict === after.verdict;
}

/** What changed, for people: what is new first, and the verdicts as the last line. */
export function diffText(told: Diff): string {
  const { before, after, changes, stillViolated } = told;
  const groups = groupBy(changes, kindOf);
  const kinds = ['newly violated', 'newly blocked', 'fixed', 'otherwise'] as const;
  const lines = kinds.flatMap((kind) => {
    const group = groups.get(kind) ?? [];
    return group.length === 0 ? [] : [heading(kind), ...group.map(lineOf), ''];
  });
  const still = stillViolated.length === 0 ? [] : [`Still violated: ${listed(stillViolated.map(({ id }) => id), ' ')}`, ''];
  const differing = [
    ...(before.target.baseUrl === after.target.baseUrl ? [] : [`The targets differ: ${targetName(before.target)}, then ${targetName(after.target)}.`]),
    ...(before.contract.sha256 === after.contract.sha256
      ? []
      : [`The contracts differ: version ${before.contract.version}, then ${after.contract.version}.`]),
  ];
  const verdicts = before.verdict === after.verdict ? `${after.verdict} in both` : `${before.verdict}, then ${after.verdict}`;
  return [...lines, ...still, ...differing, `${isSame(told) ? 'the same' : 'different'}: ${verdicts}`, ''].join('\n');
}

function kindOf({ before, after }: Change): 'newly violated' | 'newly blocked' | 'fixed' | 'otherwise' {
  if (after === 'violated') return 'newly violated';
  if (after === 'blocked') return 'newly blocked';
  return before === 'violated' && (after === 'passed' || after === 'observed') ? 'fixed' : 'otherwise';
}

function heading(kind: string): string {
  return `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
}

function lineOf({ id, level, title, before, after }: Change): string {
  return `  ${id} (${level}) ${title}: ${before ?? 'not known'}, then ${after ?? 'not known'}`;
}
