import { groupBy } from '../group.ts';
import type { Result } from '../judging/outcome.ts';
import type { Conformance } from '../reports/conformance.ts';
import { listed, targetName } from '../reports/text.ts';
import { printable } from '../printable.ts';
import { memberChanges, type MemberChange } from './shape.ts';
import type { JudgedRequirement } from '../judging/verdict.ts';

/** How a requirement ended, where a violation that is waived is told apart from one that is not. */
type Ended = Result | 'waived';

/** A requirement that ended otherwise in a later run; undefined for one that the other run did not know. */
export interface Change {
  readonly id: string;
  readonly level: string;
  readonly title: string;
  readonly before: Ended | undefined;
  readonly after: Ended | undefined;
}

/** What changed from one run to another, in the order of the register of the later one. */
export interface Diff {
  readonly before: Conformance;
  readonly after: Conformance;
  readonly changes: readonly Change[];
  /** Violated in both. */
  readonly stillViolated: readonly Change[];
  /** Of those, the ids of what is violated in cases in which it was not, with these. */
  readonly spread: ReadonlyMap<string, readonly string[]>;
  /** Of the answers, even where their schemas hold. */
  readonly members: readonly MemberChange[];
}

/** Compares two runs, requirement by requirement. */
export function diff(before: Conformance, after: Conformance): Diff {
  const earlier = new Map(before.requirements.map((each) => [each.id as string, each]));
  const gone = before.requirements.filter(({ id }) => !after.requirements.some((each) => each.id === id));
  const changeOf = (known: JudgedRequirement, was: Ended | undefined, is: Ended | undefined): Change => {
    return { id: known.id, level: known.level, title: known.title, before: was, after: is };
  };
  const all = [
    ...after.requirements.map((each) => changeOf(each, endOf(earlier.get(each.id)), endOf(each))),
    ...gone.map((each) => changeOf(each, endOf(each), undefined)),
  ];
  const stillViolated = all.filter((each) => each.before === 'violated' && each.after === 'violated');
  const casesOf = (run: Conformance, id: string) => run.requirements.find((each) => each.id === id)?.findings.map((finding) => finding.case) ?? [];
  const spread = stillViolated.map(({ id }) => [id, casesOf(after, id).filter((name) => !casesOf(before, id).includes(name))] as const);
  return {
    before,
    after,
    changes: all.filter((each) => each.before !== each.after),
    stillViolated,
    spread: new Map(spread.filter(([, names]) => names.length > 0)),
    members: memberChanges(before.shapes, after.shapes),
  };
}

function endOf(requirement: JudgedRequirement | undefined): Ended | undefined {
  return requirement?.waiver ? 'waived' : requirement?.result;
}

/** Whether two runs came to the same, for every requirement and as a whole. */
export function isSame({ before, after, changes, spread, members }: Diff): boolean {
  return changes.length === 0 && spread.size === 0 && members.length === 0 && before.verdict === after.verdict;
}

/**
 * The requirements that got worse: violated or blocked, and neither before, or violated in more cases. Of those that the verdict rests on: MUST, and SHOULD
 * where the later run was strict.
 */
export function worse({ changes, stillViolated, spread, after: { strict } }: Diff): readonly string[] {
  const binding = strict ? ['MUST', 'SHOULD'] : ['MUST'];
  const grave = changes.filter(({ before, after }) => after === 'violated' || (after === 'blocked' && before !== 'violated'));
  return [...grave, ...stillViolated.filter(({ id }) => spread.has(id))].filter(({ level }) => binding.includes(level)).map(({ id }) => id);
}

/** What changed, for people: what is new first, and the verdicts as the last line. */
export function diffText(told: Diff): string {
  const { before, after } = told;
  const verdicts = before.verdict === after.verdict ? `${after.verdict} in both` : `${before.verdict}, then ${after.verdict}`;
  const lines = changesText(told);
  return [...lines, ...(lines.length > 0 ? [''] : []), `${isSame(told) ? 'the same' : 'different'}: ${verdicts}`, ''].join('\n');
}

/** What changed, in lines for people, with an empty one between kinds; none where nothing did and nothing is violated. */
export function changesText({ before, after, changes, stillViolated, spread, members }: Diff): readonly string[] {
  const groups = groupBy(changes, kindOf);
  const kinds = ['newly violated', 'newly blocked', 'fixed', 'otherwise'] as const;
  const blocks = [
    ...kinds.map((kind) => headed(heading(kind), (groups.get(kind) ?? []).map(lineOf))),
    stillViolated.length === 0 ? [] : [`Still violated: ${listed(stillViolated.map(({ id }) => id), ' ')}`],
    headed('Violated in more cases', [...spread].map(([id, names]) => `  ${id}: ${listed(names.map((name) => `"${name}"`), ', ')}`)),
    headed('Members of answers', members.map(memberLine)),
    [
      ...(before.target.baseUrl === after.target.baseUrl ? [] : [`The targets differ: ${targetName(before.target)}, then ${targetName(after.target)}.`]),
      ...(before.profile === after.profile ? [] : [`The profiles differ: ${before.profile}, then ${after.profile}.`]),
      ...(before.filter === after.filter ? [] : [`What was asked for differs: ${before.filter ?? 'all'}, then ${after.filter ?? 'all'}.`]),
      ...(before.contract.sha256 === after.contract.sha256
        ? []
        : [`The contracts differ: version ${before.contract.version}, then ${after.contract.version}.`]),
    ],
  ].filter((block) => block.length > 0);
  return blocks.flatMap((block, i) => (i === 0 ? block : ['', ...block])).map(printable);
}

function headed(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines];
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

function memberLine({ operation, pointer, before, after }: MemberChange): string {
  const types = (each: readonly string[]) => each.join(' or ');
  const what =
    !before ? `appeared (${types(after ?? [])})`
    : !after ? `vanished (${types(before)})`
    : `was ${types(before)}, is ${types(after)}`;
  return `  ${operation} ${pointer}: ${what}`;
}
